// SPDX-License-Identifier: MIT
// From a proven body to a handler's call: the envelope, the event's data, the handler.
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <sello/base/function_ref.hpp>
#include <sello/base/result.hpp>
#include <sello/decode/decoder.hpp>
#include <sello/route/event.hpp>

namespace sello::inline v0::detail {

/// What is known of an event when its handler is called.
struct arrival {
  std::string_view provider;
  signed_facts facts;
  sello::envelope envelope;
  std::string (*undescribed_key)(const signed_facts&);
};

/// What a receiver asks of a dispatch, and what it records of it.
struct visit {
  std::optional<std::chrono::seconds> freshness{};
  std::chrono::system_clock::time_point now{};
  std::string type{};
  std::string id{};
  std::optional<std::chrono::steady_clock::time_point> decoded{};
};

/// An event while it is read, and then its handler's call.
class pending {
 public:
  virtual ~pending() = default;
  [[nodiscard]] virtual slot data() noexcept = 0;  ///< no type: the data is not wanted
  [[nodiscard]] virtual result<void> handle(arrival&& arrived, visit& visited) = 0;
};

/// A registered handler.
class route {
 public:
  virtual ~route() = default;
  [[nodiscard]] virtual std::unique_ptr<pending> begin() const = 0;
};

/// The handler's own failure is not the delivery's: whatever it throws or returns is `handler_failed`, except that a
/// store that does not answer is that.
template <class Handler, class Event>
[[nodiscard]] result<void> call(const Handler& handler, const Event& event) {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<const Handler&, const Event&>>) {
      handler(event);
      return {};
    } else {
      result<void> answer = handler(event);
      if (answer || answer.error().code == errc::store_unavailable) return answer;
      return error{errc::handler_failed, answer.error().message()};
    }
  } catch (const std::exception& thrown) {
    return error{errc::handler_failed, thrown.what()};
  } catch (...) {
    return error{errc::handler_failed, "it threw something that is no std::exception"};
  }
}

template <event_type E, class Handler>
class typed_route final : public route {
 public:
  explicit typed_route(Handler handler) : handler_{std::move(handler)} {}
  [[nodiscard]] std::unique_ptr<pending> begin() const override { return std::make_unique<reading>(handler_); }

 private:
  class reading final : public pending {
   public:
    explicit reading(const Handler& handler) : handler_{&handler} {}
    [[nodiscard]] slot data() noexcept override { return {&event_.data, &value_of<E>}; }
    [[nodiscard]] result<void> handle(arrival&& arrived, visit& visited) override {
      event_.idempotency_key = E::provider::idempotency_key(arrived.facts, std::as_const(event_.data));
      event_.envelope = std::move(arrived.envelope);
      event_.body = arrived.facts.body;
      visited.id = event_.idempotency_key;
      return detail::call(*handler_, std::as_const(event_));
    }

   private:
    const Handler* handler_;
    event<E> event_;
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
    explicit reading(const Handler& handler) : handler_{&handler} {}
    [[nodiscard]] slot data() noexcept override { return {}; }
    [[nodiscard]] result<void> handle(arrival&& arrived, visit& visited) override {
      const unknown_event event{.provider = arrived.provider,
                                .type = arrived.facts.type,
                                .idempotency_key = arrived.undescribed_key(arrived.facts),
                                .envelope = std::move(arrived.envelope),
                                .body = arrived.facts.body};
      visited.id = event.idempotency_key;
      return detail::call(*handler_, event);
    }

   private:
    const Handler* handler_;
  };

  Handler handler_;
};

/// Reads one body: the envelope, and the data into the event of the handler that its type has. One pass where the type
/// stands before the data, as all three senders write it; a second one, which knows the type, where it does not.
class body_reader {
 public:
  using finder = function_ref<const route*(std::string_view type)>;

  body_reader(const envelope_keys& keys, const finder& find, tokeniser tokens) noexcept
      : keys_{&keys}, find_{&find}, tokens_{tokens} {}

  [[nodiscard]] std::optional<error> read(std::string_view body) {
    if (auto fault = read_envelope(body)) return fault;
    if (!type_) return error{errc::missing_field, '/' + std::string{keys_->type}};
    choose();
    if (!wants_data() || data_seen_) return std::nullopt;
    if (keys_->data.empty()) return decoder{pending_->data(), tokens_, nullptr}.read(body);
    if (auto fault = read_envelope(body)) return fault;
    if (!data_seen_) return error{errc::missing_field, '/' + std::string{keys_->data}};
    return std::nullopt;
  }

  /// Nothing until it has been read; also where something else was at fault.
  [[nodiscard]] const std::optional<std::string>& type() const noexcept { return type_; }
  [[nodiscard]] sello::envelope& envelope() noexcept { return envelope_; }
  /// Null: nobody handles it.
  [[nodiscard]] pending* event() const noexcept { return pending_.get(); }

 private:
  [[nodiscard]] std::optional<error> read_envelope(std::string_view body) {
    static constexpr value_type root = [] {
      value_type type;
      type.open = [](void* object, bool array) { return array ? nullptr : object; };
      type.child = [](void* object, std::string_view key) { return static_cast<body_reader*>(object)->member(key); };
      return type;
    }();
    return decoder{{this, &root}, tokens_, nullptr}.read(body);
  }

  [[nodiscard]] slot member(std::string_view key) {
    if (key.empty()) return {};
    if (key == keys_->type) return {&type_, &value_of<std::optional<std::string>>};
    if (key == keys_->timestamp) return {&envelope_.timestamp, &value_of<std::optional<timestamp>>};
    if (key == keys_->organization) return {&envelope_.organization_id, &value_of<std::optional<std::string>>};
    if (key != keys_->data || !type_) return {};
    choose();
    if (!wants_data()) return {};
    data_seen_ = true;
    return pending_->data();
  }

  void choose() {
    if (chosen_) return;
    chosen_ = true;
    if (const route* found = (*find_)(*type_)) pending_ = found->begin();
  }

  [[nodiscard]] bool wants_data() const noexcept { return pending_ && pending_->data().type != nullptr; }

  const envelope_keys* keys_;
  const finder* find_;
  tokeniser tokens_;
  std::optional<std::string> type_;
  sello::envelope envelope_;
  std::unique_ptr<pending> pending_;
  bool chosen_ = false;
  bool data_seen_ = false;
};

}  // namespace sello::inline v0::detail
