// SPDX-License-Identifier: MIT
// error: deleted|no matching
// A body that is the word nullptr is no body.
#include <string>

#include <sello/sello.hpp>

bool receive(const sello::akua::verifier& verifier, const sello::header_list& headers) {
#ifdef SELLO_COMPILE_FAIL
  return verifier.verify(headers, nullptr).has_value();
#else
  return verifier.verify(headers, "").has_value();
#endif
}
