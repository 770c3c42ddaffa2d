// SPDX-License-Identifier: MIT
// The text of a secret to its key.
#include <string>
#include <vector>

#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/key_ring.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/svix_v1a.hpp>

#include "fuzz.hpp"
#include "reference.hpp"

namespace {

void check(const sello::result<sello::secret>& read, const reference::key_reading& expected) {
  fuzz::require_same(read ? "" : to_string(read.error().code), expected.error, "the reference's verdict");
  if (read) {
    const auto bytes = read->bytes();
    fuzz::require(std::string{bytes.begin(), bytes.end()} == expected.key, "the reference's key");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{fuzz::text_of(data, size)};
  check(sello::svix_v1::key(text), reference::svix_key(text));

  // Every key has a text, with and without its prefix, padding and space around it.
  if (!text.empty() && text.size() <= 2000) {
    std::string encoded = reference::to_base64(text);
    const reference::key_reading key =
        text.size() < 16 ? reference::key_reading{"", "malformed_secret"} : reference::key_reading{text, ""};
    check(sello::svix_v1::key(" \r\nwhsec_" + encoded + "\n"), key);
    check(sello::svix_v1::key(encoded), reference::svix_key(encoded));  // with one character alone it is none
    while (encoded.back() == '=') encoded.pop_back();
    check(sello::svix_v1::key("whsec_" + encoded), key);
  }

  // As verifiers have it: a key of small order is refused whatever the scheme says.
  check(sello::detail::key_of_secret<sello::svix_v1a>(text), reference::v1a_key(text));
  if (text.size() == 32) {
    const std::string as_key = "whpk_" + reference::to_base64(text);
    check(sello::detail::key_of_secret<sello::svix_v1a>(as_key), reference::v1a_key(as_key));
  }

  const auto refused = sello::svix_v1::key(text +
                                           "\x01"
                                           "canary");
  fuzz::require(!refused && refused.error().message().find("canary") == std::string::npos, "no error tells the secret");

  const reference::key_reading as_text = reference::text_key(text);
  check(sello::hex_hmac::key(text), as_text);
  check(sello::gu1_hmac::key(text), as_text);
  return 0;
}
