// SPDX-License-Identifier: MIT
// Kuenta's events from JSON.
#include "events.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::check_decode<sello::kuenta::credit_application_created>(fuzz::text_of(data, size));
  return 0;
}
