// SPDX-License-Identifier: MIT
// error: private
// A stored delivery is a proof: only a store makes one, of what was let in.
#include <sello/inbox/stored.hpp>

sello::stored taken(const sello::stored& row) {
#ifdef SELLO_COMPILE_FAIL
  return sello::stored{*row};
#else
  return row;
#endif
}
