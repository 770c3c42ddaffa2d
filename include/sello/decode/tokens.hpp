// SPDX-License-Identifier: MIT
// All that sello has of nlohmann/json: the tokens of a text, and the value of members that no struct describes.
#pragma once

#include <nlohmann/json.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sello/decode/describe.hpp>

namespace sello::inline v0 {

/// Any JSON value.
using json = nlohmann::json;

namespace detail {

/// A number as JSON: an integer where it is one that fits, as nlohmann's own parser would have it.
[[nodiscard]] inline json json_number(const std::string& text) { return json::parse(text, nullptr, false); }

template <std::same_as<json> Json>
struct value_traits<Json> {
  static constexpr value_type make() {
    value_type type;
    type.scalar = [](void* object, const scalar_value& value) -> std::optional<errc> {
      auto& to = *static_cast<json*>(object);
      switch (value.is) {
        case scalar_value::kind::null: to = nullptr; break;
        case scalar_value::kind::boolean: to = value.flag; break;
        case scalar_value::kind::number: to = json_number(*value.text); break;
        case scalar_value::kind::string: to = std::move(*value.text); break;
      }
      return std::nullopt;
    };
    type.open = [](void* object, bool array) {
      *static_cast<json*>(object) = array ? json::array() : json::object();
      return object;
    };
    type.child = [](void* object, std::string_view key) -> slot {
      return {&(*static_cast<json*>(object))[std::string{key}], &value_of<Json>};
    };
    type.append = [](void* object) -> slot { return {&static_cast<json*>(object)->emplace_back(), &value_of<Json>}; };
    return type;
  }
};

/// What a tokeniser says of a document, in order. Each answer false ends the reading.
/// Numbers are the text that was sent; texts may be moved from.
class token_sink {
 public:
  [[nodiscard]] virtual bool null() = 0;
  [[nodiscard]] virtual bool boolean(bool value) = 0;
  [[nodiscard]] virtual bool number(std::string& text) = 0;
  [[nodiscard]] virtual bool string(std::string& text) = 0;
  [[nodiscard]] virtual bool key(const std::string& text) = 0;
  [[nodiscard]] virtual bool begin(bool array) = 0;
  [[nodiscard]] virtual bool end() = 0;

 protected:
  token_sink() = default;
  token_sink(const token_sink&) = default;
  token_sink& operator=(const token_sink&) = default;
  ~token_sink() = default;
};

/// How the reading ended: at the end of one complete value, because the sink said so, at a number that no `double` can
/// hold even roughly (1e999), or at what is no JSON.
enum class read_end : unsigned char { complete, stopped, number_too_large, malformed };

/// nlohmann's callbacks, handed on.
class nlohmann_sax {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  explicit nlohmann_sax(token_sink& sink) noexcept : sink_{&sink} {}

  bool null() { return sink_->null(); }
  bool boolean(bool value) { return sink_->boolean(value); }
  bool number_integer(number_integer_t value) {  // one with a minus
    return number(value == 0 ? "-0" : std::to_string(value));
  }
  bool number_unsigned(number_unsigned_t value) { return number(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) {
    std::string sent = text;  // in which nlohmann has put the locale's decimal point for the one that was sent
    std::replace_if(sent.begin(), sent.end(), [](char c) { return !is_number_character(c); }, '.');
    return number(std::move(sent));
  }
  bool string(string_t& text) { return sink_->string(text); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return sink_->begin(false); }
  bool key(string_t& text) { return sink_->key(text); }
  bool end_object() { return sink_->end(); }
  bool start_array(std::size_t) { return sink_->begin(true); }
  bool end_array() { return sink_->end(); }

  template <class Exception>
  bool parse_error(std::size_t, const std::string&, const Exception& fault) {
    constexpr int number_overflow = 406;
    end_ = fault.id == number_overflow ? read_end::number_too_large : read_end::malformed;
    return false;
  }

  [[nodiscard]] read_end end() const noexcept { return end_; }

 private:
  bool number(std::string text) { return sink_->number(text); }

  [[nodiscard]] static bool is_number_character(char c) noexcept {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == 'e' || c == 'E';
  }

  token_sink* sink_;
  read_end end_ = read_end::stopped;
};

/// Reads exactly one JSON value in UTF-8 (RFC 8259), with white space around it and nothing else. nlohmann would skip a
/// byte order mark and take a NUL for the end of the text; neither can stand in a JSON text, so both are refused first.
[[nodiscard]] inline read_end read_tokens(std::string_view text, token_sink& sink) {
  if (text.starts_with("\xEF\xBB\xBF") || text.find('\0') != text.npos) return read_end::malformed;
  nlohmann_sax sax{sink};
  return nlohmann::json::sax_parse(text.begin(), text.end(), &sax) ? read_end::complete : sax.end();
}

}  // namespace detail
}  // namespace sello::inline v0
