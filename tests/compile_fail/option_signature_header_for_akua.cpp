// SPDX-License-Identifier: MIT
// error: (no matching (function|constructor)|signature_header)
// The names of Svix's headers are given.
#include <sello/sello.hpp>

sello::akua::verifier akua() {
#ifdef SELLO_COMPILE_FAIL
  return sello::akua::verifier{"c2VjcmV0", {.signature_header = "X-Akua"}};
#else
  return sello::akua::verifier{"c2VjcmV0", {}};
#endif
}
