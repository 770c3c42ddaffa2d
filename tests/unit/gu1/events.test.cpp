// SPDX-License-Identifier: MIT
#include <sello/gu1/events.hpp>

#include <array>
#include <concepts>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "catch.hpp"
#include "support/catalog_check.hpp"
#include "support/fault.hpp"

namespace gu1 = sello::gu1;
using status = gu1::validation_status;

TEST_CASE("gu1: the documented events, in order") {
  STATIC_REQUIRE(gu1::catalog::size == 15);
  STATIC_REQUIRE(
      gu1::catalog::types ==
      std::array<std::string_view, 15>{"kyc.validation_created", "kyc.validation_in_progress",
                                       "kyc.validation_in_review", "kyc.validation_approved", "kyc.validation_rejected",
                                       "kyc.validation_abandoned", "kyc.validation_expired", "kyc.validation_cancelled",
                                       "entity.created", "entity.updated", "entity.status_changed", "rule.triggered",
                                       "transaction.created", "transaction.updated", "transaction.status_changed"});
}

TEST_CASE("gu1: every event is decoded and reaches its handler") {
  support::check_catalog<gu1::catalog, gu1::verifier>();
  support::check_all_handlers<gu1::catalog, gu1::verifier>();
}

TEST_CASE("gu1: an owner who forgets an event is told") {
  STATIC_REQUIRE(
      sello::covers<gu1::catalog, gu1::kyc_validation_created, gu1::kyc_validation_in_progress,
                    gu1::kyc_validation_in_review, gu1::kyc_validation_approved, gu1::kyc_validation_rejected,
                    gu1::kyc_validation_abandoned, gu1::kyc_validation_expired, gu1::kyc_validation_cancelled,
                    gu1::entity_created, gu1::entity_updated, gu1::entity_status_changed, gu1::rule_triggered,
                    gu1::transaction_created, gu1::transaction_updated, gu1::transaction_status_changed>);
  STATIC_REQUIRE_FALSE(sello::covers<gu1::catalog, gu1::rule_triggered>);
}

TEST_CASE("gu1: every status") {
  for (const auto& [text, value] :
       {std::pair{"pending", status::pending}, std::pair{"in_progress", status::in_progress},
        std::pair{"in_review", status::in_review}, std::pair{"approved", status::approved},
        std::pair{"rejected", status::rejected}, std::pair{"abandoned", status::abandoned},
        std::pair{"expired", status::expired}, std::pair{"cancelled", status::cancelled}}) {
    const auto read =
        sello::decode<gu1::kyc_validation_created>(std::string{R"({"id":"v","status":")"}.append(text).append("\"}"))
            .value();
    CHECK(read.status->known() == value);
    CHECK(read.status->text() == text);
  }
  const auto added = sello::decode<gu1::kyc_validation_created>(R"({"id":"v","status":"escalated"})").value();
  CHECK_FALSE(added.status->known());
  CHECK(added.status->text() == "escalated");
}

TEST_CASE("gu1: the older shape of a validation") {
  const auto read = sello::decode<gu1::kyc_validation_approved>(samples::gu1_validation).value();
  CHECK(read.validation_id == "550e8400-e29b-41d4-a716-446655440000");
  CHECK(read.entity_id == "ent-1");
  CHECK(read.entity->id == "ent-1");
  CHECK(read.entity->external_id == "customer-42");
  CHECK(read.entity->name == "Ana P\xC3\xA9rez");
  CHECK(read.entity->type == "person");
  CHECK_FALSE(read.entity->status);
  CHECK(*read.status == status::approved);
  CHECK(read.verified_at == sello::parse_rfc3339("2025-01-15T10:29:58.12Z"));
  CHECK(read.extracted_data->json()["birth"]["year"] == 1990);
  CHECK(read.extracted_data->at("/birth/year")->text() == "1990");
  CHECK(read.verified_fields->json()[1] == "birth");
  CHECK(read.warnings->text() == "[]");
  CHECK(read.decision->json()["result"] == "approved");
  CHECK_FALSE(read.metadata);
  CHECK_FALSE(read.organization_id);
  CHECK_FALSE(read.expires_at);
}

