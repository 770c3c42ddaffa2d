// SPDX-License-Identifier: MIT
// error: (invalid initialization of reference|no viable conversion|no matching function)
// A delivery of one provider is no delivery of another, also where both use one scheme.
#include <string>

#include <sello/sello.hpp>

struct other {
  static constexpr std::string_view name = "other";
};

void settle(const sello::delivery<sello::svix_v1, other>& proven);

void receive(const sello::akua::verifier& akua, const sello::verifier<sello::svix_v1, other>& own,
             const sello::header_list& headers, const std::string& body) {
  const auto from_akua = akua.verify(headers, body);
  const auto from_other = own.verify(headers, body);
#ifdef SELLO_COMPILE_FAIL
  if (from_akua) settle(*from_akua);
#else
  if (from_other) settle(*from_other);
#endif
}
