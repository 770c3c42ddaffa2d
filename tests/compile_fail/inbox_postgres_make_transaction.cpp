// SPDX-License-Identifier: MIT
// error: private
// Only the worker begins a transaction for a handler: one of one's own has no mark.
#include <sello/inbox/postgres.hpp>

void handler(sello::postgres::detail::connection& line, const sello::postgres::transaction& given) {
#ifdef SELLO_COMPILE_FAIL
  static_cast<void>(given);
  const sello::postgres::transaction tx{line};
#else
  static_cast<void>(line);
  const sello::postgres::transaction& tx = given;
#endif
  tx.execute("SELECT 1");
}
