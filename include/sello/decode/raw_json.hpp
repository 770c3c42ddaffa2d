// SPDX-License-Identifier: MIT
// A JSON value as it was sent: for what no struct describes.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/decode/describe.hpp>
#include <sello/decode/pointer.hpp>
#include <sello/decode/tokens.hpp>

namespace sello::inline v0 {
namespace detail {

struct raw_json_access;

/// A number that is not beyond every `double`, as the nearest one, whatever the locale is. A template for the sake of
/// standard libraries that cannot do it without a stream.
template <class Float>
[[nodiscard]] Float nearest(std::string_view number) {
  Float value{};
  if constexpr (requires { std::from_chars(number.data(), number.data(), value); }) {
    if (number.starts_with('-')) value = -value;
    std::from_chars(number.data(), number.data() + number.size(), value);  // leaves the zero where that is the nearest
  } else {
    std::istringstream stream{std::string{number}};
    stream.imbue(std::locale::classic());
    stream >> value;
  }
  return value;
}

/// Makes a document of nlohmann's from tokens; a number is an integer where it is written as one that fits, as nlohmann's
/// own parser has it.
template <class Json>
class json_maker final : public token_sink {
 public:
  [[nodiscard]] Json& made() noexcept { return made_; }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number(std::string_view sent) override {
    if (sent.find_first_of(".eE") == sent.npos) {
      typename Json::number_integer_t negative{};
      typename Json::number_unsigned_t positive{};
      if (sent.starts_with('-') ? read(sent, negative) : read(sent, positive))
        return sent.starts_with('-') ? add(negative) : add(positive);
    }
    return add(nearest<typename Json::number_float_t>(sent));
  }
  bool string(std::string_view text, std::string_view) override { return add(typename Json::string_t{text}); }
  bool key(std::string_view text, std::string_view) override {
    key_ = text;
    return true;
  }
  bool begin(bool array, std::size_t) override {
    open_.push_back(&put(array ? Json::array() : Json::object()));
    return true;
  }
  bool end(std::size_t) override {
    open_.pop_back();
    return true;
  }

 private:
  template <class Int>
  [[nodiscard]] static bool read(std::string_view text, Int& to) {
    return std::from_chars(text.data(), text.data() + text.size(), to).ec == std::errc{};
  }

  template <class Value>
  [[nodiscard]] bool add(Value&& value) {
    put(Json(std::forward<Value>(value)));
    return true;
  }

  Json& put(Json&& value) {
    if (open_.empty()) return made_ = std::move(value);
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return open_.back()->back();
    }
    return (*open_.back())[key_] = std::move(value);
  }

  Json made_{};
  std::vector<Json*> open_{};
  std::string key_{};
};

/// Says in words what a unit lacks that knows of nlohmann's documents nothing but their names.
template <class Json>
[[nodiscard]] consteval bool check_document() {
  static_assert(
      requires { sizeof(Json); },
      "sello: with sello::compiled a unit that makes documents of nlohmann's, by `json()`, includes "
      "<nlohmann/json.hpp>");
  return true;
}

/// A text as nlohmann's JSON, `discarded` if it is none. Other than nlohmann's own parser this ends the process in no
/// locale.
template <class Json = nlohmann::json>
[[nodiscard]] Json json_of(std::string_view text) {
  json_maker<Json> maker;
  if (read_tokens<own_json>(text, maker) != read_end::complete) return Json(Json::value_t::discarded);
  return std::move(maker.made());
}

}  // namespace detail

/// A JSON value, exactly as it was sent; `null` until it gets one. It costs a copy of its text and no tree. Equal if the
/// texts are: `{"a":1}` is not `{"a": 1}`.
class raw_json {
 public:
  raw_json() = default;

  /// From any text; `malformed_json`, `duplicate_key`, `too_deep` or `out_of_range` as `decode` says of a body. White space
  /// around the value is left out. Defined in <sello/decode/decoder.hpp>, as `as` is.
  template <class Json = detail::own_json>
  [[nodiscard]] static result<raw_json> parse(std::string_view text);

  /// The characters that were sent. Live as long as this object; of a temporary one they are a string of their own.
  [[nodiscard]] std::string_view text() const& noexcept { return text_.empty() ? std::string_view{"null"} : text_; }
  [[nodiscard]] std::string text() && { return text_.empty() ? "null" : std::move(text_); }

  /// The value as a document of nlohmann's, built anew by each call. A number with a fraction or an exponent, or of more
  /// digits than an integer has, becomes the nearest `double` there; `text()` has it exactly.
  template <class Json = nlohmann::json>
    requires(detail::check_document<Json>())
  [[nodiscard]] Json json() const {
    return detail::json_of<Json>(text());
  }

  /// The value as a described struct, as strictly as by `decode<T>(text())`.
  /// The JSON Pointer of a fault is relative to this value.
  template <described T, class Json = detail::own_json>
  [[nodiscard]] result<T> as() const;

  /// The part at a JSON Pointer (RFC 6901) relative to this value: `""` is the value itself, `/a/0` the first element of
  /// its member `a`. Nothing if there is none, or if `pointer` is no JSON Pointer.
  [[nodiscard]] std::optional<raw_json> at(std::string_view pointer) const {
    const auto found = detail::value_at(text(), pointer);
    return found ? std::optional{raw_json{*found}} : std::nullopt;
  }

  friend bool operator==(const raw_json& a, const raw_json& b) noexcept { return a.text() == b.text(); }

 private:
  friend struct detail::raw_json_access;

  explicit raw_json(std::string_view text) : text_{text} {}

  std::string text_{};  // empty: null
};

namespace detail {

/// Makes a `raw_json` of what has been read and found valid.
struct raw_json_access {
  [[nodiscard]] static raw_json make(std::string_view text) { return raw_json{text}; }
};

/// The part of a body that has been read, at a JSON Pointer.
[[nodiscard]] inline std::optional<raw_json> raw_at(std::string_view body, std::string_view pointer) {
  const auto found = value_at(body, pointer);
  return found ? std::optional{raw_json_access::make(*found)} : std::nullopt;
}

template <>
struct value_traits<raw_json> {
  static constexpr value_type make() {
    value_type type;
    type.as_sent = true;
    type.parts = true;
    type.scalar = [](void* object, const scalar_value& value) -> std::optional<errc> {
      *static_cast<raw_json*>(object) = raw_json_access::make(value.sent);
      return std::nullopt;
    };
    return type;
  }
};

}  // namespace detail
}  // namespace sello::inline v0
