// SPDX-License-Identifier: MIT
// error: sello: a handler takes its event as
// Two providers' events never cross, also where their types have the same name.
#include <sello/sello.hpp>

void register_handlers(sello::router& router) {
#ifdef SELLO_COMPILE_FAIL
  router.on<sello::akua::merchant_created>([](const sello::event<sello::kuenta::credit_disbursed>&) {});
#else
  router.on<sello::akua::merchant_created>([](const sello::event<sello::akua::merchant_created>&) {});
#endif
}
