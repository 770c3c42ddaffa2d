// SPDX-License-Identifier: MIT
// Kuenta's 15 events. Source: Kuenta's page "Webhooks", sections "Eventos disponibles" and "Estructura del payload".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <sello/base/timestamp.hpp>
#include <sello/decode/decimal.hpp>
#include <sello/kuenta/provider.hpp>
#include <sello/route/event.hpp>

namespace sello::inline v0::kuenta {

/// The `data` of every event. Kuenta documents that of `credit.application.created` alone; what the others carry is not
/// known, so nothing is required and `event::json()` has the rest.
struct details {
  std::optional<std::string> id{};         ///< `app_…`
  std::optional<decimal> amount{};         ///< exact; the page shows a whole number, decimals are taken as well
  std::optional<std::int64_t> term{};      ///< in `term_unit`
  std::optional<std::string> term_unit{};  ///< "months"
  std::optional<std::string> status{};     ///< "pending"; the other names are not documented
  std::optional<timestamp> created_at{};

  static constexpr std::array fields{field<&details::id>("id"),         field<&details::amount>("amount"),
                                     field<&details::term>("term"),     field<&details::term_unit>("termUnit"),
                                     field<&details::status>("status"), field<&details::created_at>("createdAt")};
};

/// The name of an event of this provider.
template <text_literal Type>
struct of_type : named<Type> {
  using provider = kuenta::provider;
};

struct credit_application_created : details, of_type<"credit.application.created"> {};
struct credit_application_approved : details, of_type<"credit.application.approved"> {};
struct credit_application_rejected : details, of_type<"credit.application.rejected"> {};
struct credit_disbursed : details, of_type<"credit.disbursed"> {};
struct credit_completed : details, of_type<"credit.completed"> {};

struct payment_created : details, of_type<"payment.created"> {};
struct payment_completed : details, of_type<"payment.completed"> {};
struct payment_failed : details, of_type<"payment.failed"> {};
struct payment_refunded : details, of_type<"payment.refunded"> {};

struct document_created : details, of_type<"document.created"> {};
struct document_signed : details, of_type<"document.signed"> {};
struct document_expired : details, of_type<"document.expired"> {};

struct validation_started : details, of_type<"validation.started"> {};
struct validation_completed : details, of_type<"validation.completed"> {};
struct validation_failed : details, of_type<"validation.failed"> {};

/// Every event that Kuenta documents.
class catalog : public catalog_of<credit_application_created, credit_application_approved, credit_application_rejected,
                                  credit_disbursed, credit_completed, payment_created, payment_completed,
                                  payment_failed, payment_refunded, document_created, document_signed, document_expired,
                                  validation_started, validation_completed, validation_failed> {};

}  // namespace sello::inline v0::kuenta
