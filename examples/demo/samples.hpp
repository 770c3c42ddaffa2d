// SPDX-License-Identifier: MIT
// A body for every known event, as the senders document them.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include <sello/sello.hpp>

namespace demo {

/// Only the data of `credit.application.created` is documented; the others are in its manner.
[[nodiscard]] inline std::string kuenta_body(std::string_view type, std::string_view time) {
  std::string data = R"({"id":"app_123","amount":5000000,"term":12,"termUnit":"months","status":"pending")";
  if (type.starts_with("payment.")) data = R"({"id":"pay_123","amount":5000.10,"status":"completed")";
  if (type.starts_with("document.")) data = R"({"id":"doc_123","status":"signed")";
  if (type.starts_with("validation.")) data = R"({"id":"val_123","status":"started")";
  return std::string{R"({"event":")"}
      .append(type)
      .append(R"(","data":)")
      .append(data)
      .append(R"(,"createdAt":")")
      .append(time)
      .append(R"("},"timestamp":")")
      .append(time)
      .append(R"("})");
}

/// The envelope has no time: it is in the signed headers.
[[nodiscard]] inline std::string akua_body(std::string_view type, std::string_view data) {
  return std::string{R"({"type":")"}.append(type).append(R"(","data":)").append(data).append("}");
}

template <class Event>
[[nodiscard]] std::string_view akua_data() {
  if constexpr (std::derived_from<Event, sello::akua::instrument>) {
    return R"({"instrument_id":"ins-cvnuebmpc9vs0p5lult0"})";
  } else if constexpr (std::derived_from<Event, sello::akua::payment>) {
    return R"({"payment_id":"pay-d07u8e218e1elk12b92g","transaction_id":"trx-d0gv1122dpo29a8d7l4g","trace_id":"order-1"})";
  } else if constexpr (std::derived_from<Event, sello::akua::failed_validation>) {
    return R"({"trace_id":"order-1","error_code":"invalid_request","error_type":"validation","message":"invalid payment"})";
  } else {
    return R"({"merchant_id":"mer-ctil999v78d0bqciquc0","name":"Once Market","organization_id":"org-ctil999v78d0bqciquc0"})";
  }
}

[[nodiscard]] inline std::string gu1_body(std::string_view type, std::string_view payload, std::string_view time) {
  return std::string{R"({"event":")"}
      .append(type)
      .append(R"(","timestamp":")")
      .append(time)
      .append(R"(","organizationId":"org_1","payload":)")
      .append(payload)
      .append("}");
}

/// The older shape of `kyc.*`: the id is `validationId`, and the entity is always there.
[[nodiscard]] inline std::string gu1_older_validation(std::string_view status) {
  const std::string_view results =
      R"(,"verifiedAt":"2025-01-15T10:30:00.000Z","extractedData":{"firstName":"Ana"},"verifiedFields":["firstName"],"warnings":[],"decision":{"result":"approved"})";
  return std::string{R"({"validationId":"val_1","entityId":"ent_1","entity":{"id":"ent_1","externalId":"customer-7",)"}
      .append(R"("name":"Ana","type":"person"},"status":")")
      .append(status)
      .append("\"")
      .append(status == "approved" ? results : "")
      .append("}");
}

/// The newer shape of `kyc.*`: the row of the validation, whose id is `id`; the entity only with a result.
[[nodiscard]] inline std::string gu1_newer_validation(std::string_view status) {
  const bool result = status == "approved" || status == "rejected";
  return std::string{
      R"({"id":"val_1","entityId":"ent_1","organizationId":"org_1","validationSessionId":"ses_1","status":")"}
      .append(status)
      .append(R"(","provider":"default","decision":null,"extractedData":null,"verifiedFields":null,)")
      .append(R"("warnings":[],"metadata":{},"expiresAt":"2025-01-22T10:30:00.000Z","verifiedAt":null,)")
      .append(R"("createdAt":"2025-01-15T10:30:00Z","updatedAt":"2025-01-15T10:30:00Z")")
      .append(result ? R"(,"entity":{"id":"ent_1","externalId":"customer-7","name":"Ana","type":"person"})" : "")
      .append("}");
}

/// The payload of the newer families.
template <class Event>
[[nodiscard]] std::string_view gu1_payload() {
  if constexpr (std::derived_from<Event, sello::gu1::entity_change>) {
    return R"({"entity":{"id":"ent_1","externalId":"customer-7","name":"Ana","type":"person","status":"active"},"changes":{"status":{"old":"under_review","new":"active"}}})";
  } else if constexpr (std::derived_from<Event, sello::gu1::rule_match>) {
    return R"({"ruleId":"rul_1","rule":{"id":"rul_1","name":"Large transfer","severity":"high"},"entityId":"ent_1","evaluationId":"eva_1","triggerData":{"amount":900000}})";
  } else {
    return R"({"transactionId":"trx_1","externalId":"order-1","type":"payment","status":"SUCCESSFUL","previousStatus":"PROCESSING","amount":1500.25,"currency":"ARS"})";
  }
}

}  // namespace demo
