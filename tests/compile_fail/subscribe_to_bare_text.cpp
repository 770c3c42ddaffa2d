// SPDX-License-Identifier: MIT
// error: deleted.*look it up by named.text., or say other_event
// A text may be mistyped: one of the catalog is looked up, another one is said to be meant.
#include <sello/kuenta/subscriptions.hpp>

sello::kuenta::subscribed_event event() {
#ifdef SELLO_COMPILE_FAIL
  return "payment.create";
#else
  return sello::kuenta::other_event{"payment.create"};
#endif
}
