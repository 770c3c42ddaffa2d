// SPDX-License-Identifier: MIT
#include <sello/kuenta/events.hpp>

#include <array>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "support/catalog_check.hpp"
#include "support/fault.hpp"

namespace kuenta = sello::kuenta;

TEST_CASE("kuenta: the documented events, in order") {
  STATIC_REQUIRE(kuenta::catalog::size == 15);
  STATIC_REQUIRE(kuenta::catalog::types ==
                 std::array<std::string_view, 15>{
                     "credit.application.created", "credit.application.approved", "credit.application.rejected",
                     "credit.disbursed", "credit.completed", "payment.created", "payment.completed", "payment.failed",
                     "payment.refunded", "document.created", "document.signed", "document.expired",
                     "validation.started", "validation.completed", "validation.failed"});
}

TEST_CASE("kuenta: every event is decoded and reaches its handler") {
  support::check_catalog<kuenta::catalog, kuenta::verifier>();
  support::check_all_handlers<kuenta::catalog, kuenta::verifier>();
}

TEST_CASE("kuenta: an owner who forgets an event is told") {
  STATIC_REQUIRE(sello::covers<kuenta::catalog, kuenta::credit_application_created, kuenta::credit_application_approved,
                               kuenta::credit_application_rejected, kuenta::credit_disbursed, kuenta::credit_completed,
                               kuenta::payment_created, kuenta::payment_completed, kuenta::payment_failed,
                               kuenta::payment_refunded, kuenta::document_created, kuenta::document_signed,
                               kuenta::document_expired, kuenta::validation_started, kuenta::validation_completed,
                               kuenta::validation_failed>);
  STATIC_REQUIRE_FALSE(sello::covers<kuenta::catalog, kuenta::credit_application_created>);
}

TEST_CASE("kuenta: every member of the data") {
  const auto data = sello::decode<kuenta::credit_disbursed>(samples::kuenta_data);
  REQUIRE(data);
  CHECK(data->id == "app_123");
  CHECK(data->amount->text() == "5000000");
  CHECK(data->amount->scaled(2).value() == 500000000);
  CHECK(data->term == 12);
  CHECK(data->term_unit == "months");
  CHECK(data->status == "pending");
  CHECK(data->created_at == sello::parse_rfc3339("2024-03-20T10:00:00Z"));
}

TEST_CASE("kuenta: nothing of the data is required, and amounts are exact") {
  CHECK(support::fault(sello::decode<kuenta::document_signed>("{}")) == "none");
  CHECK(
      support::fault(sello::decode<kuenta::document_signed>(
          R"({"id":null,"amount":null,"term":null,"termUnit":null,"status":null,"createdAt":null,"documentUrl":"x"})")) ==
      "none");
  CHECK(sello::decode<kuenta::payment_created>(R"({"amount":5000.00})").value().amount->text() == "5000.00");
  CHECK(sello::decode<kuenta::payment_created>(R"({"amount":12345678901234567.89})").value().amount->text() ==
        "12345678901234567.89");
  CHECK(support::fault(sello::decode<kuenta::payment_created>(R"({"amount":"5,000.00"})")) == "wrong_type /amount");
}
