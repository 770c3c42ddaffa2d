// SPDX-License-Identifier: MIT
// error: no matching (member )?function for call to .*dispatch
// A delivery of a verifier that was told no provider has no events to dispatch.
#include <string>

#include <sello/sello.hpp>

bool receive(const sello::router& router, const sello::header_list& headers, const std::string& body) {
#ifdef SELLO_COMPILE_FAIL
  const sello::verifier<sello::hex_hmac> verifier{"secret"};
#else
  const sello::verifier<sello::hex_hmac, sello::kuenta::provider> verifier{"secret"};
#endif
  const auto delivery = verifier.verify(headers, body);
  return delivery && router.dispatch(*delivery);
}
