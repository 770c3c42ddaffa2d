// SPDX-License-Identifier: MIT
// Bounds that cpp-httplib does not have: the time of a whole exchange, and the bytes that come before a body.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace sello::inline v0::kuenta::detail {

/// Shuts the socket of a client when the time is over, or when more has come than is taken: its thread looks every 20 ms.
/// What comes is counted on Linux alone.
class httplib_watch {
 public:
  httplib_watch(std::chrono::milliseconds whole, std::uint64_t most)
      : whole_{whole}, most_{most}, until_{std::chrono::steady_clock::now() + whole} {
    sigset_t all{};
    sigset_t before{};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // no signal of the program's is handled in the thread
    try {
      thread_ = std::thread{[this] { run(); }};
    } catch (...) {
      pthread_sigmask(SIG_SETMASK, &before, nullptr);
      throw;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  httplib_watch(const httplib_watch&) = delete;
  httplib_watch& operator=(const httplib_watch&) = delete;
  ~httplib_watch() {
    {
      const std::lock_guard lock{guard_};
      done_ = true;
    }
    wake_.notify_one();
    thread_.join();
    if (socket_ >= 0) ::close(socket_);
  }

  /// For `set_socket_options`, of each socket before it connects. It is watched by a number of its own, which nothing else
  /// gets when the client closes it.
  void watch(int socket) {
    const std::lock_guard lock{guard_};
    if (socket_ >= 0) ::close(socket_);
    socket_ = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  }

  /// Why it was shut; empty, if it was not.
  [[nodiscard]] std::string why() const {
    const std::lock_guard lock{guard_};
    return why_;
  }

 private:
  void run() {
    constexpr std::chrono::milliseconds often{20};
    std::unique_lock lock{guard_};
    while (!wake_.wait_until(lock, (std::min)(until_, std::chrono::steady_clock::now() + often),
                             [this] { return done_; })) {
      if (std::chrono::steady_clock::now() >= until_) {
        why_ = "it took more than " + std::to_string(whole_.count()) + " ms";
        until_ += often;  // another socket may follow
      } else if (why_.empty() && received() > most_) {
        why_ = "it has more than " + std::to_string(most_) + " bytes";
      }
      if (!why_.empty() && socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
    }
  }

  [[nodiscard]] std::uint64_t received() const {
#if defined(__linux__)
    // The tcp_info of the kernel's <linux/tcp.h>, which does not go with <netinet/tcp.h>: its member tcpi_bytes_received
    // is the 64 bits behind the first 128 bytes.
    std::array<std::uint64_t, 17> info{};
    socklen_t size = sizeof info;
    if (socket_ >= 0 && ::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, info.data(), &size) == 0 && size == sizeof info)
      return info.back();
#endif
    return 0;
  }

  std::chrono::milliseconds whole_;
  std::uint64_t most_;
  std::chrono::steady_clock::time_point until_;
  mutable std::mutex guard_{};
  std::condition_variable wake_{};
  int socket_ = -1;
  bool done_ = false;
  std::string why_{};
  std::thread thread_{};
};

}  // namespace sello::inline v0::kuenta::detail
