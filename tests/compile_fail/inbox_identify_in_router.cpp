// SPDX-License-Identifier: MIT
// error: the key was chosen when the event was stored
// A worker cannot name an event anew.
#include <string>

#include <sello/akua.hpp>
#include <sello/inbox/sqlite.hpp>

#ifdef SELLO_COMPILE_FAIL
using router = sello::basic_router<sello::sqlite::transaction>;
#else
using router = sello::router;
#endif

void rules(router& of) {
  of.identify<sello::akua::provider>([](const sello::signed_facts& facts) { return facts.body_digest(); });
}
