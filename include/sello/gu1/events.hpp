// SPDX-License-Identifier: MIT
// Gu1's events: identity checks, and the newer families of entities, rules and transactions.
// Sources: Gu1's pages https://docs.gu1.ai/en/webhooks/events/{kyc,entity,rule,transaction}-events. Any inner field but a
// validation's id can be absent or null.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sello/base/timestamp.hpp>
#include <sello/decode/decimal.hpp>
#include <sello/decode/decoder.hpp>  // raw_json::as
#include <sello/decode/describe.hpp>
#include <sello/decode/raw_json.hpp>
#include <sello/gu1/provider.hpp>
#include <sello/route/event.hpp>

namespace sello::inline v0::gu1 {

/// The states of an identity check.
enum class validation_status : std::uint8_t {
  pending,
  in_progress,
  in_review,
  approved,
  rejected,
  abandoned,
  expired,
  cancelled,
};

[[nodiscard]] constexpr std::array<std::string_view, 8> enum_names(validation_status) noexcept {
  return {"pending", "in_progress", "in_review", "approved", "rejected", "abandoned", "expired", "cancelled"};
}

/// A person, company or other thing that is checked.
struct entity {
  std::optional<std::string> id{};
  std::optional<std::string> external_id{};  ///< the id that you gave: look your customer up by it
  std::optional<std::string> name{};
  std::optional<std::string> type{};    ///< "person", "company", …
  std::optional<std::string> status{};  ///< "under_review", "active", "blocked", …

  static constexpr std::array fields{field<&entity::id>("id"), field<&entity::external_id>("externalId"),
                                     field<&entity::name>("name"), field<&entity::type>("type"),
                                     field<&entity::status>("status")};
};

/// Of the `kyc` events. The older shape of the payload has the id as `validationId`, the newer one, the validation's row, as `id`.
/// What Gu1 does not describe further is kept as it was sent, `raw_json`.
struct kyc_validation {
  std::string validation_id{};
  std::optional<std::string> entity_id{};
  std::optional<gu1::entity> entity{};  ///< in the newer shape only on approved and rejected
  std::optional<open_enum<validation_status>> status{};
  std::optional<raw_json> decision{};
  std::optional<raw_json> extracted_data{};   ///< only on approved and rejected
  std::optional<raw_json> verified_fields{};  ///< only on approved and rejected
  std::optional<raw_json> warnings{};
  std::optional<raw_json> metadata{};
  std::optional<std::string> organization_id{};
  std::optional<std::string> validation_session_id{};
  std::optional<std::string> validation_provider{};  ///< the key `provider`: who checks for Gu1
  std::optional<timestamp> expires_at{};
  std::optional<timestamp> verified_at{};
  std::optional<timestamp> created_at{};
  std::optional<timestamp> updated_at{};

  static constexpr std::array fields{field<&kyc_validation::validation_id>("validationId").or_key("id"),
                                     field<&kyc_validation::entity_id>("entityId"),
                                     field<&kyc_validation::entity>("entity"),
                                     field<&kyc_validation::status>("status"),
                                     field<&kyc_validation::decision>("decision"),
                                     field<&kyc_validation::extracted_data>("extractedData"),
                                     field<&kyc_validation::verified_fields>("verifiedFields"),
                                     field<&kyc_validation::warnings>("warnings"),
                                     field<&kyc_validation::metadata>("metadata"),
                                     field<&kyc_validation::organization_id>("organizationId"),
                                     field<&kyc_validation::validation_session_id>("validationSessionId"),
                                     field<&kyc_validation::validation_provider>("provider"),
                                     field<&kyc_validation::expires_at>("expiresAt"),
                                     field<&kyc_validation::verified_at>("verifiedAt"),
                                     field<&kyc_validation::created_at>("createdAt"),
                                     field<&kyc_validation::updated_at>("updatedAt")};
};

/// `entity.*`
struct entity_change {
  std::optional<gu1::entity> entity{};
  std::optional<raw_json> changes{};  ///< on `entity.updated`: old and new values
  std::optional<raw_json> metadata{};

