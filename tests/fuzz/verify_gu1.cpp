// SPDX-License-Identifier: MIT
// Headers to verdict: gu1_hmac, and its unsigned hint.
#include <sello/verify/gu1_hmac.hpp>

#include "verify_text_key.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using verifier = sello::verifier<sello::gu1_hmac>;
  fuzz::request given = fuzz::parse_request(fuzz::text_of(data, size), fuzz::text_secret);
  fuzz::check_text_key<verifier>(given, {.type = "kyc.validation_created"});

  const auto secrets = fuzz::views_of(given.secrets);
  const auto made = verifier::create(secrets);
  if (!made) return 0;
  const auto proven = made->verify(given.headers, given.body);
  if (!proven) return 0;
  const auto expected = reference::type_hint(given.headers);
  const auto& hint = proven->type_hint();
  fuzz::require(hint.has_value() == expected.has_value(), "a hint where a header gives one");
  if (hint) {
    fuzz::require(hint->header == "X-Webhook-Event" && hint->value == *expected, "the hint as it was sent");
    fuzz::require(hint->contradictory == reference::type_hint_contradicts(given.headers), "whether it is one hint");
  }
  return 0;
}
