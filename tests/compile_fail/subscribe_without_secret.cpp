// SPDX-License-Identifier: MIT
// error: secret
// A webhook without a secret would be one whose deliveries nobody can verify.
#include <sello/kuenta/subscriptions.hpp>

void make(const sello::kuenta::subscriptions& webhooks, const char* secret) {
#ifdef SELLO_COMPILE_FAIL
  static_cast<void>(webhooks.create({.url = "https://shop.example", .events = sello::kuenta::every_event()}));
  static_cast<void>(secret);
#else
  static_cast<void>(
      webhooks.create({.url = "https://shop.example", .events = sello::kuenta::every_event(), .secret = secret}));
#endif
}
