// SPDX-License-Identifier: MIT
// Texts as any database keeps them: printable ASCII, and lines of a name and a value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/printable.hpp>
#include <sello/verify/hmac.hpp>

namespace sello::inline v0::detail {

/// Printable ASCII as it is; other bytes, and `%`, as `%XX`. `percent_decoded` gives the bytes back.
[[nodiscard]] inline std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string kept;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && byte != '%') {
      kept += c;
    } else {
      kept.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 0xfU]);
    }
  }
  return kept;
}

[[nodiscard]] inline std::string percent_decoded(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      bytes += static_cast<char>((digit(text[i + 1]) << 4) | digit(text[i + 2]));
      i += 2;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

/// `percent_encoded`; over `limit` bytes, a digest in its place. Different texts stay different.
[[nodiscard]] inline std::string storable(std::string_view text, std::size_t limit) {
  return text.size() > limit ? "%sha256:" + sha256_hex(text) : percent_encoded(text);
}

/// Whether it is UTF-8 without control characters, as every database keeps it.
[[nodiscard]] constexpr bool is_plain(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto [code, size] = first_character(text);
    if (code == character::invalid || code < 0x20 || (code >= 0x7f && code <= 0x9f)) return false;
    text.remove_prefix(size);
  }
  return true;
}

/// What `storable` was given, or its digest.
[[nodiscard]] inline std::string restored(std::string_view kept) {
  return kept.starts_with("%sha256:") ? std::string{kept} : percent_decoded(kept);
}

inline void write_line(std::string& to, std::string_view name, std::string_view value) {
  to.append(percent_encoded(name)).append(1, '\t').append(percent_encoded(value)).append(1, '\n');
}

[[nodiscard]] inline std::vector<std::pair<std::string, std::string>> read_lines(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    const auto tab = line.find('\t');
    if (tab != line.npos)
      lines.emplace_back(percent_decoded(line.substr(0, tab)), percent_decoded(line.substr(tab + 1)));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace sello::inline v0::detail
