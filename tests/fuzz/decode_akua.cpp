// SPDX-License-Identifier: MIT
// Akua's events from JSON: one of each group.
#include "events.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::check_decode<sello::akua::instrument_created>(text);
  fuzz::check_decode<sello::akua::payment_capture_cleared>(text);
  fuzz::check_decode<sello::akua::payment_validation_failed>(text);
  fuzz::check_decode<sello::akua::merchant_created>(text);
  fuzz::check_parts(text);
  return 0;
}
