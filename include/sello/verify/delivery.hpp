// SPDX-License-Identifier: MIT
// The proof that a sender signed these bytes: what verification gives, and all that dispatch accepts.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sello/verify/hmac.hpp>
#include <sello/verify/scheme.hpp>

namespace sello::inline v0 {

/// The sender of a verifier that was told none. Its deliveries are proven, but no event is known of it.
struct any_provider {
  static constexpr std::string_view name = "any";
};

namespace detail {
class key_ring;
}  // namespace detail

/// A verified delivery: the proof that a sender signed these bytes. Only a verdict that a live secret signed them makes one.
/// What `verify` gives borrows the body, which must outlive it unchanged: for work that ends before the body goes. A copy
/// owns its body, and so does what `verify_owned` gives: for whatever outlives the request, a queue say. Copies of those
/// share it. A moved delivery borrows as before; what was moved from is still a delivery, never an empty one.
template <scheme Scheme, class Provider = any_provider>
class delivery {
 public:
  using provider_type = Provider;
  using gives_views = void;

  /// The bytes that were signed, as they came. As the other views, not of a temporary delivery.
  [[nodiscard]] std::string_view body() const& noexcept { return body_; }
  void body() const&& = delete;  // keep the delivery in a variable first

  /// The sender's name, the same for every delivery of one verifier type.
  [[nodiscard]] static constexpr std::string_view provider() noexcept { return Provider::name; }

  /// The delivery's id: signed, and equal across the retries of one message.
  [[nodiscard]] std::string_view message_id() const& noexcept
    requires identified_scheme<Scheme>
  {
    return facts_->message_id;
  }
  void message_id() const&&
    requires identified_scheme<Scheme>
  = delete;  // keep the delivery in a variable first

  /// When this attempt was sent: signed, and made anew for each retry.
  [[nodiscard]] std::chrono::sys_seconds sent_at() const noexcept
    requires timed_scheme<Scheme>
  {
    return facts_->sent_at;
  }

  /// The SHA-256 of the body in hex, computed when asked: what names a delivery whose sender gives it no id.
  [[nodiscard]] std::string body_digest() const { return detail::sha256_hex(body_); }

  /// The event type that an unsigned header named, if any: a hint, to be compared with the body and never acted on.
  struct hint {
    std::string header{};        ///< the header's name
    std::string value{};         ///< empty if it is contradictory
    bool contradictory = false;  ///< the header's lines say different things, so that no body can agree
  };

  /// The sender's hint; nothing where the scheme reads none or the header was absent.
  [[nodiscard]] const std::optional<hint>& type_hint() const& noexcept {
    static const std::optional<hint> none;
    return facts_ ? facts_->type_hint : none;
  }
  void type_hint() const&& = delete;  // keep the delivery in a variable first

  /// A copy, which owns its body. To be asked for while the borrowed body is still what was verified. Throws
  /// `std::bad_alloc`.
  [[nodiscard]] delivery owned() const { return *this; }

  delivery(const delivery& other) : delivery{other, other.kept()} {}
  delivery(delivery&& other) noexcept : body_{other.body_}, kept_{other.kept_}, facts_{other.facts_} {}
  delivery& operator=(const delivery& other) {
    *this = delivery{other};
    return *this;
  }
  delivery& operator=(delivery&& other) noexcept {
    body_ = other.body_;
    kept_ = other.kept_;
    facts_ = other.facts_;
    return *this;
  }
  ~delivery() = default;

 private:
  friend class detail::key_ring;

  struct facts {
    explicit facts(const claim& proven)
        : message_id{std::string_view{proven.message_id}},
          sent_at{proven.sent_at.value_or(std::chrono::sys_seconds{})} {
      if (!proven.type_hint) return;
      hint& told = type_hint.emplace();
      told.header = std::string_view{proven.type_header};
      told.value = std::string_view{*proven.type_hint};
      told.contradictory = proven.type_hint_contradictory;
    }

    std::string message_id;
    std::chrono::sys_seconds sent_at;
    std::optional<hint> type_hint{};
  };

  delivery(std::string_view body, const claim& proven) : body_{body}, facts_{facts_of(proven)} {}

  /// Null: the body stays borrowed.
  void keep(std::shared_ptr<const std::string> body) noexcept {
    if (body) body_ = *body;
    kept_ = std::move(body);
  }

  delivery(const delivery& other, std::shared_ptr<const std::string> kept) noexcept
      : body_{*kept}, kept_{std::move(kept)}, facts_{other.facts_} {}

  [[nodiscard]] std::shared_ptr<const std::string> kept() const {
    return kept_ ? kept_ : std::make_shared<const std::string>(body_);
  }

  [[nodiscard]] static std::shared_ptr<const facts> facts_of(const claim& proven) {
    if constexpr (!identified_scheme<Scheme> && !timed_scheme<Scheme>) {
      if (!proven.type_hint) return nullptr;
    }
    return std::make_shared<const facts>(proven);
  }

  std::string_view body_;
  std::shared_ptr<const std::string> kept_{};  // null: the body is borrowed
  std::shared_ptr<const facts> facts_;         // null: there are none
};

}  // namespace sello::inline v0
