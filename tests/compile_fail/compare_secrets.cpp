// SPDX-License-Identifier: MIT
// error: (no match for|invalid operands)
// Comparing secrets with == takes a time that depends on them.
#include <sello/verify/secret.hpp>

bool same(const sello::secret& a, const sello::secret& b) {
#ifdef SELLO_COMPILE_FAIL
  return a == b;
#else
  return &a == &b;
#endif
}
