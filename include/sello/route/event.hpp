// SPDX-License-Identifier: MIT
// What a handler gets: a typed event, one that nobody has described, or one that cannot be read.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sello/base/error.hpp>
#include <sello/base/passing_view.hpp>
#include <sello/decode/describe.hpp>
#include <sello/decode/raw_json.hpp>
#include <sello/route/provider.hpp>

namespace sello::inline v0 {

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

/// The signed bytes of an event.
using event_body = passing_view;

/// A typed event. The handler's parameter lives as long as its call; a copy lives on its own.
/// An aggregate, so that a handler's test can make one.
template <event_type E>
struct event {
  E data{};
  std::string_view type = E::type;
  std::string idempotency_key{};  ///< by the provider's rule or the owner's, from signed bytes alone; never empty
  sello::envelope envelope{};
  std::vector<error> misfits{};  ///< optional members, and unsigned headers, that did not fit; where, and why
  event_body body{};
  std::string endpoint{};  ///< of the inbox that it came through; else ""

  /// The whole body, built anew by each call.
  template <class Json = nlohmann::json>
    requires(detail::check_document<Json>())
  [[nodiscard]] Json json() const {
    return detail::json_of<Json>(body);
  }

  /// The part of the body at a JSON Pointer (RFC 6901), exactly as it was sent; nothing if there is none.
  [[nodiscard]] std::optional<raw_json> raw(std::string_view pointer) const {
    return detail::raw_at({body.data(), body.size()}, pointer);
  }
};

/// A proven event without a struct, or without a handler of its own. A copy lives on its own.
struct unknown_event {
  std::string_view provider{};  ///< a constant
  std::string type{};           ///< empty if the body has none, as that of a sender's test button
  std::string idempotency_key{};
  sello::envelope envelope{};
  std::vector<error> misfits{};
  event_body body{};
  std::string endpoint{};  ///< of the inbox that it came through; else ""

  /// The whole body, built anew by each call.
  template <class Json = nlohmann::json>
    requires(detail::check_document<Json>())
  [[nodiscard]] Json json() const {
    return detail::json_of<Json>(body);
  }

  /// The part of the body at a JSON Pointer (RFC 6901), exactly as it was sent; nothing if there is none.
  [[nodiscard]] std::optional<raw_json> raw(std::string_view pointer) const {
    return detail::raw_at({body.data(), body.size()}, pointer);
  }
};

/// A proven body that cannot become its event, as it came: it is no JSON that can be trusted (`malformed_json`,
/// `duplicate_key`, `too_deep`), or a required member is missing or does not fit. A copy lives on its own.
struct unreadable_event {
  std::string_view provider{};  ///< a constant
  std::string type{};           ///< "" unless it was read: what stands behind broken JSON is not
  std::string
      idempotency_key{};  ///< the owner's rule; where there is none, or it finds nothing, the signed id, or else
                          ///< the body's digest
  error fault{};          ///< what is wrong, and where
  event_body body{};
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
