// SPDX-License-Identifier: MIT
// Hands each proven event to the handler that was registered for it.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <sello/base/result.hpp>
#include <sello/decode/tokens.hpp>
#include <sello/route/body_reader.hpp>
#include <sello/route/event.hpp>
#include <sello/route/handler.hpp>
#include <sello/route/handlers.hpp>
#include <sello/route/provider_routes.hpp>
#include <sello/route/route.hpp>
#include <sello/route/stored.hpp>
#include <sello/route/transaction.hpp>
#include <sello/verify/delivery.hpp>

namespace sello::inline v0 {

/// One router serves all senders. Register first, then share: dispatching is `const` and needs no lock as long as the
/// handlers need none. Copies share their handlers. An exact handler beats the longest prefix, which beats `otherwise`.
/// Each registration throws `std::logic_error` for a handler that is null, for a second one for the same events, and once
/// the router was given to a receiver or a worker: it has a copy, from which the handler would be missing.
///
/// `router` is the one for a receiver. With a `Transaction`, e.g. `basic_router<sqlite::transaction>`, it is for a worker
/// of an inbox: a handler takes the transaction behind its event, or is wrapped in `repeatable`.
template <class Transaction>
class basic_router {
 public:
  /// A template, so that what depends on how a unit has configured nlohmann/json (JSON_DIAGNOSTICS) has a name of its own.
  template <class Json = detail::own_json>
  basic_router() : handlers_{&detail::read_tokens<Json>} {}

  /// `handler` gets every `E`, as `const event<E>&`.
  template <event_type E, class Handler>
  basic_router& on(Handler handler) & {
    using kept = detail::kept_handler<Transaction, event<E>, Handler>;
    if constexpr (kept::fits) {
      check(detail::inner(handler), E::type);
      handlers_.add_exact(own<typename E::provider>(), E::type,
                          std::make_unique<const detail::typed_route<E, typename kept::type>>(
                              typename kept::type{detail::unwrapped(std::move(handler))}));
    }
    return *this;
  }

  /// `handler` gets, as `const unknown_event&`, the events of one provider whose type starts with these segments, e.g.
  /// "payment.capture." or "payment.capture", and that have no handler of their own; also those that the provider adds
  /// later. Throws `std::logic_error` as well if no event of the catalog is below the prefix.
  template <provider P, class Handler>
  basic_router& on_prefix(std::string_view prefix, Handler handler) & {
    if constexpr (detail::kept_handler<Transaction, unknown_event, Handler>::fits) {
      check(detail::inner(handler), prefix);
      if (prefix.ends_with('.')) prefix.remove_suffix(1);
      const auto& known = P::catalog::types;
      if (std::none_of(known.begin(), known.end(),
                       [&](std::string_view type) { return detail::is_below(type, prefix); }))
        throw std::logic_error{"sello: no event of " + std::string{P::name} + " is below the prefix \"" +
                               std::string{prefix} + '"'};
      handlers_.add_prefix(own<P>(), prefix, make_fallback(std::move(handler)));
    }
    return *this;
  }

  /// `handler` gets every other event, as `const unknown_event&`; among them those without any type, as a sender's test
  /// button may send. Without it they are `ignored`.
  template <class Handler>
  basic_router& otherwise(Handler handler) & {
    if constexpr (detail::kept_handler<Transaction, unknown_event, Handler>::fits) {
      check(detail::inner(handler), "otherwise");
      handlers_.add_otherwise(make_fallback(std::move(handler)));
    }
    return *this;
  }

  /// `handler` gets, as `const unreadable_event&`, what is proven but cannot become its event; without it that is an
  /// error, 400. It decides what becomes of the delivery: if it succeeds, the outcome is `unreadable` and the sender does
  /// not send it again, so keep the body.
  template <class Handler>
  basic_router& unreadable(Handler handler) & {
    static_assert(for_receivers, "sello: an inbox parks what is unreadable, with its body, until it is replayed");
    detail::check_handler<unreadable_event, Handler>();
    if constexpr (handler_of<Handler, unreadable_event>) {
      check(handler, "unreadable");
      const auto shared = std::make_shared<const Handler>(std::move(handler));
      handlers_.add_unreadable([shared](const unreadable_event& event) { return detail::call(*shared, event); });
    }
    return *this;
  }

  /// `rule`, from `const signed_facts&` to `std::string`, replaces the provider's own idempotency key, for every event of
  /// that provider. It must give retries of one event one key, and other events another one. Where it throws or gives
  /// nothing, the event is not handled: `handler_failed`, so that the sender tries again after you have mended it.
  template <provider P, class Rule>
  basic_router& identify(Rule rule) & {
    static_assert(for_receivers,
                  "sello: the key was chosen when the event was stored: `inbox.endpoint(name, {.identify = rule})`");
    constexpr bool fits = std::is_invocable_r_v<std::string, const Rule&, const signed_facts&>;
    static_assert(fits,
                  "sello: a rule for idempotency keys takes `const sello::signed_facts&` and returns std::string");
    if constexpr (fits) {
      check(rule, "identify");
      const auto shared = std::make_shared<const Rule>(std::move(rule));
      handlers_.add_rule(own<P>(), [shared](const signed_facts& facts) -> std::string { return (*shared)(facts); });
    }
    return *this;
  }

