// SPDX-License-Identifier: MIT
// error: private
// Only the worker begins a transaction for a handler: one of one's own has no mark.
#include <sello/inbox/sqlite.hpp>

void handler(sqlite3* line, const sello::sqlite::transaction& given) {
#ifdef SELLO_COMPILE_FAIL
  static_cast<void>(given);
  const sello::sqlite::transaction tx{line};
#else
  static_cast<void>(line);
  const sello::sqlite::transaction& tx = given;
#endif
  tx.execute("SELECT 1");
}
