// SPDX-License-Identifier: MIT
// JSON written anew from its text, token by token: spaces and escapes change, the spelling of numbers and keys does not.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sello/base/printable.hpp>
#include <sello/verify/encoding.hpp>

namespace sello::inline v0::detail {

/// How a serialiser writes JSON. `keep` leaves the strings as they are.
struct json_style {
  std::string_view item = ",";  ///< between members, without the line break
  std::string_view colon = ":";
  std::string_view indent{};  ///< of one level; empty: all in one line
  enum class escape : std::uint8_t { keep, none, ascii, upper_ascii, html } escapes = escape::keep;
  bool slashes = false;  ///< `\/`, where strings are not kept
};

/// The strings of a JSON text in another spelling. What cannot be said otherwise, or is no UTF-8, stays as it is.
class json_string_writer {
 public:
  json_string_writer(const json_style& style, std::string& to) noexcept : style_{style}, to_{to} {}

  /// What stands between the quotes.
  void write(std::string_view text) {
    if (style_.escapes == json_style::escape::keep) {
      to_ += text;
      return;
    }
    while (!text.empty()) {
      const auto [code, size] = text.front() == '\\' ? unescaped(text) : first_character(text);
      if (code == character::invalid) {
        to_ += text.substr(0, size);
      } else {
        put(code);
      }
      text.remove_prefix(size);
    }
  }

 private:
  [[nodiscard]] static std::optional<char32_t> unit(std::string_view text) noexcept {
    if (!text.starts_with("\\u") || text.size() < 6) return std::nullopt;
    const auto bytes = hex_decode<2>(text.substr(2, 4));
    if (!bytes) return std::nullopt;
    return static_cast<char32_t>((*bytes)[0] << 8U | (*bytes)[1]);
  }

