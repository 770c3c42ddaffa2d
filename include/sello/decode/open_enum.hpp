// SPDX-License-Identifier: MIT
// An enumeration that keeps what it does not know: a provider that adds a name is data, not an outage.
#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sello::inline v0 {

/// A name of `E`, or another one. The names are those that `enum_names(E)` gives, found beside `E`, in the order of the
/// enumerators from 0.
template <class E>
  requires std::is_enum_v<E>
class open_enum {
 public:
  open_enum() = default;
  open_enum(E value) : known_{value} {}
  /// From a name, known or not.
  explicit open_enum(std::string text) {
    const auto& names = enum_names(E{});
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == text) known_ = static_cast<E>(i);
    }
    if (!known_) text_ = std::move(text);
  }

  /// The enumerator, if the name has one.
  [[nodiscard]] std::optional<E> known() const noexcept { return known_; }

  /// The name as it was sent, known or not; empty for a value of `E` that has no name. Lives as long as this object.
  [[nodiscard]] std::string_view text() const noexcept {
    if (!known_) return text_;
    using name = decltype(*std::begin(enum_names(E{})));
    static_assert(
        std::is_lvalue_reference_v<decltype(enum_names(E{}))> || !std::same_as<std::remove_cvref_t<name>, std::string>,
        "sello: enum_names gives constants, `std::array<std::string_view, N>`, no strings that are gone");
    const auto& names = enum_names(E{});
    const auto index = static_cast<std::size_t>(*known_);
    return index < names.size() ? std::string_view{names[index]} : std::string_view{};
  }

  friend bool operator==(const open_enum&, const open_enum&) = default;
  friend bool operator==(const open_enum& a, E b) noexcept { return a.known_ == b; }
  friend bool operator==(const open_enum& a, std::string_view b) noexcept { return a.text() == b; }

 private:
  std::optional<E> known_{};
  std::string text_{};
};

}  // namespace sello::inline v0
