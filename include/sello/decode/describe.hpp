// SPDX-License-Identifier: MIT
// How a struct says which JSON keys its members have.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <sello/decode/value.hpp>
#include <sello/decode/values.hpp>

namespace sello::inline v0 {
namespace detail {

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
  /// A second key for the same member, read only where the first one is absent or null. Only for members without parts:
  /// those of a struct or vector under both keys would be mixed, so that does not compile.
  [[nodiscard]] consteval member or_key(std::string_view key_) const {
    if (type->parts) throw "or_key is for members without parts: no struct, no vector, no raw_json";
    member both = *this;
    both.fallback = key_;
    return both;
  }
};

/// Says which JSON key a member has: `static constexpr std::array fields{sello::field<&payment::payment_id>("payment_id")};`
/// A member is required unless it is a `std::optional`, which is empty where it is absent or null; also where the value
/// does not fit, and that is noted: see `decode`. At most 64 a struct.
template <auto Member>
[[nodiscard]] constexpr auto field(std::string_view key) {
  using traits = detail::member_traits<Member>;
  return member<typename traits::owner>{{key, {}, &detail::value_of<typename traits::type>, &traits::address}};
}

namespace detail {
template <class Owner, std::size_t Count>
Owner* owner_of_fields(const std::array<member<Owner>, Count>&);
}  // namespace detail

/// A struct with an array `fields` of described members, or one derived from such a struct.
template <class T>
concept described = std::default_initializable<T> && requires { detail::owner_of_fields(T::fields); };

namespace detail {

/// A second member under the key of another one would always be empty.
[[nodiscard]] constexpr bool has_distinct_keys(const auto& fields) noexcept {
  const auto reads = [](const field_info& one, std::string_view key) {
    return one.key == key || (!one.fallback.empty() && one.fallback == key);
  };
  for (std::size_t i = 0; i < fields.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const std::string_view second = fields[i].fallback;
      if (reads(fields[j], fields[i].key) || (!second.empty() && reads(fields[j], second))) return false;
    }
  }
  return true;
}

/// The fields without the type of their struct. Structs that are derived from one share its.
template <const auto& Fields>
inline constexpr auto fields_of = [] {
  std::array<field_info, Fields.size()> fields{};
  std::copy(Fields.begin(), Fields.end(), fields.begin());
  return fields;
}();

/// The struct whose members the fields are: `T`, or its base.
template <described T>
using owner_of = std::remove_pointer_t<decltype(owner_of_fields(T::fields))>;

template <described T>
struct value_traits<T> {
  static constexpr std::size_t size = T::fields.size();
  static_assert(size <= 64, "a described struct has at most 64 members");
  using owner = owner_of<T>;
  static_assert(std::derived_from<T, owner>, "the fields must be of the struct itself or of its base");
  static_assert(has_distinct_keys(T::fields), "sello: two members of a described struct have the same key");

  static constexpr value_type make() {
    value_type type;
    type.parts = true;
    type.open = [](void* object, bool array) -> void* {
      return array ? nullptr : static_cast<owner*>(static_cast<T*>(object));
    };
    type.fields = fields_of<T::fields>;
    return type;
  }
};

/// Whether every member of a struct may be absent.
template <described T>
[[nodiscard]] consteval bool requires_nothing() {
  return std::all_of(T::fields.begin(), T::fields.end(), [](const field_info& each) { return each.type->optional; });
}

/// One for the events that share a payload: what they add to it, no member of theirs reads.
template <class T>
void reset(T& object) {
  object = T{};
}

/// The data of an event: where its struct requires nothing, what is absent, null or no object leaves all of it empty.
template <described T>
inline constexpr value_type data_of = [] {
  value_type type = value_of<T>;
  type.optional = requires_nothing<T>();
  type.clear = [](void* object) { reset<typename value_traits<T>::owner>(*static_cast<T*>(object)); };
  return type;
}();

/// The same as a function, which `sello::compiled` has compiled for each payload.
template <described T>
[[nodiscard]] const value_type& type_of_data() noexcept {
  return data_of<T>;
}

/// Where an event's data goes. What an event adds to its payload, no member of it reads: so events with the same payload
/// share what is compiled for it.
template <described T>
[[nodiscard]] slot slot_of(T& data) noexcept {
  using payload = owner_of<T>;
  return {static_cast<payload*>(&data), &type_of_data<payload>()};
}

}  // namespace detail
}  // namespace sello::inline v0
