// SPDX-License-Identifier: MIT
// error: no matching (member )?function for call to .*dispatch
// The result of a verification is not yet a delivery.
#include <string>

#include <sello/sello.hpp>

bool receive(const sello::router& router, const sello::akua::verifier& verifier, const sello::header_list& headers,
             const std::string& body) {
  const auto delivery = verifier.verify(headers, body);
#ifdef SELLO_COMPILE_FAIL
  return router.dispatch(delivery).has_value();
#else
  return delivery && router.dispatch(*delivery);
#endif
}
