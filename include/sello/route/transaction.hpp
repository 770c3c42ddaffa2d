// SPDX-License-Identifier: MIT
// Handlers that take effect once: those that write in the worker's transaction, and those that may run twice.
#pragma once

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

#include <sello/base/function_ref.hpp>
#include <sello/base/result.hpp>
#include <sello/route/handler.hpp>
#include <sello/route/route.hpp>
#include <sello/route/stored.hpp>

namespace sello::inline v0 {

template <class Transaction = void>
class basic_router;

/// The router of a receiver.
using router = basic_router<>;

/// A handler of which its owner says that a second call for the same event does no harm; made by `repeatable`.
template <class Handler>
struct repeatable_handler {
  Handler handler;
};

/// `router.on<E>(sello::repeatable([](const auto& event) { … }))`: for a worker's router, a handler without a transaction.
/// It can run twice, where the process dies behind it: say this of what is safe to do again (a PUT, a cache, a request that
/// the other side dedupes by `idempotency_key`), and of nothing else.
template <class Handler>
[[nodiscard]] repeatable_handler<Handler> repeatable(Handler handler) {
  return {std::move(handler)};
}

namespace detail {

/// How a router reaches the transaction, once it knows which handler it has. A handler that takes the transaction: `enter`,
/// which gives null where the delivery has taken effect already. One that is repeatable: `taken`; no transaction is open
/// while it runs. Either way the router then says `duplicate`, and does not call it.
template <class Transaction>
struct entrance {  // NOLINT(cppcoreguidelines-pro-type-member-init): an aggregate
  function_ref<result<Transaction*>()> enter;
  function_ref<result<bool>()> taken;
  visit* visited = nullptr;  ///< what the router is to note
};

/// What a store kept of a delivery, as a router reads it. The key is the one by which it was stored. Of a provider that the
/// router does not know nothing is read but the event's type, which the store has.
[[nodiscard]] inline proven_facts facts_of(const stored& row, const envelope_keys& keys, const key_rule& key) {
  return {.provider = row->provider,
          .endpoint = row->endpoint,
          .keys = &keys,
          .body = row->body,
          .message_id = row->message_id,
          .sent_at = row->sent_at,
          .hint_header = row->hint_header,
          .hint_value = row->hint_value,
          .hint_contradictory = row->hint_value.empty(),
          .rule = &key};
}

/// What a router does for receivers and workers, and for nobody else.
struct router_access {
  template <class Router, class Delivery>
  [[nodiscard]] static auto dispatch(const Router& router, const Delivery& proven, visit& visited) noexcept {
    return router.dispatch(proven, visited);
  }
  template <class Router>
  [[nodiscard]] static Router give(const Router& other) {
    return other;
  }
  template <class Transaction>
  [[nodiscard]] static basic_router<Transaction> give(const basic_router<Transaction>& router) {
    return router.give();
  }
};

/// A handler that takes the transaction, as a route calls it.
template <class Transaction, class Handler>
struct in_transaction {
  Handler handler;

  template <class Event>
  [[nodiscard]] result<void> call_within(const Event& event, visit& visited) const {
    const auto entered = static_cast<const entrance<Transaction>*>(visited.door)->enter();
    if (!entered) return entered.error();
    if (*entered == nullptr) {
      visited.taken = true;
      return {};
    }
    return detail::call([&](const Event& of) { return handler(of, **entered); }, event);
  }
};

/// A repeatable one.
template <class Transaction, class Handler>
struct outside_of_transaction {
  Handler handler;

  template <class Event>
  [[nodiscard]] result<void> call_within(const Event& event, visit& visited) const {
    const auto taken = static_cast<const entrance<Transaction>*>(visited.door)->taken();
    if (!taken) return taken.error();
    if (*taken) {
      visited.taken = true;
      return {};
    }
    return detail::call(handler, event);
  }
};

template <class Answer>
inline constexpr bool is_answer = std::is_void_v<Answer> || std::same_as<Answer, result<void>>;

/// Whether `Handler` is one for a router with this transaction; if not, says in words why.
template <class Transaction, class Event, class Handler>
consteval bool check_effect() {
  constexpr bool takes_both = std::is_invocable_v<const Handler&, const Event&, Transaction&>;
  constexpr bool takes_event = std::is_invocable_v<const Handler&, const Event&>;
  static_assert(takes_both || !takes_event,
                "sello: a worker's handler can be called twice for one event, if the process dies behind it: take the "
                "transaction and write there, `[](const auto& event, auto& tx)`, or say that twice does no harm, "
                "`sello::repeatable(handler)`");
  static_assert(
      takes_both || takes_event,
      "sello: a worker's handler takes its event and the transaction, `(const sello::event<E>&, Transaction&)`, "
      "and is callable as const, because one handler serves all threads");
  if constexpr (takes_both) {
    constexpr bool answers = is_answer<std::invoke_result_t<const Handler&, const Event&, Transaction&>>;
    static_assert(answers, "sello: a handler returns nothing or `sello::result<void>`, e.g. `sello::retry(\"why\")`");
    return answers;
  }
  return false;
}

/// How a handler is kept: for a router without a transaction, as it is.
template <class Transaction, class Event, class Handler>
struct kept_handler {
  using type = in_transaction<Transaction, Handler>;
  static constexpr bool fits = check_effect<Transaction, Event, Handler>();
};
template <class Event, class Handler>
struct kept_handler<void, Event, Handler> {
  using type = Handler;
  static constexpr bool fits = (check_handler<Event, Handler>(), handler_of<Handler, Event>);
};
template <class Transaction, class Event, class Handler>
struct kept_handler<Transaction, Event, repeatable_handler<Handler>> {
  using type = outside_of_transaction<Transaction, Handler>;
  static constexpr bool fits = (check_handler<Event, Handler>(), handler_of<Handler, Event>);
};
template <class Event, class Handler>
struct kept_handler<void, Event, repeatable_handler<Handler>> {
  using type = Handler;
  static constexpr bool fits = (check_handler<Event, Handler>(), handler_of<Handler, Event>);
};

/// The user's own callable, whatever it is wrapped in.
template <class Handler>
[[nodiscard]] const Handler& inner(const Handler& handler) noexcept {
  return handler;  // NOLINT(bugprone-return-const-ref-from-parameter): for a call of its own
}
template <class Handler>
[[nodiscard]] const Handler& inner(const repeatable_handler<Handler>& wrapped) noexcept {
  return wrapped.handler;
}
template <class Handler>
[[nodiscard]] Handler&& unwrapped(Handler&& handler) noexcept {
  return std::forward<Handler>(handler);
}
template <class Handler>
[[nodiscard]] Handler unwrapped(repeatable_handler<Handler>&& wrapped) {
  return std::move(wrapped.handler);
}

}  // namespace detail
}  // namespace sello::inline v0
