// SPDX-License-Identifier: MIT
// error: a worker takes a router of its effects' transaction
// A handler that writes in SQLite has no place in a worker whose effects are in PostgreSQL.
#include <sello/akua.hpp>
#include <sello/inbox/postgres.hpp>
#include <sello/inbox/sqlite.hpp>

void work(const sello::postgres::inbox& inbox, const sello::postgres::effects& effects) {
#ifdef SELLO_COMPILE_FAIL
  const sello::basic_router<sello::sqlite::transaction> router;
#else
  const sello::basic_router<sello::postgres::transaction> router;
#endif
  const sello::worker worker{inbox, effects, router};
}
