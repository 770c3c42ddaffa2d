// SPDX-License-Identifier: MIT
// error: sello: a handler takes its event as
// What cannot be read has no data: it is no event of any kind.
#include <sello/sello.hpp>

void handle(sello::router& router) {
#ifdef SELLO_COMPILE_FAIL
  router.unreadable([](const sello::unknown_event&) {});
#else
  router.unreadable([](const sello::unreadable_event&) {});
#endif
}
