// SPDX-License-Identifier: MIT
// error: private
// A verifier that somebody specialises for a provider of their own makes no deliveries: only a verdict over a MAC does.
#include <string_view>

#include <sello/sello.hpp>

struct shop {
  static constexpr std::string_view name = "shop";
};

#ifdef SELLO_COMPILE_FAIL
template <>
class sello::verifier<sello::hex_hmac, shop> {
 public:
  [[nodiscard]] static delivery<hex_hmac, shop> mint(std::string_view body) { return {body, claim{}}; }
};
#endif

bool used() { return sello::verifier<sello::hex_hmac>::create("s3cret-of-it").has_value(); }
