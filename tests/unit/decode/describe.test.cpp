// SPDX-License-Identifier: MIT
#include <sello/decode/describe.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "catch.hpp"

namespace {

enum class colour : std::uint8_t { red, green, blue };
constexpr std::array<std::string_view, 3> enum_names(colour) noexcept { return {"red", "green", "dark-blue"}; }

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
struct not_default : point {
  not_default() = delete;
};
struct other_fields {
  static constexpr int fields = 3;
};

using colour_name = sello::open_enum<colour>;

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

TEST_CASE("open_enum: a known name is its enumerator") {
  for (const auto& [text, value] :
       {std::pair{"red", colour::red}, std::pair{"green", colour::green}, std::pair{"dark-blue", colour::blue}}) {
    const colour_name read{std::string{text}};
    CHECK(read.known() == value);
    CHECK(read.text() == text);
    CHECK(read == value);
    CHECK(read == std::string_view{text});
    CHECK(read == colour_name{value});
  }
}

TEST_CASE("open_enum: keeps the text of a name that it does not know") {
  const colour_name read{std::string{"ultraviolet"}};
  CHECK_FALSE(read.known());
  CHECK(read.text() == "ultraviolet");
  CHECK(read == std::string_view{"ultraviolet"});
  CHECK_FALSE(read == colour::red);
  CHECK(read != colour_name{std::string{"infrared"}});
  CHECK(read == colour_name{std::string{"ultraviolet"}});
  CHECK(read != colour_name{colour::red});
  CHECK(read != colour_name{});
  CHECK(colour_name{colour::red} != colour_name{colour::green});
}

TEST_CASE("open_enum: names are exact") {
  for (const char* text : {"", "Red", "RED", " red", "red ", "re", "redd", "darkblue"}) {
    CAPTURE(text);
    CHECK_FALSE(colour_name{std::string{text}}.known());
  }
  CHECK_FALSE(colour_name{std::string("red\0", 4)}.known());
}

TEST_CASE("open_enum: without a value until it gets one") {
  colour_name made;
  CHECK_FALSE(made.known());
  CHECK(made.text().empty());
  made = colour::green;
  CHECK(made == colour::green);
  CHECK(made.text() == "green");
}
