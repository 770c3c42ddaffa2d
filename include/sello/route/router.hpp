// SPDX-License-Identifier: MIT
// Hands each proven event to the handler that was registered for it.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
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
#include <sello/route/body_reader.hpp>
#include <sello/route/event.hpp>
#include <sello/route/handler.hpp>
#include <sello/route/record.hpp>
#include <sello/route/route.hpp>
#include <sello/route/route_table.hpp>
#include <sello/verify/delivery.hpp>

namespace sello::inline v0 {

/// One router serves all senders. Register first, then share: dispatching is `const` and needs no lock as long as the
/// handlers need none. Copies share their handlers. An exact handler beats the longest prefix, which beats `otherwise`.
/// Each registration throws `std::logic_error` for a handler that is null, for a second one for the same events, and once
/// the router was given to a receiver: it has a copy, from which the handler would be missing.
class router {
 public:
  /// A template, so that what depends on how a unit has configured nlohmann/json (JSON_DIAGNOSTICS) has a name of its own.
  template <class Json = nlohmann::json>
  router() : tokens_{&detail::read_tokens<Json>} {}

  /// `handler` gets every `E`, as `const event<E>&`.
  template <event_type E, class Handler>
  router& on(Handler handler) {
    detail::check_handler<event<E>, Handler>();
    if constexpr (handler_of<Handler, event<E>>) {
      check(handler, E::type);
      routes_[typeid(typename E::provider)].table.add_exact(
          E::type, std::make_shared<const detail::typed_route<E, Handler>>(std::move(handler)));
    }
    return *this;
  }

  /// `handler` gets, as `const unknown_event&`, the events of one provider whose type starts with these segments, e.g.
  /// "payment.capture." or "payment.capture", and that have no handler of their own; also those that the provider adds
  /// later. Throws `std::logic_error` as well if no event of the catalog is below the prefix.
  template <provider P, class Handler>
  router& on_prefix(std::string_view prefix, Handler handler) {
    detail::check_handler<unknown_event, Handler>();
    if constexpr (handler_of<Handler, unknown_event>) {
      check(handler, prefix);
      if (prefix.ends_with('.')) prefix.remove_suffix(1);
      const auto& known = P::catalog::types;
      if (std::none_of(known.begin(), known.end(),
                       [&](std::string_view type) { return detail::is_below(type, prefix); }))
        throw std::logic_error{"sello: no event of " + std::string{P::name} + " is below the prefix \"" +
                               std::string{prefix} + '"'};
      routes_[typeid(P)].table.add_prefix(prefix, make_fallback(std::move(handler)));
    }
    return *this;
  }

  /// `handler` gets every other event, as `const unknown_event&`; among them those without any type, as a sender's test
  /// button may send. Without it they are `ignored`.
  template <class Handler>
  router& otherwise(Handler handler) {
    detail::check_handler<unknown_event, Handler>();
    if constexpr (handler_of<Handler, unknown_event>) {
      check(handler, "otherwise");
      if (otherwise_) throw std::logic_error{"sello: a second handler for everything else"};
      otherwise_ = make_fallback(std::move(handler));
    }
    return *this;
  }

  /// `handler` gets, as `const unreadable_event&`, what is proven but cannot become its event; without it that is an
  /// error, 400. It decides what becomes of the delivery: if it succeeds, the outcome is `unreadable` and the sender does
  /// not send it again, so keep the body.
  template <class Handler>
  router& unreadable(Handler handler) {
    detail::check_handler<unreadable_event, Handler>();
    if constexpr (handler_of<Handler, unreadable_event>) {
      check(handler, "unreadable");
      if (unreadable_) throw std::logic_error{"sello: a second handler for what is unreadable"};
      const auto shared = std::make_shared<const Handler>(std::move(handler));
      unreadable_ = [shared](const unreadable_event& event) { return detail::call(*shared, event); };
    }
    return *this;
  }

  /// `rule`, from `const signed_facts&` to `std::string`, replaces the provider's own idempotency key, for every event of
  /// that provider. It must give retries of one event one key, and other events another one. Where it throws or gives
  /// nothing, the event is not handled: `handler_failed`, so that the sender tries again after you have mended it.
  template <provider P, class Rule>
  router& identify(Rule rule) {
    constexpr bool fits = std::is_invocable_r_v<std::string, const Rule&, const signed_facts&>;
    static_assert(fits,
                  "sello: a rule for idempotency keys takes `const sello::signed_facts&` and returns std::string");
    if constexpr (fits) {
      check(rule, "identify");
      auto& own = routes_[typeid(P)].rule;
      if (own) throw std::logic_error{"sello: a second rule for the idempotency keys of " + std::string{P::name}};
      const auto shared = std::make_shared<const Rule>(std::move(rule));
      own = [shared](const signed_facts& facts) -> std::string { return (*shared)(facts); };
    }
    return *this;
  }

  /// Decodes the event and runs its handler on this thread. Never throws; a handler that ends its thread
  /// (`pthread_exit`) ends the process. `malformed_json`, `duplicate_key`, `too_deep`,
  /// `missing_field`, `wrong_type` or `out_of_range` with the JSON Pointer; `handler_failed` with what was thrown;
  /// `store_unavailable` or `permanent_failure` if a handler returned it; `internal_error`.
  template <scheme S, provider_for<S> P>
  [[nodiscard]] result<outcome> dispatch(const delivery<S, P>& delivered) const noexcept {
    detail::visit visited;
    return dispatch(delivered, visited);
  }

