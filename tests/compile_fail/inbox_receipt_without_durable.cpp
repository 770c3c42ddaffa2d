// SPDX-License-Identifier: MIT
// error: (no matching|could not convert|no viable|cannot convert|no known conversion)
// A duplicate is no exception: its receipt needs the barrier as well.
#include <sello/inbox/receipt.hpp>

sello::receipt receipt_of(sello::detail::barrier& passed) {
#ifdef SELLO_COMPILE_FAIL
  static_cast<void>(passed);
  return sello::receipt{sello::outcome::duplicate};
#else
  return sello::receipt{passed.mint(), sello::outcome::duplicate};
#endif
}
