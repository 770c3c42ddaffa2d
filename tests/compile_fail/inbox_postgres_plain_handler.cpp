// SPDX-License-Identifier: MIT
// error: can be called twice for one event
// A worker's handler writes in the transaction, or is said to be repeatable.
#include <sello/akua.hpp>
#include <sello/inbox/postgres.hpp>

void handlers(sello::basic_router<sello::postgres::transaction>& router) {
  const auto handler = [](const sello::event<sello::akua::payment_capture_cleared>&) {};
#ifdef SELLO_COMPILE_FAIL
  router.on<sello::akua::payment_capture_cleared>(handler);
#else
  router.on<sello::akua::payment_capture_cleared>(sello::repeatable(handler));
#endif
}
