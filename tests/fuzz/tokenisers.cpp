// SPDX-License-Identifier: MIT
// Any text, to both tokenisers: they say the same, to the last position.
#include "fuzz.hpp"
#include "json/transcript.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::require(say_the_same(fuzz::text_of(data, size)), "simdjson and nlohmann say the same of a text");
  return 0;
}
