// SPDX-License-Identifier: MIT
// Text from elsewhere without secrets, however a peer writes them: as they are, in escapes of JSON, in JSON within JSON.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sello/version.hpp>

namespace sello::inline v0::kuenta::detail {

/// What a text stands for once its escapes are undone, and where each of its bytes comes from.
struct spelled {
  std::string text{};
  std::vector<std::size_t> from{};  ///< of each byte the beginning of its spelling; at the end the size of the whole
};

[[nodiscard]] inline spelled as_it_is(std::string_view text) {
  spelled made{std::string{text}, {}};
  for (std::size_t at = 0; at <= text.size(); ++at) made.from.push_back(at);
  return made;
}

/// The number that these hexadecimal digits are; more than any character where they are none.
[[nodiscard]] constexpr char32_t number_of(std::string_view digits) noexcept {
  char32_t number = 0;
  for (const char c : digits) {
    const bool decimal = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!decimal && !letter) return 0xffff'ffff;
    number = number * 16 + static_cast<char32_t>(decimal ? c - '0' : (c & 0xf) + 9);
  }
  return number;
}

inline void append_utf8(std::string& to, char32_t code) {
  const auto put = [&](char32_t byte) { to += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) return put(code);
  if (code >= 0x1'0000) put(0xf0U | (code >> 18U));
  if (code >= 0x1'0000) put(0x80U | ((code >> 12U) & 0x3fU));
  if (code < 0x1'0000 && code >= 0x800) put(0xe0U | (code >> 12U));
  if (code < 0x800) put(0xc0U | (code >> 6U));
  if (code >= 0x800) put(0x80U | ((code >> 6U) & 0x3fU));
  put(0x80U | (code & 0x3fU));
}

/// One level of escapes undone: those of JSON (RFC 8259, section 7), and the `\xNN` of `printable`.
[[nodiscard]] inline spelled unspelled(const spelled& given) {
  const std::string_view text = given.text;
  spelled made;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const std::size_t before = made.text.size();
    const char kind = text[at] == '\\' && at + 1 < text.size() ? text[at + 1] : '\0';
    const auto unit = [&](std::size_t where) {
      return text.size() >= where + 6 && text[where] == '\\' && text[where + 1] == 'u'
                 ? number_of(text.substr(where + 2, 4))
                 : char32_t{0xffff'ffff};
    };
    if (char32_t code = kind == 'u' ? unit(at) : 0xffff'ffff; code <= 0xffff) {
      at += 6;
      if (const char32_t low = unit(at); code >> 10U == 0x36 && low >> 10U == 0x37) {
        code = 0x1'0000 + ((code & 0x3ffU) << 10U) + (low & 0x3ffU);
        at += 6;
      }
      append_utf8(made.text, code);
    } else if (kind == 'x' && text.size() >= at + 4 && number_of(text.substr(at + 2, 2)) <= 0xff) {
      made.text += static_cast<char>(static_cast<unsigned char>(number_of(text.substr(at + 2, 2))));
      at += 4;
    } else if (constexpr std::string_view letters = "\"\\/bfnrt"; kind != '\0' && letters.find(kind) != letters.npos) {
      made.text += std::string_view{"\"\\/\b\f\n\r\t"}[letters.find(kind)];
      at += 2;
    } else {
      made.text += text[at++];
    }
    made.from.resize(made.from.size() + made.text.size() - before, given.from[begin]);
  }
  made.from.push_back(given.from.back());
  return made;
}

/// The text with `mark` where a secret stands, or several that overlap. `secrets`: a range of texts; an empty one is none.
template <class Secrets>
[[nodiscard]] std::string hidden(std::string_view text, const Secrets& secrets, std::string_view mark) {
  std::vector<std::int32_t> edges(text.size() + 1);  // how many begin here, less those that end
  constexpr int levels = 3;
  spelled seen = as_it_is(text);
  bool found = false;
  for (int level = 0; level <= levels; ++level) {
    for (const std::string_view secret : secrets) {
      for (std::size_t at = secret.empty() ? seen.text.npos : seen.text.find(secret); at != seen.text.npos;
           at = seen.text.find(secret, at + 1)) {
        ++edges[seen.from[at]];
        --edges[seen.from[at + secret.size()]];
        found = true;
      }
    }
    if (seen.text.find('\\') == seen.text.npos) break;
    seen = unspelled(seen);
  }
  if (!found) return std::string{text};
  std::string made;
  std::int32_t inside = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool was_inside = inside > 0;
    inside += edges[at];
    if (inside == 0) {
      made += text[at];
    } else if (!was_inside) {
      made += mark;
    }
  }
  return made;
}

/// Calls `use` with each part of a header's value that may be a secret: the whole, its words, and what `=`, `:`, `,`, `;`
/// and quotes part, of six bytes or more.
template <class Use>
void each_private_word(std::string_view value, Use use) {
  constexpr std::size_t least = 6;
  for (const std::string_view parting : {"", " \t", " \t=:,;\"'"}) {
    for (std::size_t at = 0; at < value.size();) {
      const std::size_t end =
          parting.empty() ? value.size() : (std::min)(value.find_first_of(parting, at), value.size());
      if (end - at >= least) use(value.substr(at, end - at));
      at = end + 1;
    }
  }
}

}  // namespace sello::inline v0::kuenta::detail