  /// Bodies are read by way of another tokeniser than nlohmann/json: `sello::simdjson_tokens`, of
  /// `<sello/json/simdjson.hpp>`. The verdicts, errors, misfits and values are the same.
  template <class Tokens, class Json = detail::own_json>
    requires requires { detail::tokeniser{&Tokens::template read<Json>}; }
  basic_router& read_with(const Tokens& tokens) & {
    check(tokens, "read_with");
    handlers_.read_with(&Tokens::template read<Json>);
    return *this;
  }

  /// The same for a router that is made and filled in one expression: given on by value, so that nothing dangles.
  template <event_type E, class Handler>
  basic_router on(Handler handler) && {
    return std::move(on<E>(std::move(handler)));
  }
  template <provider P, class Handler>
  basic_router on_prefix(std::string_view prefix, Handler handler) && {
    return std::move(on_prefix<P>(prefix, std::move(handler)));
  }
  template <class Handler>
  basic_router otherwise(Handler handler) && {
    return std::move(otherwise(std::move(handler)));
  }
  template <class Handler>
  basic_router unreadable(Handler handler) && {
    return std::move(unreadable(std::move(handler)));
  }
  template <class Tokens>
  basic_router read_with(const Tokens& tokens) && {
    return std::move(read_with(tokens));
  }
  template <provider P, class Rule>
  basic_router identify(Rule rule) && {
    return std::move(identify<P>(std::move(rule)));
  }

  /// Decodes the event and runs its handler on this thread. Never throws; a handler that ends its thread
  /// (`pthread_exit`) ends the process. `malformed_json`, `duplicate_key`, `too_deep`,
  /// `missing_field`, `wrong_type` or `out_of_range` with the JSON Pointer; `handler_failed` with what was thrown;
  /// `store_unavailable` or `permanent_failure` if a handler returned it; `internal_error`.
  template <scheme S, provider_for<S> P>
    requires(std::is_void_v<Transaction>)
  [[nodiscard]] result<outcome> dispatch(const delivery<S, P>& delivered) const noexcept {
    detail::visit visited;
    return dispatch(delivered, visited);
  }

  /// The same for a delivery out of a store, by a worker: `duplicate` if it has taken effect before.
  [[nodiscard]] result<outcome> work(const stored& row, const detail::entrance<Transaction>& door) const noexcept
    requires(!std::is_void_v<Transaction>)
  {
    detail::visit own_visit;
    detail::visit& visited = door.visited != nullptr ? *door.visited : own_visit;
    visited.door = &door;
    try {
      const detail::key_rule key = [&row](const signed_facts&) { return row->idempotency_key; };
      static constexpr envelope_keys no_keys{};
      const detail::provider_routes* const own = handlers_.named(row->provider);
      auto facts = detail::facts_of(row, own != nullptr ? *own->keys : no_keys, key);
      auto done = handlers_.run(facts, own, visited, own == nullptr ? row->type : std::string{});
      if (done && visited.taken) return outcome::duplicate;
      return done;
    } catch (...) {
      return error{errc::internal_error, {}};
    }
  }

 private:
  template <class Verifier>
  friend class receiver;
  friend struct detail::router_access;

  static constexpr bool for_receivers = std::is_void_v<Transaction>;

  /// For a receiver of one sender, or a worker of any (`void`). Without a handler for its events it would take every one
  /// and lose it.
  template <class P = void>
  [[nodiscard]] basic_router give() const {
    handlers_.give(typeid(P));
    return *this;
  }

  template <class P>
  [[nodiscard]] static detail::provider_id own() noexcept {
    return detail::provider_id::of<P>(!for_receivers);
  }

  template <class Callable>
  void check(const Callable& callable, std::string_view what) const {
    handlers_.check(detail::is_null(callable), what);
  }

  template <class Handler>
  [[nodiscard]] static std::unique_ptr<const detail::route> make_fallback(Handler handler) {
    using kept = typename detail::kept_handler<Transaction, unknown_event, Handler>::type;
    return std::make_unique<const detail::fallback_route<kept>>(kept{detail::unwrapped(std::move(handler))});
  }

  template <scheme S, provider_for<S> P>
  [[nodiscard]] result<outcome> dispatch(const delivery<S, P>& delivered, detail::visit& visited) const noexcept {
    try {
      const detail::provider_routes* const own = handlers_.template find<P>();
      detail::proven_facts facts{.provider = P::name,
                                 .keys = &P::keys,
                                 .body = delivered.body(),
                                 .undescribed_key = &detail::undescribed_key<P>,
                                 .rule = own != nullptr && own->rule ? &own->rule : nullptr};
      if constexpr (identified_scheme<S>) facts.message_id = delivered.message_id();
      if constexpr (timed_scheme<S>) facts.sent_at = delivered.sent_at();
      if (const auto& hint = delivered.type_hint()) {
        facts.hint_header = hint->header;
        facts.hint_value = hint->value;
        facts.hint_contradictory = hint->contradictory;
      }
      return handlers_.run(facts, own, visited, {});
    } catch (...) {
      return error{errc::internal_error, {}};
    }
  }

  detail::handlers<> handlers_;
};

}  // namespace sello::inline v0
