// SPDX-License-Identifier: MIT
// Where a number, a string and any value end in the text of a JSON document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sello::inline v0::detail {

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

[[nodiscard]] constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// The length of the longest number (RFC 8259, section 6) at the front of `text`; 0 if there is none.
[[nodiscard]] constexpr std::size_t number_length(std::string_view text) noexcept {
  std::size_t at = 0;
  const auto take = [&](std::string_view any_of) {
    const bool there = at < text.size() && any_of.find(text[at]) != any_of.npos;
    if (there) ++at;
    return there;
  };
  const auto take_digits = [&] {
    const std::size_t before = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at != before;
  };
  take("-");
  if (!take("0") && !take_digits()) return 0;
  std::size_t end = at;
  if (take(".")) {
    if (!take_digits()) return end;
    end = at;
  }
  if (take("eE")) {
    take("+-");
    if (take_digits()) end = at;
  }
  return end;
}

/// The length of the string whose opening quote is the first character of `text`, with both quotes; `npos` if it is cut
/// off. What stands in it is not checked.
[[nodiscard]] constexpr std::size_t string_length(std::string_view text) noexcept {
  for (std::size_t quote = text.find('"', 1); quote != text.npos; quote = text.find('"', quote + 1)) {
    std::size_t first = quote;  // of the backslashes before the quote, which escape it if their number is odd
    while (text[first - 1] == '\\') --first;
    if ((quote - first) % 2 == 0) return quote + 1;
  }
  return text.npos;
}

/// `string_length` of a string of ASCII without control characters (but for 0x7F, which JSON allows) and without a backslash,
/// so that there is nothing to check and nothing to unescape; 0 of any other one.
[[nodiscard]] inline std::size_t plain_string_length(std::string_view text) noexcept {
  // Eight bytes at a time as one number, whose highest bit of each byte then says whether that is another one.
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  constexpr std::uint64_t highest = ones << 7U;
  std::size_t at = 1;
  for (std::uint64_t bytes = 0; text.size() - at >= sizeof bytes; at += sizeof bytes) {
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    const std::uint64_t quotes = bytes ^ (ones * '"');
    const std::uint64_t slashes = bytes ^ (ones * '\\');
    const std::uint64_t others = bytes | (bytes - ones * ' ') | (quotes - ones) | (slashes - ones);
    if ((others & highest) != 0) break;
  }
  for (; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == '"') return at + 1;
    if (c < ' ' || c >= 0x80 || c == '\\') return 0;
  }
  return 0;
}

/// The length of the value that begins with the first character of `text`, which must not be blank; `npos` if it is cut
/// off. In a valid document this is exact; of another one it says nothing, and reads nothing outside of it.
[[nodiscard]] constexpr std::size_t value_length(std::string_view text) noexcept {
  std::size_t depth = 0;
  std::size_t at = 0;
  do {
    if (at >= text.size()) return text.npos;
    const char c = text[at];
    if (c == '"') {
      const std::size_t length = string_length(text.substr(at));
      if (length == text.npos) return text.npos;
      at += length;
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return text.npos;
      --depth;
      ++at;
    } else if (depth == 0) {
      while (at < text.size() && !is_blank(text[at]) && text[at] != ',' && text[at] != ']' && text[at] != '}') ++at;
      return at == 0 ? text.npos : at;
    } else {
      ++at;
    }
  } while (depth != 0);
  return at;
}

}  // namespace sello::inline v0::detail
