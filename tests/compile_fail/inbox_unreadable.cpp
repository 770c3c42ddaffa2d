// SPDX-License-Identifier: MIT
// error: an inbox parks what is unreadable
// "Answer 200 although it cannot be read" is for receivers without a store.
#include <sello/akua.hpp>
#include <sello/inbox/sqlite.hpp>

#ifdef SELLO_COMPILE_FAIL
using router = sello::basic_router<sello::sqlite::transaction>;
#else
using router = sello::router;
#endif

void handlers(router& to) {
  to.unreadable([](const sello::unreadable_event&) {});
}
