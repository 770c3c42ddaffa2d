// SPDX-License-Identifier: MIT
// Compares each event struct, member by member, with what the reference reads from the same text.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sello/akua.hpp>
#include <sello/decode/decoder.hpp>
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

/// A value of any JSON is exactly what was sent, and means the same.
inline void require_sent(const std::optional<sello::raw_json>& got, const std::optional<std::string>& sent,
                         std::string_view what) {
  require(got.has_value() == sent.has_value(), what);
  if (!got) return;
  require_same(got->text(), *sent, what);
  require(got->json() == reference::json::parse(*sent), what);
}

// Each `compare` gives whether the reference takes the object, whose misfits `expected` has then; `got` is null where
// sello did not.

[[nodiscard]] inline bool compare(const sello::kuenta::details* got, object_reader& expected) {
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

[[nodiscard]] inline bool compare(const sello::akua::instrument* got, object_reader& expected) {
  const auto instrument_id = expected.required_text("instrument_id");
  if (expected.ok && got != nullptr) require(got->instrument_id == instrument_id, "instrument_id");
  return expected.ok;
}

[[nodiscard]] inline bool compare(const sello::akua::payment* got, object_reader& expected) {
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

[[nodiscard]] inline bool compare(const sello::akua::failed_validation* got, object_reader& expected) {
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

[[nodiscard]] inline bool compare(const sello::akua::merchant* got, object_reader& expected) {
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

[[nodiscard]] inline bool compare(const sello::gu1::entity* got, object_reader& expected) {
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

[[nodiscard]] inline bool compare(const sello::gu1::rule* got, object_reader& expected) {
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

/// A nested object of which nothing is required: sello has it exactly where the text has an object, and with the same
/// members.
template <class T>
void compare_nested(const std::optional<T>* got, object_reader& parent, const std::string& key) {
  const auto* value = parent.find(key);
  if (value != nullptr && !value->is_object()) parent.note("wrong_type", key);
  if (value == nullptr || !value->is_object()) {
    if (got != nullptr) require(!got->has_value(), "nothing where the text has no object");
    return;
  }
  if (got != nullptr) require(got->has_value(), "an object where the text has one");
  object_reader inner{*value, reference::raw_member(parent.raw, key), parent.where + "/" + key};
  static_cast<void>(compare(got != nullptr ? &**got : nullptr, inner));
  parent.misfits.insert(parent.misfits.end(), inner.misfits.begin(), inner.misfits.end());
}

[[nodiscard]] inline bool compare(const sello::gu1::kyc_validation* got, object_reader& expected) {
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
  compare_nested(got != nullptr ? &got->entity : nullptr, expected, "entity");
  if (expected.ok && got != nullptr) {
    require(got->validation_id == validation_id, "validationId or id");
    require(got->entity_id == entity_id, "entityId");
    require(name_text(got->status) == status, "status");
    require_sent(got->decision, decision, "decision");
    require_sent(got->extracted_data, extracted_data, "extractedData");
    require_sent(got->verified_fields, verified_fields, "verifiedFields");
    require_sent(got->warnings, warnings, "warnings");
    require_sent(got->metadata, metadata, "metadata");
    require(got->organization_id == organization_id, "organizationId");
    require(got->validation_session_id == validation_session_id, "validationSessionId");
    require(got->validation_provider == provider, "provider");
    require(microseconds(got->expires_at) == expires_at, "expiresAt");
    require(microseconds(got->verified_at) == verified_at, "verifiedAt");
    require(microseconds(got->created_at) == created_at, "createdAt");
    require(microseconds(got->updated_at) == updated_at, "updatedAt");
  }
  return expected.ok;
}

[[nodiscard]] inline bool compare(const sello::gu1::entity_change* got, object_reader& expected) {
  const auto changes = expected.any("changes");
  const auto metadata = expected.any("metadata");
  compare_nested(got != nullptr ? &got->entity : nullptr, expected, "entity");
  if (expected.ok && got != nullptr) {
    require_sent(got->changes, changes, "changes");
    require_sent(got->metadata, metadata, "metadata");
  }
  return expected.ok;
}

[[nodiscard]] inline bool compare(const sello::gu1::rule_match* got, object_reader& expected) {
  const auto rule_id = expected.text("ruleId");
  const auto entity_id = expected.text("entityId");
  const auto evaluation_id = expected.text("evaluationId");
  const auto trigger_data = expected.any("triggerData");
  compare_nested(got != nullptr ? &got->rule : nullptr, expected, "rule");
  compare_nested(got != nullptr ? &got->entity : nullptr, expected, "entity");
  if (expected.ok && got != nullptr) {
    require(got->rule_id == rule_id, "ruleId");
    require(got->entity_id == entity_id, "entityId");
    require(got->evaluation_id == evaluation_id, "evaluationId");
    require_sent(got->trigger_data, trigger_data, "triggerData");
  }
  return expected.ok;
}

[[nodiscard]] inline bool compare(const sello::gu1::transaction* got, object_reader& expected) {
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
  const std::string_view said = fault ? to_string(*fault) : "";
  const bool of_value = fault == errc::wrong_type || fault == errc::missing_field || fault == errc::out_of_range;
  if (judged.empty()) {
    require(!fault || of_value, "a fault that the text has");
  } else if (judged == "out_of_range") {
    require(of_value, "a number beyond every double is refused, or what stands before it");
  } else {
    require_same(said, judged, "the text's fault");
  }
  return judged.empty();
}

/// The misfits are those of the reference, each at its place, and no other ones.
inline void check_misfits(const std::vector<sello::error>& misfits, std::vector<std::string> expected) {
  std::vector<std::string> noted;
  for (const sello::error& misfit : misfits) noted.push_back(std::string{to_string(misfit.code)} + " " + misfit.where);
  std::sort(noted.begin(), noted.end());
  std::sort(expected.begin(), expected.end());
  require(noted == expected, "the misfits of the reference");
}

/// Reads a text as an event's data, and compares: each member is exactly what was sent, or empty and noted.
template <class T>
void check_decode(std::string_view text) {
  const std::string judged = reference::judge_text(text);
  const bool plain = text.find('\0') == text.npos && !text.starts_with("\xEF\xBB\xBF");
  if (judged.empty()) require(reference::json::accept(text), "nlohmann accepts it too");
  if (judged == "malformed_json" && plain) require(!reference::json::accept(text), "nlohmann refuses it too");

  std::vector<sello::error> misfits;
  const sello::result<T> read = sello::decode<T>(text, misfits);
  const auto fault = read ? std::nullopt : std::optional{read.error().code};
  const bool decided = check_verdict(fault, judged);

  // Strictly, a misfit is a fault.
  const sello::result<T> strict = sello::decode<T>(text);
  require(strict.has_value() == (read.has_value() && misfits.empty()), "strictly no misfit is taken");
  if (!decided) return;

  const auto whole = reference::json::parse(text);
  object_reader expected{whole, text};
  const bool taken = compare(read ? &*read : nullptr, expected);
  require(read.has_value() == taken, "accepts what the reference accepts");
  if (read) {
    check_misfits(misfits, expected.misfits);
  } else {
    check_place(read.error(), whole);
  }
  if (!strict) check_place(strict.error(), whole);
}

/// A part of a body is exactly what was sent, wherever it is.
inline void check_parts(std::string_view text) {
  if (!reference::judge_text(text).empty()) return;
  const auto made = sello::raw_json::parse(text);
  require(made.has_value(), "a value is one");
  const auto whole = reference::json::parse(text);
  require(made->json() == whole && made->json().dump() == whole.dump(), "the document of nlohmann's own parser");
  const auto parts = whole.flatten();
  for (const auto& [pointer, flat] : parts.items()) {
    const auto& value = whole.at(reference::json::json_pointer{pointer});
    const auto part = made->at(pointer);
    require(part.has_value(), "every part has its pointer");
    require(part->json() == value, "a part is what nlohmann has there");
    require(text.find(part->text()) != text.npos, "a part stands in the text");
    require(!made->at(pointer + "/0").has_value(), "what has no parts has none");
  }
}

}  // namespace fuzz
