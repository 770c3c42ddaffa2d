// SPDX-License-Identifier: MIT
#include <sello/inbox/options.hpp>

#include <chrono>
#include <cstdint>

#include "catch.hpp"

TEST_CASE("a span of time is counted in microseconds, and for ever overflows no sum", "[inbox]") {
  using namespace std::chrono_literals;
  using sello::detail::micros;
  CHECK(micros(2s) == 2'000'000);
  CHECK(micros(3ms) == 3000);
  CHECK(micros(0s) == 0);
  CHECK(micros(-1s) == 0);
  constexpr std::int64_t for_ever = std::int64_t{365} * 200 * 86'400 * 1'000'000;
  CHECK(micros(std::chrono::seconds::max()) == for_ever);
  CHECK(micros(std::chrono::milliseconds::max()) == for_ever);
  CHECK(micros(std::chrono::hours::max()) == for_ever);
  CHECK(micros(std::chrono::seconds::min()) == 0);
}
