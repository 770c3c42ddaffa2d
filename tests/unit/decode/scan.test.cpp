// SPDX-License-Identifier: MIT
#include <sello/decode/scan.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "catch.hpp"

using namespace std::string_view_literals;
using sello::detail::number_length;
using sello::detail::plain_string_length;
using sello::detail::string_length;
using sello::detail::value_length;

constexpr auto none = std::string_view::npos;

TEST_CASE("number_length: the longest number at the front") {
  for (const auto& [text, length] :
       {std::pair{""sv, 0U},     std::pair{"-"sv, 0U},     std::pair{"+1"sv, 0U},    std::pair{".5"sv, 0U},
        std::pair{"x"sv, 0U},    std::pair{"-a"sv, 0U},    std::pair{"--1"sv, 0U},   std::pair{"0"sv, 1U},
        std::pair{"-0"sv, 2U},   std::pair{"01"sv, 1U},    std::pair{"-012"sv, 2U},  std::pair{"10"sv, 2U},
        std::pair{"1.5"sv, 3U},  std::pair{"1."sv, 1U},    std::pair{"1.e1"sv, 1U},  std::pair{"1e5"sv, 3U},
        std::pair{"1E+5"sv, 4U}, std::pair{"1e-05"sv, 5U}, std::pair{"1e"sv, 1U},    std::pair{"1e+"sv, 1U},
        std::pair{"1.5e"sv, 3U}, std::pair{"1e+-1"sv, 1U}, std::pair{"1.5.5"sv, 3U}, std::pair{"-1.50E-07,"sv, 9U},
        std::pair{"12 3"sv, 2U}, std::pair{"0x1"sv, 1U},   std::pair{"1e1.5"sv, 3U}, std::pair{"12}"sv, 2U}}) {
    CAPTURE(text);
    CHECK(number_length(text) == length);
  }
}

TEST_CASE("string_length: up to the quote that is not escaped") {
  CHECK(string_length(R"("")") == 2);
  CHECK(string_length(R"("a" "b")") == 3);
  CHECK(string_length(R"("\"")") == 4);
  CHECK(string_length(R"("\\"")") == 4);
  CHECK(string_length(R"("\\\"x" )") == 7);
  CHECK(string_length(R"("a\\\\"")") == 7);
  CHECK(string_length(R"(")") == none);
  CHECK(string_length(R"("a)") == none);
  CHECK(string_length(R"("\")") == none);
  CHECK(string_length(R"("\\\")") == none);
  const std::string backslashes(1024 * 1024, '\\');
  CHECK(string_length('"' + backslashes + '"') == backslashes.size() + 2);
}

TEST_CASE("plain_string_length: of each byte at each place, whether there is something to check") {
  for (std::size_t size = 1; size <= 19; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text = '"' + std::string(size, 'a') + "\" ,\\";
        text[1 + at] = static_cast<char>(byte);
        const bool plain = byte >= 0x20 && byte < 0x80 && byte != '\\';
        const std::size_t length = !plain ? 0 : byte == '"' ? at + 2 : size + 2;
        if (plain_string_length(text) != length) {
          CAPTURE(size, at, byte);
          CHECK(plain_string_length(text) == length);
        }
      }
    }
  }
  CHECK(plain_string_length(R"("")") == 2);
  CHECK(plain_string_length(R"(")") == 0);
  CHECK(plain_string_length(R"("a)") == 0);
  CHECK(plain_string_length(R"("eight ab)") == 0);
}

TEST_CASE("value_length: an object or array up to its own bracket, anything else up to what ends it") {
  for (const auto& [text, length] :
       {std::pair{R"({"a":"}","b":[{}]},5)"sv, 18U}, std::pair{R"([[1],"]"],2])"sv, 9U}, std::pair{"[]]"sv, 2U},
        std::pair{"{} x"sv, 2U}, std::pair{"12.5,"sv, 4U}, std::pair{"true]"sv, 4U}, std::pair{"null}"sv, 4U},
        std::pair{"-1\n"sv, 2U}, std::pair{"7"sv, 1U}, std::pair{R"("a,b":)"sv, 5U}}) {
    CAPTURE(text);
    CHECK(value_length(text) == length);
  }
  for (const auto text : {""sv, "["sv, "{"sv, "[[]"sv, R"({"a)"sv, R"(["])"sv, "]"sv, "}"sv, ","sv, "\""sv}) {
    CAPTURE(text);
    CHECK(value_length(text) == none);
  }
}
