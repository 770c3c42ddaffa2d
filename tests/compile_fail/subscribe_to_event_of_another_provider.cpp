// SPDX-License-Identifier: MIT
// error: sello: Kuenta sends Kuenta's events alone
// An event of another sender would never come.
#include <sello/kuenta/subscriptions.hpp>
#include <sello/sello.hpp>

sello::kuenta::subscribed_event event() {
#ifdef SELLO_COMPILE_FAIL
  return sello::akua::payment_capture_cleared{};
#else
  return sello::kuenta::payment_created{};
#endif
}