  static constexpr std::array fields{field<&entity_change::entity>("entity"), field<&entity_change::changes>("changes"),
                                     field<&entity_change::metadata>("metadata")};
};

/// The rule of `rule.triggered`.
struct rule {
  std::optional<std::string> id{};
  std::optional<std::string> name{};
  std::optional<std::string> description{};
  std::optional<std::string> severity{};  ///< "low", "medium", "high", "critical"
  std::optional<std::string> category{};

  static constexpr std::array fields{field<&rule::id>("id"), field<&rule::name>("name"),
                                     field<&rule::description>("description"), field<&rule::severity>("severity"),
                                     field<&rule::category>("category")};
};

/// `rule.*`
struct rule_match {
  std::optional<std::string> rule_id{};
  std::optional<gu1::rule> rule{};
  std::optional<std::string> entity_id{};
  std::optional<gu1::entity> entity{};
  std::optional<std::string> evaluation_id{};
  std::optional<raw_json> trigger_data{};

  static constexpr std::array fields{field<&rule_match::rule_id>("ruleId"),
                                     field<&rule_match::rule>("rule"),
                                     field<&rule_match::entity_id>("entityId"),
                                     field<&rule_match::entity>("entity"),
                                     field<&rule_match::evaluation_id>("evaluationId"),
                                     field<&rule_match::trigger_data>("triggerData")};
};

/// `transaction.*`
struct transaction {
  std::optional<std::string> transaction_id{};
  std::optional<std::string> external_id{};       ///< the id that you gave
  std::optional<std::string> transaction_type{};  ///< the key `type`: "payment", "transfer", "withdrawal", …
  std::optional<std::string> status{};            ///< "CREATED", "PROCESSING", "SUCCESSFUL", "DECLINED", …
  std::optional<std::string> previous_status{};   ///< on `transaction.status_changed`
  std::optional<decimal> amount{};                ///< exact, in `currency`
  std::optional<std::string> currency{};          ///< ISO 4217

  static constexpr std::array fields{field<&transaction::transaction_id>("transactionId"),
                                     field<&transaction::external_id>("externalId"),
                                     field<&transaction::transaction_type>("type"),
                                     field<&transaction::status>("status"),
                                     field<&transaction::previous_status>("previousStatus"),
                                     field<&transaction::amount>("amount"),
                                     field<&transaction::currency>("currency")};
};

/// The name of an event of this provider.
template <text_literal Type>
struct of_type : named<Type> {
  using provider = gu1::provider;
};

struct kyc_validation_created : kyc_validation, of_type<"kyc.validation_created"> {};
struct kyc_validation_in_progress : kyc_validation, of_type<"kyc.validation_in_progress"> {};
struct kyc_validation_in_review : kyc_validation, of_type<"kyc.validation_in_review"> {};
struct kyc_validation_approved : kyc_validation, of_type<"kyc.validation_approved"> {};
struct kyc_validation_rejected : kyc_validation, of_type<"kyc.validation_rejected"> {};
struct kyc_validation_abandoned : kyc_validation, of_type<"kyc.validation_abandoned"> {};
struct kyc_validation_expired : kyc_validation, of_type<"kyc.validation_expired"> {};
struct kyc_validation_cancelled : kyc_validation, of_type<"kyc.validation_cancelled"> {};

struct entity_created : entity_change, of_type<"entity.created"> {};
struct entity_updated : entity_change, of_type<"entity.updated"> {};
struct entity_status_changed : entity_change, of_type<"entity.status_changed"> {};

struct rule_triggered : rule_match, of_type<"rule.triggered"> {};

struct transaction_created : transaction, of_type<"transaction.created"> {};
struct transaction_updated : transaction, of_type<"transaction.updated"> {};
struct transaction_status_changed : transaction, of_type<"transaction.status_changed"> {};

/// Every event that Gu1 documents. It announces more, and its dashboard sends a test event under another name.
class catalog : public catalog_of<kyc_validation_created, kyc_validation_in_progress, kyc_validation_in_review,
                                  kyc_validation_approved, kyc_validation_rejected, kyc_validation_abandoned,
                                  kyc_validation_expired, kyc_validation_cancelled, entity_created, entity_updated,
                                  entity_status_changed, rule_triggered, transaction_created, transaction_updated,
                                  transaction_status_changed> {};

}  // namespace sello::inline v0::gu1
