// SPDX-License-Identifier: MIT
// error: constraints not satisfied
// Kuenta signs no id, so its deliveries have none.
#include <string>

#include <sello/sello.hpp>

std::string key_of(const sello::kuenta::delivery& delivery) {
#ifdef SELLO_COMPILE_FAIL
  return std::string{delivery.message_id()};
#else
  return delivery.body_digest();
#endif
}
