// SPDX-License-Identifier: MIT
// How a struct says which JSON keys its members have, and how each type of member is read, strictly.
#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <sello/base/error.hpp>
#include <sello/base/timestamp.hpp>
#include <sello/decode/decimal.hpp>

namespace sello::inline v0 {
namespace detail {

/// A JSON value that has no parts. `text` is the string, unescaped, or the number as it was sent; it may be moved from.
struct scalar_value {
  enum class kind : unsigned char { null, boolean, number, string };
  kind is = kind::null;
  bool flag = false;
  std::string* text = nullptr;
};

struct value_type;

/// Where the next value goes; no type: it is checked and dropped.
struct slot {
  void* object = nullptr;
  const value_type* type = nullptr;
};

/// One member of a described struct; `address` takes the struct.
struct field_info {
  std::string_view key;
  std::string_view fallback;
  const value_type* type;
  void* (*address)(void*);
};

/// How JSON becomes an object of one C++ type, with that type erased: the decoder is compiled once for all of them.
/// What a type does not take, it has no function for.
struct value_type {
  bool optional = false;
  std::optional<errc> (*scalar)(void* object, const scalar_value& value) = nullptr;
  void* (*open)(void* object, bool array) = nullptr;        ///< an object or array begins; null: not of this type
  const field_info* (*field)(std::size_t index) = nullptr;  ///< null behind the last
  slot (*child)(void* object, std::string_view key) = nullptr;
  slot (*append)(void* object) = nullptr;
};

template <class T>
struct value_traits;  // a member of a type that is not listed here cannot be read: for numbers use sello::decimal

template <class T>
inline constexpr value_type value_of = value_traits<T>::make();

template <auto Member>
struct member_traits;
template <class T, class M, M T::* Member>
struct member_traits<Member> {
  using owner = T;
  using type = M;
  static void* address(void* object) { return &(static_cast<T*>(object)->*Member); }
};

}  // namespace detail

/// A described member of `T`; made by `field`.
template <class T>
struct member : detail::field_info {
  /// A second key for the same member, read only where the first one is absent or null. For members without parts.
  [[nodiscard]] constexpr member or_key(std::string_view key_) const {
    member both = *this;
    both.fallback = key_;
    return both;
  }
};

/// Says which JSON key a member has: `static constexpr std::array fields{sello::field<&payment::payment_id>("payment_id")};`
/// A member is required unless it is a `std::optional`, for which absent and null are both empty. At most 64 a struct.
template <auto Member>
[[nodiscard]] constexpr auto field(std::string_view key) {
  using traits = detail::member_traits<Member>;
  return member<typename traits::owner>{{key, {}, &detail::value_of<typename traits::type>, &traits::address}};
}

namespace detail {
template <class Owner, std::size_t Count>
void are_fields(const std::array<member<Owner>, Count>&);
}  // namespace detail

/// A struct with an array `fields` of described members, or one derived from such a struct.
template <class T>
concept described = std::default_initializable<T> && requires { detail::are_fields(T::fields); };

/// An enumeration that keeps what it does not know: a provider that adds a name is data, not an outage. The names are
/// those that `enum_names(E)` gives, found beside `E`, in the order of the enumerators from 0.
template <class E>
  requires std::is_enum_v<E>
class open_enum {
 public:
  open_enum() = default;
  open_enum(E value) : known_{value} {}
  /// From a name, known or not.
  explicit open_enum(std::string text) {
    const auto& names = enum_names(E{});
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == text) known_ = static_cast<E>(i);
    }
    if (!known_) text_ = std::move(text);
  }

  /// The enumerator, if the name has one.
  [[nodiscard]] std::optional<E> known() const noexcept { return known_; }

  /// The name as it was sent, known or not. Lives as long as this object.
  [[nodiscard]] std::string_view text() const noexcept {
    return known_ ? std::string_view{enum_names(E{})[static_cast<std::size_t>(*known_)]} : text_;
  }

  friend bool operator==(const open_enum&, const open_enum&) = default;
  friend bool operator==(const open_enum& a, E b) noexcept { return a.known_ == b; }
  friend bool operator==(const open_enum& a, std::string_view b) noexcept { return a.text() == b; }

 private:
  std::optional<E> known_;
  std::string text_;
};

