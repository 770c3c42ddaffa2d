// SPDX-License-Identifier: MIT
// What the decoder has to know of a type: what it takes, and how it is made.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <sello/base/error.hpp>

namespace sello::inline v0::detail {

/// A JSON value for a member; one with parts only for those that take their value as it was sent. `sent` is the value in
/// the body, of a number all there is; `text` is the string, unescaped. Both live for the call.
struct scalar_value {
  enum class kind : unsigned char { null, boolean, number, string, parts };
  kind is = kind::null;
  bool flag = false;
  std::string_view text{};
  std::string_view sent{};
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
  bool optional = false;                  ///< empty for null; what does not fit empties it, and is noted
  bool as_sent = false;                   ///< any value, objects and arrays too, goes to `scalar` as it was sent
  bool parts = false;                     ///< made of other values
  void (*clear)(void* object) = nullptr;  ///< of an optional one: makes it empty
  std::optional<errc> (*scalar)(void* object, const scalar_value& value) = nullptr;
  void* (*open)(void* object, bool array) = nullptr;  ///< an object or array begins; null: not of this type
  std::span<const field_info> fields{};
  slot (*child)(void* object, std::string_view key) = nullptr;
  slot (*append)(void* object) = nullptr;
};

/// For each type of member a specialisation with `static constexpr value_type make()`.
template <class T>
struct value_traits {
  static_assert(sizeof(T) == 0,
                "sello cannot read a member of this type. Take std::string, bool, an integer, sello::decimal for other "
                "numbers, sello::timestamp, sello::open_enum<E>, sello::raw_json for any JSON, a described struct, or "
                "std::optional or std::vector of these.");
};

template <class T>
inline constexpr value_type value_of = value_traits<T>::make();

}  // namespace sello::inline v0::detail
