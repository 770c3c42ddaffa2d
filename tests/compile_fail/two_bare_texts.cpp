// SPDX-License-Identifier: MIT
// error: deleted.*{{current, previous}} or {secret, {.option
// The second of two bare texts is easily meant as a header's name: as a secret it would be one that everybody knows.
#include <sello/sello.hpp>

sello::kuenta::verifier kuenta() {
#ifdef SELLO_COMPILE_FAIL
  return sello::kuenta::verifier{"s3cret-of-kuenta", "X-Kuenta-Signature"};
#else
  return sello::kuenta::verifier{"s3cret-of-kuenta", {.signature_header = "X-Kuenta-Signature"}};
#endif
}

sello::kuenta::verifier rotation() { return sello::kuenta::verifier{{"s3cret-of-kuenta", "s3cret-before-it"}}; }
