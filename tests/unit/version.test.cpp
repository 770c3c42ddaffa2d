// SPDX-License-Identifier: MIT
#include <sello/version.hpp>

#include <string>

#include "catch.hpp"

TEST_CASE("version: the text is that of the numbers") {
  const std::string numbers = std::to_string(SELLO_VERSION_MAJOR) + '.' + std::to_string(SELLO_VERSION_MINOR) + '.' +
                              std::to_string(SELLO_VERSION_PATCH);
  CHECK(numbers == SELLO_VERSION_STRING);
}

TEST_CASE("version: fit for the preprocessor") {
#if SELLO_VERSION_MAJOR * 10000 + SELLO_VERSION_MINOR * 100 + SELLO_VERSION_PATCH >= 100
  SUCCEED("0.1.0 or newer");
#else
  FAIL("older than 0.1.0");
#endif
}
