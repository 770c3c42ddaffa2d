// SPDX-License-Identifier: MIT
// MACs and keys as text: hexadecimal, and strict standard base64 on top of OpenSSL's lenient one.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sello/secret.hpp>

namespace sello::inline v0::detail {

/// Exactly two digits of either case per byte, nothing before, between or after them. For received, public text only.
template <std::size_t N>
[[nodiscard]] constexpr std::optional<std::array<unsigned char, N>> hex_decode(std::string_view text) noexcept {
  constexpr auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  if (text.size() != 2 * N) return std::nullopt;
  std::array<unsigned char, N> bytes{};
  for (std::size_t i = 0; i < N; ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[i] = static_cast<unsigned char>(high * 16 + low);
  }
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

/// Decodes `text` to the front of `bytes`, which must hold three for every four characters; gives how many there are.
/// OpenSSL accepts white space, missing padding and stray bits in the last group. So what was decoded is encoded again,
/// and only the one canonical text of the bytes passes.
[[nodiscard]] inline std::optional<std::size_t> base64_decode(std::string_view text,
                                                              std::span<unsigned char> bytes) noexcept {
  if (text.empty()) return 0;
  if (text.size() % 4 != 0 || bytes.size() < text.size() / 4 * 3) return std::nullopt;
  std::size_t decoded = 0;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const std::string_view group = text.substr(at, 4);
    const bool last = at + 4 == text.size();
    const std::size_t padding = !last || group[3] != '=' ? 0 : group[2] != '=' ? 1 : 2;
    unsigned char three[3];
    unsigned char again[5];
    if (EVP_DecodeBlock(three, reinterpret_cast<const unsigned char*>(group.data()), 4) != 3) return std::nullopt;
    base64_encode({three, 3 - padding}, again);
    if (group != std::string_view{reinterpret_cast<const char*>(again), 4}) return std::nullopt;
    for (std::size_t i = 0; i < 3 - padding; ++i) bytes[decoded++] = three[i];
    wipe(three);
    wipe(again);
  }
  return decoded;
}

}  // namespace sello::inline v0::detail
