// SPDX-License-Identifier: MIT
#include <sello/server/patience.hpp>

#include "catch.hpp"

using namespace std::chrono_literals;
using sello::server::detail::drain;

TEST_CASE("patience: what is dropped is bounded in bytes") {
  drain some{{.drained = 10}};
  CHECK(some.goes_on(9));
  CHECK_FALSE(some.goes_on(1));
  CHECK_FALSE(some.goes_on(0));
  drain much{{.drained = 10}};
  CHECK_FALSE(much.goes_on(1000));
}

TEST_CASE("patience: and in time") {
  drain late{{.draining = 0ms}};
  CHECK_FALSE(late.goes_on(1));
}
