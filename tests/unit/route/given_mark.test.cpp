// SPDX-License-Identifier: MIT
#include <sello/route/given_mark.hpp>

#include "catch.hpp"

TEST_CASE("given_mark: is set for good, and copies are not given") {
  using sello::detail::given_mark;
  given_mark one;
  CHECK_FALSE(static_cast<bool>(one));
  one.set();
  one.set();
  CHECK(static_cast<bool>(one));
  const given_mark copy{one};
  CHECK_FALSE(static_cast<bool>(copy));
  one = copy;
  CHECK_FALSE(static_cast<bool>(one));
}
