// SPDX-License-Identifier: MIT
// The headers of a request, whatever container the server keeps them in.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <ranges>
#include <span>
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
  if (a == b) return true;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// A field's value without the spaces and tabs around it: they are no part of it (RFC 9110, 5.5).
[[nodiscard]] constexpr std::string_view trimmed(std::string_view value) noexcept {
  constexpr auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
  while (!value.empty() && is_blank(value.back())) value.remove_suffix(1);
  return value;
}

/// The value of a header that has one: `trimmed`, and `a` of `a, a`, which a proxy has joined from two equal lines (RFC
/// 9110, 5.3). Where the parts differ, the whole text is the value.
[[nodiscard]] constexpr std::string_view single_value(std::string_view text) noexcept {
  text = trimmed(text);
  if (text.find(',') == text.npos) return text;
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

/// The lines of one header, looked at together and within bounds.
class header_lines {
 public:
  /// A header longer than this, all its lines together, or with more lines is refused: the work that a stranger can cause
  /// is bounded.
  static constexpr std::size_t max_size = 8192;
  static constexpr std::size_t max_count = 64;

  /// The value of the next line, trimmed. False: it is not looked at, for there is more than that.
  bool add(std::string_view line) noexcept {
    has_value_ = has_value_ || !line.empty();
    size_ += line.size();
    ++count_;
    if (!within()) return false;
    if (count_ == 1) {
      first_ = line;
      return true;
    }
    if (count_ == 2) value_ = single_value(first_);
    differs_ = differs_ || single_value(line) != value_;
    return true;
  }

  [[nodiscard]] bool within() const noexcept { return size_ <= max_size && count_ <= max_count; }
  /// Whether a line has a value.
  [[nodiscard]] bool has_value() const noexcept { return has_value_; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::string_view first() const noexcept { return first_; }

  /// The `single_value` of a header. Absent or empty: `missing_header`. Repeated with another value or too long:
  /// `malformed_header`, because two readers could take two different lines for the truth. The name is a constant, or kept
  /// by the scheme: the refusal points to it.
  [[nodiscard]] result<std::string_view, refusal> one(lasting_view name) const noexcept {
    if (!within() || differs_) return refusal{errc::malformed_header, name};
    const std::string_view value = single_value(first_);
    if (value.empty()) return refusal{errc::missing_header, name};
    return value;
  }

 private:
  std::string_view first_{};
  std::string_view value_{};  // of the first one, once there is a second
  std::size_t count_ = 0;
  std::size_t size_ = 0;
  bool differs_ = false;
  bool has_value_ = false;
};

/// A borrowed, type-erased view of some headers: what a scheme reads from. Every value comes `trimmed`.
class header_view {
 public:
  static constexpr std::size_t max_header_size = header_lines::max_size;
  static constexpr std::size_t max_header_lines = header_lines::max_count;

  /// Borrows the headers, which must outlive the view unchanged.
  template <header_source H>
  explicit header_view(const H& headers) noexcept
      : headers_{&headers}, visit_{[](const void* source, names_view names, visitor see) {
          const auto& from = *static_cast<const H*>(source);
          if constexpr (detail::header_lookup<H>) {
            for (std::size_t i = 0; i < names.size(); ++i) {
              if (const std::optional<std::string_view> value = from(names[i]))
                static_cast<void>(see(i, trimmed(*value)));
            }
          } else {
            for (auto&& line : from) {
              const std::string_view sent = detail::view_of(std::get<0>(line));
              for (std::size_t i = 0; i < names.size(); ++i) {
                if (!same_header_name(sent, names[i])) continue;
                if (!see(i, trimmed(detail::view_of(std::get<1>(line))))) return;
                break;
              }
            }
          }
        }} {}

  /// Calls `see` with the value of every line of that name, in order.
  void each(std::string_view name, detail::function_ref<void(std::string_view)> see) const {
    visit_(headers_, {&name, 1}, [&](std::size_t, std::string_view value) {
      see(value);
      return true;
    });
  }

  /// The lines of several headers with different names, in the order of the names: the headers are gone through once.
  template <std::size_t Count>
  [[nodiscard]] std::array<header_lines, Count> lines(const std::array<std::string_view, Count>& names) const {
    std::array<header_lines, Count> found{};
    visit_(headers_, names, [&](std::size_t index, std::string_view value) {
      found[index].add(value);
      return true;
    });
    return found;
  }

  /// `each`, within the bounds. False: there is more than is looked at.
  [[nodiscard]] bool each_bounded(std::string_view name, detail::function_ref<void(std::string_view)> see) const {
    header_lines found;
    visit_(headers_, {&name, 1}, [&](std::size_t, std::string_view value) {
      const bool within = found.add(value);
      if (within) see(value);
      return within;
    });
    return found.within();
  }

  /// `header_lines::one` of the lines of that name.
  [[nodiscard]] result<std::string_view, refusal> one(lasting_view name) const {
    return lines(std::array<std::string_view, 1>{name})[0].one(name);
  }

 private:
  using names_view = std::span<const std::string_view>;
  using visitor = detail::function_ref<bool(std::size_t index, std::string_view value)>;  // false: it has seen enough

  const void* headers_;
  void (*visit_)(const void*, names_view, visitor);
};

}  // namespace sello::inline v0
