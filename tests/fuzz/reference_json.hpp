// SPDX-License-Identifier: MIT
// How a body is to be read, from nlohmann's DOM and a plain scan of the text; with nothing of sello's.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference.hpp"

namespace reference {

using json = nlohmann::json;

// The whole text

/// Follows nlohmann's own parser over a text: how deep, which keys, how it ended.
struct observer {
  std::vector<std::set<std::string>> open;  // the keys of each object or array that is open
  bool duplicate = false;
  bool too_deep = false;

  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(std::int64_t) { return true; }
  bool number_unsigned(std::uint64_t) { return true; }
  bool number_float(double, const std::string&) { return true; }
  bool string(const std::string&) { return true; }
  bool binary(const json::binary_t&) { return false; }
  bool start_object(std::size_t) { return start(); }
  bool start_array(std::size_t) { return start(); }
  bool key(const std::string& text) {
    if (!open.back().insert(text).second) duplicate = true;
    return true;
  }
  bool end_object() { return end(); }
  bool end_array() { return end(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) { return false; }

  bool start() {
    too_deep = open.size() == 64;
    open.emplace_back();
    return !too_deep;
  }
  bool end() {
    open.pop_back();
    return true;
  }
};

/// Where outside of strings a number stands that no double holds; the text with a 0 and blanks there instead.
inline std::vector<std::size_t> hide_huge_numbers(std::string& text) {
  const std::string of_numbers = "0123456789+-.eE";
  std::vector<std::size_t> places;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted) {
      if (text[at] == '\\') {
        ++at;
      } else if (text[at] == '"') {
        quoted = false;
      }
    } else if (text[at] == '"') {
      quoted = true;
    } else if (of_numbers.find(text[at]) != std::string::npos) {
      const std::size_t end = std::min(text.find_first_not_of(of_numbers, at), text.size());
      const std::string number = text.substr(at, end - at);
      if (is_number(number) && std::isinf(std::strtod(number.c_str(), nullptr))) {
        places.push_back(at);
        text.replace(at, number.size(), "0" + std::string(number.size() - 1, ' '));
      }
      at = end - 1;
    }
  }
  return places;
}

/// "" for one complete value without a fault, else "too_deep", "malformed_json", "duplicate_key" or "out_of_range" (a
/// number that no double holds), the first of these that holds.
inline std::string judge_text(std::string_view text) {
  if (text.find('\0') != text.npos || text.starts_with("\xEF\xBB\xBF")) return "malformed_json";
  std::string readable{text};
  const bool huge = !hide_huge_numbers(readable).empty();
  observer seen;
  if (!json::sax_parse(readable, &seen)) return seen.too_deep ? "too_deep" : "malformed_json";
  if (seen.duplicate) return "duplicate_key";
  return huge ? "out_of_range" : "";
}

// The text of one value

inline std::size_t skip_white(std::string_view text, std::size_t at) {
  while (at < text.size() && std::string_view{" \t\r\n"}.find(text[at]) != std::string_view::npos) ++at;
  return at;
}

/// The end of the value that begins at `at`, in a text that is known to be valid.
inline std::size_t end_of_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  bool quoted = false;
  const bool single = text[at] != '{' && text[at] != '[' && text[at] != '"';
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '\\') {
        ++at;
      } else if (c == '"') {
        quoted = false;
        if (depth == 0) return at + 1;
      }
      continue;
    }
    if (single && std::string_view{" \t\r\n,]}"}.find(c) != std::string_view::npos) return at;
    if (c == '"') quoted = true;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at + 1;
  }
  return at;
}

/// The text of an object's member as it stands in a valid text; "" if there is none.
inline std::string_view raw_member(std::string_view object, const std::string& key) {
  std::size_t at = skip_white(object, 0);
  if (at >= object.size() || object[at] != '{') return {};
  at = skip_white(object, at + 1);
  while (at < object.size() && object[at] == '"') {
    const std::size_t key_end = end_of_value(object, at);
    const std::string_view quoted = object.substr(at, key_end - at);
    at = skip_white(object, skip_white(object, key_end) + 1);  // over the colon
    const std::size_t value_end = end_of_value(object, at);
    if (json::parse(quoted) == key) return object.substr(at, value_end - at);
    at = skip_white(object, value_end);
    if (at < object.size() && object[at] == ',') at = skip_white(object, at + 1);
  }
  return {};
}

// Numbers and times, by their text

/// The digits of a number before its point once that is moved `places` to the right, "" for none; nothing if there are
/// more than 30.
inline std::optional<std::string> whole_digits(std::string text, long places) {
  if (text[0] == '-') text.erase(0, 1);
  long exponent = places;
  if (const auto e = text.find_first_of("eE"); e != std::string::npos) {
    std::string digits = text.substr(e + 1);
    const bool below = digits[0] == '-';
    digits.erase(0, digits.find_first_not_of("+-0"));
    const long size = digits.size() > 17 ? 100'000'000'000'000'000 : digits.empty() ? 0 : std::stol(digits);
    exponent += below ? -size : size;
    text.erase(e);
  }
  if (const auto point = text.find('.'); point != std::string::npos) {
    exponent -= static_cast<long>(text.size() - point - 1);
    text.erase(point, 1);
  }
  text.erase(0, text.find_first_not_of('0'));
  const long count = static_cast<long>(text.size()) + exponent;
  if (text.empty() || count <= 0) return "";
  if (count > 30) return std::nullopt;
  text.resize(static_cast<std::size_t>(count), '0');
  return text;
}

