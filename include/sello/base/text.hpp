// SPDX-License-Identifier: MIT
// Text as an argument, and text that is only pointed at.
#pragma once

#include <concepts>
#include <cstddef>
#include <ranges>
#include <string_view>
#include <type_traits>

#include <sello/version.hpp>

namespace sello::inline v0 {

namespace detail {

/// Text that a view may point at: not one that owns its characters and is gone before the view is read. Of temporaries
/// that is a pointer or a view; a view type of another library is known as one by `std::ranges::enable_borrowed_range`.
template <class T>
concept lasting_text =
    std::convertible_to<T, std::string_view> &&
    (std::is_lvalue_reference_v<T> || std::ranges::borrowed_range<T> || std::is_pointer_v<std::remove_cvref_t<T>>);

/// Text of which nothing may keep a view.
template <class T>
concept expiring_text = std::convertible_to<T, std::string_view> && !lasting_text<T>;

/// The text as a view; of a null pointer, an empty one.
template <class T>
[[nodiscard]] constexpr std::string_view view_of(const T& text) noexcept(
    std::is_nothrow_convertible_v<const T&, std::string_view>) {
  if constexpr (std::is_pointer_v<T>) {
    if (text == nullptr) return {};
  }
  return text;
}

}  // namespace detail

/// Text as an argument, for the call: anything that is text. A null pointer is an empty text.
class text_argument {
 public:
  template <class T>
    requires std::convertible_to<const T&, std::string_view>
  constexpr text_argument(const T& text) noexcept(noexcept(detail::view_of(text))) : text_{detail::view_of(text)} {}
  text_argument(std::nullptr_t) = delete;

  [[nodiscard]] constexpr operator std::string_view() const noexcept { return text_; }

 private:
  std::string_view text_;
};

/// A view of text that outlives it: of a constant, or of what another object keeps. A string that is about to go does not
/// compile, in braces either.
class lasting_view {
 public:
  constexpr lasting_view() noexcept = default;
  template <class T>
    requires detail::lasting_text<T>
  constexpr lasting_view(T&& text) noexcept(noexcept(detail::view_of(text))) : text_{detail::view_of(text)} {}
  template <class T>
    requires detail::expiring_text<T>
  constexpr lasting_view(T&& text) = delete;  // it is gone after the call: keep the string in a variable first

  [[nodiscard]] constexpr operator std::string_view() const noexcept { return text_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return text_.empty(); }
  friend constexpr bool operator==(lasting_view a, std::string_view b) noexcept { return a.text_ == b; }

 private:
  std::string_view text_{};
};

}  // namespace sello::inline v0
