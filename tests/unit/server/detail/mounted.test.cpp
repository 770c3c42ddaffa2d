// SPDX-License-Identifier: MIT
#include <sello/server/detail/mounted.hpp>

#include <memory>
#include <stdexcept>
#include <string>

#include "catch.hpp"

using sello::server::detail::take_path;

TEST_CASE("mounted: a path has one receiver at one server, as long as its handler lives") {
  const int one = 0;
  const int other = 0;
  auto token = take_path(&one, "/a");
  CHECK_THROWS_AS(take_path(&one, "/a"), std::logic_error);
  const auto beside = take_path(&one, "/b");
  const auto elsewhere = take_path(&other, "/a");
  token.reset();
  token = take_path(&one, "/a");
  CHECK_THROWS_AS(take_path(&one, "/a"), std::logic_error);
}

TEST_CASE("mounted: what is no path is not taken") {
  const int server = 0;
  for (const char* path : {"", "a", "a/b", "/a?b", "/a#b", "/a b", "http://h/a"}) {
    CAPTURE(path);
    CHECK_THROWS_AS(take_path(&server, path), std::invalid_argument);
  }
}
