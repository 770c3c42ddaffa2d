// SPDX-License-Identifier: MIT
#include <sello/akua/events.hpp>

#include <array>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "support/catalog_check.hpp"
#include "support/fault.hpp"

namespace akua = sello::akua;

TEST_CASE("akua: the documented events, in order") {
  STATIC_REQUIRE(akua::catalog::size == 19);
  STATIC_REQUIRE(akua::catalog::types ==
                 std::array<std::string_view, 19>{
                     "instrument.created", "instrument.deleted", "instrument.updated",
                     "payment.authorization.processed", "payment.authorization.rejected", "payment.cancel.processed",
                     "payment.cancel.rejected", "payment.capture.manual.processed",
                     "payment.capture.automatic.processed", "payment.capture.cleared", "payment.refund.rejected",
                     "payment.refund.cleared", "payment.account-status.rejected", "payment.adjust.rejected",
                     "payment.clearing.requested", "payment.clearing.processed", "payment.processing.failed",
                     "payment.validation.failed", "merchant.created"});
}

TEST_CASE("akua: every event is decoded and reaches its handler") {
  support::check_catalog<akua::catalog, akua::verifier>();
  support::check_all_handlers<akua::catalog, akua::verifier>();
}

TEST_CASE("akua: an owner who forgets an event is told") {
  STATIC_REQUIRE(
      sello::covers<akua::catalog, akua::instrument_created, akua::instrument_deleted, akua::instrument_updated,
                    akua::payment_authorization_processed, akua::payment_authorization_rejected,
                    akua::payment_cancel_processed, akua::payment_cancel_rejected,
                    akua::payment_capture_manual_processed, akua::payment_capture_automatic_processed,
                    akua::payment_capture_cleared, akua::payment_refund_rejected, akua::payment_refund_cleared,
                    akua::payment_account_status_rejected, akua::payment_adjust_rejected,
                    akua::payment_clearing_requested, akua::payment_clearing_processed, akua::payment_processing_failed,
                    akua::payment_validation_failed, akua::merchant_created>);
  STATIC_REQUIRE_FALSE(sello::covers<akua::catalog, akua::merchant_created>);
}

TEST_CASE("akua: every member of the data") {
  CHECK(sello::decode<akua::instrument_updated>(samples::akua_instrument).value().instrument_id ==
        "ins-cvnuebmpc9vs0p5lult0");
  const auto payment = sello::decode<akua::payment_adjust_rejected>(samples::akua_payment).value();
  CHECK(payment.payment_id == "pay-d07u8e218e1elk12b92g");
  CHECK(payment.transaction_id == "trx-d0gv1122dpo29a8d7l4g");
  CHECK(payment.trace_id == "order-7");
  const auto failed = sello::decode<akua::payment_validation_failed>(samples::akua_failed_validation).value();
  CHECK(failed.trace_id == "order-7");
  CHECK(failed.error_code == "invalid_request");
  CHECK(failed.error_type == "validation");
  CHECK(failed.message == "invalid payment");
  const auto merchant = sello::decode<akua::merchant_created>(samples::akua_merchant).value();
  CHECK(merchant.merchant_id == "mer-ctil999v78d0bqciquc0");
  CHECK(merchant.name == "Once Market");
  CHECK(merchant.organization_id == "org-ctil999v78d0bqciquc0");
}

TEST_CASE("akua: only the id that names the group is required") {
  CHECK(support::fault(sello::decode<akua::instrument_created>("{}")) == "missing_field /instrument_id");
  CHECK(support::fault(sello::decode<akua::payment_capture_cleared>(R"({"transaction_id":"t"})")) ==
        "missing_field /payment_id");
  CHECK(support::fault(sello::decode<akua::payment_capture_cleared>(R"({"payment_id":"p"})")) == "none");
  CHECK(support::fault(sello::decode<akua::payment_validation_failed>("{}")) == "none");
  CHECK(support::fault(sello::decode<akua::merchant_created>(R"({"name":"n"})")) == "missing_field /merchant_id");
  CHECK(support::fault(sello::decode<akua::merchant_created>(R"({"merchant_id":"m","name":null})")) == "none");
}
