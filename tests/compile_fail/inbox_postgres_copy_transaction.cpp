// SPDX-License-Identifier: MIT
// error: deleted
// The transaction is the worker's, and ends with the handler's call.
#include <sello/inbox/postgres.hpp>

void handler(sello::postgres::transaction& tx) {
#ifdef SELLO_COMPILE_FAIL
  const auto kept = tx;
#else
  const auto& kept = tx;
#endif
  static_cast<void>(kept);
}
