// SPDX-License-Identifier: MIT
// Headers to verdict: hex_hmac.
#include <sello/verify/hex_hmac.hpp>

#include "verify_text_key.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::request given = fuzz::parse_request(fuzz::text_of(data, size), fuzz::text_secret);
  fuzz::check_text_key<sello::verifier<sello::hex_hmac>>(given, {});
  return 0;
}
