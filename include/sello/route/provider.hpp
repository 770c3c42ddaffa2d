// SPDX-License-Identifier: MIT
// What a sender is: its envelope, its catalog, and the rule by which two deliveries are the same event.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include <sello/base/timestamp.hpp>
#include <sello/decode/raw_json.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/scheme.hpp>

namespace sello::inline v0 {

/// What a body says of itself around the event's data, where the provider sends it.
struct envelope {
  std::optional<sello::timestamp> timestamp{};  ///< when the event occurred; for Akua, when this attempt was sent
  std::optional<std::string> organization_id{};
};

/// The keys of a provider's envelope, at the top level of the body. Empty: there is none.
struct envelope_keys {
  std::string_view type{};       ///< the event's type, a string
  std::string_view data{};       ///< the event's data; empty: the whole body is
  std::string_view timestamp{};  ///< text or Unix time, as `sello::timestamp` is read
  std::string_view organization{};
};

/// What a rule for idempotency keys may read: bytes that the MAC covers.
struct signed_facts {
  std::string_view body{};
  std::string_view type{};
  std::string_view message_id{};  ///< empty unless the scheme signs it

  /// The whole body as JSON, built anew by each call; "discarded" where it is none, which only an unreadable event has.
  template <class Json = nlohmann::json>
    requires(detail::check_document<Json>())
  [[nodiscard]] Json json() const {
    return detail::json_of<Json>(body);
  }

  /// The part of the body at a JSON Pointer (RFC 6901), e.g. "/data/id", exactly as it was sent; nothing if there is none.
  [[nodiscard]] std::optional<raw_json> raw(std::string_view pointer) const { return detail::raw_at(body, pointer); }

  /// The SHA-256 of the body, 64 lower-case hex digits, computed by each call.
  [[nodiscard]] std::string body_digest() const { return detail::sha256_hex(body); }
};

/// The data of an event that no struct describes, as a rule for idempotency keys sees it.
struct undescribed {};

/// A sender: its name, where its envelope has what, its catalog, and which events are the same event twice:
/// ```
/// struct provider {
///   static constexpr std::string_view name = "akua";
///   static constexpr sello::envelope_keys keys{.type = "type", .data = "data"};
///   using catalog = akua::catalog;
///   static std::string idempotency_key(const sello::signed_facts& facts, const auto& data);
/// };
/// ```
/// `data` is the event's struct, or `undescribed`. Optional, for the log and the answer:
/// - `static constexpr std::string_view webhook_header`: the header that names the webhook's configuration;
/// - `static constexpr std::pair<std::string_view, std::string_view> abort_header`: the header line that tells the sender
///   to stop its retries, sent with the answer 422;
/// - `static constexpr std::chrono::days key_retention`: how long the sender can send an event again, for an inbox.
template <class P>
concept provider = requires(const signed_facts& facts, const undescribed& data) {
  { P::name } -> std::convertible_to<std::string_view>;
  { P::keys } -> std::convertible_to<const envelope_keys&>;
  { P::idempotency_key(facts, data) } -> std::convertible_to<std::string>;
  typename P::catalog;
};

/// A provider whose idempotency key is the delivery's id (`static constexpr bool needs_message_id = true`) goes only with
/// a scheme that signs one.
template <class P, class S>
concept provider_for =
    provider<P> && scheme<S> && (identified_scheme<S> || !requires { requires P::needs_message_id; });

}  // namespace sello::inline v0
