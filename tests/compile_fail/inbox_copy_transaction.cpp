// SPDX-License-Identifier: MIT
// error: deleted
// The transaction is the worker's, and ends with the handler's call.
#include <sello/inbox/sqlite.hpp>

void handler(sello::sqlite::transaction& tx) {
#ifdef SELLO_COMPILE_FAIL
  const auto kept = tx;
#else
  const auto& kept = tx;
#endif
  static_cast<void>(kept);
}
