// SPDX-License-Identifier: MIT
// What a handler gets: a typed event, or one that nobody has described, and how providers and catalogs are declared.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sello/decode/decoder.hpp>
#include <sello/decode/describe.hpp>
#include <sello/decode/raw_json.hpp>
#include <sello/verify/delivery.hpp>

namespace sello::inline v0 {

/// What a body says of itself around the event's data, where the provider sends it.
struct envelope {
  std::optional<sello::timestamp> timestamp{};  ///< when the event occurred; for Akua, when this attempt was sent
  std::optional<std::string> organization_id{};
};

/// The keys of a provider's envelope, at the top level of the body. Empty: there is none.
struct envelope_keys {
  std::string_view type{};       ///< the event's type, a required string
  std::string_view data{};       ///< the event's data; empty: the whole body is
  std::string_view timestamp{};  ///< RFC 3339 or Unix seconds
  std::string_view organization{};
};

/// What a rule for idempotency keys may read: bytes that the MAC covers.
struct signed_facts {
  std::string_view body{};
  std::string_view type{};
  std::string_view message_id{};  ///< empty unless the scheme signs it

  /// The whole body as JSON, built anew by each call. The body has been read once and is valid.
  template <class Json = nlohmann::json>
  [[nodiscard]] Json json() const {
    return detail::json_of<Json>(body);
  }

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
/// `data` is the event's struct, or `undescribed`.
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

/// An event's struct: described, default-constructible, with its type's name and its provider.
template <class E>
concept event_type = described<E> && requires {
  { E::type } -> std::convertible_to<std::string_view>;
  typename E::provider;
};

/// A string as a template argument.
template <std::size_t N>
struct text_literal {
  char characters[N]{};
  consteval text_literal(const char (&text)[N]) { std::copy_n(text, N, characters); }
};

/// Names an event: `struct payment_cleared : payment, sello::named<"payment.cleared"> { using provider = …; };`
template <text_literal Type>
struct named {
  static constexpr std::string_view type{Type.characters, sizeof Type.characters - 1};
};

/// A typed event. Lives as long as the handler's call; `json()` reads the delivery's body, the rest is its own.
/// An aggregate, so that a handler's test can make one.
template <event_type E>
struct event {
  E data{};
  std::string_view type = E::type;
  std::string idempotency_key{};  ///< equal for the retries of one event, from signed bytes alone
  sello::envelope envelope{};
  std::string_view body{};

  /// The whole body, built anew by each call.
  template <class Json = nlohmann::json>
  [[nodiscard]] Json json() const {
    return detail::json_of<Json>(body);
  }
};

/// A proven event without a struct, or without a handler of its own.
struct unknown_event {
  std::string_view provider{};
  std::string_view type{};
  std::string idempotency_key{};
  sello::envelope envelope{};
  std::string_view body{};

  /// The whole body, built anew by each call.
  template <class Json = nlohmann::json>
  [[nodiscard]] Json json() const {
    return detail::json_of<Json>(body);
  }
};

/// The events of a provider, as a list of their structs.
template <event_type... Es>
class catalog_of {
  template <class E, class... Listed>
  static constexpr bool one_of = (std::same_as<E, Listed> || ...);

 public:
  static constexpr std::size_t size = sizeof...(Es);
  static constexpr std::array<std::string_view, size> types{Es::type...};

  /// Calls `visit.template operator()<E>()` for each event, in order.
  template <class Visitor>
  static constexpr void for_each(Visitor&& visit) {
    (visit.template operator()<Es>(), ...);
  }

  template <class... Listed>
  static constexpr bool is_covered_by = (one_of<Es, Listed...> && ...);
};

/// True if the list has every event of the catalog; then an event that a new version of the catalog adds breaks the
/// build of an owner who has to think of it: `static_assert(sello::covers<akua::catalog, akua::payment_…, …>);`
template <class Catalog, event_type... Listed>
inline constexpr bool covers = Catalog::template is_covered_by<Listed...>;

}  // namespace sello::inline v0
