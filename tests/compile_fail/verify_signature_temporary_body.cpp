// SPDX-License-Identifier: MIT
// error: deleted
// A delivery borrows the body, so a temporary string is refused.
#include <string>

#include <sello/sello.hpp>

std::string read_body();

bool receive(const sello::kuenta::verifier& verifier, const std::string& signature) {
#ifdef SELLO_COMPILE_FAIL
  return verifier.verify_signature(signature, read_body()).has_value();
#else
  const std::string body = read_body();
  return verifier.verify_signature(signature, body).has_value();
#endif
}
