// SPDX-License-Identifier: MIT
// Which handler an event of one provider has: its own, or that of the longest prefix above it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <sello/route/route.hpp>

namespace sello::inline v0::detail {

/// True for the prefix itself, and for what follows it behind a dot.
[[nodiscard]] inline bool is_below(std::string_view type, std::string_view prefix) noexcept {
  return type.starts_with(prefix) && (type.size() == prefix.size() || type[prefix.size()] == '.');
}

class route_table {
 public:
  using shared_route = std::shared_ptr<const route>;

  /// Both throw `std::logic_error` if the name has a handler. A prefix is named without its last dot.
  void add_exact(std::string_view type, shared_route handler) { add(exact_, type, std::move(handler)); }
  void add_prefix(std::string_view prefix, shared_route handler) { add(prefixes_, prefix, std::move(handler)); }

  [[nodiscard]] bool empty() const noexcept { return exact_.empty() && prefixes_.empty(); }

  /// Null: none.
  [[nodiscard]] const route* find(std::string_view type) const {
    if (const auto exact = exact_.find(type); exact != exact_.end()) return exact->second.get();
    for (std::string_view prefix = type;;) {
      if (const auto found = prefixes_.find(prefix); found != prefixes_.end()) return found->second.get();
      const auto dot = prefix.rfind('.');
      if (dot == prefix.npos) return nullptr;
      prefix = prefix.substr(0, dot);
    }
  }

 private:
  using table = std::map<std::string, shared_route, std::less<>>;

  static void add(table& to, std::string_view name, shared_route handler) {
    if (!to.emplace(name, std::move(handler)).second)
      throw std::logic_error{"sello: a second handler for \"" + std::string{name} + '"'};
  }

  table exact_{};
  table prefixes_{};
};

}  // namespace sello::inline v0::detail
