// SPDX-License-Identifier: MIT
#include <sello/decode/open_enum.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "catch.hpp"

namespace {

enum class colour : std::uint8_t { red, green, blue };
constexpr std::array<std::string_view, 3> enum_names(colour) noexcept { return {"red", "green", "dark-blue"}; }

using colour_name = sello::open_enum<colour>;

}  // namespace

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

TEST_CASE("open_enum: a value that has no name has an empty text") {
  for (const int value : {3, 200, 255}) {
    const colour_name made{static_cast<colour>(value)};
    CHECK(made.text().empty());
    CHECK(made.known() == static_cast<colour>(value));
    CHECK(made != colour_name{});
    CHECK(made != colour_name{colour::red});
  }
}
