// SPDX-License-Identifier: MIT
// error: no matching (member )?function for call to .*dispatch
// A provider whose idempotency key is the delivery's id goes only with a scheme that signs one.
#include <string>

#include <sello/sello.hpp>

bool receive(const sello::router& router, const sello::header_list& headers, const std::string& body) {
#ifdef SELLO_COMPILE_FAIL
  const sello::verifier<sello::hex_hmac, sello::akua::provider> verifier{"secret"};
#else
  const sello::verifier<sello::svix_v1, sello::akua::provider> verifier{"c2VjcmV0"};
#endif
  const auto delivery = verifier.verify(headers, body);
  return delivery && router.dispatch(*delivery);
}
