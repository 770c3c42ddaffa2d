// SPDX-License-Identifier: MIT
// A registered handler, and one event on its way to it.
#pragma once

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/function_ref.hpp>
#include <sello/base/result.hpp>
#include <sello/decode/describe.hpp>
#include <sello/route/event.hpp>
#include <sello/route/handler.hpp>

namespace sello::inline v0::detail {

/// An owner's rule for the idempotency keys of one provider.
using key_rule = std::function<std::string(const signed_facts&)>;

/// What is known of an event when its handler is called.
struct arrival {
  std::string_view provider{};
  std::string_view endpoint{};
  signed_facts facts{};
  sello::envelope envelope{};
  const key_rule* rule = nullptr;  ///< null: the provider's own
  std::string (*undescribed_key)(const signed_facts&) = nullptr;
};

/// What a receiver asks of a dispatch, and what it records of it.
struct visit {
  std::optional<std::chrono::seconds> freshness{};
  std::chrono::system_clock::time_point now{};
  bool timed = false;  ///< `decoded` is asked for
  std::string type{};
  std::string id{};
  std::vector<error> misfits{};
  std::optional<std::chrono::steady_clock::time_point> decoded{};
  const void* door = nullptr;  ///< a worker's `entrance`, for handlers with a transaction
  bool taken = false;          ///< the handler was not called: its delivery has taken effect already
  std::chrono::nanoseconds storing{};
};

/// What is known of a proven delivery before its body is read.
struct proven_facts {
  std::string_view provider{};
  std::string_view endpoint{};  ///< of an inbox
  const envelope_keys* keys = nullptr;
  std::string_view body{};
  std::string_view message_id{};
  std::optional<std::chrono::sys_seconds> sent_at{};
  std::string_view hint_header{};  ///< empty: there was no hint
  std::string_view hint_value{};
  bool hint_contradictory = false;
  std::string (*undescribed_key)(const signed_facts&) = nullptr;
  const key_rule* rule = nullptr;
};

/// The provider's own rule where no struct describes the event.
template <class P>
[[nodiscard]] std::string undescribed_key(const signed_facts& facts) {
  return P::idempotency_key(facts, undescribed{});
}

/// Whether the event's time is further from now than the receiver allows, both ways and inclusive, or is not known.
[[nodiscard]] inline std::optional<error> stale(const envelope_keys& keys, const envelope& read, const visit& asked) {
  if (!asked.freshness) return std::nullopt;
  const std::string where = keys.timestamp.empty() ? "" : '/' + std::string{keys.timestamp};
  if (!read.timestamp) {
    const auto misfit = std::find_if(asked.misfits.begin(), asked.misfits.end(),
                                     [&](const error& noted) { return noted.where == where; });
    return misfit != asked.misfits.end() ? *misfit : error{errc::missing_field, where};
  }
  using std::chrono::floor;
  const auto age = floor<std::chrono::seconds>(asked.now) - floor<std::chrono::seconds>(*read.timestamp);
  if (age > *asked.freshness) return error{errc::timestamp_too_old, where};
  if (-age > *asked.freshness) return error{errc::timestamp_too_new, where};
  return std::nullopt;
}

/// The key of an event. A rule that throws or gives nothing is its owner's to mend, so `handler_failed`: the sender tries
/// again. Another key in its place could let one event take effect twice. That OpenSSL or the memory fails is no rule's
/// fault: `internal_error`.
[[nodiscard]] inline result<std::string> key_of(const signed_facts& facts,
                                                const function_ref<std::string(const signed_facts&)>& rule) {
  const auto failed = [](std::string_view why) {
    return error{errc::handler_failed, "the rule for idempotency keys: " + std::string{why}};
  };
  try {
    std::string key = rule(facts);
    if (key.empty()) return failed("it gave an empty key");
    return key;
  } catch (const bad_result& thrown) {
    return thrown.error().code == errc::internal_error ? thrown.error() : failed(words_of(thrown));
  } catch (const std::bad_alloc&) {
    throw;  // as everywhere in a dispatch
  } catch (const std::exception& thrown) {
    return failed(words_of(thrown));
  } catch (...) {
    return failed(no_exception);
  }
}

/// The owner's rule may find nothing in what cannot be read; then it is the signed id, or else the body's digest.
[[nodiscard]] inline std::string key_of_unreadable(const key_rule* rule, const signed_facts& facts) {
  if (rule != nullptr) {
    if (auto key = detail::key_of(facts, *rule)) return *std::move(key);
  }
  return facts.message_id.empty() ? facts.body_digest() : std::string{facts.message_id};
}

/// What is the same for all events.
struct event_parts {
  std::string& idempotency_key;
  sello::envelope& envelope;
  std::vector<error>& misfits;
  event_body& body;
  std::string& endpoint;
};

/// An event while it is read, and then its handler's call. What is not one event's or one handler's own is in `handle`, so
/// that it is compiled once for all of them.
class pending {
 public:
  pending() = default;
  pending(const pending&) = delete;
  pending& operator=(const pending&) = delete;
  virtual ~pending() = default;
  [[nodiscard]] virtual slot data() noexcept = 0;  ///< no type: the data is not wanted
  [[nodiscard]] virtual event_parts parts(const arrival& arrived, const visit& visited) = 0;
  /// By the provider's own rule.
  [[nodiscard]] virtual std::string own_key(const arrival& arrived) const = 0;
  [[nodiscard]] virtual result<void> call(visit& visited) const = 0;
};

/// Gives the event what is known of it, and calls its handler. The misfits and the key are the event's for the time of the
/// call.
[[nodiscard]] inline result<void> handle(pending& read, arrival&& arrived, visit& visited) {
  const auto own = [&](const signed_facts&) { return read.own_key(arrived); };
  auto key =
      arrived.rule != nullptr ? detail::key_of(arrived.facts, *arrived.rule) : detail::key_of(arrived.facts, own);
  if (!key) return std::move(key).error();
  const event_parts event = read.parts(arrived, visited);
  event.idempotency_key = *std::move(key);
  event.envelope = std::move(arrived.envelope);
  event.body.borrow(arrived.facts.body);
  event.misfits.swap(visited.misfits);
  event.endpoint = arrived.endpoint;
  auto answer = read.call(visited);
  event.misfits.swap(visited.misfits);
  visited.id = std::move(event.idempotency_key);
  return answer;
}

/// A registered handler.
class route {
 public:
  route() = default;
  route(const route&) = delete;
  route& operator=(const route&) = delete;
  virtual ~route() = default;
  [[nodiscard]] virtual std::unique_ptr<pending> begin() const = 0;
};

/// A handler that has to do with a transaction knows how it is called.
template <class Handler, class Event>
[[nodiscard]] result<void> call_within(const Handler& handler, const Event& event, visit& visited) {
  if constexpr (requires { handler.call_within(event, visited); }) {
    return handler.call_within(event, visited);
  } else {
    return detail::call(handler, event);
  }
}

template <class Event>
[[nodiscard]] event_parts common_parts(Event& event) noexcept {
  return {event.idempotency_key, event.envelope, event.misfits, event.body, event.endpoint};
}

template <event_type E, class Handler>
class typed_route final : public route {
 public:
  explicit typed_route(Handler handler) : handler_{std::move(handler)} {}
  [[nodiscard]] std::unique_ptr<pending> begin() const override { return std::make_unique<reading>(handler_); }

