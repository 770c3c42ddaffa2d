// SPDX-License-Identifier: MIT
// A body for every event of the three catalogs, in the form that its sender documents. Knows no test framework.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include <sello/akua.hpp>
#include <sello/gu1.hpp>
#include <sello/kuenta.hpp>

namespace samples {

/// The documented `data` of Kuenta's events.
inline constexpr std::string_view kuenta_data = R"({
    "id": "app_123",
    "amount": 5000000,
    "term": 12,
    "termUnit": "months",
    "status": "pending",
    "createdAt": "2024-03-20T10:00:00Z"
  })";

inline constexpr std::string_view akua_instrument = R"({
    "instrument_id": "ins-cvnuebmpc9vs0p5lult0"
  })";

inline constexpr std::string_view akua_payment = R"({
    "payment_id": "pay-d07u8e218e1elk12b92g",
    "transaction_id": "trx-d0gv1122dpo29a8d7l4g",
    "trace_id": "order-7"
  })";

inline constexpr std::string_view akua_failed_validation = R"({
    "trace_id": "order-7",
    "error_code": "invalid_request",
    "error_type": "validation",
    "message": "invalid payment"
  })";

inline constexpr std::string_view akua_merchant = R"({
    "merchant_id": "mer-ctil999v78d0bqciquc0",
    "name": "Once Market",
    "organization_id": "org-ctil999v78d0bqciquc0"
  })";

/// The older shape of Gu1's payload: the id is `validationId`.
inline constexpr std::string_view gu1_validation = R"({
    "validationId": "550e8400-e29b-41d4-a716-446655440000",
    "entityId": "ent-1",
    "entity": {"id": "ent-1", "externalId": "customer-42", "name": "Ana Pérez", "type": "person"},
    "status": "approved",
    "verifiedAt": "2025-01-15T10:29:58.120Z",
    "extractedData": {"firstName": "Ana", "birth": {"year": 1990}},
    "verifiedFields": ["firstName", "birth"],
    "warnings": [],
    "decision": {"result": "approved"}
  })";

/// The newer shape: the validation's row, whose id is `id`.
inline constexpr std::string_view gu1_validation_row = R"({
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "entityId": "ent-1",
    "organizationId": "org-1",
    "validationSessionId": "session-1",
    "provider": "some-checker",
    "status": "in_review",
    "decision": null,
    "extractedData": null,
    "verifiedFields": null,
    "warnings": [{"code": "blurred"}],
    "metadata": {"source": "app"},
    "expiresAt": "2025-01-22T10:00:00Z",
    "verifiedAt": null,
    "createdAt": "2025-01-15T10:00:00.000Z",
    "updatedAt": "2025-01-15T10:29:58Z"
  })";

inline constexpr std::string_view gu1_entity_change = R"({
    "entity": {"id": "ent-1", "externalId": "customer-42", "name": "Ana Pérez", "type": "person", "status": "active"},
    "changes": {"status": {"old": "under_review", "new": "active"}},
    "metadata": {}
  })";

inline constexpr std::string_view gu1_rule_match = R"({
    "ruleId": "rule-1",
    "rule": {"id": "rule-1", "name": "Large amount", "severity": "high", "category": "aml"},
    "entityId": "ent-1",
    "entity": {"id": "ent-1", "externalId": "customer-42"},
    "evaluationId": "eval-1",
    "triggerData": {"amount": 12345.67}
  })";

inline constexpr std::string_view gu1_transaction = R"({
    "transactionId": "tx-1",
    "externalId": "order-7",
    "type": "payment",
    "status": "SUCCESSFUL",
    "previousStatus": "PROCESSING",
    "amount": 1500.50,
    "currency": "USD"
  })";

/// The data of an event's body.
template <sello::event_type E>
[[nodiscard]] constexpr std::string_view data() {
  if constexpr (std::derived_from<E, sello::kuenta::details>) return kuenta_data;
  if constexpr (std::derived_from<E, sello::akua::instrument>) return akua_instrument;
  if constexpr (std::derived_from<E, sello::akua::payment>) return akua_payment;
  if constexpr (std::derived_from<E, sello::akua::failed_validation>) return akua_failed_validation;
  if constexpr (std::derived_from<E, sello::akua::merchant>) return akua_merchant;
  if constexpr (std::derived_from<E, sello::gu1::kyc_validation>) return gu1_validation;
  if constexpr (std::derived_from<E, sello::gu1::entity_change>) return gu1_entity_change;
  if constexpr (std::derived_from<E, sello::gu1::rule_match>) return gu1_rule_match;
  if constexpr (std::derived_from<E, sello::gu1::transaction>) return gu1_transaction;
}

/// A body of Kuenta: the page's layout.
[[nodiscard]] inline std::string kuenta_body(std::string_view type, std::string_view data = kuenta_data) {
  return std::string{"{\n  \"event\": \""}
      .append(type)
      .append("\",\n  \"data\": ")
      .append(data)
      .append(",\n  \"timestamp\": \"2024-03-20T10:00:00Z\"\n}");
}

[[nodiscard]] inline std::string akua_body(std::string_view type, std::string_view data) {
  return std::string{"{\n  \"type\": \""}.append(type).append("\",\n  \"data\": ").append(data).append("\n}");
}

[[nodiscard]] inline std::string gu1_body(std::string_view type, std::string_view payload) {
  return std::string{"{\n  \"event\": \""}
      .append(type)
      .append("\",\n  \"timestamp\": \"2025-01-15T10:30:00.000Z\",\n  \"organizationId\": \"org-1\",\n  \"payload\": ")
      .append(payload)
      .append("\n}");
}

/// A whole body for an event, as its sender writes it.
template <sello::event_type E>
[[nodiscard]] std::string body(std::string_view event_data = data<E>()) {
  if constexpr (std::same_as<typename E::provider, sello::kuenta::provider>) return kuenta_body(E::type, event_data);
  if constexpr (std::same_as<typename E::provider, sello::akua::provider>) return akua_body(E::type, event_data);
  if constexpr (std::same_as<typename E::provider, sello::gu1::provider>) return gu1_body(E::type, event_data);
}

}  // namespace samples
