// SPDX-License-Identifier: MIT
// Gu1's events from JSON: one of each family.
#include "events.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::check_decode<sello::gu1::kyc_validation_approved>(text);
  fuzz::check_decode<sello::gu1::entity_updated>(text);
  fuzz::check_decode<sello::gu1::rule_triggered>(text);
  fuzz::check_decode<sello::gu1::transaction_created>(text);
  fuzz::check_parts(text);
  return 0;
}
