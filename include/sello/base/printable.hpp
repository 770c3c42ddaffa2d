// SPDX-License-Identifier: MIT
// Text from elsewhere as a part of one line: what a terminal or a log would not show as it is, is written as `\xNN`.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <sello/version.hpp>

namespace sello::inline v0 {

namespace detail {

/// The first character of a text in UTF-8; of a byte that begins none, `invalid` and the size 1.
struct character {
  static constexpr char32_t invalid = 0xffff'ffff;
  char32_t code = invalid;
  std::size_t size = 1;
};

/// Source: Unicode, table 3-7, "Well-Formed UTF-8 Byte Sequences". The text is not empty.
[[nodiscard]] constexpr character first_character(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xc2 || lead > 0xf4) return {};
  const std::size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (text.size() < size) return {};
  char32_t code = lead & (0x7fU >> size);
  for (std::size_t at = 1; at < size; ++at) {
    if ((byte(at) & 0xc0U) != 0x80) return {};
    code = (code << 6U) | (byte(at) & 0x3fU);
  }
  const bool overlong = code < (size == 3 ? 0x800U : size == 4 ? 0x1'0000U : 0x80U);
  if (overlong || (code >= 0xd800 && code <= 0xdfff) || code > 0x10'ffff) return {};
  return {code, size};
}

/// Whether a character is seen as itself: it ends no line, moves no cursor, does not turn the direction of the text around,
/// and is not without a form. Source: Unicode's general categories Cc, Zl and Zp and its property
/// Default_Ignorable_Code_Point, and U+FFF9 to U+FFFB.
[[nodiscard]] constexpr bool is_seen(char32_t code) noexcept {
  if (code < 0x20 || code == character::invalid) return false;
  constexpr std::array<std::pair<char32_t, char32_t>, 18> unseen{{{0x7f, 0x9f},
                                                                  {0xad, 0xad},
                                                                  {0x34f, 0x34f},
                                                                  {0x61c, 0x61c},
                                                                  {0x115f, 0x1160},
                                                                  {0x17b4, 0x17b5},
                                                                  {0x180b, 0x180f},
                                                                  {0x200b, 0x200f},
                                                                  {0x2028, 0x202e},
                                                                  {0x2060, 0x206f},
                                                                  {0x3164, 0x3164},
                                                                  {0xfe00, 0xfe0f},
                                                                  {0xfeff, 0xfeff},
                                                                  {0xffa0, 0xffa0},
                                                                  {0xfff0, 0xfffb},
                                                                  {0x1'bca0, 0x1'bca3},
                                                                  {0x1'd173, 0x1'd17a},
                                                                  {0xe'0000, 0xe'0fff}}};
  return std::none_of(unseen.begin(), unseen.end(),
                      [code](const auto& range) { return code >= range.first && code <= range.second; });
}

}  // namespace detail

/// Text from elsewhere as a part of one line, in a terminal and in a log: control characters, other ends of lines, marks
/// that change the direction of text, what is not seen, and bytes that are no UTF-8 stand there as `\xNN`. Of a text of
/// more than 256 bytes as many whole characters as fit, and "...".
[[nodiscard]] inline std::string printable(std::string_view text) {
  constexpr std::size_t enough = 256;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string line;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto [code, size] = detail::first_character(text.substr(at));
    if (at + size > enough) return line + "...";
    const std::string_view bytes = text.substr(at, size);
    at += size;
    if (detail::is_seen(code)) {
      line += bytes;
      continue;
    }
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      line.append("\\x").append(1, digits[byte >> 4U]).append(1, digits[byte & 0xfU]);
    }
  }
  return line;
}

}  // namespace sello::inline v0
