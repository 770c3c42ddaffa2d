// SPDX-License-Identifier: MIT
// The proof that a sender signed these bytes: what verification gives, and all that dispatch accepts.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <sello/verify/hmac.hpp>
#include <sello/verify/scheme.hpp>

namespace sello::inline v0 {

/// The sender of a verifier that was told none. Its deliveries are proven, but no event is known of it.
struct any_provider {
  static constexpr std::string_view name = "any";
};

template <scheme Scheme, class Provider>
class verifier;

/// A verified delivery. Only `verifier<Scheme, Provider>` makes one. It borrows the body, which must outlive it
/// unchanged, and owns the rest.
template <scheme Scheme, class Provider = any_provider>
class delivery {
 public:
  using provider_type = Provider;

  /// The bytes that were signed, as they came.
  [[nodiscard]] std::string_view body() const noexcept { return body_; }

  /// The sender's name, the same for every delivery of one verifier type.
  [[nodiscard]] static constexpr std::string_view provider() noexcept { return Provider::name; }

  /// The delivery's id: signed, and equal across the retries of one message.
  [[nodiscard]] std::string_view message_id() const noexcept
    requires identified_scheme<Scheme>
  {
    return message_id_;
  }

  /// When this attempt was sent: signed, and made anew for each retry.
  [[nodiscard]] std::chrono::sys_seconds sent_at() const noexcept
    requires timed_scheme<Scheme>
  {
    return sent_at_;
  }

  /// The SHA-256 of the body in hex, computed when asked: what names a delivery whose sender gives it no id.
  [[nodiscard]] std::string body_digest() const { return detail::sha256_hex(body_); }

  /// The event type that an unsigned header named, if any: a hint, to be compared with the body and never acted on.
  struct hint {
    std::string header;  ///< the header's name
    std::string value;   ///< empty where the header's lines contradict each other
  };

  /// The sender's hint; nothing where the scheme reads none or the header was absent.
  [[nodiscard]] const std::optional<hint>& type_hint() const noexcept { return type_hint_; }

 private:
  friend class verifier<Scheme, Provider>;

  delivery(std::string_view body, const claim& proven)
      : body_{body}, message_id_{proven.message_id}, sent_at_{proven.sent_at.value_or(std::chrono::sys_seconds{})} {
    if (proven.type_hint) type_hint_ = hint{std::string{proven.type_header}, std::string{*proven.type_hint}};
  }

  std::string_view body_;
  std::string message_id_;
  std::chrono::sys_seconds sent_at_;
  std::optional<hint> type_hint_;
};

}  // namespace sello::inline v0
