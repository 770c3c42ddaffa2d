// SPDX-License-Identifier: MIT
// Codings that a text may have gone through, undone and done leniently: percent signs, base64, UTF-8.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sello/base/printable.hpp>
#include <sello/verify/encoding.hpp>
#include <sello/verify/secret.hpp>

namespace sello::inline v0::detail::diagnosis {

/// A string of that capacity keeps its characters on the heap, so that moving it leaves none behind.
inline constexpr std::size_t shortest_on_heap = 64;

[[nodiscard]] constexpr bool is_white(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Without ASCII white space around it.
[[nodiscard]] constexpr std::string_view stripped(std::string_view text) noexcept {
  while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white(text.back())) text.remove_suffix(1);
  return text;
}

inline void append_utf8(std::string& to, char32_t code) {
  const auto add = [&](char32_t byte) { to += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xc0U | code >> 6U);
    add(0x80U | (code & 0x3fU));
  } else if (code < 0x1'0000) {
    add(0xe0U | code >> 12U);
    add(0x80U | (code >> 6U & 0x3fU));
    add(0x80U | (code & 0x3fU));
  } else {
    add(0xf0U | code >> 18U);
    add(0x80U | (code >> 12U & 0x3fU));
    add(0x80U | (code >> 6U & 0x3fU));
    add(0x80U | (code & 0x3fU));
  }
}

/// The UTF-8 of UTF-16 that has a byte order mark or begins with ASCII, as JSON does; nothing if it is none.
[[nodiscard]] inline std::optional<std::string> utf8_of_utf16(std::string_view text) {
  if (text.size() < 2 || text.size() % 2 != 0) return std::nullopt;
  const bool marked = text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
  const bool big = text.starts_with('\xfe') || text.starts_with('\0');
  if (!marked && text[big ? 0 : 1] != '\0') return std::nullopt;
  const auto unit = [&](std::size_t at) {
    const auto high = static_cast<unsigned char>(text[big ? at : at + 1]);
    return static_cast<char32_t>(high) << 8U | static_cast<unsigned char>(text[big ? at + 1 : at]);
  };
  std::string utf8;
  utf8.reserve(text.size());
  for (std::size_t at = marked ? 2 : 0; at < text.size(); at += 2) {
    char32_t code = unit(at);
    if (code >= 0xd800 && code < 0xdc00 && at + 4 <= text.size()) {
      code = 0x1'0000 + ((code & 0x3ffU) << 10U) + (unit(at + 2) & 0x3ffU);
      at += 2;
    }
    append_utf8(utf8, code);
  }
  return utf8;
}

/// What a form's text stands for; nothing if there is no escape in it, or a broken one.
[[nodiscard]] inline std::optional<std::string> form_decode(std::string_view text, bool plus_is_blank) {
  if (text.find('%') == text.npos) return std::nullopt;
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      const auto byte = hex_decode<1>(text.substr(at + 1, 2));
      if (!byte) return std::nullopt;
      decoded += static_cast<char>(byte->front());
      at += 2;
    } else {
      decoded += plus_is_blank && text[at] == '+' ? ' ' : text[at];
    }
  }
  return decoded;
}

/// As a form has it (WHATWG URL, "application/x-www-form-urlencoded serializing").
[[nodiscard]] inline std::string form_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr auto kept = values_of("*-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
  std::string encoded;
  encoded.reserve(text.size() + text.size() / 2);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kept[byte] != no_digit) {
      encoded += c;
    } else if (c == ' ') {
      encoded += '+';
    } else {
      encoded.append("%").append(1, digits[byte >> 4U]).append(1, digits[byte & 0xfU]);
    }
  }
  return encoded;
}

/// The bytes of base64 in either alphabet, with or without its padding, over several lines too; nothing if it is none. They
/// may be a secret's, so nothing is decoded of what is none in the end.
[[nodiscard]] inline std::optional<std::string> base64_bytes(std::string_view text) {
  text = stripped(text);
  while (text.ends_with('=')) text.remove_suffix(1);
  const auto value = [](char c) {
    return base64_digits[static_cast<unsigned char>(c == '-' ? '+' : c == '_' ? '/' : c)];
  };
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '\r' || c == '\n') continue;
    if (value(c) == no_digit) return std::nullopt;
    ++digits;
  }
  if (digits == 0 || digits % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(std::max(text.size() / 4 * 3 + 3, shortest_on_heap));
  unsigned word = 0;
  std::size_t read = 0;
  for (const char c : text) {
    if (c == '\r' || c == '\n') continue;
    word = (word << 6U | value(c)) & 0xff'ffffU;
    ++read;
    if (read % 4 != 1)
      bytes += static_cast<char>(static_cast<unsigned char>(word >> (4U - read % 4U) % 4U * 2U & 0xffU));
  }
  return bytes;
}

inline constexpr std::string_view hex_digits = "0123456789abcdefABCDEF";

/// The bytes of an even number of hexadecimal digits.
[[nodiscard]] inline std::string bytes_of_hex(std::string_view digits) {
  std::string bytes;
  bytes.reserve(std::max(digits.size() / 2, shortest_on_heap));
  for (; !digits.empty(); digits.remove_prefix(2))
    bytes += static_cast<char>(hex_decode<1>(digits.substr(0, 2))->front());
  return bytes;
}

/// Bytes as a text, which OpenSSL writes in one piece.
[[nodiscard]] inline std::string base64_text(std::string_view bytes) {
  return to_base64({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
}

}  // namespace sello::inline v0::detail::diagnosis
