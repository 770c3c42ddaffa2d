// SPDX-License-Identifier: MIT
// error: ignoring return
// A verdict cannot be overlooked.
#include <string>

#include <sello/sello.hpp>

void receive(const sello::akua::verifier& verifier, const sello::header_list& headers, const std::string& body) {
#ifdef SELLO_COMPILE_FAIL
  verifier.verify(headers, body);
#else
  static_cast<void>(verifier.verify(headers, body));
#endif
}
