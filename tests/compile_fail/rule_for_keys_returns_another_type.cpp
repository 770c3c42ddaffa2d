// SPDX-License-Identifier: MIT
// error: sello: a rule for idempotency keys takes
// An idempotency key is a text of its own, not a view of something.
#include <sello/sello.hpp>

void identify(sello::router& router) {
#ifdef SELLO_COMPILE_FAIL
  router.identify<sello::kuenta::provider>([](const sello::signed_facts& facts) { return facts.body; });
#else
  router.identify<sello::kuenta::provider>([](const sello::signed_facts& facts) { return std::string{facts.body}; });
#endif
}
