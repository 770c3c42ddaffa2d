// SPDX-License-Identifier: MIT
// How each type of member is read, strictly: nothing is rounded, wrapped, cut off or taken for something else.
#pragma once

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sello/base/timestamp.hpp>
#include <sello/decode/decimal.hpp>
#include <sello/decode/number.hpp>
#include <sello/decode/open_enum.hpp>
#include <sello/decode/value.hpp>

namespace sello::inline v0::detail {

/// Most types take one kind of scalar and nothing else: `assign` says whether it fits.
template <class T, scalar_value::kind Kind, auto Assign>
struct scalar_traits {
  static constexpr value_type make() {
    value_type type;
    type.scalar = [](void* object, const scalar_value& value) -> std::optional<errc> {
      if (value.is != Kind) return errc::wrong_type;
      return Assign(*static_cast<T*>(object), value);
    };
    return type;
  }
};

inline constexpr auto assign_string = [](std::string& to, const scalar_value& value) -> std::optional<errc> {
  to = value.text;
  return std::nullopt;
};
template <>
struct value_traits<std::string> : scalar_traits<std::string, scalar_value::kind::string, assign_string> {};

inline constexpr auto assign_bool = [](bool& to, const scalar_value& value) -> std::optional<errc> {
  to = value.flag;
  return std::nullopt;
};
template <>
struct value_traits<bool> : scalar_traits<bool, scalar_value::kind::boolean, assign_bool> {};

/// A number that is whole and fits, however it is spelled: 12, 12.0 and 1.2e1 alike. 12.5 is of another type, and
/// 4294967301 does not become 5.
inline constexpr auto assign_integer = [](auto& to, const scalar_value& value) -> std::optional<errc> {
  const char* const end = value.sent.data() + value.sent.size();
  const auto plain = std::from_chars(value.sent.data(), end, to);
  if (plain.ec == std::errc{} && plain.ptr == end) return std::nullopt;
  switch (scale(number_parts{value.sent}, 0, to)) {
    case fit::exact: return std::nullopt;
    case fit::cut: return errc::wrong_type;
    case fit::too_large: break;
  }
  return errc::out_of_range;
};
template <std::integral T>
struct value_traits<T> : scalar_traits<T, scalar_value::kind::number, assign_integer> {};

/// A number, or a text with the grammar of one, as many senders write exact money.
template <>
struct value_traits<decimal> {
  static constexpr value_type make() {
    value_type type;
    type.scalar = [](void* object, const scalar_value& value) -> std::optional<errc> {
      if (value.is != scalar_value::kind::number && value.is != scalar_value::kind::string) return errc::wrong_type;
      const bool text = value.is == scalar_value::kind::string;
      auto read = decimal::parse(std::string{text ? value.text : value.sent});
      if (!read) return read.error().code;
      *static_cast<decimal*>(object) = *std::move(read);
      return std::nullopt;
    };
    return type;
  }
};

template <class E>
inline constexpr auto assign_enum = [](open_enum<E>& to, const scalar_value& value) -> std::optional<errc> {
  to = open_enum<E>{std::string{value.text}};
  return std::nullopt;
};
template <class E>
struct value_traits<open_enum<E>> : scalar_traits<open_enum<E>, scalar_value::kind::string, assign_enum<E>> {};

/// A number as a point in time between 1970 and 9999: Unix seconds, or milliseconds from 10^11 on, which as seconds would
/// be after the year 5138; both may have a fraction. Finer parts than microseconds are cut off.
[[nodiscard]] constexpr std::optional<timestamp> time_of_number(std::string_view sent) noexcept {
  constexpr std::int64_t first_milliseconds = 100'000'000'000;
  constexpr std::int64_t last = 253'402'300'799'999'999;  // 9999-12-31T23:59:59.999999Z
  const number_parts number{sent};
  std::int64_t thousands = 0;
  std::int64_t microseconds = 0;
  if (scale(number, 3, thousands) == fit::too_large) return std::nullopt;
  if (thousands >= first_milliseconds * 1000) {
    microseconds = thousands;
  } else {
    const fit how = scale(number, 6, microseconds);
    if (how == fit::too_large || (number.negative() && (how == fit::cut || microseconds != 0))) return std::nullopt;
  }
  if (microseconds > last) return std::nullopt;
  return timestamp{std::chrono::microseconds{microseconds}};
}

/// A text as `parse_timestamp` takes it, or a number.
template <>
struct value_traits<timestamp> {
  static constexpr value_type make() {
    value_type type;
    type.scalar = [](void* object, const scalar_value& value) -> std::optional<errc> {
      const bool text = value.is == scalar_value::kind::string;
      if (!text && value.is != scalar_value::kind::number) return errc::wrong_type;
      const auto read = text ? parse_timestamp(value.text) : time_of_number(value.sent);
      if (!read) return text ? errc::wrong_type : errc::out_of_range;
      *static_cast<timestamp*>(object) = *read;
      return std::nullopt;
    };
    return type;
  }
};

template <class T>
struct value_traits<std::optional<T>> {
  static constexpr value_type make() {
    value_type type = value_of<T>;
    type.optional = true;
    type.clear = [](void* object) { static_cast<std::optional<T>*>(object)->reset(); };
    // Asked at run time: g++ 12 with -fsanitize=undefined takes no function's address for a constant.
    type.scalar = [](void* object, const scalar_value& value) -> std::optional<errc> {
      if (value_of<T>.scalar == nullptr) return errc::wrong_type;
      return value_of<T>.scalar(&static_cast<std::optional<T>*>(object)->emplace(), value);
    };
    type.open = [](void* object, bool array) -> void* {
      if (value_of<T>.open == nullptr) return nullptr;
      return value_of<T>.open(&static_cast<std::optional<T>*>(object)->emplace(), array);
    };
    return type;
  }
};

template <class T>
  requires(!std::same_as<T, bool>)
struct value_traits<std::vector<T>> {
  static constexpr value_type make() {
    value_type type;
    type.parts = true;
    type.open = [](void* object, bool array) { return array ? object : nullptr; };
    type.append = [](void* object) -> slot {
      return {&static_cast<std::vector<T>*>(object)->emplace_back(), &value_of<T>};
    };
    return type;
  }
};

}  // namespace sello::inline v0::detail