inline bool is_zero(const std::string& number) {
  return number.substr(0, number.find_first_of("eE")).find_first_of("123456789") == std::string::npos;
}

/// Microseconds since 1970, with finer parts cut off: seconds, from 10^11 on milliseconds, up to the year 9999.
inline std::optional<std::int64_t> time_of_number(const std::string& number) {
  if (is_zero(number)) return 0;
  if (number[0] == '-') return std::nullopt;
  const auto units = whole_digits(number, 0);
  if (!units) return std::nullopt;
  const auto digits = whole_digits(number, units->size() > 11 ? 3 : 6);
  if (!digits || digits->size() > 18) return std::nullopt;
  const std::int64_t micros = digits->empty() ? 0 : std::stoll(*digits);
  return micros > 253402300799999999 ? std::nullopt : std::optional{micros};
}

/// Rewrites what `parse_timestamp` takes beside RFC 3339 in that form, and leaves everything else alone.
inline std::optional<std::int64_t> time_of_text(std::string text) {
  if (text.size() < 17) return std::nullopt;
  if (text[10] == ' ') text[10] = 'T';
  if (std::string{":.,"}.find(text[16]) == std::string::npos) text.insert(16, ":00");
  if (text.size() > 19 && text[19] == ',') text[19] = '.';
  std::size_t offset = 19;
  if (offset < text.size() && text[offset] == '.') ++offset;
  while (offset > 19 && offset < text.size() && text[offset] >= '0' && text[offset] <= '9') ++offset;
  if (offset + 1 < text.size() && text[offset] == ' ' &&
      std::string{"Zz+-"}.find(text[offset + 1]) != std::string::npos)
    text.erase(offset, 1);
  const std::size_t length = text.size() - std::min(offset, text.size());
  if (offset < text.size() && (text[offset] == '+' || text[offset] == '-')) {
    if (length == 3) text += ":00";
    if (length == 5) text.insert(offset + 3, ":");
  }
  return rfc3339(text);
}

// Members

/// Reads the members of one object that is there. What a required member lacks is a fault; what an optional one has and
/// does not fit is noted.
struct object_reader {
  const json& object;
  std::string_view raw;
  std::string where;                      // its JSON Pointer
  bool ok;                                // it is an object, and has what is required
  std::vector<std::string> misfits = {};  // "wrong_type /data/id", in no order

  object_reader(const json& object_, std::string_view raw_, std::string where_ = "")
      : object{object_}, raw{raw_}, where{std::move(where_)}, ok{object_.is_object()} {}

  /// Null where it is absent or null.
  [[nodiscard]] const json* find(const std::string& key) const {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  void note(const std::string& code, const std::string& key) { misfits.push_back(code + " " + where + "/" + key); }

  std::optional<std::string> text(const std::string& key) {
    const json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) return value->get<std::string>();
    note("wrong_type", key);
    return std::nullopt;
  }

  std::string required_text(const std::string& key) {
    const json* value = find(key);
    if (value != nullptr && value->is_string()) return value->get<std::string>();
    ok = false;
    return "";
  }

  std::optional<std::int64_t> integer(const std::string& key) {
    const json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number()) return note("wrong_type", key), std::nullopt;
    const std::string number{raw_member(raw, key)};
    if (const auto fits = scaled(number, 0)) return fits;
    const auto digits = whole_digits(number, 0);
    const std::string most = number[0] == '-' ? "9223372036854775808" : "9223372036854775807";
    const bool in_range =
        digits && (digits->size() < most.size() || (digits->size() == most.size() && *digits <= most));
    note(in_range ? "wrong_type" : "out_of_range", key);
    return std::nullopt;
  }

  std::optional<std::string> number_text(const std::string& key) {
    const json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_number()) return std::string{raw_member(raw, key)};
    if (value->is_string() && is_number(value->get<std::string>())) return value->get<std::string>();
    note("wrong_type", key);
    return std::nullopt;
  }

  std::optional<std::int64_t> time(const std::string& key) {
    const json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_number()) {
      const auto read = time_of_number(std::string{raw_member(raw, key)});
      if (!read) note("out_of_range", key);
      return read;
    }
    const auto read = value->is_string() ? time_of_text(value->get<std::string>()) : std::nullopt;
    if (!read) note("wrong_type", key);
    return read;
  }

  /// As it was sent.
  [[nodiscard]] std::optional<std::string> any(const std::string& key) const {
    return find(key) == nullptr ? std::nullopt : std::optional{std::string{raw_member(raw, key)}};
  }
};

}  // namespace reference
