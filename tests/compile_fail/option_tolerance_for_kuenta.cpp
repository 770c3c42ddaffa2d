// SPDX-License-Identifier: MIT
// error: (no matching (function|constructor)|tolerance)
// Kuenta signs no time, so its verifier has no tolerance.
#include <chrono>

#include <sello/sello.hpp>

using namespace std::chrono_literals;

sello::akua::verifier akua() { return sello::akua::verifier{"c2VjcmV0", {.tolerance = 60s}}; }

sello::kuenta::verifier kuenta() {
#ifdef SELLO_COMPILE_FAIL
  return sello::kuenta::verifier{"secret", {.tolerance = 60s}};
#else
  return sello::kuenta::verifier{"secret", {.signature_header = "X-Kuenta"}};
#endif
}
