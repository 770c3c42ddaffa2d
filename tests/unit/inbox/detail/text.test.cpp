// SPDX-License-Identifier: MIT
#include <sello/inbox/detail/text.hpp>

#include <string>

#include "catch.hpp"

using sello::detail::percent_decoded;
using sello::detail::percent_encoded;
using sello::detail::read_lines;
using sello::detail::storable;
using sello::detail::write_line;

TEST_CASE("printable ASCII is kept as it is, and all else comes back", "[inbox]") {
  CHECK(percent_encoded("msg_2Lh9KRb0pzN4LePd3XiA4v12Axj") == "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj");
  CHECK(percent_encoded("100 %\n") == "100 %25%0a");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(percent_decoded(percent_encoded(all)) == all);
  for (const char c : percent_encoded(all)) CHECK((c >= 0x20 && c < 0x7f));
}

TEST_CASE("a text that is too long is named by its digest, and by nothing else", "[inbox]") {
  CHECK(storable(std::string(10, 'x'), 10) == std::string(10, 'x'));
  const std::string named = storable(std::string(11, 'x'), 10);
  CHECK(named.size() == 8 + 64);
  CHECK(named != storable(std::string(12, 'x'), 10));
  CHECK(storable(named, 100) != named);  // so that nobody can take another's name
}

TEST_CASE("lines come back as they were written", "[inbox]") {
  std::string text;
  write_line(text, "svix-id", "msg_1");
  write_line(text, "a\tb\n", "\t\n");
  write_line(text, "", "");
  const auto lines = read_lines(text);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == std::pair<std::string, std::string>{"svix-id", "msg_1"});
  CHECK(lines[1] == std::pair<std::string, std::string>{"a\tb\n", "\t\n"});
  CHECK(lines[2] == std::pair<std::string, std::string>{"", ""});
  CHECK(read_lines("").empty());
  CHECK(read_lines("no tab").empty());
}
