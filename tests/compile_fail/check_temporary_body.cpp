// SPDX-License-Identifier: MIT
// error: deleted
// A delivery borrows the body, so a temporary string is refused.
#include <string>

#include <sello/sello.hpp>

std::string read_body();

bool receive(const sello::akua::verifier& verifier, const sello::header_list& headers,
             sello::akua::verifier::time_point now) {
#ifdef SELLO_COMPILE_FAIL
  return verifier.check(headers, read_body(), now).has_value();
#else
  const std::string body = read_body();
  return verifier.check(headers, body, now).has_value();
#endif
}
