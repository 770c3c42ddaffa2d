// SPDX-License-Identifier: MIT
#include <sello/decode/describe.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

#include <sello/decode/decoder.hpp>

#include "catch.hpp"

namespace {

struct point {
  std::int32_t x = 0;
  std::optional<std::int32_t> y;
  static constexpr std::array fields{sello::field<&point::x>("x"), sello::field<&point::y>("y").or_key("why")};
};
struct named_point : point {
  std::string not_described;
};
struct undescribed_point {
  int x = 0;
};
struct nothing_required {
  std::optional<std::string> a;
  std::optional<bool> b;
  static constexpr std::array fields{sello::field<&nothing_required::a>("a"), sello::field<&nothing_required::b>("b")};
};
struct not_default : point {
  not_default() = delete;
};
struct other_fields {
  static constexpr int fields = 3;
};

}  // namespace

TEST_CASE("described: a struct with fields, or derived from one") {
  STATIC_REQUIRE(sello::described<point>);
  STATIC_REQUIRE(sello::described<named_point>);
  STATIC_REQUIRE_FALSE(sello::described<undescribed_point>);
  STATIC_REQUIRE_FALSE(sello::described<not_default>);
  STATIC_REQUIRE_FALSE(sello::described<other_fields>);
  STATIC_REQUIRE_FALSE(sello::described<int>);
  STATIC_REQUIRE_FALSE(sello::described<std::string>);
}

TEST_CASE("field: a described struct stays an aggregate") {
  STATIC_REQUIRE(std::is_aggregate_v<point>);
  const point made{.x = 1, .y = 2};
  CHECK(made.x == 1);
  CHECK(made.y == 2);
}

TEST_CASE("field: knows its key, its second key and its member") {
  STATIC_REQUIRE(point::fields.size() == 2);
  CHECK(point::fields[0].key == "x");
  CHECK(point::fields[0].fallback.empty());
  CHECK(point::fields[1].key == "y");
  CHECK(point::fields[1].fallback == "why");
  point made;
  CHECK(point::fields[0].address(&made) == &made.x);
  CHECK(point::fields[1].address(&made) == &made.y);
}

TEST_CASE("data_of: the data of an event is optional as a whole where its struct requires nothing") {
  STATIC_REQUIRE(sello::detail::data_of<nothing_required>.optional);
  STATIC_REQUIRE_FALSE(sello::detail::data_of<point>.optional);
  nothing_required made{.a = "x", .b = true};
  sello::detail::data_of<nothing_required>.clear(&made);
  CHECK_FALSE(made.a);
  CHECK_FALSE(made.b);
}

namespace {

struct twice {
  int a = 0;
  int b = 0;
};

[[nodiscard]] constexpr bool distinct(sello::member<twice> one, sello::member<twice> other) {
  return sello::detail::has_distinct_keys(std::array{one, other});
}

}  // namespace

TEST_CASE("describe: no two members have one key, first or second") {
  constexpr auto a = sello::field<&twice::a>("a");
  constexpr auto b = sello::field<&twice::b>("b");
  STATIC_REQUIRE(distinct(a, b));
  STATIC_REQUIRE(distinct(a.or_key("c"), b.or_key("d")));
  STATIC_REQUIRE(distinct(sello::field<&twice::a>(""), b));
  STATIC_REQUIRE_FALSE(distinct(a, sello::field<&twice::b>("a")));
  STATIC_REQUIRE_FALSE(distinct(a, b.or_key("a")));
  STATIC_REQUIRE_FALSE(distinct(a.or_key("b"), b));
  STATIC_REQUIRE_FALSE(distinct(a.or_key("c"), b.or_key("c")));
}

namespace {

struct by_id {
  std::optional<std::string> id;
  static constexpr std::array fields{sello::field<&by_id::id>("id")};
};

struct by_payment_id : by_id {
  static constexpr std::array fields{sello::field<&by_id::id>("payment_id")};
};

struct of_another_library {
  std::string id;
};

struct described_here : of_another_library {
  static constexpr std::array fields{sello::field<&of_another_library::id>("id")};
};

}  // namespace

TEST_CASE("describe: a derived struct has its own keys, and may describe one that it is derived from") {
  CHECK(sello::decode<by_payment_id>(R"({"payment_id":"x","id":"y"})").value().id == "x");
  CHECK(sello::decode<by_id>(R"({"payment_id":"x","id":"y"})").value().id == "y");
  CHECK(sello::decode<described_here>(R"({"id":"z"})").value().id == "z");
}
