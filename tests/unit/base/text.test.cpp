// SPDX-License-Identifier: MIT
#include <sello/base/text.hpp>

#include <string>
#include <string_view>
#include <type_traits>

#include "catch.hpp"

namespace {

[[nodiscard]] std::string_view given(sello::text_argument text) { return text; }

}  // namespace

TEST_CASE("text as an argument is anything that is text") {
  const std::string text = "text";
  CHECK(given(text) == "text");
  CHECK(given(std::string_view{text}) == "text");
  CHECK(given("text") == "text");
  CHECK(given(text.c_str()) == "text");
  CHECK(given({text.data(), 2}) == "te");
  CHECK(given(std::string_view{"a\0b", 3}).size() == 3);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<sello::text_argument, int>);
}

TEST_CASE("a null pointer is an empty text, and the word null is none") {
  const char* const none = nullptr;
  char* const changing = nullptr;
  CHECK(given(none).empty());
  CHECK(given(changing).empty());
  STATIC_REQUIRE_FALSE(std::is_constructible_v<sello::text_argument, std::nullptr_t>);
}

TEST_CASE("a lasting view is not made of a string that is about to go") {
  STATIC_REQUIRE(std::is_constructible_v<sello::lasting_view, const char*>);
  STATIC_REQUIRE(std::is_constructible_v<sello::lasting_view, std::string_view>);
  STATIC_REQUIRE(std::is_constructible_v<sello::lasting_view, const std::string&>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<sello::lasting_view, std::string>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<sello::lasting_view, const std::string>);
  STATIC_REQUIRE(std::is_trivially_copyable_v<sello::lasting_view>);
  const sello::lasting_view view{"a"};
  CHECK(view == "a");
  CHECK_FALSE(view.empty());
  CHECK(sello::lasting_view{}.empty());
  CHECK(sello::lasting_view{"abc", 2} == "ab");
}