 private:
  class reading final : public pending {
   public:
    explicit reading(const Handler& handler) : handler_{handler} {}
    [[nodiscard]] slot data() noexcept override { return detail::slot_of(event_.data); }
    [[nodiscard]] event_parts parts(const arrival&, const visit&) override { return detail::common_parts(event_); }
    [[nodiscard]] std::string own_key(const arrival& arrived) const override {
      return E::provider::idempotency_key(arrived.facts, event_.data);
    }
    [[nodiscard]] result<void> call(visit& visited) const override {
      return detail::call_within(handler_, event_, visited);
    }

   private:
    const Handler& handler_;
    event<E> event_{};
  };

  Handler handler_;
};

template <class Handler>
class fallback_route final : public route {
 public:
  explicit fallback_route(Handler handler) : handler_{std::move(handler)} {}
  [[nodiscard]] std::unique_ptr<pending> begin() const override { return std::make_unique<reading>(handler_); }

 private:
  class reading final : public pending {
   public:
    explicit reading(const Handler& handler) : handler_{handler} {}
    [[nodiscard]] slot data() noexcept override { return {}; }
    [[nodiscard]] event_parts parts(const arrival& arrived, const visit& visited) override {
      event_.provider = arrived.provider;
      event_.type = visited.type;
      return detail::common_parts(event_);
    }
    [[nodiscard]] std::string own_key(const arrival& arrived) const override {
      return arrived.undescribed_key(arrived.facts);
    }
    [[nodiscard]] result<void> call(visit& visited) const override {
      return detail::call_within(handler_, event_, visited);
    }

   private:
    const Handler& handler_;
    unknown_event event_{};
  };

  Handler handler_;
};

}  // namespace sello::inline v0::detail
