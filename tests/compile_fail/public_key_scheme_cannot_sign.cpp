// SPDX-License-Identifier: MIT
// error: (constraints not satisfied|constraint failure)
// A public key signs nothing: a signer needs a scheme that reads a private key.
#include <sello/sello.hpp>

struct public_alone : sello::svix_v1a {
#ifdef SELLO_COMPILE_FAIL
  static sello::result<sello::secret> private_key(std::string_view) = delete;
#endif
};

std::string_view header() {
  const sello::signer<public_alone> signer{"whsk_"};
  return signer.sign("{}").front().first.empty() ? "none" : "one";
}
