// SPDX-License-Identifier: MIT
// What is wrong with a secret, whoever's it is, and the key of senders whose secret is plain text.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <sello/base/printable.hpp>
#include <sello/base/result.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/secret.hpp>

namespace sello::inline v0 {

namespace detail {

/// What a secret cannot begin or end with; empty for what it can. Such a character comes from a file, a shell or a page
/// that the secret was copied from, and is hard to see.
[[nodiscard]] constexpr std::string_view stray_name(char32_t code) noexcept {
  switch (code) {
    case '\n':
    case '\r':
    case '\v':
    case '\f':
    case 0x85:
    case 0x2028:
    case 0x2029: return "a line break";
    case 0xa0:
    case 0x202f:
    case 0x2060: return "a no-break space";
    case 0xfeff: return "a byte order mark";
    case '"':
    case '\'':
    case 0xab:
    case 0xbb: return "a quote";
    default: break;
  }
  if (code >= 0x2018 && code <= 0x201f) return "a quote";
  const bool white = code == ' ' || code == '\t' || code == 0x1680 || (code >= 0x2000 && code <= 0x200d) ||
                     code == 0x205f || code == 0x3000;
  return white ? "white space" : "";
}

[[nodiscard]] constexpr character last_character(std::string_view text) noexcept {
  for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size) {
    const character last = first_character(text.substr(text.size() - size));
    if (last.size == size && last.code != character::invalid) return last;
  }
  return {};
}

/// Whether there is nothing but white space, in all its forms.
[[nodiscard]] constexpr bool is_blank(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto [code, size] = first_character(text);
    if (stray_name(code).empty() || stray_name(code) == "a quote") return false;
    text.remove_prefix(size);
  }
  return true;
}

[[nodiscard]] constexpr bool has_control_character(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto [code, size] = first_character(text);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
    text.remove_prefix(size);
  }
  return false;
}

/// `your-secret`, `your secret here`, `your_webhook_secret`.
[[nodiscard]] constexpr bool is_your_secret(std::string_view text) noexcept {
  std::array<std::string_view, 3> words{};
  std::size_t count = 0;
  for (;;) {
    const auto end = text.find_first_of("-_ ");
    if (end == 0 || text.empty() || count == words.size()) return false;
    words[count++] = text.substr(0, end);
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return same_header_name(words[0], "your") &&
         (same_header_name(words[1], "secret") || same_header_name(words[2], "secret"));
}

/// Whether it is what stands in a template, or what a program writes for nothing. A closed list: anything else may be
/// somebody's secret. Without regard to ASCII case.
[[nodiscard]] constexpr bool is_placeholder(std::string_view text) {
  constexpr std::string_view of_a_name = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  constexpr std::array<std::string_view, 9> words{"null",      "nil",       "none",   "undefined",  "changeme",
                                                  "change-me", "change_me", "secret", "placeholder"};
  const auto between = [&](std::string_view open, std::string_view close) {
    return text.size() >= open.size() + close.size() && text.starts_with(open) && text.ends_with(close);
  };
  const auto is_name = [&](std::string_view name) {
    return !name.empty() && name.find_first_not_of(of_a_name) == name.npos;
  };
  if (between("${", "}") || between("{{", "}}") || between("<", ">")) return true;
  if (between("$", "") && is_name(text.substr(1))) return true;
  if (between("%", "%") && is_name(text.substr(1, text.size() - 2))) return true;
  const std::size_t one = text.empty() ? 1 : first_character(text).size;
  const bool of_one_size = text.size() % one == 0;  // no part of a character stands at the end
  if (of_one_size && text.substr(one) == text.substr(0, text.size() - one)) return true;  // one character, repeated
  return is_your_secret(text) ||
         std::any_of(words.begin(), words.end(), [&](std::string_view word) { return same_header_name(text, word); });
}

[[nodiscard]] inline error bad_secret(std::string_view why) { return {errc::malformed_secret, std::string{why}}; }

/// What is wrong with a secret, whatever it will be taken for: with an end, a control character, or the whole.
[[nodiscard]] inline std::optional<error> fault_of_secret(std::string_view text) {
  if (text.empty()) return error{errc::empty_secret, {}};
  if (is_blank(text)) return error{errc::empty_secret, "there is only white space"};
  if (const auto stray = stray_name(first_character(text).code); !stray.empty())
    return bad_secret(std::string{"it begins with "}.append(stray));
  if (const auto stray = stray_name(last_character(text).code); !stray.empty())
    return bad_secret(std::string{"it ends with "}.append(stray));
  if (has_control_character(text)) return bad_secret("it has a control character");
  if (is_placeholder(text)) return bad_secret("it stands for a secret and is none; was its variable filled in?");
  return std::nullopt;
}

}  // namespace detail

/// The key of senders whose secret is plain text: its bytes, never stripped or decoded. `empty_secret` if there are none,
/// or only white space; `malformed_secret` with what is wrong: it begins or ends with white space, a line break, a byte
/// order mark or a quote, has a control character, is a placeholder (`${SECRET}`, `changeme`), or has less than 8 bytes.
[[nodiscard]] inline result<secret> text_key(std::string_view text) {
  constexpr std::size_t shortest = 8;
  if (auto fault = detail::fault_of_secret(text)) return *std::move(fault);
  if (text.size() < shortest)
    return detail::bad_secret("it has " + std::to_string(text.size()) + " bytes, and needs 8 or more");
  return secret{text};
}

}  // namespace sello::inline v0
