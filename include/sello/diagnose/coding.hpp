// SPDX-License-Identifier: MIT
// Lenient decoding of what came in another form than it was signed in: base64, form encoding, Latin-1, JSON strings.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <sello/base/printable.hpp>
#include <sello/verify/encoding.hpp>

namespace sello::inline v0::detail {

/// Base64 of either alphabet, with or without padding; nothing if another character stands in it.
[[nodiscard]] inline std::optional<std::string> loose_base64_decode(std::string_view text) {
  text = text.substr(0, text.find_last_not_of("=\r\n \t") + 1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  unsigned word = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const unsigned digit = base64_digits[static_cast<unsigned char>(c == '-' ? '+' : c == '_' ? '/' : c)];
    if (digit == no_digit) return std::nullopt;
    word = (word << 6U | digit) & 0xffffU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(static_cast<unsigned char>(word >> bits & 0xffU));
  }
  return bytes;
}

/// Hexadecimal digits of any number of bytes.
[[nodiscard]] inline std::optional<std::string> loose_hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const auto byte = hex_decode<1>(text.substr(at, 2));
    if (!byte) return std::nullopt;
    bytes += static_cast<char>(byte->front());
  }
  return bytes;
}

/// `%7B` and `+`; a stray `%` stays.
[[nodiscard]] inline std::string form_decode(std::string_view text, bool plus_is_blank = true) {
  std::string made;
  made.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = text[at] == '%' ? hex_decode<1>(text.substr(at + 1, 2)) : std::nullopt;
    made += byte ? static_cast<char>(byte->front()) : text[at] == '+' && plus_is_blank ? ' ' : text[at];
    if (byte) at += 2;
  }
  return made;
}

/// As HTML forms encode (the URL standard, "application/x-www-form-urlencoded").
[[nodiscard]] inline std::string form_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string made;
  made.reserve(2 * text.size());
  for (const char c : text) {
    const bool stays = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '*' ||
                       c == '-' || c == '.' || c == '_';
    const auto byte = static_cast<unsigned char>(c);
    if (stays) {
      made += c;
    } else if (c == ' ') {
      made += '+';
    } else {
      made.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 0xfU]);
    }
  }
  return made;
}

/// The bytes of a text that was taken for Latin-1 and written in UTF-8; nothing if it has other characters.
[[nodiscard]] inline std::optional<std::string> latin1_of_utf8(std::string_view text) {
  std::string made;
  made.reserve(text.size());
  while (!text.empty()) {
    const auto [code, size] = first_character(text);
    if (code > 0xff) return std::nullopt;
    made += static_cast<char>(static_cast<unsigned char>(code));
    text.remove_prefix(size);
  }
  return made;
}

/// Bytes of Latin-1, in UTF-8.
[[nodiscard]] inline std::string utf8_of_latin1(std::string_view text) {
  std::string made;
  made.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) made += static_cast<char>(static_cast<unsigned char>(0xc0U | byte >> 6U));
    made += byte >= 0x80 ? static_cast<char>(static_cast<unsigned char>(0x80U | (byte & 0x3fU))) : c;
  }
  return made;
}

/// The text that a whole JSON string stands for, but for its `\u`, which stays.
[[nodiscard]] inline std::optional<std::string> json_unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  constexpr std::string_view letters = "nrtbf\"\\/";
  constexpr std::string_view meant = "\n\r\t\b\f\"\\/";
  std::string made;
  made.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') return std::nullopt;
    const auto letter = text[at] == '\\' && at + 1 < text.size() ? letters.find(text[at + 1]) : letters.npos;
    made += letter == letters.npos ? text[at] : meant[letter];
    if (letter != letters.npos) ++at;
  }
  return made;
}

}  // namespace sello::inline v0::detail
