// SPDX-License-Identifier: MIT
// What the connections of one server on Boost.Beast share.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include <sello/server/detail/routes.hpp>
#include <sello/server/patience.hpp>

namespace sello::inline v0::server::detail {

class beast_connection : public std::enable_shared_from_this<beast_connection> {
 public:
  virtual ~beast_connection() = default;
  virtual void stop() = 0;
};

struct beast_state {
  routes paths;
  patience waits;
  std::atomic<bool> stopping = false;

  void add(beast_connection* one) {
    const std::lock_guard lock{guard};
    open.insert(one);
  }
  void remove(beast_connection* one) {
    const std::lock_guard lock{guard};
    open.erase(one);
  }
  void stop() {
    stopping = true;
    std::vector<std::shared_ptr<beast_connection>> alive;  // the last owner of one must not be here while it is locked
    {
      const std::lock_guard lock{guard};
      for (beast_connection* const one : open) alive.push_back(one->weak_from_this().lock());
    }
    for (const auto& one : alive) {
      if (one) one->stop();
    }
  }

  std::mutex guard;
  std::set<beast_connection*> open;
};

}  // namespace sello::inline v0::server::detail
