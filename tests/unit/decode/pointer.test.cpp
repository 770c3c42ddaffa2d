// SPDX-License-Identifier: MIT
#include <sello/decode/pointer.hpp>

#include <string>
#include <string_view>

#include "catch.hpp"

TEST_CASE("append_segment: escapes what a pointer is made of, and segment_name takes it back") {
  for (const std::string_view name : {"", "a", "a/b", "m~n", "~1", "~~//", "~01", "q\"\n"}) {
    CAPTURE(name);
    std::string pointer = "/x";
    sello::detail::append_segment(pointer, name);
    const std::string segment = pointer.substr(3);
    CHECK(segment.find('/') == segment.npos);
    CHECK(sello::detail::segment_name(segment) == name);
  }
  std::string pointer;
  sello::detail::append_segment(pointer, "~/");
  CHECK(pointer == "/~0~1");
  CHECK_FALSE(sello::detail::segment_name("~"));
  CHECK_FALSE(sello::detail::segment_name("a~2"));
  CHECK_FALSE(sello::detail::segment_name("~~0"));
}

TEST_CASE("value_at: of a body that nobody has read it may be any part, and nothing outside of it") {
  for (const std::string_view text : {"",
                                      " ",
                                      "{",
                                      "[",
                                      "{\"",
                                      "{\"a",
                                      "{\"a\"",
                                      "{\"a\":",
                                      "{\"a\":[",
                                      "{\"a\":\"\\",
                                      "[1",
                                      "[,",
                                      "]",
                                      "}",
                                      "{a:1}",
                                      "{\"a\" 1}",
                                      "{\"\\u",
                                      "{\"\\u00\":1}",
                                      "{\"\\ud83d\":1}",
                                      "\\",
                                      "{\"a\":}",
                                      "[}",
                                      "{]",
                                      "{:",
                                      "{\"\\\":1}"}) {
    for (const std::string_view pointer : {"", "/", "/a", "/0", "/a/0"}) {
      // A copy without room behind it, for the sanitizers.
      const std::string exact{text};
      const auto found = sello::detail::value_at(exact, pointer);
      if (found) CHECK(found->size() <= exact.size());
    }
  }
}

TEST_CASE("string_at: the characters of a string, and of nothing else") {
  using sello::detail::string_at;
  CHECK(string_at(R"({"a":"x\u0041\n"})", "/a") == "xA\n");
  CHECK(string_at(R"({"a":""})", "/a") == "");
  CHECK_FALSE(string_at(R"({"a":5})", "/a"));
  CHECK_FALSE(string_at(R"({"a":null})", "/a"));
  CHECK_FALSE(string_at(R"({"a":"x"})", "/b"));
}
