// SPDX-License-Identifier: MIT
// MACs and keys as text: hexadecimal, and strict standard base64 on top of OpenSSL's lenient one.
#pragma once

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sello/verify/secret.hpp>

namespace sello::inline v0::detail {

/// What stands for a character that is no digit, in the tables of digits' values.
inline constexpr unsigned char no_digit = 0x80;

[[nodiscard]] consteval std::array<unsigned char, 256> values_of(std::string_view digits) {
  std::array<unsigned char, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < digits.size(); ++i)
    values[static_cast<unsigned char>(digits[i])] = static_cast<unsigned char>(i);
  return values;
}

inline constexpr auto hex_digits = [] {
  auto values = values_of("0123456789abcdef");
  for (char c = 'a'; c <= 'f'; ++c)
    values[static_cast<unsigned char>(c - 'a' + 'A')] = values[static_cast<unsigned char>(c)];
  return values;
}();

inline constexpr auto base64_digits = values_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

/// Exactly two digits of either case per byte, nothing before, between or after them. For received, public text only.
template <std::size_t N>
[[nodiscard]] constexpr std::optional<std::array<unsigned char, N>> hex_decode(std::string_view text) noexcept {
  if (text.size() != 2 * N) return std::nullopt;
  std::array<unsigned char, N> bytes{};
  unsigned seen = 0;
  for (std::size_t i = 0; i < N; ++i) {
    const unsigned high = hex_digits[static_cast<unsigned char>(text[2 * i])];
    const unsigned low = hex_digits[static_cast<unsigned char>(text[2 * i + 1])];
    seen |= high | low;
    bytes[i] = static_cast<unsigned char>((high << 4U | low) & 0xFFU);
  }
  if ((seen & no_digit) != 0) return std::nullopt;
  return bytes;
}

/// Lower-case digits.
[[nodiscard]] inline std::string hex_encode(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const unsigned char byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

[[nodiscard]] constexpr std::size_t base64_encoded_size(std::size_t bytes) noexcept { return (bytes + 2) / 3 * 4; }

/// Writes `base64_encoded_size(bytes.size())` characters and a NUL to `text`.
inline void base64_encode(std::span<const unsigned char> bytes, unsigned char* text) noexcept {
  EVP_EncodeBlock(text, bytes.data(), static_cast<int>(bytes.size()));
}

/// Its padded text.
[[nodiscard]] inline std::string to_base64(std::span<const unsigned char> bytes) {
  std::string text(base64_encoded_size(bytes.size()), '\0');  // and a NUL behind it, which is there already
  base64_encode(bytes, reinterpret_cast<unsigned char*>(text.data()));
  return text;
}

/// The `Size` bytes whose canonical, padded base64 `text` is. For received, public text only.
template <std::size_t Size>
  requires(Size % 3 != 0)
[[nodiscard]] constexpr std::optional<std::array<unsigned char, Size>> base64_decode(std::string_view text) noexcept {
  constexpr std::string_view padding = Size % 3 == 1 ? "==" : "=";
  std::array<unsigned char, Size + padding.size()> bytes{};  // the byte behind has the bits that are too many
  if (text.size() != base64_encoded_size(Size) || !text.ends_with(padding)) return std::nullopt;
  unsigned seen = 0;
  const auto digit = [&](std::size_t at) {
    const bool is_padding = at + padding.size() >= text.size();
    const unsigned value = is_padding ? 0U : base64_digits[static_cast<unsigned char>(text[at])];
    seen |= value;
    return value & 0x3FU;
  };
  for (std::size_t from = 0, to = 0; to < bytes.size(); from += 4, to += 3) {
    const unsigned word = digit(from) << 18U | digit(from + 1) << 12U | digit(from + 2) << 6U | digit(from + 3);
    bytes[to] = static_cast<unsigned char>(word >> 16U);
    bytes[to + 1] = static_cast<unsigned char>(word >> 8U & 0xFFU);
    bytes[to + 2] = static_cast<unsigned char>(word & 0xFFU);
  }
  if ((seen & no_digit) != 0 || bytes[Size] != 0) return std::nullopt;
  std::array<unsigned char, Size> decoded{};
  std::copy_n(bytes.begin(), Size, decoded.begin());
  return decoded;
}

/// Longer base64 than any key or MAC of the schemes here; what is longer is not decoded.
inline constexpr std::size_t base64_max_size = 4096;

/// Decodes `text` to the front of `bytes`, which must hold three for every four characters; gives how many there are.
/// OpenSSL accepts white space around it and stray bits in the last group. So what was decoded is encoded again, and only
/// the one canonical text of the bytes passes.
[[nodiscard]] inline std::optional<std::size_t> base64_decode(std::string_view text,
                                                              std::span<unsigned char> bytes) noexcept {
  const std::size_t most = text.size() / 4 * 3;
  if (text.empty()) return 0;
  if (text.size() % 4 != 0 || text.size() > base64_max_size || bytes.size() < most) return std::nullopt;
  const int decoded =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (decoded < 0 || static_cast<std::size_t>(decoded) != most) return std::nullopt;
  const std::size_t size = most - (text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0);
  std::array<unsigned char, base64_max_size + 1> again;  // NOLINT(cppcoreguidelines-pro-type-member-init): written next
  base64_encode(bytes.first(size), again.data());
  const bool canonical = text == std::string_view{reinterpret_cast<const char*>(again.data()), text.size()};
  wipe(std::span{again}.first(text.size()));
  return canonical ? std::optional{size} : std::nullopt;
}

}  // namespace sello::inline v0::detail
