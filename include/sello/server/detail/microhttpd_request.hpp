// SPDX-License-Identifier: MIT
// What libmicrohttpd's server keeps of each request, and of each connection.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <sello/server/detail/routes.hpp>
#include <sello/server/patience.hpp>

namespace sello::inline v0::server::detail {

/// A request whose head has come.
struct microhttpd_request {
  std::string target;
  std::unique_ptr<incoming> body;
  std::chrono::steady_clock::time_point until;  ///< for the body
  std::optional<drain> refused{};
  bool recorded = false;
};

/// When each connection began to wait for its request: libmicrohttpd's own timeout is one of silence.
class deadlines {
 public:
  struct entry {
    int socket;
    std::chrono::steady_clock::time_point since;
    enum { silent, begun, whole } request = silent;
  };

  [[nodiscard]] entry* add(int socket) {
    const std::lock_guard lock{guard_};
    return &open_.emplace_back(entry{.socket = socket, .since = std::chrono::steady_clock::now()});
  }
  void begun(entry* one) {
    const std::lock_guard lock{guard_};
    if (one != nullptr && one->request == entry::silent) one->request = entry::begun;
  }
  void whole(entry* one) {
    const std::lock_guard lock{guard_};
    if (one != nullptr) one->request = entry::whole;
  }
  void remove(const entry* one) {
    const std::lock_guard lock{guard_};
    open_.remove_if([&](const entry& each) { return &each == one; });
  }

  /// Ends those that wait longer, so that their thread sees it.
  void end_slow(std::chrono::milliseconds limit) {
    const std::lock_guard lock{guard_};
    const auto now = std::chrono::steady_clock::now();
    for (const entry& each : open_) {
      if (each.request != entry::whole && now - each.since > limit) ::shutdown(each.socket, SHUT_RDWR);
    }
  }
  /// Those of whose request no whole head has come.
  void end_idle() {
    const std::lock_guard lock{guard_};
    for (const entry& each : open_) {
      if (each.request == entry::silent) ::shutdown(each.socket, SHUT_RDWR);
    }
  }

 private:
  std::mutex guard_{};
  std::list<entry> open_{};
};

}  // namespace sello::inline v0::server::detail