 private:
  template <class Verifier>
  friend class receiver;

  struct provider_routes {
    detail::route_table table{};
    detail::key_rule rule{};
  };

  /// Whether the router was given to a receiver. A copy of the router was not.
  class given_mark {
   public:
    given_mark() = default;
    given_mark(const given_mark&) noexcept {}
    given_mark& operator=(const given_mark&) noexcept {
      given_ = false;
      return *this;
    }
    ~given_mark() = default;
    void set() const noexcept { given_ = true; }
    explicit operator bool() const noexcept { return given_; }

   private:
    mutable std::atomic<bool> given_ = false;
  };

  /// For a receiver. A router without any handler would answer 200 to everything and lose it.
  [[nodiscard]] router give() const {
    const bool handles = std::any_of(routes_.begin(), routes_.end(),
                                     [](const auto& of_provider) { return !of_provider.second.table.empty(); });
    if (!handles && !otherwise_ && !unreadable_)
      throw std::logic_error{
          "sello: a receiver with a router that has no handler (was it moved from?) loses every event"};
    given_.set();
    return *this;
  }

  template <class Callable>
  void check(const Callable& callable, std::string_view what) const {
    if (detail::is_null(callable)) throw std::logic_error{"sello: a null handler for \"" + std::string{what} + '"'};
    if (given_)
      throw std::logic_error{"sello: a handler for \"" + std::string{what} +
                             "\" after the router was given to a receiver, which has a copy; register it before"};
  }

  template <class Handler>
  [[nodiscard]] static detail::route_table::shared_route make_fallback(Handler handler) {
    return std::make_shared<const detail::fallback_route<Handler>>(std::move(handler));
  }

  /// The owner's rule may find nothing in what cannot be read; then it is the signed id, or else the body's digest.
  [[nodiscard]] static std::string key_of_unreadable(const detail::key_rule* rule, const signed_facts& facts) {
    if (rule != nullptr) {
      if (auto key = detail::key_of(facts, *rule)) return *std::move(key);
    }
    return facts.message_id.empty() ? facts.body_digest() : std::string{facts.message_id};
  }

  [[nodiscard]] result<outcome> hand_over(error fault, const detail::arrival& arrived, detail::visit& visited) const {
    visited.misfits.insert(visited.misfits.begin(), fault);
    const unreadable_event event{.provider = arrived.provider,
                                 .type = visited.type,
                                 .idempotency_key = key_of_unreadable(arrived.rule, arrived.facts),
                                 .fault = std::move(fault),
                                 .body = arrived.facts.body};
    visited.id = event.idempotency_key;
    if (auto handled = unreadable_(event); !handled) return std::move(handled).error();
    return outcome::unreadable;
  }

  template <scheme S, provider_for<S> P>
  [[nodiscard]] result<outcome> dispatch(const delivery<S, P>& delivered, detail::visit& visited) const noexcept {
    try {
      const auto found = routes_.find(typeid(P));
      const provider_routes* const own = found == routes_.end() ? nullptr : &found->second;
      const auto find_own = [&](std::string_view type) -> const detail::route* {
        const detail::route* const exact = own != nullptr ? own->table.find(type) : nullptr;
        return exact != nullptr ? exact : otherwise_.get();
      };
      const detail::body_reader::finder finder{find_own};
      detail::body_reader reader{P::keys, finder, tokens_};
      auto fault = reader.read(delivered.body());
      visited.type = reader.type();
      visited.misfits = std::move(reader.misfits());
      if (const auto& hint = delivered.type_hint();
          hint && !fault && (hint->contradictory || hint->value != visited.type))
        visited.misfits.push_back({errc::header_body_mismatch, hint->header});

      detail::arrival arrived{.provider = P::name,
                              .facts = {.body = delivered.body(), .type = visited.type},
                              .envelope = std::move(reader.envelope()),
                              .rule = own != nullptr && own->rule ? &own->rule : nullptr,
                              .undescribed_key = [](const signed_facts& facts) -> std::string {
                                return P::idempotency_key(facts, undescribed{});
                              }};
      if constexpr (identified_scheme<S>) arrived.facts.message_id = delivered.message_id();
      if constexpr (timed_scheme<S>) {
        if (P::keys.timestamp.empty()) arrived.envelope.timestamp = from_unix_seconds(delivered.sent_at());
      }
      if (fault && !unreadable_) return *std::move(fault);
      if (auto late = detail::stale(P::keys, arrived.envelope, visited))
        return fault && !arrived.envelope.timestamp ? *std::move(fault) : *std::move(late);
      visited.decoded = std::chrono::steady_clock::now();
      if (fault) return hand_over(*std::move(fault), arrived, visited);
      if (reader.event() == nullptr) return outcome::ignored;
      if (auto handled = reader.event()->handle(std::move(arrived), visited); !handled)
        return std::move(handled).error();
      return outcome::handled;
    } catch (...) {
      return error{errc::internal_error, {}};
    }
  }

  std::map<std::type_index, provider_routes> routes_{};
  detail::route_table::shared_route otherwise_{};
  std::function<result<void>(const unreadable_event&)> unreadable_{};
  given_mark given_{};
  detail::tokeniser tokens_;
};

}  // namespace sello::inline v0