namespace detail {

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
  to = std::move(*value.text);
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

/// Integers are integers and fit: 5.0 and 5e0 are another type, 4294967301 does not become 5.
inline constexpr auto assign_integer = [](auto& to, const scalar_value& value) -> std::optional<errc> {
  const std::string_view text = *value.text == "-0" ? "0" : std::string_view{*value.text};
  if (text.find_first_of(".eE") != text.npos) return errc::wrong_type;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, to);
  return read.ec == std::errc{} && read.ptr == end ? std::nullopt : std::optional{errc::out_of_range};
};
template <std::integral T>
struct value_traits<T> : scalar_traits<T, scalar_value::kind::number, assign_integer> {};

inline constexpr auto assign_decimal = [](decimal& to, const scalar_value& value) -> std::optional<errc> {
  auto read = decimal::parse(std::move(*value.text));
  if (!read) return read.error().code;
  to = *std::move(read);
  return std::nullopt;
};
template <>
struct value_traits<decimal> : scalar_traits<decimal, scalar_value::kind::number, assign_decimal> {};

template <class E>
inline constexpr auto assign_enum = [](open_enum<E>& to, const scalar_value& value) -> std::optional<errc> {
  to = open_enum<E>{std::move(*value.text)};
  return std::nullopt;
};
template <class E>
struct value_traits<open_enum<E>> : scalar_traits<open_enum<E>, scalar_value::kind::string, assign_enum<E>> {};

/// RFC 3339 text, or Unix seconds as a JSON integer.
template <>
struct value_traits<timestamp> {
  static constexpr value_type make() {
    value_type type;
    type.scalar = [](void* object, const scalar_value& value) -> std::optional<errc> {
      auto& to = *static_cast<timestamp*>(object);
      if (value.is == scalar_value::kind::string) {
        const auto read = parse_rfc3339(*value.text);
        if (!read) return errc::wrong_type;
        to = *read;
        return std::nullopt;
      }
      if (value.is != scalar_value::kind::number) return errc::wrong_type;
      std::int64_t seconds = 0;
      if (const auto fault = assign_integer(seconds, value)) return fault;
      const auto read = from_unix_seconds(std::chrono::sys_seconds{std::chrono::seconds{seconds}});
      if (!read) return errc::out_of_range;
      to = *read;
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
    type.scalar = [](void* object, const scalar_value& value) -> std::optional<errc> {
      auto& to = *static_cast<std::optional<T>*>(object);
      to = std::nullopt;
      if (value.is == scalar_value::kind::null) return std::nullopt;
      if (value_of<T>.scalar == nullptr) return errc::wrong_type;
      return value_of<T>.scalar(&to.emplace(), value);
    };
    // Asked at run time: g++ 12 with -fsanitize=undefined takes no function's address for a constant.
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
    type.open = [](void* object, bool array) { return array ? object : nullptr; };
    type.append = [](void* object) -> slot {
      return {&static_cast<std::vector<T>*>(object)->emplace_back(), &value_of<T>};
    };
    return type;
  }
};

template <described T>
struct value_traits<T> {
  static constexpr std::size_t size = T::fields.size();
  static_assert(size <= 64, "a described struct has at most 64 members");
  using owner = std::remove_pointer_t<decltype([]<class P, std::size_t N>(const std::array<member<P>, N>&) -> P* {
    return nullptr;
  }(T::fields))>;
  static_assert(std::derived_from<T, owner>, "the fields must be of the struct itself or of its base");

  static constexpr value_type make() {
    value_type type;
    type.open = [](void* object, bool array) -> void* {
      return array ? nullptr : static_cast<owner*>(static_cast<T*>(object));
    };
    type.field = [](std::size_t index) -> const field_info* {
      if constexpr (size == 0) {
        return nullptr;
      } else {
        return index < size ? &T::fields[index] : nullptr;
      }
    };
    return type;
  }
};

}  // namespace detail
}  // namespace sello::inline v0
