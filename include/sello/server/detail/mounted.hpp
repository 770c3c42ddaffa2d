// SPDX-License-Identifier: MIT
// Which paths have a receiver, for servers that do not tell.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <sello/server/detail/refusals.hpp>

namespace sello::inline v0::server::detail {

/// Takes the path at that server, as long as the token lives: its handler there keeps it, and so it ends with the server.
/// Throws `std::logic_error` where the path is taken, or is none.
[[nodiscard]] inline std::shared_ptr<const void> take_path(const void* server, const std::string& path) {
  static std::mutex guard;
  static std::map<std::pair<const void*, std::string>, std::weak_ptr<const void>> taken;
  check_path(path);
  const std::lock_guard lock{guard};
  std::erase_if(taken, [](const auto& each) { return each.second.expired(); });
  if (taken.contains({server, path})) throw mounted_twice(path);
  const auto token = std::make_shared<const char>();
  taken.emplace(std::pair{server, path}, token);
  return token;
}

}  // namespace sello::inline v0::server::detail
