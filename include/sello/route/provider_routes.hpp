// SPDX-License-Identifier: MIT
// The handlers of every provider that a router serves.
#pragma once

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeindex>

#include <sello/route/provider.hpp>
#include <sello/route/route.hpp>
#include <sello/route/route_table.hpp>

namespace sello::inline v0::detail {

/// What one provider's events are handled by, and the rule for their idempotency keys, if the owner gave one.
struct provider_routes {
  std::string_view name{};
  const envelope_keys* keys = nullptr;
  route_table table{};
  key_rule rule{};
};

class provider_table {
 public:
  /// To register there. A store knows a provider by its name alone: with `one_name_each` a second provider of the same
  /// name throws `std::logic_error`.
  template <class P>
  [[nodiscard]] provider_routes& of(bool one_name_each) {
    if (one_name_each && named(P::name) != nullptr && find<P>() == nullptr)
      throw std::logic_error{"sello: two providers have the name \"" + std::string{P::name} + '"'};
    provider_routes& own = routes_[typeid(P)];
    own.name = P::name;
    own.keys = &P::keys;
    return own;
  }

  /// Null: nothing was registered.
  template <class P>
  [[nodiscard]] const provider_routes* find() const noexcept {
    const auto found = routes_.find(typeid(P));
    return found == routes_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] const provider_routes* named(std::string_view name) const noexcept {
    const auto found =
        std::find_if(routes_.begin(), routes_.end(), [&](const auto& one) { return one.second.name == name; });
    return found == routes_.end() ? nullptr : &found->second;
  }

  /// Whether any event has a handler.
  [[nodiscard]] bool handles() const noexcept {
    return std::any_of(routes_.begin(), routes_.end(), [](const auto& one) { return !one.second.table.empty(); });
  }

 private:
  std::map<std::type_index, provider_routes> routes_{};
};

}  // namespace sello::inline v0::detail
