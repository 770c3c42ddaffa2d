// SPDX-License-Identifier: MIT
// error: (constraints not satisfied|no matching (member )?function)
// Svix's signature is no single text: its id and time are needed too.
#include <string>

#include <sello/sello.hpp>

bool receive(const sello::kuenta::verifier& kuenta, const sello::akua::verifier& akua, const std::string& signature,
             const std::string& body) {
#ifdef SELLO_COMPILE_FAIL
  return akua.verify_signature(signature, body).has_value();
#else
  static_cast<void>(akua);
  return kuenta.verify_signature(signature, body).has_value();
#endif
}
