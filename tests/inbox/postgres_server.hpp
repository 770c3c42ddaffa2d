// SPDX-License-Identifier: MIT
// A real PostgreSQL on loopback, in a temporary folder, for one test: started, stopped, and killed with all its processes.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace support {

/// PostgreSQL refuses to run as root: then it runs as the user `postgres`, whom Debian's package makes.
class postgres_server {
 public:
  /// The server's programs; nothing where they are not installed (Debian: postgresql).
  [[nodiscard]] static std::optional<std::filesystem::path> programs() {
    if (getuid() == 0 && getpwnam("postgres") == nullptr) return std::nullopt;
    std::vector<std::filesystem::path> found;
    std::error_code none;
    for (const auto& version : std::filesystem::directory_iterator{"/usr/lib/postgresql", none})
      if (std::filesystem::exists(version.path() / "bin/postgres")) found.push_back(version.path() / "bin");
    if (found.empty()) return std::nullopt;
    return *std::max_element(found.begin(), found.end());
  }

  /// Says why a test does not run, and the exit code that ctest and prove.sh take for it.
  [[nodiscard]] static int skip() {
    std::cout << "skipped: PostgreSQL's server is not installed\n";
    return 77;
  }

  /// In memory where there is room for a server: thousands of syncs of a disk that others use take minutes.
  [[nodiscard]] static std::filesystem::path quick_place() {
    const std::filesystem::path memory = "/dev/shm";
    std::error_code none;
    const auto room = std::filesystem::space(memory, none);
    const bool enough = !none && room.available >= std::uintmax_t{2} << 30U && ::access(memory.c_str(), W_OK) == 0;
    return enough ? memory : std::filesystem::temp_directory_path();
  }

  /// `settings`: "fsync=off" and the like. Throws `std::runtime_error` with the end of the server's log.
  explicit postgres_server(std::vector<std::string> settings = {}, const std::filesystem::path& place = quick_place())
      : settings_{std::move(settings)} {
    const auto found = programs();
    if (!found) throw std::runtime_error{"PostgreSQL's server is not installed"};
    programs_ = *found;
    std::string pattern = place / "sello_pg_XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
    folder_ = pattern;
    if (getuid() == 0) {
      const passwd& user = *getpwnam("postgres");
      uid_ = user.pw_uid;
      gid_ = user.pw_gid;
      if (::chown(folder_.c_str(), uid_, gid_) != 0) throw std::runtime_error{"chown"};
    }
    port_ = free_port();
    const auto [pid, code] = run({"initdb", "-D", data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
                                  "--no-sync", "--no-instructions"},
                                 true);
    if (code != 0) throw std::runtime_error{"initdb: " + log()};
    start();
  }
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;
  ~postgres_server() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  /// For libpq: by the socket in the temporary folder.
  [[nodiscard]] std::string conninfo(const std::string& database = "postgres") const {
    return "host=" + folder_.string() + " port=" + std::to_string(port_) + " user=postgres dbname=" + database;
  }
  /// By TCP, through `port` if a proxy stands before the server.
  [[nodiscard]] std::string tcp_conninfo(const std::string& database = "postgres", int port = 0) const {
    return "host=127.0.0.1 port=" + std::to_string(port == 0 ? port_ : port) + " user=postgres dbname=" + database;
  }
  [[nodiscard]] int port() const noexcept { return port_; }

  void start() {
    std::vector<std::string> command{"postgres",
                                     "-D",
                                     data(),
                                     "-k",
                                     folder_.string(),
                                     "-p",
                                     std::to_string(port_),
                                     "-c",
                                     "listen_addresses=127.0.0.1"};
    for (const std::string& one : settings_) command.insert(command.end(), {"-c", one});
    pid_ = run(command, false).first;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!is_ready()) {
      if (std::chrono::steady_clock::now() > until || ::waitpid(pid_, nullptr, WNOHANG) == pid_) {
        pid_ = 0;
        throw std::runtime_error{"PostgreSQL does not start: " + log()};
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
  }

  /// In order: connections are cut, what is committed is written.
  void stop() noexcept {
    if (pid_ == 0) return;
    ::kill(pid_, SIGINT);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  /// SIGKILL to the postmaster and to every process of its, as the kernel's out-of-memory killer would. `start()` recovers.
  void kill_all() {
    ::kill(pid_, SIGSTOP);  // makes no children any more
    std::vector<pid_t> family{pid_};
    for (std::size_t i = 0; i < family.size(); ++i)
      for (const pid_t child : children_of(family[i])) family.push_back(child);
    for (const pid_t one : family) ::kill(one, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    for (const pid_t one : family)
      while (is_alive(one)) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    pid_ = 0;
  }

  [[nodiscard]] std::string log() const {
    std::ifstream from{folder_ / "log"};
    std::ostringstream text;
    text << from.rdbuf();
    const std::string all = text.str();
    return all.size() > 2000 ? all.substr(all.size() - 2000) : all;
  }

 private:
  [[nodiscard]] std::string data() const { return folder_ / "data"; }

  [[nodiscard]] static int free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const general = reinterpret_cast<sockaddr*>(&address);
    const bool bound = ::bind(probe, general, size) == 0 && ::getsockname(probe, general, &size) == 0;
    ::close(probe);
    if (!bound) throw std::runtime_error{"no free port"};
    return ntohs(address.sin_port);
  }

  /// As the server's user, its output in the log. The process id, and the exit code if it is waited for.
  std::pair<pid_t, int> run(const std::vector<std::string>& command, bool wait) const {
    const std::string program = programs_ / command.front();
    const std::string log_path = folder_ / "log";
    std::vector<char*> arguments;
    for (const std::string& one : command) arguments.push_back(const_cast<char*>(one.c_str()));
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error{"fork"};
    if (child == 0) {
      ::setpgid(0, 0);  // a Ctrl-C stops the test, and the test the server
      if (uid_ != 0 && (::setgroups(0, nullptr) != 0 || ::setgid(gid_) != 0 || ::setuid(uid_) != 0)) ::_exit(126);
      ::prctl(PR_SET_PDEATHSIG, SIGINT);  // a test that is killed leaves no server behind
      const int to = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      ::dup2(to, 1);
      ::dup2(to, 2);
      if (::chdir("/") != 0) ::_exit(126);
      ::execv(program.c_str(), arguments.data());
      ::_exit(127);
    }
    if (!wait) return {child, 0};
    int status = 0;
    ::waitpid(child, &status, 0);
    return {child, WIFEXITED(status) ? WEXITSTATUS(status) : 128};
  }

  /// The last line of postmaster.pid, of this start.
  [[nodiscard]] bool is_ready() const {
    std::ifstream from{data() + "/postmaster.pid"};
    std::string line;
    std::vector<std::string> lines;
    while (std::getline(from, line)) lines.push_back(line);
    return lines.size() >= 8 && lines[0] == std::to_string(pid_) && lines[7].starts_with("ready");
  }

  [[nodiscard]] static std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> found;
    std::ifstream from{"/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children"};
    pid_t one = 0;
    while (from >> one) found.push_back(one);
    return found;
  }

  [[nodiscard]] static bool is_alive(pid_t pid) {
    std::ifstream from{"/proc/" + std::to_string(pid) + "/stat"};
    std::string text;
    if (!std::getline(from, text)) return false;
    const auto behind_name = text.rfind(')');
    return behind_name == text.npos || text.substr(behind_name + 2, 1) != "Z";
  }

  std::vector<std::string> settings_;
  std::filesystem::path programs_{};
  std::filesystem::path folder_{};
  uid_t uid_ = 0;
  gid_t gid_ = 0;
  int port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace support
