// SPDX-License-Identifier: MIT
// error: sello: a handler takes its event as
// One handler serves all threads, so it is called as const.
#include <sello/sello.hpp>

void register_handlers(sello::router& router) {
#ifdef SELLO_COMPILE_FAIL
  router.on<sello::kuenta::credit_disbursed>([count = 0](const auto&) mutable { ++count; });
#else
  router.on<sello::kuenta::credit_disbursed>([count = 0](const auto&) { static_cast<void>(count); });
#endif
}
