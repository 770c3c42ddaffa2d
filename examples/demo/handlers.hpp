// SPDX-License-Identifier: MIT
// A handler for every known event. Each notes in a few words what it got.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sello/sello.hpp>

namespace demo {

[[nodiscard]] inline std::string text(const std::optional<std::string>& value) { return value.value_or("?"); }

[[nodiscard]] inline std::string summary(const sello::kuenta::details& data) {
  std::string line = text(data.id);
  if (data.amount) line += ": " + data.amount->text();
  if (data.term) line += " over " + std::to_string(*data.term) + ' ' + text(data.term_unit);
  return line;
}

[[nodiscard]] inline std::string summary(const sello::akua::instrument& data) { return data.instrument_id; }
[[nodiscard]] inline std::string summary(const sello::akua::payment& data) {
  return data.payment_id + " for " + text(data.trace_id);
}
[[nodiscard]] inline std::string summary(const sello::akua::failed_validation& data) {
  return text(data.trace_id) + ": " + text(data.message);
}
[[nodiscard]] inline std::string summary(const sello::akua::merchant& data) {
  return data.merchant_id + ": " + text(data.name);
}

[[nodiscard]] inline std::string summary(const sello::gu1::kyc_validation& data) {
  std::string line = data.validation_id;
  if (data.status) line.append(" is ").append(data.status->text());
  if (data.entity) line += ": " + text(data.entity->external_id);
  return line;
}
[[nodiscard]] inline std::string summary(const sello::gu1::entity_change& data) {
  return data.entity ? text(data.entity->external_id) + " is " + text(data.entity->status) : "?";
}
[[nodiscard]] inline std::string summary(const sello::gu1::rule_match& data) {
  return data.rule ? text(data.rule->name) + " (" + text(data.rule->severity) + ')' : text(data.rule_id);
}
[[nodiscard]] inline std::string summary(const sello::gu1::transaction& data) {
  return text(data.transaction_id) + ": " + (data.amount ? data.amount->text() : "?") + ' ' + text(data.currency);
}

/// What the handler on this thread got, for the receiver's observer, which runs after it on the same thread.
inline thread_local std::string handler_got;

template <class Catalog>
void handle_all(sello::router& router) {
  Catalog::for_each([&]<class Event>() {
    router.on<Event>([](const sello::event<Event>& event) { handler_got = summary(event.data); });
  });
}

[[nodiscard]] inline sello::router make_router() {
  sello::router router;
  handle_all<sello::kuenta::catalog>(router);
  handle_all<sello::akua::catalog>(router);
  handle_all<sello::gu1::catalog>(router);
  router.otherwise([](const sello::unknown_event& event) { handler_got = event.type; });
  return router;
}

}  // namespace demo
