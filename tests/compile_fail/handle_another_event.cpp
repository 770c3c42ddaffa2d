// SPDX-License-Identifier: MIT
// error: sello: a handler takes its event as
// A handler of one event does not take another event of the same shape.
#include <sello/sello.hpp>

void register_handlers(sello::router& router) {
#ifdef SELLO_COMPILE_FAIL
  router.on<sello::kuenta::payment_failed>([](const sello::event<sello::kuenta::payment_completed>&) {});
#else
  router.on<sello::kuenta::payment_failed>([](const sello::event<sello::kuenta::payment_failed>&) {});
#endif
}
