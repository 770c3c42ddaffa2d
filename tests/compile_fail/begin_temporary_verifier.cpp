// SPDX-License-Identifier: MIT
// error: deleted
// A body that is still coming needs its verifier to the end.
#include <string>

#include <sello/sello.hpp>

bool receive(const sello::header_list& headers) {
#ifdef SELLO_COMPILE_FAIL
  return sello::akua::verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}.begin(headers, {}).has_value();
#else
  const sello::akua::verifier verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
  return verifier.begin(headers, {}).has_value();
#endif
}
