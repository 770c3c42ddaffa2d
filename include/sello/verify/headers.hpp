// SPDX-License-Identifier: MIT
// The headers of a request, whatever container the server keeps them in.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <ranges>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <sello/base/function_ref.hpp>
#include <sello/base/result.hpp>

namespace sello::inline v0 {

/// Names of HTTP fields are compared without regard to ASCII case (RFC 9110, 5.1).
[[nodiscard]] constexpr bool same_header_name(std::string_view a, std::string_view b) noexcept {
  constexpr auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// A field's value without the spaces and tabs around it: they are no part of it (RFC 9110, 5.5).
[[nodiscard]] constexpr std::string_view trimmed(std::string_view value) noexcept {
  const auto first = value.find_first_not_of(" \t");
  return first == value.npos ? std::string_view{} : value.substr(first, value.find_last_not_of(" \t") - first + 1);
}

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

template <class H>
concept header_range = std::ranges::input_range<const H> && requires(std::ranges::range_reference_t<const H> line) {
  { std::get<0>(std::forward<decltype(line)>(line)) } -> std::convertible_to<std::string_view>;
  { std::get<1>(std::forward<decltype(line)>(line)) } -> lasting_text;
};

template <class H>
concept header_lookup = std::same_as<std::invoke_result_t<const H&, std::string_view>, std::optional<std::string_view>>;

}  // namespace detail

/// Where headers can be read from: any range of pairs of string-likes (a name once per header line),
/// or any callable object from a name to `std::optional<std::string_view>` that is itself indifferent to case (of a
/// function, its address).
template <class H>
concept header_source = std::is_object_v<H> && (detail::header_lookup<H> || detail::header_range<H>);

/// A borrowed, type-erased view of some headers: what a scheme reads from.
class header_view {
 public:
  /// A header longer than this, all its lines together, is refused: the work that a stranger can cause is bounded.
  static constexpr std::size_t max_header_size = 8192;

  /// Borrows the headers, which must outlive the view unchanged.
  template <header_source H>
  explicit header_view(const H& headers) noexcept
      : headers_{&headers}, visit_{[](const void* source, std::string_view name, visitor see) {
          const auto& from = *static_cast<const H*>(source);
          if constexpr (detail::header_lookup<H>) {
            if (const std::optional<std::string_view> value = from(name)) see(*value);
          } else {
            for (auto&& line : from) {
              if (same_header_name(std::get<0>(line), name)) see(std::get<1>(line));
            }
          }
        }} {}

  /// Calls `see` with the value of every line of that name, in order.
  void each(std::string_view name, detail::function_ref<void(std::string_view)> see) const {
    visit_(headers_, name, see);
  }

  /// The one value of a header. Absent or empty: `missing_header`. Repeated with another value or too long:
  /// `malformed_header`, because two readers could take two different lines for the truth.
  [[nodiscard]] result<std::string_view, refusal> one(std::string_view name) const {
    return one(name, [](std::string_view value) { return value; });
  }

  /// The same, `trimmed`.
  [[nodiscard]] result<std::string_view, refusal> one_trimmed(std::string_view name) const {
    return one(name, trimmed);
  }

 private:
  using visitor = detail::function_ref<void(std::string_view)>;

  template <class Normalise>
  [[nodiscard]] result<std::string_view, refusal> one(std::string_view name, Normalise normalise) const {
    std::optional<std::string_view> found;
    bool malformed = false;
    each(name, [&](std::string_view line) {
      const std::string_view value = normalise(line);
      malformed = malformed || value.size() > max_header_size || (found && *found != value);
      if (!found) found = value;
    });
    if (malformed) return refusal{errc::malformed_header, name};
    if (!found || found->empty()) return refusal{errc::missing_header, name};
    return *found;
  }

  const void* headers_;
  void (*visit_)(const void*, std::string_view, visitor);
};

}  // namespace sello::inline v0
