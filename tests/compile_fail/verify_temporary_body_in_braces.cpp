// SPDX-License-Identifier: MIT
// error: deleted
// Braces around it do not let a temporary string live longer.
#include <string>

#include <sello/sello.hpp>

std::string read_body();

bool receive(const sello::akua::verifier& verifier, const sello::header_list& headers) {
#ifdef SELLO_COMPILE_FAIL
  const auto delivery = verifier.verify(headers, {read_body()});
#else
  const std::string body = read_body();
  const auto delivery = verifier.verify(headers, {body});
#endif
  return delivery.has_value();
}
