// SPDX-License-Identifier: MIT
// error: a worker takes a router of its effects' transaction
// The handlers of a receiver's router know no transaction.
#include <sello/akua.hpp>
#include <sello/inbox/postgres.hpp>

void work(const sello::postgres::inbox& inbox, const sello::postgres::effects& effects) {
#ifdef SELLO_COMPILE_FAIL
  const sello::router router;
#else
  const sello::basic_router<sello::postgres::transaction> router;
#endif
  const sello::worker worker{inbox, effects, router};
}
