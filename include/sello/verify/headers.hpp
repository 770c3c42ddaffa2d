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
#include <sello/base/text.hpp>

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

/// The value of a header that has one: `trimmed`, and `a` of `a, a`, which a proxy has joined from two equal lines (RFC
/// 9110, 5.3). Where the parts differ, the whole text is the value.
[[nodiscard]] constexpr std::string_view single_value(std::string_view text) noexcept {
  text = trimmed(text);
  const std::string_view first = trimmed(text.substr(0, text.find(',')));
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    if (trimmed(rest.substr(0, comma)) != first) return text;
    if (comma == rest.npos) return first;
    rest.remove_prefix(comma + 1);
  }
}

namespace detail {

/// A range of header lines. Its iterator gives lines that outlive it (a `forward_range`), as the values' views must.

template <class H>
concept header_range = std::ranges::forward_range<const H> && requires(std::ranges::range_reference_t<const H> line) {
  { std::get<0>(std::forward<decltype(line)>(line)) } -> std::convertible_to<std::string_view>;
  { std::get<1>(std::forward<decltype(line)>(line)) } -> lasting_text;
};

template <class H>
concept header_lookup = std::same_as<std::invoke_result_t<const H&, std::string_view>, std::optional<std::string_view>>;

}  // namespace detail

/// Where headers can be read from: any range of pairs of string-likes (a name once per header line; a null pointer is an
/// empty text), or any callable object from a name to `std::optional<std::string_view>` that is itself indifferent to case (of a
/// function, its address). What it gives must stay as it is until the call that reads the headers ends.
template <class H>
concept header_source = std::is_object_v<H> && (detail::header_lookup<H> || detail::header_range<H>);

/// A borrowed, type-erased view of some headers: what a scheme reads from. Every value comes `trimmed`.
class header_view {
 public:
  /// A header longer than this, all its lines together, or with more lines is refused: the work that a stranger can cause
  /// is bounded.
  static constexpr std::size_t max_header_size = 8192;
  static constexpr std::size_t max_header_lines = 64;

  /// Borrows the headers, which must outlive the view unchanged.
  template <header_source H>
  explicit header_view(const H& headers) noexcept
      : headers_{&headers}, visit_{[](const void* source, std::string_view name, visitor see) {
          const auto& from = *static_cast<const H*>(source);
          if constexpr (detail::header_lookup<H>) {
            if (const std::optional<std::string_view> value = from(name)) static_cast<void>(see(trimmed(*value)));
          } else {
            for (auto&& line : from) {
              if (same_header_name(detail::view_of(std::get<0>(line)), name) &&
                  !see(trimmed(detail::view_of(std::get<1>(line)))))
                return;
            }
          }
        }} {}

  /// Calls `see` with the value of every line of that name, in order.
  void each(std::string_view name, detail::function_ref<void(std::string_view)> see) const {
    visit_(headers_, name, [&](std::string_view value) {
      see(value);
      return true;
    });
  }

  /// `each`, within the bounds. False: there is more than is looked at.
  [[nodiscard]] bool each_bounded(std::string_view name, detail::function_ref<void(std::string_view)> see) const {
    std::size_t size = 0;
    std::size_t lines = 0;
    bool within = true;
    visit_(headers_, name, [&](std::string_view value) {
      size += value.size();
      ++lines;
      within = size <= max_header_size && lines <= max_header_lines;
      if (within) see(value);
      return within;
    });
    return within;
  }

  /// The `single_value` of a header. Absent or empty: `missing_header`. Repeated with another value or too long:
  /// `malformed_header`, because two readers could take two different lines for the truth. The name is a constant, or kept
  /// by the scheme: the refusal points to it.
  [[nodiscard]] result<std::string_view, refusal> one(lasting_view name) const {
    std::optional<std::string_view> found;
    bool differs = false;
    const bool within = each_bounded(name, [&](std::string_view line) {
      const std::string_view value = single_value(line);
      differs = differs || value != found.value_or(value);
      found = value;
    });
    if (!within || differs) return refusal{errc::malformed_header, name};
    if (!found || found->empty()) return refusal{errc::missing_header, name};
    return *found;
  }

 private:
  using visitor = detail::function_ref<bool(std::string_view)>;  // false: it has seen enough

  const void* headers_;
  void (*visit_)(const void*, std::string_view, visitor);
};

}  // namespace sello::inline v0
