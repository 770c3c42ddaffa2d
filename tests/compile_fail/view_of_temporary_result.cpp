// SPDX-License-Identifier: MIT
// error: deleted
// The id would point into a delivery that is gone with the result.
#include <string>
#include <string_view>

#include <sello/sello.hpp>

std::string id_of(const sello::akua::verifier& verifier, const sello::header_list& headers, const std::string& body) {
#ifdef SELLO_COMPILE_FAIL
  const std::string_view id = verifier.verify(headers, body)->message_id();
  return std::string{id};
#else
  const auto delivery = verifier.verify(headers, body);
  return delivery ? std::string{delivery->message_id()} : std::string{};
#endif
}
