// SPDX-License-Identifier: MIT
// Gu1's deliveries as its pages describe them, from signed headers to the handler.
#include <sello/gu1.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "support/fault.hpp"
#include "support/samples.hpp"
#include "support/sender.hpp"

namespace gu1 = sello::gu1;

namespace {

/// The headers of the page's table, around a rightly signed body.
sello::header_list page_headers(const std::string& body, std::string_view type) {
  return {{"Content-Type", "application/json"},
          {"X-Webhook-Event", std::string{type}},
          {"X-Webhook-ID", "550e8400-e29b-41d4-a716-446655440000"},
          {"X-Webhook-Timestamp", "2025-01-15T10:30:00.000Z"},
          {"X-Webhook-Signature", sello::signer<sello::gu1_hmac>{support::secret}.sign(body)[0].second}};
}

}  // namespace

TEST_CASE("gu1: a delivery with all its headers reaches its handler, in both shapes") {
  std::vector<std::string> heard;
  sello::router router;
  router
      .on<gu1::kyc_validation_approved>([&](const sello::event<gu1::kyc_validation_approved>& event) {
        heard.push_back(event.idempotency_key);
        CHECK(event.envelope.timestamp == sello::parse_rfc3339("2025-01-15T10:30:00Z"));
        CHECK(event.envelope.organization_id == "org-1");
      })
      .on<gu1::kyc_validation_in_review>([&](const auto& event) { heard.push_back(event.idempotency_key); });
  const gu1::verifier verifier{support::secret};
  const std::string older = samples::body<gu1::kyc_validation_approved>();
  const std::string newer = samples::gu1_body("kyc.validation_in_review", samples::gu1_validation_row);
  CHECK(router.dispatch(verifier.verify(page_headers(older, "kyc.validation_approved"), older).value()).value() ==
        sello::outcome::handled);
  CHECK(router.dispatch(verifier.verify(page_headers(newer, "kyc.validation_in_review"), newer).value()).value() ==
        sello::outcome::handled);
  CHECK(heard == std::vector<std::string>{"kyc.validation_approved:550e8400-e29b-41d4-a716-446655440000",
                                          "kyc.validation_in_review:550e8400-e29b-41d4-a716-446655440000"});

  // The header is not signed: what it says is no fact, and decides nothing.
  const auto contradicted =
      router.dispatch(verifier.verify(page_headers(older, "kyc.validation_rejected"), older).value());
  CHECK(contradicted.value() == sello::outcome::handled);
  CHECK(heard.size() == 3);
}

TEST_CASE("gu1: the organization can be absent, and timestamps come with and without milliseconds") {
  int calls = 0;
  sello::router router;
  router.on<gu1::kyc_validation_created>([&](const auto& event) {
    ++calls;
    CHECK_FALSE(event.envelope.organization_id);
    CHECK(event.envelope.timestamp == sello::parse_rfc3339("2025-01-15T10:30:00Z"));
  });
  for (
      const char* body :
      {R"({"event":"kyc.validation_created","timestamp":"2025-01-15T10:30:00Z","payload":{"id":"v"}})",
       R"({"event":"kyc.validation_created","timestamp":"2025-01-15T10:30:00.000Z","organizationId":null,"payload":{"id":"v"}})"}) {
    CHECK(support::dispatch<gu1::verifier>(router, body).value() == sello::outcome::handled);
  }
  CHECK(calls == 2);
}

TEST_CASE("gu1: the dashboard's test event, whatever its name, is no error") {
  CHECK(support::dispatch<gu1::verifier>(sello::router{},
                                         R"({"event":"webhook.test","timestamp":"2025-01-15T10:30:00Z","payload":{}})")
            .value() == sello::outcome::ignored);
}
