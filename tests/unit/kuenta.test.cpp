// SPDX-License-Identifier: MIT
// The sample of Kuenta's page, from signed headers to the handler.
#include <sello/kuenta.hpp>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "support/sender.hpp"

namespace kuenta = sello::kuenta;

namespace {

constexpr std::string_view sample = R"({
"event": "credit.application.created",
"data": {
"id": "app_123",
"amount": 5000000,
"term": 12,
"termUnit": "months",
"status": "pending",
"createdAt": "2024-03-20T10:00:00Z"
},
"timestamp": "2024-03-20T10:00:00Z"
})";

/// Of those bytes with the secret "tu-secreto-webhook", as the page's own Python and Node functions give it.
constexpr std::string_view signature = "c2d0d091a053ba0a2117d50ded2e763de9dadb5d08a3ce629e8abbccd7235766";

}  // namespace

TEST_CASE("kuenta: the page's sample with the page's signature") {
  int calls = 0;
  sello::router router;
  router.on<kuenta::credit_application_created>([&](const sello::event<kuenta::credit_application_created>& event) {
    ++calls;
    CHECK(event.data.id == "app_123");
    CHECK(event.data.amount->integer().value() == 5000000);
    CHECK(event.data.term == 12);
    CHECK(event.data.term_unit == "months");
    CHECK(event.data.status == "pending");
    CHECK(event.data.created_at == sello::parse_rfc3339("2024-03-20T10:00:00Z"));
    CHECK(event.envelope.timestamp == sello::parse_rfc3339("2024-03-20T10:00:00Z"));
    CHECK_FALSE(event.envelope.organization_id);
    CHECK(event.json()["data"]["termUnit"] == "months");
    CHECK(event.body == sample);
  });
  const kuenta::verifier verifier{"tu-secreto-webhook"};
  const sello::header_list headers{{"X-Webhook-Signature", std::string{signature}}};
  const auto delivery = verifier.verify(headers, sample);
  REQUIRE(delivery);
  CHECK(router.dispatch(*delivery).value() == sello::outcome::handled);
  CHECK(router.dispatch(verifier.verify_signature(signature, sample).value()).value() == sello::outcome::handled);
  CHECK(calls == 2);
}

TEST_CASE("kuenta: an event that is not documented reaches its family's prefix") {
  std::string heard;
  sello::router router;
  router.on_prefix<kuenta::provider>("credit.", [&](const sello::unknown_event& event) { heard = event.type; });
  CHECK(support::dispatch<kuenta::verifier>(router, R"({"event":"credit.refinanced","data":{"id":"app_1"}})").value() ==
        sello::outcome::handled);
  CHECK(heard == "credit.refinanced");
}
