// SPDX-License-Identifier: MIT
// error: a worker takes a router of its effects' transaction
// The handlers of a receiver's router know no transaction.
#include <sello/akua.hpp>
#include <sello/inbox/sqlite.hpp>

void work(const sello::sqlite::inbox& inbox, const sello::sqlite::effects& effects) {
#ifdef SELLO_COMPILE_FAIL
  const sello::router router;
#else
  const sello::basic_router<sello::sqlite::transaction> router;
#endif
  const sello::worker worker{inbox, effects, router};
}
