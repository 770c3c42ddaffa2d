// SPDX-License-Identifier: MIT
// error: cannot bind non-const lvalue reference|non-const lvalue reference to type .* cannot bind to a temporary
// A router that is filled in the expression that makes it is given on by value: no reference to it can dangle.
#include <sello/sello.hpp>

bool handles() {
  const auto ignore = [](const sello::unknown_event&) {};
#ifdef SELLO_COMPILE_FAIL
  auto& router = sello::router{}.otherwise(ignore);
#else
  auto router = sello::router{}.otherwise(ignore);
#endif
  const sello::receiver receiver{sello::kuenta::verifier{"a secret of the sender"}, router};
  return receiver.body_limit() > 0;
}
