// SPDX-License-Identifier: MIT
// error: no member named
// A handler does not commit: the worker does, together with the mark.
#include <sello/inbox/postgres.hpp>

void handler(sello::postgres::transaction& tx) {
#ifdef SELLO_COMPILE_FAIL
  tx.commit();
#else
  tx.execute("SELECT 1");
#endif
}
