// SPDX-License-Identifier: MIT
#include "odr.hpp"

sello::result<sello::kuenta::delivery> verify(std::string_view signature, std::string_view body) {
  static const sello::kuenta::verifier verifier{"correct horse"};
  return verifier.verify_signature(signature, body);
}
