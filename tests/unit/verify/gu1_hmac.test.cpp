// SPDX-License-Identifier: MIT
#include <sello/verify/gu1_hmac.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/verify/verifier.hpp>

#include "catch.hpp"
#include "support/sign.hpp"
#include "support/verdict.hpp"

namespace {

constexpr std::string_view secret = "gu1-secret-7f3c9a";
constexpr std::string_view body = R"({"event":"kyc.validation_approved","payload":{}})";
const std::string signature = independent::hex_signature(secret, body);

using lines = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] auto verify(const lines& headers) {
  static const sello::verifier<sello::gu1_hmac> verifier{secret};
  return verifier.verify(headers, body);
}

}  // namespace

TEST_CASE("gu1: the signature alone is enough") {
  const auto delivery = verify({{"X-Webhook-Signature", signature}});
  REQUIRE(delivery);
  CHECK(delivery->body() == body);
  CHECK_FALSE(delivery->type_hint());
}

TEST_CASE("gu1: the headers that are not signed decide nothing") {
  const auto delivery = verify({{"X-Webhook-Signature", signature},
                                {"X-Webhook-ID", "550e8400-e29b-41d4-a716-446655440000"},
                                {"X-Webhook-ID", "another"},
                                {"X-Webhook-Timestamp", "1970-01-01T00:00:00Z"}});
  CHECK(verdict(delivery) == "ok");
}

TEST_CASE("gu1: the event that a header names is kept as a hint") {
  const auto delivery = verify({{"X-Webhook-Signature", signature}, {"x-webhook-event", " kyc.validation_approved "}});
  REQUIRE(delivery);
  REQUIRE(delivery->type_hint());
  CHECK(delivery->type_hint()->header == "X-Webhook-Event");
  CHECK(delivery->type_hint()->value == "kyc.validation_approved");
  CHECK_FALSE(delivery->type_hint()->contradictory);
}

TEST_CASE("gu1: an empty event header is no hint") {
  const auto delivery = verify({{"X-Webhook-Signature", signature}, {"X-Webhook-Event", " "}});
  REQUIRE(delivery);
  CHECK_FALSE(delivery->type_hint());
}

TEST_CASE("gu1: event headers that contradict each other are a hint that no body can meet") {
  const auto delivery = verify({{"X-Webhook-Signature", signature},
                                {"X-Webhook-Event", "kyc.validation_approved"},
                                {"X-Webhook-Event", "kyc.validation_rejected"}});
  REQUIRE(delivery);
  REQUIRE(delivery->type_hint());
  CHECK(delivery->type_hint()->contradictory);
  CHECK(delivery->type_hint()->value.empty());
}

TEST_CASE("gu1: an event header whose equal lines were joined says one thing") {
  const auto delivery =
      verify({{"X-Webhook-Signature", signature}, {"X-Webhook-Event", "rule.triggered, rule.triggered"}});
  REQUIRE(delivery);
  REQUIRE(delivery->type_hint());
  CHECK(delivery->type_hint()->value == "rule.triggered");
  CHECK_FALSE(delivery->type_hint()->contradictory);
}

TEST_CASE("gu1: a hint outlives the headers") {
  const auto delivery = [] {
    const lines headers{{"X-Webhook-Signature", signature}, {"X-Webhook-Event", std::string(100, 'e')}};
    return verify(headers);
  }();
  REQUIRE(delivery);
  REQUIRE(delivery->type_hint());
  CHECK(delivery->type_hint()->value == std::string(100, 'e'));
}

TEST_CASE("gu1: absent and malformed and wrong signatures are refused") {
  CHECK(verdict(verify({})) == "missing_header at X-Webhook-Signature");
  CHECK(verdict(verify({{"X-Webhook-Event", "kyc.validation_approved"}})) == "missing_header at X-Webhook-Signature");
  CHECK(verdict(verify({{"X-Webhook-Signature", ""}})) == "missing_header at X-Webhook-Signature");
  CHECK(verdict(verify({{"X-Webhook-Signature", "sha256=" + signature}})) ==
        "malformed_signature at X-Webhook-Signature");
  CHECK(verdict(verify({{"X-Webhook-Signature", signature + "0"}})) == "malformed_signature at X-Webhook-Signature");
  CHECK(verdict(verify({{"X-Webhook-Signature", signature}, {"X-Webhook-Signature", std::string(64, 'a')}})) ==
        "malformed_header at X-Webhook-Signature");
  const std::string with_time = independent::hex_signature(secret, "2025-01-15T10:30:00.000Z." + std::string{body});
  CHECK(verdict(verify({{"X-Webhook-Timestamp", "2025-01-15T10:30:00.000Z"}, {"X-Webhook-Signature", with_time}})) ==
        "signature_mismatch at X-Webhook-Signature");
}

TEST_CASE("gu1: a header's name that is none is refused when the verifier is made") {
  const auto made = sello::verifier<sello::gu1_hmac>::create(secret, {.signature_header = "X Other"});
  CHECK(verdict(made).starts_with("malformed_option at signature_header: "));
}

TEST_CASE("gu1: the signature's header is an option") {
  const sello::verifier<sello::gu1_hmac> verifier{secret, {.signature_header = "X-Other"}};
  CHECK(verdict(verifier.verify(lines{{"x-other", signature}}, body)) == "ok");
  CHECK(verdict(verifier.verify(lines{{"X-Webhook-Signature", signature}}, body)) == "missing_header at X-Other");
}

TEST_CASE("gu1: the secret is text that is never stripped or decoded") {
  const std::string text = "whsec_dGV4dA==";
  const sello::verifier<sello::gu1_hmac> verifier{text};
  CHECK(verdict(verifier.verify(lines{{"X-Webhook-Signature", independent::hex_signature(text, body)}}, body)) == "ok");
  CHECK(verdict(sello::gu1_hmac::key("")) == "empty_secret");
}
