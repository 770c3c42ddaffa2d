// SPDX-License-Identifier: MIT
// error: no member named
// A handler does not commit: the worker does, together with the mark.
#include <sello/inbox/sqlite.hpp>

void handler(sello::sqlite::transaction& tx) {
#ifdef SELLO_COMPILE_FAIL
  tx.commit();
#else
  tx.execute("SELECT 1");
#endif
}
