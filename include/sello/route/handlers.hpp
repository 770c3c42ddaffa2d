// SPDX-License-Identifier: MIT
// What a router has registered, and what it does with a proven delivery.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeindex>
#include <utility>

#include <sello/base/result.hpp>
#include <sello/decode/tokens.hpp>
#include <sello/route/body_reader.hpp>
#include <sello/route/event.hpp>
#include <sello/route/given_mark.hpp>
#include <sello/route/provider_routes.hpp>
#include <sello/route/record.hpp>
#include <sello/route/route.hpp>
#include <sello/route/route_table.hpp>

namespace sello::inline v0::detail {

/// The same for every transaction, handler and provider. A template for the sake of `sello::compiled`, which has it
/// compiled.
template <class = void>
class handlers {
 public:
  using one = std::unique_ptr<const route>;
  using unreadable_handler = std::function<result<void>(const unreadable_event&)>;

  explicit handlers(tokeniser tokens) noexcept : tokens_{tokens} {}
  handlers(const handlers&);
  handlers(handlers&&) noexcept;
  handlers& operator=(const handlers&);
  handlers& operator=(handlers&&) noexcept;
  ~handlers();

  /// Throws `std::logic_error` for a handler that is null, or comes too late.
  void check(bool null, std::string_view what) const;
  /// These throw it for a second handler of the same.
  void add_exact(const provider_id& provider, std::string_view type, one handler);
  void add_prefix(const provider_id& provider, std::string_view prefix, one handler);
  void add_otherwise(one handler);
  void add_unreadable(unreadable_handler handler);
  void add_rule(const provider_id& provider, key_rule rule);
  void read_with(tokeniser tokens) noexcept { tokens_ = tokens; }

  /// To who loses the events of a provider, or all (`void`), if there is no handler for any: throws `std::logic_error` then.
  void give(std::type_index provider) const;

  /// Null: nothing was registered.
  template <class P>
  [[nodiscard]] const provider_routes* find() const noexcept {
    return routes_.find(typeid(P));
  }
  [[nodiscard]] const provider_routes* named(std::string_view name) const noexcept { return routes_.named(name); }

  /// `type`: what is known of it where the provider's envelope is not.
  [[nodiscard]] result<outcome> run(const proven_facts& from, const provider_routes* own, visit& visited,
                                    const std::string& type) const;

 private:
  [[nodiscard]] result<outcome> hand_over(error fault, const arrival& arrived, visit& visited) const {
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

  provider_table routes_{};
  route_table::shared_route otherwise_{};
  unreadable_handler unreadable_{};
  given_mark given_{};
  tokeniser tokens_;
};

template <class X>
handlers<X>::handlers(const handlers&) = default;
template <class X>
handlers<X>::handlers(handlers&&) noexcept = default;
template <class X>
handlers<X>& handlers<X>::operator=(const handlers&) = default;
template <class X>
handlers<X>& handlers<X>::operator=(handlers&&) noexcept = default;
template <class X>
handlers<X>::~handlers() = default;

template <class X>
void handlers<X>::check(bool null, std::string_view what) const {
  if (null) throw std::logic_error{"sello: a null handler for \"" + std::string{what} + '"'};
  if (given_)
    throw std::logic_error{"sello: a handler for \"" + std::string{what} +
                           "\" after the router was given to a receiver, which has a copy; register it before"};
}

template <class X>
void handlers<X>::add_exact(const provider_id& provider, std::string_view type, one handler) {
  routes_.of(provider).table.add_exact(type, std::move(handler));
}

template <class X>
void handlers<X>::add_prefix(const provider_id& provider, std::string_view prefix, one handler) {
  routes_.of(provider).table.add_prefix(prefix, std::move(handler));
}

template <class X>
void handlers<X>::add_otherwise(one handler) {
  if (otherwise_) throw std::logic_error{"sello: a second handler for everything else"};
  otherwise_ = std::move(handler);
}

template <class X>
void handlers<X>::add_unreadable(unreadable_handler handler) {
  if (unreadable_) throw std::logic_error{"sello: a second handler for what is unreadable"};
  unreadable_ = std::move(handler);
}

template <class X>
void handlers<X>::add_rule(const provider_id& provider, key_rule rule) {
  auto& own = routes_.of(provider).rule;
  if (own) throw std::logic_error{"sello: a second rule for the idempotency keys of " + std::string{provider.name}};
  own = std::move(rule);
}

template <class X>
void handlers<X>::give(std::type_index provider) const {
  if (!routes_.handles(provider) && !otherwise_ && !unreadable_)
    throw std::logic_error{
        "sello: a receiver with a router that has no handler for its sender (was it moved from?) loses every event"};
  given_.set();
}

template <class X>
result<outcome> handlers<X>::run(const proven_facts& from, const provider_routes* own, visit& visited,
                                 const std::string& type) const {
  const auto find_own = [&](std::string_view of) -> const route* {
    const route* const exact = own != nullptr ? own->table.find(of) : nullptr;
    return exact != nullptr ? exact : otherwise_.get();
  };
  const body_reader::finder finder{find_own};
  body_reader reader{*from.keys, finder, tokens_};
  auto fault = reader.read(from.body);
  visited.type = type;
  if (type.empty()) visited.type = std::move(reader.type());
  visited.misfits = std::move(reader.misfits());
  if (!from.hint_header.empty() && !fault && (from.hint_contradictory || from.hint_value != visited.type))
    visited.misfits.push_back({errc::header_body_mismatch, std::string{from.hint_header}});

  arrival arrived{.provider = from.provider,
                  .endpoint = from.endpoint,
                  .facts = {.body = from.body, .type = visited.type, .message_id = from.message_id},
                  .envelope = std::move(reader.envelope()),
                  .rule = from.rule,
                  .undescribed_key = from.undescribed_key};
  if (from.keys->timestamp.empty() && from.sent_at) arrived.envelope.timestamp = from_unix_seconds(*from.sent_at);
  if (fault && !unreadable_) return *std::move(fault);
  if (auto late = stale(*from.keys, arrived.envelope, visited))
    return fault && !arrived.envelope.timestamp ? *std::move(fault) : *std::move(late);
  if (visited.timed) visited.decoded = std::chrono::steady_clock::now();
  if (fault) return hand_over(*std::move(fault), arrived, visited);
  if (reader.event() == nullptr) return outcome::ignored;
  if (auto handled = handle(*reader.event(), std::move(arrived), visited); !handled) return std::move(handled).error();
  return outcome::handled;
}

}  // namespace sello::inline v0::detail
