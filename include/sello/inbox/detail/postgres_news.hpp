// SPDX-License-Identifier: MIT
// Tells other machines that something arrived, and hears it from them: a NOTIFY on a connection of its own, after the commit.
// Writes the counts of a process that has no worker, too.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <sello/inbox/detail/bell.hpp>
#include <sello/inbox/detail/postgres_database.hpp>

namespace sello::inline v0::postgres::detail {

/// Never in the transaction that stores: there its lock, one for the whole server, makes all wait for each other. At most
/// 50 a second. It only shortens what polling finds by itself, so all its faults are silent and mended a second later.
class news {
 public:
  explicit news(database& owner) : owner_{&owner}, line_{owner.conninfo(), owner.options().patience} {
    if (::pipe2(pipe_.data(), O_NONBLOCK | O_CLOEXEC) != 0) fail("no file descriptor is left for the inbox");
    thread_ = std::thread{[this] { run(); }};
  }
  news(const news&) = delete;
  news& operator=(const news&) = delete;
  ~news() {
    stopping_ = true;
    poke();
    thread_.join();
    for (const int end : pipe_) ::close(end);
  }

  /// Something arrived here.
  void tell() noexcept {
    here.ring();
    if (!untold_.exchange(true)) poke();
  }

  sello::detail::bell here{};

 private:
  static constexpr std::chrono::milliseconds pause{20};
  static constexpr std::chrono::milliseconds nap{1000};

  void poke() noexcept { static_cast<void>(!::write(pipe_[1], "x", 1)); }

  void run() noexcept {
    while (!stopping_) {
      try {
        if (!line_.is_open()) {
          line_.open();
          line_.script("LISTEN sello");
        }
        if (untold_.exchange(false)) {
          line_.script("NOTIFY sello");
          rest(pause);
        }
        hear();
        if (!untold_ && !stopping_) line_.listen(pipe_[0], nap);
        hear();
        count();
      } catch (...) {
        line_.close();
        rest(nap);
      }
      drain();
    }
  }

  void count() {
    if (clock::now() < counted_ + nap) return;
    counted_ = clock::now();
    owner_->write_tallies();
  }

  /// Those of other sessions.
  void hear() {
    while (PGnotify* one = PQnotifies(line_.get())) {
      const bool own = one->be_pid == PQbackendPID(line_.get());
      PQfreemem(one);
      if (!own) here.ring();
    }
  }

  void drain() noexcept {
    std::array<char, 64> bytes{};
    while (::read(pipe_[0], bytes.data(), bytes.size()) > 0) {
    }
  }

  void rest(std::chrono::milliseconds most) noexcept {
    for (auto left = most; left.count() > 0 && !stopping_; left -= pause) std::this_thread::sleep_for(pause);
  }

  database* owner_;
  connection line_;
  clock::time_point counted_{};
  std::array<int, 2> pipe_{};
  std::atomic<bool> untold_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_{};
};

}  // namespace sello::inline v0::postgres::detail
