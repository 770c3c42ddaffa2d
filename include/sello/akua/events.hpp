// SPDX-License-Identifier: MIT
// Akua's 19 events. Source: Akua's page "Webhooks", section "Eventos", which shows one sample a group: so only the id
// that names the group is required.
#pragma once

#include <array>
#include <optional>
#include <string>

#include <sello/akua/provider.hpp>
#include <sello/route/event.hpp>

namespace sello::inline v0::akua {

/// `instrument.*`
struct instrument {
  std::string instrument_id{};  ///< `ins-…`

  static constexpr std::array fields{field<&instrument::instrument_id>("instrument_id")};
};

/// `payment.*`, but for `payment.validation.failed`
struct payment {
  std::string payment_id{};                     ///< `pay-…`
  std::optional<std::string> transaction_id{};  ///< `trx-…`
  std::optional<std::string> trace_id{};        ///< the id that you gave

  static constexpr std::array fields{field<&payment::payment_id>("payment_id"),
                                     field<&payment::transaction_id>("transaction_id"),
                                     field<&payment::trace_id>("trace_id")};
};

/// `payment.validation.failed`: there is no payment yet, so no id of one.
struct failed_validation {
  std::optional<std::string> trace_id{};  ///< the id that you gave
  std::optional<std::string> error_code{};
  std::optional<std::string> error_type{};
  std::optional<std::string> message{};

  static constexpr std::array fields{
      field<&failed_validation::trace_id>("trace_id"), field<&failed_validation::error_code>("error_code"),
      field<&failed_validation::error_type>("error_type"), field<&failed_validation::message>("message")};
};

/// `merchant.*`
struct merchant {
  std::string merchant_id{};  ///< `mer-…`
  std::optional<std::string> name{};
  std::optional<std::string> organization_id{};  ///< `org-…`

  static constexpr std::array fields{field<&merchant::merchant_id>("merchant_id"), field<&merchant::name>("name"),
                                     field<&merchant::organization_id>("organization_id")};
};

/// The name of an event of this provider.
template <text_literal Type>
struct of_type : named<Type> {
  using provider = akua::provider;
};

struct instrument_created : instrument, of_type<"instrument.created"> {};
struct instrument_deleted : instrument, of_type<"instrument.deleted"> {};
struct instrument_updated : instrument, of_type<"instrument.updated"> {};

struct payment_authorization_processed : payment, of_type<"payment.authorization.processed"> {};
struct payment_authorization_rejected : payment, of_type<"payment.authorization.rejected"> {};
struct payment_cancel_processed : payment, of_type<"payment.cancel.processed"> {};
struct payment_cancel_rejected : payment, of_type<"payment.cancel.rejected"> {};
struct payment_capture_manual_processed : payment, of_type<"payment.capture.manual.processed"> {};
struct payment_capture_automatic_processed : payment, of_type<"payment.capture.automatic.processed"> {};
struct payment_capture_cleared : payment, of_type<"payment.capture.cleared"> {};
struct payment_refund_rejected : payment, of_type<"payment.refund.rejected"> {};
struct payment_refund_cleared : payment, of_type<"payment.refund.cleared"> {};
struct payment_account_status_rejected : payment, of_type<"payment.account-status.rejected"> {};
struct payment_adjust_rejected : payment, of_type<"payment.adjust.rejected"> {};
struct payment_clearing_requested : payment, of_type<"payment.clearing.requested"> {};
struct payment_clearing_processed : payment, of_type<"payment.clearing.processed"> {};
struct payment_processing_failed : payment, of_type<"payment.processing.failed"> {};

struct payment_validation_failed : failed_validation, of_type<"payment.validation.failed"> {};

struct merchant_created : merchant, of_type<"merchant.created"> {};

/// Every event that Akua documents.
class catalog
    : public catalog_of<instrument_created, instrument_deleted, instrument_updated, payment_authorization_processed,
                        payment_authorization_rejected, payment_cancel_processed, payment_cancel_rejected,
                        payment_capture_manual_processed, payment_capture_automatic_processed, payment_capture_cleared,
                        payment_refund_rejected, payment_refund_cleared, payment_account_status_rejected,
                        payment_adjust_rejected, payment_clearing_requested, payment_clearing_processed,
                        payment_processing_failed, payment_validation_failed, merchant_created> {};

}  // namespace sello::inline v0::akua
