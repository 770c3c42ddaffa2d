// SPDX-License-Identifier: MIT
// Compares each event struct, member by member, with what the reference reads from the same text.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sello/akua.hpp>
#include <sello/gu1.hpp>
#include <sello/kuenta.hpp>

#include "fuzz.hpp"
#include "reference_json.hpp"

namespace fuzz {

using reference::object_reader;

[[nodiscard]] inline std::optional<std::int64_t> microseconds(const std::optional<sello::timestamp>& time) {
  return time ? std::optional{std::int64_t{time->time_since_epoch().count()}} : std::nullopt;
}

[[nodiscard]] inline std::optional<std::string> number_text(const std::optional<sello::decimal>& number) {
  return number ? std::optional{number->text()} : std::nullopt;
}

template <class E>
[[nodiscard]] std::optional<std::string> name_text(const std::optional<sello::open_enum<E>>& name) {
  return name ? std::optional{std::string{name->text()}} : std::nullopt;
}

// Each `compare` gives whether the reference takes the object; `got` is null where sello did not.

[[nodiscard]] inline bool compare(const sello::kuenta::details* got, object_reader expected) {
  const auto id = expected.text("id");
  const auto amount = expected.number_text("amount");
  const auto term = expected.integer("term");
  const auto term_unit = expected.text("termUnit");
  const auto status = expected.text("status");
  const auto created_at = expected.time("createdAt");
  if (expected.ok && got != nullptr) {
    require(got->id == id, "id");
    require(number_text(got->amount) == amount, "amount, exactly as sent");
    require(got->term == term, "term");
    require(got->term_unit == term_unit, "termUnit");
    require(got->status == status, "status");
    require(microseconds(got->created_at) == created_at, "createdAt");
  }
  return expected.ok;
}

[[nodiscard]] inline bool compare(const sello::akua::instrument* got, object_reader expected) {
  const auto instrument_id = expected.required_text("instrument_id");
  if (expected.ok && got != nullptr) require(got->instrument_id == instrument_id, "instrument_id");
  return expected.ok;
}

[[nodiscard]] inline bool compare(const sello::akua::payment* got, object_reader expected) {
  const auto payment_id = expected.required_text("payment_id");
  const auto transaction_id = expected.text("transaction_id");
  const auto trace_id = expected.text("trace_id");
  if (expected.ok && got != nullptr) {
    require(got->payment_id == payment_id, "payment_id");
    require(got->transaction_id == transaction_id, "transaction_id");
    require(got->trace_id == trace_id, "trace_id");
  }
  return expected.ok;
}

[[nodiscard]] inline bool compare(const sello::akua::failed_validation* got, object_reader expected) {
  const auto trace_id = expected.text("trace_id");
  const auto error_code = expected.text("error_code");
  const auto error_type = expected.text("error_type");
  const auto message = expected.text("message");
  if (expected.ok && got != nullptr) {
    require(got->trace_id == trace_id, "trace_id");
    require(got->error_code == error_code, "error_code");
    require(got->error_type == error_type, "error_type");
    require(got->message == message, "message");
  }
  return expected.ok;
}

[[nodiscard]] inline bool compare(const sello::akua::merchant* got, object_reader expected) {
  const auto merchant_id = expected.required_text("merchant_id");
  const auto name = expected.text("name");
  const auto organization_id = expected.text("organization_id");
  if (expected.ok && got != nullptr) {
    require(got->merchant_id == merchant_id, "merchant_id");
    require(got->name == name, "name");
    require(got->organization_id == organization_id, "organization_id");
  }
  return expected.ok;
}

[[nodiscard]] inline bool compare(const sello::gu1::entity* got, object_reader expected) {
  const auto id = expected.text("id");
  const auto external_id = expected.text("externalId");
  const auto name = expected.text("name");
  const auto type = expected.text("type");
  const auto status = expected.text("status");
  if (expected.ok && got != nullptr) {
    require(got->id == id, "id");
    require(got->external_id == external_id, "externalId");
    require(got->name == name, "name");
    require(got->type == type, "type");
    require(got->status == status, "status");
  }
  return expected.ok;
}

[[nodiscard]] inline bool compare(const sello::gu1::rule* got, object_reader expected) {
  const auto id = expected.text("id");
  const auto name = expected.text("name");
  const auto description = expected.text("description");
  const auto severity = expected.text("severity");
  const auto category = expected.text("category");
  if (expected.ok && got != nullptr) {
    require(got->id == id, "id");
    require(got->name == name, "name");
    require(got->description == description, "description");
    require(got->severity == severity, "severity");
    require(got->category == category, "category");
  }
  return expected.ok;
}

/// A nested object: sello has it exactly where the text has it, and with the same members.
template <class T>
[[nodiscard]] bool compare_nested(const std::optional<T>* got, const object_reader& parent, const std::string& key) {
  const auto* value = parent.find(key);
  if (value == nullptr) {
    if (got != nullptr) require(!got->has_value(), "nothing where the text has nothing");
    return true;
  }
  const T* const member = got != nullptr && got->has_value() ? &**got : nullptr;
  const bool ok = compare(member, object_reader{*value, reference::raw_member(parent.raw, key)});
  if (ok && got != nullptr) require(member != nullptr, "an object where the text has one");
  return ok;
}

[[nodiscard]] inline bool compare(const sello::gu1::kyc_validation* got, object_reader expected) {
  // The id is `validationId`, and where that is absent or null, `id`.
  const auto validation_id =
      expected.find("validationId") != nullptr ? expected.required_text("validationId") : expected.required_text("id");
  const auto entity_id = expected.text("entityId");
  const auto status = expected.text("status");
  const auto decision = expected.any("decision");
  const auto extracted_data = expected.any("extractedData");
  const auto verified_fields = expected.any("verifiedFields");
  const auto warnings = expected.any("warnings");
  const auto metadata = expected.any("metadata");
  const auto organization_id = expected.text("organizationId");
  const auto validation_session_id = expected.text("validationSessionId");
  const auto provider = expected.text("provider");
  const auto expires_at = expected.time("expiresAt");
  const auto verified_at = expected.time("verifiedAt");
  const auto created_at = expected.time("createdAt");
  const auto updated_at = expected.time("updatedAt");
  const bool entity = compare_nested(got != nullptr ? &got->entity : nullptr, expected, "entity");
  if (expected.ok && entity && got != nullptr) {
    require(got->validation_id == validation_id, "validationId or id");
    require(got->entity_id == entity_id, "entityId");
    require(name_text(got->status) == status, "status");
    require(got->decision == decision, "decision");
    require(got->extracted_data == extracted_data, "extractedData");
    require(got->verified_fields == verified_fields, "verifiedFields");
    require(got->warnings == warnings, "warnings");
    require(got->metadata == metadata, "metadata");
    require(got->organization_id == organization_id, "organizationId");
    require(got->validation_session_id == validation_session_id, "validationSessionId");
    require(got->validation_provider == provider, "provider");
    require(microseconds(got->expires_at) == expires_at, "expiresAt");
    require(microseconds(got->verified_at) == verified_at, "verifiedAt");
    require(microseconds(got->created_at) == created_at, "createdAt");
    require(microseconds(got->updated_at) == updated_at, "updatedAt");
  }
  return expected.ok && entity;
}

[[nodiscard]] inline bool compare(const sello::gu1::entity_change* got, object_reader expected) {
  const auto changes = expected.any("changes");
  const auto metadata = expected.any("metadata");
  const bool entity = compare_nested(got != nullptr ? &got->entity : nullptr, expected, "entity");
  if (expected.ok && entity && got != nullptr) {
    require(got->changes == changes, "changes");
    require(got->metadata == metadata, "metadata");
  }
  return expected.ok && entity;
}

[[nodiscard]] inline bool compare(const sello::gu1::rule_match* got, object_reader expected) {
  const auto rule_id = expected.text("ruleId");
  const auto entity_id = expected.text("entityId");
  const auto evaluation_id = expected.text("evaluationId");
  const auto trigger_data = expected.any("triggerData");
  const bool rule = compare_nested(got != nullptr ? &got->rule : nullptr, expected, "rule");
  const bool entity = compare_nested(got != nullptr ? &got->entity : nullptr, expected, "entity");
  if (expected.ok && rule && entity && got != nullptr) {
    require(got->rule_id == rule_id, "ruleId");
    require(got->entity_id == entity_id, "entityId");
    require(got->evaluation_id == evaluation_id, "evaluationId");
    require(got->trigger_data == trigger_data, "triggerData");
  }
  return expected.ok && rule && entity;
}

[[nodiscard]] inline bool compare(const sello::gu1::transaction* got, object_reader expected) {
  const auto transaction_id = expected.text("transactionId");
  const auto external_id = expected.text("externalId");
  const auto type = expected.text("type");
  const auto status = expected.text("status");
  const auto previous_status = expected.text("previousStatus");
  const auto amount = expected.number_text("amount");
  const auto currency = expected.text("currency");
  if (expected.ok && got != nullptr) {
    require(got->transaction_id == transaction_id, "transactionId");
    require(got->external_id == external_id, "externalId");
    require(got->transaction_type == type, "type");
    require(got->status == status, "status");
    require(got->previous_status == previous_status, "previousStatus");
    require(number_text(got->amount) == amount, "amount, exactly as sent");
    require(got->currency == currency, "currency");
  }
  return expected.ok;
}

/// A fault of the reading must lie where it says, in a text that is valid and has no key twice.
inline void check_place(const sello::error& fault, const reference::json& whole) {
  using pointer = reference::json::json_pointer;
  const pointer place{fault.where};
  if (fault.code == sello::errc::missing_field) {
    const bool null_or_absent = !whole.contains(place) || whole.at(place).is_null();
    require(null_or_absent && whole.contains(place.parent_pointer()), "a missing field is missing there");
  } else {
    require(whole.contains(place), "a fault lies at a value of the text");
  }
}

/// The verdict on a text that the reference has judged already, as far as that says it: true if its values decide.
[[nodiscard]] inline bool check_verdict(const std::optional<sello::errc>& fault, std::string_view judged) {
  using sello::errc;
  if (fault) {
    const errc code = *fault;
    const bool of_value = code == errc::wrong_type || code == errc::missing_field || code == errc::out_of_range;
    if (judged == "malformed_json" || judged == "too_deep") {
      require_same(to_string(code), judged, "the text's fault");
    } else {
      const bool of_key = judged != "" && code == errc::duplicate_key;
      require(of_value || of_key, "a fault that the text has");
    }
  } else {
    require_same("", judged, "accepts only what is valid");
  }
  return judged.empty();
}

/// Reads a text as an event's data, and compares.
template <class T>
void check_decode(std::string_view text) {
  const std::string judged = reference::judge_text(text);
  const bool plain = text.find('\0') == text.npos && !text.starts_with("\xEF\xBB\xBF");
  if (judged.empty() || judged == "duplicate_key") require(reference::json::accept(text), "nlohmann accepts it too");
  if (judged == "malformed_json" && plain) require(!reference::json::accept(text), "nlohmann refuses it too");

  const sello::result<T> read = sello::decode<T>(text);
  const auto fault = read ? std::nullopt : std::optional{read.error().code};
  if (!check_verdict(fault, judged)) return;
  const auto whole = reference::json::parse(text);
  const bool taken = compare(read ? &*read : nullptr, object_reader{whole, text});
  require(read.has_value() == taken, "accepts what the reference accepts");
  if (!read) check_place(read.error(), whole);
}

}  // namespace fuzz
