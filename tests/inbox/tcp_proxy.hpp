// SPDX-License-Identifier: MIT
// A proxy on loopback that stops forwarding when told to, while both sides go on believing in their connection, or cuts it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace support {

class tcp_proxy {
 public:
  explicit tcp_proxy(int to) : to_{to}, listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    auto* const general = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, general, size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, general, &size) != 0)
      throw std::runtime_error{"no proxy"};
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { run(); }};
  }
  tcp_proxy(const tcp_proxy&) = delete;
  tcp_proxy& operator=(const tcp_proxy&) = delete;
  ~tcp_proxy() {
    stopping_ = true;
    thread_.join();
    for (const auto& [client, server] : pairs_) {
      ::close(client);
      ::close(server);
    }
    ::close(listener_);
  }

  [[nodiscard]] int port() const noexcept { return port_; }
  /// Nothing passes, and nothing is closed; the kernel still acknowledges. Later all of it passes.
  void freeze(bool on) noexcept { frozen_ = on; }
  /// What the server answers is dropped, and its client hears nothing.
  void swallow_answers(bool on) noexcept { swallowing_ = on; }
  /// The connection that brings the `count`th piece from a client, from now on, is cut: before it is forwarded, or behind it,
  /// when the server has it and its answer goes nowhere. 0: none is.
  void cut(int count, bool behind) noexcept {
    behind_ = behind;
    until_cut_ = count;
  }
  /// Whether that has happened.
  [[nodiscard]] bool has_cut() const noexcept { return until_cut_ <= 0; }

 private:
  [[nodiscard]] static sockaddr_in loopback(int port) noexcept {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  void run() {
    while (!stopping_) {
      if (frozen_) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
        continue;
      }
      std::vector<pollfd> all{{.fd = listener_, .events = POLLIN, .revents = 0}};
      for (const auto& [client, server] : pairs_) {
        all.push_back({.fd = client, .events = POLLIN, .revents = 0});
        all.push_back({.fd = server, .events = POLLIN, .revents = 0});
      }
      if (::poll(all.data(), all.size(), 5) <= 0 || frozen_) continue;
      for (std::size_t i = pairs_.size(); i > 0; --i) {
        const auto [client, server] = pairs_[i - 1];
        const bool open = (all[2 * i - 1].revents == 0 || pass_on(client, server)) &&
                          (all[2 * i].revents == 0 || pass(server, client, swallowing_));
        if (open) continue;
        ::close(client);
        ::close(server);
        pairs_.erase(pairs_.begin() + static_cast<std::ptrdiff_t>(i - 1));
      }
      if (all[0].revents != 0) accept();
    }
  }

  void accept() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(to_);
    if (client >= 0 && ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
      pairs_.emplace_back(client, server);
      return;
    }
    ::close(client);
    ::close(server);
  }

  [[nodiscard]] bool pass_on(int client, int server) {
    if (until_cut_ <= 0 || --until_cut_ > 0) return pass(client, server, false);
    static_cast<void>(pass(client, server, !behind_));
    return false;
  }

  [[nodiscard]] static bool pass(int from, int to, bool drop) {
    std::array<char, 65536> bytes{};
    const ssize_t count = ::read(from, bytes.data(), bytes.size());
    if (count <= 0) return false;
    for (ssize_t sent = 0; !drop && sent < count;) {
      const ssize_t step = ::send(to, bytes.data() + sent, static_cast<std::size_t>(count - sent), MSG_NOSIGNAL);
      if (step <= 0) return false;
      sent += step;
    }
    return true;
  }

  int to_;
  int listener_;
  int port_ = 0;
  std::atomic<bool> frozen_{false};
  std::atomic<bool> swallowing_{false};
  std::atomic<int> until_cut_{0};
  std::atomic<bool> behind_{false};
  std::atomic<bool> stopping_{false};
  std::vector<std::pair<int, int>> pairs_{};
  std::thread thread_{};
};

}  // namespace support
