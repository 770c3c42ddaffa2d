// SPDX-License-Identifier: MIT
// error: deleted.*whose. add organization
// Each request says whose webhooks it is about.
#include <sello/kuenta/subscriptions.hpp>

sello::kuenta::subscriptions webhooks(const sello::kuenta::http_send& send) {
#ifdef SELLO_COMPILE_FAIL
  return {"https://api.example", send};
#else
  return {"https://api.example", sello::kuenta::organization{"org_1"}, send};
#endif
}
