// SPDX-License-Identifier: MIT
// error: ignoring return
// A result<void> cannot be overlooked either.
#include <sello/base/result.hpp>

sello::result<void> store();

void handle() {
#ifdef SELLO_COMPILE_FAIL
  store();
#else
  static_cast<void>(store());
#endif
}
