// SPDX-License-Identifier: MIT
// error: no matching (member )?function for call to .*dispatch
// What was not verified cannot be dispatched.
#include <string>

#include <sello/sello.hpp>

bool receive(const sello::router& router, const sello::akua::verifier& verifier, const sello::header_list& headers,
             const std::string& body) {
  const auto delivery = verifier.verify(headers, body);
#ifdef SELLO_COMPILE_FAIL
  return router.dispatch(body).has_value();
#else
  return delivery && router.dispatch(*delivery);
#endif
}
