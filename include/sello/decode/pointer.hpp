// SPDX-License-Identifier: MIT
// JSON Pointers (RFC 6901): written segment by segment, and followed through the text of a document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sello/decode/scan.hpp>

namespace sello::inline v0::detail {

inline void append_segment(std::string& pointer, std::string_view name) {
  pointer += '/';
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

/// A segment's name, which `append_segment` wrote; nothing if a `~` stands before something else than 0 or 1.
[[nodiscard]] inline std::optional<std::string> segment_name(std::string_view segment) {
  std::string name;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '~') {
      name += segment[i];
      continue;
    }
    ++i;
    if (i == segment.size() || (segment[i] != '0' && segment[i] != '1')) return std::nullopt;
    name += segment[i] == '0' ? '~' : '/';
  }
  return name;
}

/// The characters of a string in a valid document, from what stands between its quotes.
[[nodiscard]] inline std::string unescaped(std::string_view text) {
  const auto unit = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (const char c : at < text.size() ? text.substr(at, 4) : std::string_view{})
      value = value * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    return value;
  };
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      made += text[i];
      continue;
    }
    constexpr std::string_view names = "bfnrt";
    constexpr std::string_view controls = "\b\f\n\r\t";
    const char escape = text[++i];
    if (escape != 'u') {
      const auto control = names.find(escape);
      made += control == names.npos ? escape : controls[control];
      continue;
    }
    std::uint32_t code = unit(i + 1);
    i += 4;
    if (code >= 0xD800 && code < 0xDC00) {  // the first half of a pair, whose second one is \uXXXX, too
      code = 0x10000 + ((code - 0xD800) << 10U) + (unit(i + 3) - 0xDC00);
      i += 6;
    }
    const auto put = [&](std::uint32_t byte) { made += static_cast<char>(byte); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0U | code >> 6U);
      put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
      put(0xE0U | code >> 12U);
      put(0x80U | (code >> 6U & 0x3FU));
      put(0x80U | (code & 0x3FU));
    } else {
      put(0xF0U | code >> 18U);
      put(0x80U | (code >> 12U & 0x3FU));
      put(0x80U | (code >> 6U & 0x3FU));
      put(0x80U | (code & 0x3FU));
    }
  }
  return made;
}

inline void skip_blanks(std::string_view& text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

/// Goes through the members of an object, or the elements of an array, whose text is `whole`.
class parts_of {
 public:
  explicit parts_of(std::string_view whole) noexcept
      : object_{whole.starts_with('{')}, rest_{object_ || whole.starts_with('[') ? whole.substr(1) : ""} {}

  /// Whether there is one more part, which then is `key` (of an object, with its quotes) and `value`.
  [[nodiscard]] bool next() noexcept {
    skip_blanks(rest_);
    if (rest_.starts_with(',')) rest_.remove_prefix(1);
    if (object_) {
      if (!take(key)) return false;
      skip_blanks(rest_);
      if (!rest_.starts_with(':')) return false;
      rest_.remove_prefix(1);
    }
    return take(value);
  }

  std::string_view key{};
  std::string_view value{};

 private:
  [[nodiscard]] bool take(std::string_view& to) noexcept {
    skip_blanks(rest_);
    const std::size_t length = value_length(rest_);
    if (length == rest_.npos) return false;
    to = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return true;
  }

  bool object_;
  std::string_view rest_;
};

/// The part of a value that one segment of a pointer names.
[[nodiscard]] inline std::optional<std::string_view> part_at(std::string_view whole, std::string_view segment) {
  parts_of parts{whole};
  if (whole.starts_with('{')) {
    const auto name = segment_name(segment);
    while (name && parts.next()) {
      if (parts.key.size() < 2 || parts.key.front() != '"') return std::nullopt;
      const std::string_view key = parts.key.substr(1, parts.key.size() - 2);
      if (key.find('\\') == key.npos ? key == *name : unescaped(key) == *name) return parts.value;
    }
    return std::nullopt;
  }
  std::uint64_t index = 0;
  if (segment.empty() || segment.size() > 18 || (segment.size() > 1 && segment.front() == '0')) return std::nullopt;
  for (const char c : segment) {
    if (!is_digit(c)) return std::nullopt;
    index = index * 10 + static_cast<std::uint64_t>(c - '0');
  }
  while (parts.next()) {
    if (index-- == 0) return parts.value;
  }
  return std::nullopt;
}

/// The text of the value at `pointer` in a valid document, exactly as it was sent and without blanks around it; nothing
/// if there is none, or if that is no JSON Pointer. Of a document that is not valid it may be any part.
[[nodiscard]] inline std::optional<std::string_view> value_at(std::string_view document, std::string_view pointer) {
  skip_blanks(document);
  std::optional<std::string_view> value = document.substr(0, value_length(document));
  while (value && !pointer.empty()) {
    if (pointer.front() != '/') return std::nullopt;
    pointer.remove_prefix(1);
    const std::string_view segment = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(segment.size());
    value = part_at(*value, segment);
  }
  return value;
}

/// The characters of the string at `pointer` in a valid document; nothing if there is none, or if it is no string.
[[nodiscard]] inline std::optional<std::string> string_at(std::string_view document, std::string_view pointer) {
  const auto value = value_at(document, pointer);
  if (!value || value->size() < 2 || value->front() != '"') return std::nullopt;
  return unescaped(value->substr(1, value->size() - 2));
}

}  // namespace sello::inline v0::detail
