// SPDX-License-Identifier: MIT
// How a body is to be read, from nlohmann's DOM and a plain scan of the text; with nothing of sello's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
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
  bool overflow = false;

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
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& fault) {
    overflow = fault.id == 406;
    return false;
  }

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

/// "" for one complete value without a fault, else "malformed_json", "too_deep", "out_of_range" (a number that no
/// double holds, which ends the reading) or "duplicate_key".
inline std::string judge_text(std::string_view text) {
  if (text.find('\0') != text.npos || text.starts_with("\xEF\xBB\xBF")) return "malformed_json";
  observer seen;
  if (!json::sax_parse(text.begin(), text.end(), &seen)) {
    if (seen.too_deep) return "too_deep";
    return seen.overflow ? "out_of_range" : "malformed_json";
  }
  return seen.duplicate ? "duplicate_key" : "";
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

// Members

/// Reads the members of one object, and notes whether all of them are what they have to be.
struct object_reader {
  const json& object;
  std::string_view raw;
  bool ok;

  object_reader(const json& object_, std::string_view raw_) : object{object_}, raw{raw_}, ok{object_.is_object()} {}

  /// Null where it is absent or null.
  [[nodiscard]] const json* find(const std::string& key) const {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  std::optional<std::string> text(const std::string& key) {
    const json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) return value->get<std::string>();
    ok = false;
    return std::nullopt;
  }

  std::string required_text(const std::string& key) {
    const auto value = text(key);
    if (!value) ok = false;
    return value.value_or("");
  }

  std::optional<std::int64_t> integer(const std::string& key) {
    const json* value = find(key);
    if (value == nullptr) return std::nullopt;
    const bool fits = value->is_number_unsigned()
                          ? value->get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}
                          : value->is_number_integer();
    if (fits) return value->get<std::int64_t>();
    ok = false;
    return std::nullopt;
  }

  std::optional<std::string> number_text(const std::string& key) {
    const json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_number()) return std::string{raw_member(raw, key)};
    ok = false;
    return std::nullopt;
  }

  /// Microseconds since 1970: RFC 3339, or whole seconds from 1970 to 9999.
  std::optional<std::int64_t> time(const std::string& key) {
    const json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) {
      if (const auto read = rfc3339(value->get<std::string>())) return read;
    } else if (value->is_number_integer()) {
      const auto seconds = integer(key);
      if (seconds && *seconds >= 0 && *seconds <= 253402300799) return *seconds * 1'000'000;
    }
    ok = false;
    return std::nullopt;
  }

  std::optional<json> any(const std::string& key) {
    const json* value = find(key);
    return value == nullptr ? std::nullopt : std::optional<json>{*value};
  }
};

}  // namespace reference
