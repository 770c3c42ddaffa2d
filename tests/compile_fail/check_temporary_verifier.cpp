// SPDX-License-Identifier: MIT
// error: deleted
// A refusal points into its verifier.
#include <string>

#include <sello/sello.hpp>

bool receive(const sello::header_list& headers, const std::string& body) {
#ifdef SELLO_COMPILE_FAIL
  return sello::akua::verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}.check(headers, body, {}).has_value();
#else
  const sello::akua::verifier verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
  return verifier.check(headers, body, {}).has_value();
#endif
}
