// SPDX-License-Identifier: MIT
// error: sello: a handler returns nothing or
// A handler gives nothing or result<void>: a bool would be lost.
#include <sello/sello.hpp>

void register_handlers(sello::router& router) {
#ifdef SELLO_COMPILE_FAIL
  router.on<sello::kuenta::credit_disbursed>([](const auto&) { return false; });
#else
  router.on<sello::kuenta::credit_disbursed>([](const auto&) -> sello::result<void> { return {}; });
#endif
}
