// SPDX-License-Identifier: MIT
// The handlers of every provider that a router serves.
#pragma once

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
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

[[nodiscard]] constexpr bool is_plain(const envelope_keys& keys) noexcept {
  return !keys.type.starts_with('/') && !keys.data.starts_with('/') && !keys.timestamp.starts_with('/') &&
         !keys.organization.starts_with('/');
}

/// A provider, without a template.
struct provider_id {
  std::type_index type;
  std::string_view name;
  const envelope_keys& keys;
  bool alone;  ///< no other one may have its name

  template <class P>
  [[nodiscard]] static provider_id of(bool alone) noexcept {
    if constexpr (requires { std::bool_constant<is_plain(P::keys)>{}; })
      static_assert(is_plain(P::keys),
                    "sello: an envelope's keys are names at the top level of the body, no JSON Pointers");
    return {typeid(P), P::name, P::keys, alone};
  }
};

class provider_table {
 public:
  /// To register there. A store knows a provider by its name alone: for one of those a second provider of the same name
  /// throws `std::logic_error`.
  [[nodiscard]] provider_routes& of(const provider_id& provider) {
    if (provider.alone && named(provider.name) != nullptr && find(provider.type) == nullptr)
      throw std::logic_error{"sello: two providers have the name \"" + std::string{provider.name} + '"'};
    provider_routes& own = routes_[provider.type];
    own.name = provider.name;
    own.keys = &provider.keys;
    return own;
  }

  /// Null: nothing was registered.
  [[nodiscard]] const provider_routes* find(std::type_index provider) const noexcept {
    const auto found = routes_.find(provider);
    return found == routes_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] const provider_routes* named(std::string_view name) const noexcept {
    const auto found =
        std::find_if(routes_.begin(), routes_.end(), [&](const auto& one) { return one.second.name == name; });
    return found == routes_.end() ? nullptr : &found->second;
  }

  /// Whether an event of the provider has a handler; of any (`void`).
  [[nodiscard]] bool handles(std::type_index provider) const noexcept {
    return std::any_of(routes_.begin(), routes_.end(), [&](const auto& one) {
      return !one.second.table.empty() && (provider == typeid(void) || one.first == provider);
    });
  }

 private:
  std::map<std::type_index, provider_routes> routes_{};
};

}  // namespace sello::inline v0::detail
