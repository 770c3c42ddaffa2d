// SPDX-License-Identifier: MIT
// Hands each proven event to the handler that was registered for it.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <utility>

#include <sello/base/result.hpp>
#include <sello/decode/tokens.hpp>
#include <sello/route/event.hpp>
#include <sello/route/record.hpp>
#include <sello/route/route.hpp>
#include <sello/verify/delivery.hpp>

namespace sello::inline v0 {

/// Can handle `Event`: callable as const (one handler serves all threads), giving nothing or `result<void>`.
template <class H, class Event>
concept handler_of = std::is_invocable_v<const H&, const Event&> &&
                     (std::is_void_v<std::invoke_result_t<const H&, const Event&>> ||
                      std::same_as<std::invoke_result_t<const H&, const Event&>, result<void>>);

/// One router serves all senders. Register first, then share: dispatching is `const` and needs no lock as long as the
/// handlers need none. Copies share their handlers. An exact handler beats the longest prefix, which beats `otherwise`.
class router {
 public:
  /// A template, so that what depends on how a unit has configured nlohmann/json (JSON_DIAGNOSTICS) has a name of its own.
  template <class Json = nlohmann::json>
  router() : tokens_{&detail::read_tokens<Json>} {}

  /// `handler` gets every `E`, as `const event<E>&`. Throws `std::logic_error` if `E` has a handler.
  template <event_type E, class Handler>
    requires handler_of<Handler, event<E>>
  router& on(Handler handler) {
    add(routes_[typeid(typename E::provider)].exact, E::type,
        std::make_shared<const detail::typed_route<E, Handler>>(std::move(handler)));
    return *this;
  }

  /// `handler` gets, as `const unknown_event&`, the events of one provider whose type starts with these segments, e.g.
  /// "payment.capture." or "payment.capture", and that have no handler of their own; also those that the provider adds
  /// later. Throws `std::logic_error` if the prefix has a handler or if no event of the catalog is below it.
  template <provider P, class Handler>
    requires handler_of<Handler, unknown_event>
  router& on_prefix(std::string_view prefix, Handler handler) {
    if (prefix.ends_with('.')) prefix.remove_suffix(1);
    const auto& known = P::catalog::types;
    if (std::none_of(known.begin(), known.end(), [&](std::string_view type) { return is_below(type, prefix); }))
      throw std::logic_error{"sello: no event of " + std::string{P::name} + " is below the prefix \"" +
                             std::string{prefix} + '"'};
    add(routes_[typeid(P)].prefixes, prefix, make_fallback(std::move(handler)));
    return *this;
  }

  /// `handler` gets every other event, as `const unknown_event&`. Without it they are `ignored`. Throws
  /// `std::logic_error` if there is one already.
  template <class Handler>
    requires handler_of<Handler, unknown_event>
  router& otherwise(Handler handler) {
    if (otherwise_) throw std::logic_error{"sello: a second handler for everything else"};
    otherwise_ = make_fallback(std::move(handler));
    return *this;
  }

  /// Decodes the event and runs its handler on this thread. Never throws. `malformed_json`, `duplicate_key`, `too_deep`,
  /// `missing_field`, `wrong_type` or `out_of_range` with the JSON Pointer; `header_body_mismatch` with the header's
  /// name; `handler_failed` with what was thrown; `store_unavailable` if a handler returned it; `internal_error`.
  template <scheme S, provider_for<S> P>
  [[nodiscard]] result<outcome> dispatch(const delivery<S, P>& delivered) const noexcept {
    detail::visit visited;
    return dispatch(delivered, visited);
  }

 private:
  template <class Verifier>
  friend class receiver;

  using route = std::shared_ptr<const detail::route>;
  using table = std::map<std::string, route, std::less<>>;
  struct provider_routes {
    table exact;
    table prefixes;  // without their last dot
  };

  static void add(table& to, std::string_view name, route handler) {
    if (!to.emplace(name, std::move(handler)).second)
      throw std::logic_error{"sello: a second handler for \"" + std::string{name} + '"'};
  }

  template <class Handler>
  [[nodiscard]] static route make_fallback(Handler handler) {
    return std::make_shared<const detail::fallback_route<Handler>>(std::move(handler));
  }

  [[nodiscard]] static bool is_below(std::string_view type, std::string_view prefix) noexcept {
    return type.starts_with(prefix) && (type.size() == prefix.size() || type[prefix.size()] == '.');
  }

  /// The handler for a type, or null.
  [[nodiscard]] const detail::route* find(const provider_routes* routes, std::string_view type) const {
    if (routes != nullptr) {
      if (const auto exact = routes->exact.find(type); exact != routes->exact.end()) return exact->second.get();
      for (std::string_view prefix = type;;) {
        if (const auto found = routes->prefixes.find(prefix); found != routes->prefixes.end())
          return found->second.get();
        const auto dot = prefix.rfind('.');
        if (dot == prefix.npos) break;
        prefix = prefix.substr(0, dot);
      }
    }
    return otherwise_.get();
  }

  /// Whether the body's own time is further from now than the receiver allows, both ways and inclusive.
  [[nodiscard]] static std::optional<error> stale(const envelope_keys& keys, const envelope& read,
                                                  const detail::visit& asked) {
    if (!asked.freshness) return std::nullopt;
    const std::string where = keys.timestamp.empty() ? "" : '/' + std::string{keys.timestamp};
    if (!read.timestamp) return error{errc::missing_field, where};
    using std::chrono::floor;
    const auto age = floor<std::chrono::seconds>(asked.now) - floor<std::chrono::seconds>(*read.timestamp);
    if (age > *asked.freshness) return error{errc::timestamp_too_old, where};
    if (-age > *asked.freshness) return error{errc::timestamp_too_new, where};
    return std::nullopt;
  }

  template <scheme S, provider_for<S> P>
  [[nodiscard]] result<outcome> dispatch(const delivery<S, P>& delivered, detail::visit& visited) const noexcept {
    try {
      const auto own = routes_.find(typeid(P));
      const auto find_own = [&](std::string_view type) {
        return find(own == routes_.end() ? nullptr : &own->second, type);
      };
      const detail::body_reader::finder finder{find_own};
      detail::body_reader reader{P::keys, finder, tokens_};
      auto fault = reader.read(delivered.body());
      visited.type = reader.type().value_or("");
      if (fault) return *std::move(fault);
      if (const auto& hint = delivered.type_hint(); hint && (hint->contradictory || hint->value != *reader.type()))
        return error{errc::header_body_mismatch, hint->header};
      if constexpr (timed_scheme<S>) {
        if (P::keys.timestamp.empty()) reader.envelope().timestamp = from_unix_seconds(delivered.sent_at());
      }
      if (auto late = stale(P::keys, reader.envelope(), visited)) return *std::move(late);
      visited.decoded = std::chrono::steady_clock::now();
      if (reader.event() == nullptr) return outcome::ignored;

      detail::arrival arrived{.provider = P::name,
                              .facts = {.body = delivered.body(), .type = *reader.type()},
                              .envelope = std::move(reader.envelope()),
                              .undescribed_key = [](const signed_facts& facts) -> std::string {
                                return P::idempotency_key(facts, undescribed{});
                              }};
      if constexpr (identified_scheme<S>) arrived.facts.message_id = delivered.message_id();
      if (const auto handled = reader.event()->handle(std::move(arrived), visited); !handled) return handled.error();
      return outcome::handled;
    } catch (...) {
      return error{errc::internal_error, {}};
    }
  }

  std::map<std::type_index, provider_routes> routes_;
  route otherwise_;
  detail::tokeniser tokens_;
};

}  // namespace sello::inline v0