TEST_CASE("gu1: the newer shape of a validation") {
  const auto read = sello::decode<gu1::kyc_validation_in_review>(samples::gu1_validation_row).value();
  CHECK(read.validation_id == "550e8400-e29b-41d4-a716-446655440000");
  CHECK(read.entity_id == "ent-1");
  CHECK_FALSE(read.entity);
  CHECK(*read.status == status::in_review);
  CHECK(read.organization_id == "org-1");
  CHECK(read.validation_session_id == "session-1");
  CHECK(read.validation_provider == "some-checker");
  CHECK_FALSE(read.decision);
  CHECK_FALSE(read.extracted_data);
  CHECK_FALSE(read.verified_fields);
  CHECK(read.warnings->at("/0/code")->text() == "\"blurred\"");
  CHECK(read.metadata->json()["source"] == "app");
  CHECK(read.expires_at == sello::parse_rfc3339("2025-01-22T10:00:00Z"));
  CHECK_FALSE(read.verified_at);
  CHECK(read.created_at == sello::parse_rfc3339("2025-01-15T10:00:00Z"));
  CHECK(read.updated_at == sello::parse_rfc3339("2025-01-15T10:29:58Z"));
}

TEST_CASE("gu1: every kyc event takes both shapes") {
  std::string id;
  sello::router router;
  gu1::catalog::for_each([&]<class E>() {
    if constexpr (std::derived_from<E, gu1::kyc_validation>) {
      router.on<E>([&](const auto& event) { id = event.data.validation_id; });
    }
  });
  int events = 0;
  gu1::catalog::for_each([&]<class E>() {
    if constexpr (std::derived_from<E, gu1::kyc_validation>) {
      ++events;
      for (const std::string_view payload : {samples::gu1_validation, samples::gu1_validation_row}) {
        id.clear();
        CHECK(support::dispatch<gu1::verifier>(router, samples::body<E>(payload)).value() == sello::outcome::handled);
        CHECK(id == "550e8400-e29b-41d4-a716-446655440000");
      }
    }
  });
  CHECK(events == 8);
}

TEST_CASE("gu1: of a validation only the id is required") {
  const auto fault = [](std::string_view payload) {
    return support::fault(sello::decode<gu1::kyc_validation_expired>(payload));
  };
  CHECK(fault(R"({"validationId":"v"})") == "none");
  CHECK(fault(R"({"id":"v"})") == "none");
  CHECK(fault("{}") == "missing_field /validationId");
  CHECK(fault(R"({"id":null})") == "missing_field /validationId");
  CHECK(fault(R"({"id":5})") == "wrong_type /id");
  CHECK(
      fault(
          R"({"id":"v","entityId":null,"entity":null,"status":null,"decision":null,"extractedData":null,"verifiedFields":null,
    "warnings":null,"metadata":null,"organizationId":null,"validationSessionId":null,"provider":null,"expiresAt":null,
    "verifiedAt":null,"createdAt":null,"updatedAt":null})") == "none");
  CHECK(fault(R"({"id":"v","entity":{"id":null,"externalId":null,"name":null,"type":null,"status":null}})") == "none");
  CHECK(fault(R"({"id":"v","entity":{"externalId":7}})") == "wrong_type /entity/externalId");
}

TEST_CASE("gu1: every member of the newer families") {
  const auto change = sello::decode<gu1::entity_status_changed>(samples::gu1_entity_change).value();
  CHECK(change.entity->external_id == "customer-42");
  CHECK(change.entity->status == "active");
  CHECK(change.changes->json()["status"]["old"] == "under_review");
  CHECK(change.metadata->text() == "{}");

  const auto match = sello::decode<gu1::rule_triggered>(samples::gu1_rule_match).value();
  CHECK(match.rule_id == "rule-1");
  CHECK(match.rule->id == "rule-1");
  CHECK(match.rule->name == "Large amount");
  CHECK_FALSE(match.rule->description);
  CHECK(match.rule->severity == "high");
  CHECK(match.rule->category == "aml");
  CHECK(match.entity_id == "ent-1");
  CHECK(match.entity->external_id == "customer-42");
  CHECK(match.evaluation_id == "eval-1");
  CHECK(match.trigger_data->at("/amount")->text() == "12345.67");

  const auto transaction = sello::decode<gu1::transaction_status_changed>(samples::gu1_transaction).value();
  CHECK(transaction.transaction_id == "tx-1");
  CHECK(transaction.external_id == "order-7");
  CHECK(transaction.transaction_type == "payment");
  CHECK(transaction.status == "SUCCESSFUL");
  CHECK(transaction.previous_status == "PROCESSING");
  CHECK(transaction.amount->text() == "1500.50");
  CHECK(transaction.currency == "USD");
}

TEST_CASE("gu1: of the newer families nothing is required") {
  CHECK(support::fault(sello::decode<gu1::entity_created>("{}")) == "none");
  CHECK(support::fault(sello::decode<gu1::rule_triggered>("{}")) == "none");
  CHECK(support::fault(sello::decode<gu1::transaction_created>("{}")) == "none");
}