  /// The character of an escape; `invalid` for one that stays: short ones, control characters, half a pair.
  [[nodiscard]] static character unescaped(std::string_view text) noexcept {
    if (text.starts_with("\\/")) return {'/', 2};
    const auto high = unit(text);
    if (!high) return {character::invalid, std::min<std::size_t>(2, text.size())};
    if (*high < 0x20 || *high == '"' || *high == '\\') return {character::invalid, 6};
    if (*high < 0xd800 || *high > 0xdfff) return {*high, 6};
    const auto low = unit(text.substr(6));
    if (*high > 0xdbff || !low || *low < 0xdc00 || *low > 0xdfff) return {character::invalid, 6};
    return {0x1'0000 + ((*high - 0xd800) << 10U) + (*low - 0xdc00), 12};
  }

  void put(char32_t code) {
    using enum json_style::escape;
    const bool for_html = code == '<' || code == '>' || code == '&' || code == 0x2028 || code == 0x2029;
    if (code == '/' && style_.slashes) {
      to_ += "\\/";
    } else if (code >= 0x80
                   ? style_.escapes == ascii || style_.escapes == upper_ascii || (style_.escapes == html && for_html)
                   : style_.escapes == html && for_html) {
      put_escaped(code);
    } else {
      put_utf8(code);
    }
  }

  void put_escaped(char32_t code) {
    if (code >= 0x1'0000) {
      put_unit(0xd800 + ((code - 0x1'0000) >> 10U));
      code = 0xdc00 + ((code - 0x1'0000) & 0x3ffU);
    }
    put_unit(code);
  }

  void put_unit(char32_t code) {
    const std::string_view digits =
        style_.escapes == json_style::escape::upper_ascii ? "0123456789ABCDEF" : "0123456789abcdef";
    to_ += "\\u";
    for (unsigned shift = 16; shift > 0;) to_ += digits[code >> (shift -= 4U) & 0xfU];
  }

  void put_utf8(char32_t code) {
    const auto byte = [this](char32_t value) { to_ += static_cast<char>(static_cast<unsigned char>(value)); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
      byte(0xc0U | code >> 6U);
    } else {
      if (code < 0x1'0000) {
        byte(0xe0U | code >> 12U);
      } else {
        byte(0xf0U | code >> 18U);
        byte(0x80U | (code >> 12U & 0x3fU));
      }
      byte(0x80U | (code >> 6U & 0x3fU));
    }
    byte(0x80U | (code & 0x3fU));
  }

  const json_style& style_;
  std::string& to_;
};

/// The tokens of a JSON text, one after the other. It does not ask whether the text is JSON, only where tokens end.
class json_tokens {
 public:
  explicit json_tokens(std::string_view text) noexcept : text_{text} {}

  /// A bracket, comma or colon; a string with its quotes; or what stands between those. Empty at the end.
  [[nodiscard]] std::string_view next() noexcept {
    at_ = std::min(text_.find_first_not_of(white, at_), text_.size());
    begin_ = at_;
    if (at_ == text_.size()) return {};
    if (text_[at_] == '"') {
      skip_string();
    } else if (marks.find(text_[at_]) != marks.npos) {
      ++at_;
    } else {
      while (at_ < text_.size() && text_[at_] != '"' && white.find(text_[at_]) == white.npos &&
             marks.find(text_[at_]) == marks.npos)
        ++at_;
    }
    return text_.substr(begin_, at_ - begin_);
  }

  /// Where the last token begins.
  [[nodiscard]] std::size_t begin() const noexcept { return begin_; }
  [[nodiscard]] std::size_t end() const noexcept { return at_; }

 private:
  static constexpr std::string_view white = " \t\r\n";
  static constexpr std::string_view marks = "{}[],:";

  void skip_string() noexcept {
    for (++at_; at_ < text_.size(); ++at_) {
      at_ = text_.find_first_of("\"\\", at_);
      if (at_ == text_.npos) break;
      if (text_[at_] == '"') {
        ++at_;
        return;
      }
      ++at_;
    }
    at_ = text_.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
};

/// The text in that style; nothing if it is no object or array, its brackets do not match, or the result would be much
/// longer than it, as a million brackets with a line each.
[[nodiscard]] inline std::optional<std::string> rewritten_json(std::string_view text, const json_style& style) {
  constexpr std::size_t deepest = 512;
  const std::size_t most = 8 * text.size() + 4096;
  std::string made;
  made.reserve(text.size() + text.size() / 8);
  std::string open;  // the brackets that must be closed
  const auto new_line = [&] {
    if (style.indent.empty()) return;
    made += '\n';
    for (std::size_t level = 0; level < open.size(); ++level) made += style.indent;
  };
  json_tokens tokens{text};
  bool fresh = false;  // a bracket was just opened
  for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
    if (open.empty() && !made.empty()) return std::nullopt;
    const char first = token.front();
    const bool closes = first == '}' || first == ']';
    if (closes) {
      if (open.empty() || open.back() != first) return std::nullopt;
      open.pop_back();
    } else if (open.empty() && first != '{' && first != '[') {
      return std::nullopt;
    }
    if (fresh != closes) new_line();
    fresh = first == '{' || first == '[';
    if (fresh) {
      if (open.size() == deepest) return std::nullopt;
      open += first == '{' ? '}' : ']';
      made += first;
    } else if (first == ',') {
      made += style.item;
      new_line();
    } else if (first == ':') {
      made += style.colon;
    } else if (first == '"' && token.size() > 1 && token.back() == '"') {
      made += '"';
      json_string_writer{style, made}.write(token.substr(1, token.size() - 2));
      made += '"';
    } else {
      made += token;
    }
    if (made.size() > most) return std::nullopt;
  }
  return open.empty() && !made.empty() ? std::optional{std::move(made)} : std::nullopt;
}

/// An object with its own members in that order, and those that it does not name behind, as they came; nothing if it is no
/// object, has none of the keys, or is in that order already.
[[nodiscard]] inline std::optional<std::string> reordered_json(std::string_view text,
                                                               std::span<const std::string_view> order) {
  struct member {
    std::size_t rank;
    std::string_view text;
  };
  json_tokens tokens{text};
  if (tokens.next() != "{") return std::nullopt;
  std::vector<member> members;
  std::size_t depth = 1;
  std::size_t begin = text.npos;
  while (depth > 0) {
    const std::string_view token = tokens.next();
    if (token.empty()) return std::nullopt;
    const char first = token.front();
    if (first == '{' || first == '[') ++depth;
    if (first == '}' || first == ']') --depth;
    const bool ends = depth == 0 || (depth == 1 && first == ',');
    if (ends && begin != text.npos) {
      members.back().text = text.substr(begin, tokens.begin() - begin);
      begin = text.npos;
    } else if (!ends && begin == text.npos) {
      begin = tokens.begin();
      const std::string_view key = token.size() > 1 ? token.substr(1, token.size() - 2) : token;
      members.push_back({static_cast<std::size_t>(std::find(order.begin(), order.end(), key) - order.begin()), {}});
    }
  }
  if (!tokens.next().empty()) return std::nullopt;
  const auto by_rank = [](const member& a, const member& b) { return a.rank < b.rank; };
  if (std::is_sorted(members.begin(), members.end(), by_rank)) return std::nullopt;
  std::stable_sort(members.begin(), members.end(), by_rank);
  std::string made = "{";
  for (const member& each : members) {
    if (made.size() > 1) made += ',';
    made += each.text;
  }
  return made += '}';
}

}  // namespace sello::inline v0::detail
