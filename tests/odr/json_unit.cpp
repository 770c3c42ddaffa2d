// SPDX-License-Identifier: MIT
// Built several times with other macros for nlohmann/json, each time as another SELLO_UNIT of one program.
#include "json.hpp"

#include <nlohmann/json.hpp>

namespace {

std::string write(const sello::gu1::kyc_validation& validation) {
  const auto text = [](const std::optional<sello::raw_json>& member) {
    if (!member) return std::string{"-"};
    const auto whole = member->json();
    const auto part = member->at("/scores/1");
    return whole.dump() + '|' + std::string{part ? part->text() : "none"};
  };
  return validation.validation_id + ' ' + text(validation.decision) + ' ' + text(validation.extracted_data) + ' ' +
         text(validation.warnings) + ' ' + text(validation.metadata) + ' ' +
         validation.validation_session_id.value_or("-");
}

sello::router make_router(std::string& seen) {
  sello::router router;
  router.on<sello::gu1::kyc_validation_approved>([&seen](const auto& event) {
    seen = write(event.data) + ' ' + event.json()["event"].template get<std::string>() + ' ' + event.idempotency_key;
  });
  router.otherwise([&seen](const sello::unknown_event& event) {
    seen = event.json()["event"].get<std::string>() + ' ' + event.idempotency_key;
  });
  return router;
}

sello::result<sello::outcome> dispatch(const sello::router& router, std::string_view signature, std::string_view body) {
  const sello::gu1::verifier verifier{"s3cret-of-gu1"};
  const auto headers = [&](std::string_view name) {
    return name == "X-Webhook-Signature" ? std::optional{signature} : std::nullopt;
  };
  const auto delivery = verifier.verify(headers, body);
  if (!delivery) return delivery.error();
  return router.dispatch(*delivery);
}

sello::result<sello::gu1::kyc_validation> decode(std::string_view text) {
  return sello::decode<sello::gu1::kyc_validation>(text);
}

#define SELLO_TEXT_OF(name) #name
#define SELLO_NAME_OF(name) SELLO_TEXT_OF(name)

}  // namespace

const unit SELLO_UNIT{SELLO_NAME_OF(SELLO_UNIT),         make_router, dispatch, decode, write,
                      sizeof(sello::gu1::kyc_validation)};
