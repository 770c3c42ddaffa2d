// SPDX-License-Identifier: MIT
// A server as a child process, and a plain HTTP client that can be as rude as a stranger. Loopback only.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// No wait is longer than this; who exceeds it has failed.
inline constexpr int patience_ms = 10'000;

/// Waits for `events`; false: nothing came of it in time.
inline bool wait_for(int descriptor, short events, int timeout_ms = patience_ms) {
  pollfd waiting{.fd = descriptor, .events = events, .revents = 0};
  return ::poll(&waiting, 1, timeout_ms) > 0;
}

/// A socket that is connected to the port, or -1.
inline int connected_socket(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (made >= 0 && ::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return made;
  if (made >= 0) ::close(made);
  return -1;
}

/// A program that prints "listening on 127.0.0.1:PORT". Its log goes to `log_file`. Ended with this object.
class server {
 public:
  server(const std::string& program, const std::string& log_file) : log_{log_file} {
    int out[2];
    if (::pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
    process_ = ::fork();
    if (process_ == 0) {
      const int log = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
      ::dup2(out[1], STDOUT_FILENO);
      ::dup2(log, STDERR_FILENO);
      ::execl(program.c_str(), program.c_str(), "0", nullptr);
      ::_exit(127);
    }
    ::close(out[1]);
    output_ = out[0];
    std::string line;
    char byte = 0;
    while (!line.ends_with('\n') && wait_for(output_, POLLIN) && ::read(output_, &byte, 1) == 1) line += byte;
    const auto colon = line.rfind(':');
    if (!line.starts_with("listening on 127.0.0.1:")) throw std::runtime_error{"it does not say where it listens"};
    port_ = static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
    // RESTinio calls the hook that prints the line between bind and listen.
    for (int waited = 0; !connects() && waited < patience_ms; waited += 10) ::poll(nullptr, 0, 10);
  }
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server() {
    terminate();
    static_cast<void>(exit_status());
    ::close(output_);
  }

  void terminate() const {
    if (process_ > 0) ::kill(process_, SIGTERM);
  }

  /// Waits for its end: 0 where it ended well, -1 where a signal did it.
  int exit_status() {
    int status = last_status_;
    if (process_ > 0 && ::waitpid(process_, &status, 0) == process_) last_status_ = status;
    process_ = -1;
    return WIFEXITED(last_status_) ? WEXITSTATUS(last_status_) : -1;
  }

  /// How many lines of its log have that text.
  [[nodiscard]] int logged(std::string_view text) const {
    std::ifstream log{log_};
    int count = 0;
    for (std::string line; std::getline(log, line);) count += line.find(text) != line.npos ? 1 : 0;
    return count;
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// The most memory that it ever had, in KiB.
  [[nodiscard]] long peak() const {
    std::ifstream status{"/proc/" + std::to_string(process_) + "/status"};
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
    }
    throw std::runtime_error{"the server has ended"};
  }

 private:
  [[nodiscard]] bool connects() const {
    const int socket = connected_socket(port_);
    if (socket >= 0) ::close(socket);
    return socket >= 0;
  }

  std::string log_;
  pid_t process_ = -1;
  int last_status_ = 0;
  int output_ = -1;
  std::uint16_t port_ = 0;
};

struct reply {
  int status = 0;
  std::string head;
  std::string body;

  /// The value of a header, in lower case.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const {
    const std::string key = "\r\n" + std::string{name} + ": ";
    const auto at = std::search(head.begin(), head.end(), key.begin(), key.end(), [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    });
    if (at == head.end()) return std::nullopt;
    const auto begin = at + static_cast<std::ptrdiff_t>(key.size());
    std::string value{begin, std::find(begin, head.end(), '\r')};
    for (char& c : value) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return value;
  }
};

class connection {
 public:
  explicit connection(const server& to) : socket_{connected_socket(to.port())} {
    if (socket_ < 0) throw std::runtime_error{"cannot connect"};
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(socket_, F_SETFL, O_NONBLOCK);
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { ::close(socket_); }

  /// Sends all of it, unless the server answers or closes first: then false.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      if (!wait_for(socket_, POLLIN | POLLOUT)) return false;
      if (wait_for(socket_, POLLIN, 0)) return false;
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN) return false;
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
      if (sent > 0) sent_ += static_cast<std::size_t>(sent);
    }
    return true;
  }

  /// No more is sent from here.
  void end() { ::shutdown(socket_, SHUT_WR); }

  /// Whether nothing comes for that long.
  [[nodiscard]] bool quiet_for(int milliseconds) { return input_.empty() && !wait_for(socket_, POLLIN, milliseconds); }

  /// The next reply. Nothing: the server closed, or has not answered in time.
  [[nodiscard]] std::optional<reply> receive(bool with_body = true) {
    std::size_t head = 0;
    while ((head = input_.find("\r\n\r\n")) == input_.npos) {
      if (!more()) return std::nullopt;
    }
    reply got{.status = 0, .head = input_.substr(0, head + 2), .body = {}};
    input_.erase(0, head + 4);
    got.status = std::atoi(got.head.substr(got.head.find(' ') + 1, 3).c_str());
    if (got.status == 100 || !with_body) return got;
    const std::size_t length = std::stoul(got.header("Content-Length").value_or("0"));
    while (input_.size() < length) {
      if (!more()) return std::nullopt;
    }
    got.body = input_.substr(0, length);
    input_.erase(0, length);
    return got;
  }

  /// Whether the server has closed; else, where nothing came, it was silent.
  [[nodiscard]] bool closed() const { return closed_; }

  /// Whether the server closes, without another byte.
  [[nodiscard]] bool closes() {
    while (input_.empty() && more()) {
    }
    return input_.empty() && closed_;
  }

  [[nodiscard]] std::size_t sent() const { return sent_; }

 private:
  bool more() {
    if (closed_ || !wait_for(socket_, POLLIN)) return false;
    char bytes[16 * 1024];
    const auto read = ::recv(socket_, bytes, sizeof bytes, 0);
    if (read > 0) input_.append(bytes, static_cast<std::size_t>(read));
    closed_ = read == 0 || (read < 0 && errno != EAGAIN);
    return !closed_;
  }

  int socket_;
  std::string input_;
  std::size_t sent_ = 0;
  bool closed_ = false;
};
