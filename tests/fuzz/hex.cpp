// SPDX-License-Identifier: MIT
// Hexadecimal, both ways.
#include <optional>
#include <string>

#include <sello/verify/encoding.hpp>

#include "fuzz.hpp"
#include "reference.hpp"

namespace {

template <std::size_t N>
void check(const std::string& text) {
  const auto decoded = sello::detail::hex_decode<N>(text);
  auto expected = reference::from_hex(text);
  if (expected && expected->size() != N) expected.reset();
  fuzz::require(decoded.has_value() == expected.has_value(), "the reference's verdict");
  if (decoded) fuzz::require(std::string{decoded->begin(), decoded->end()} == *expected, "the reference's bytes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{fuzz::text_of(data, size)};
  check<1>(text);
  check<2>(text);
  check<3>(text);
  check<32>(text);
  check<1>(text.substr(0, 2));
  check<32>(text.substr(0, 64));

  const std::string encoded = sello::detail::hex_encode({data, size});
  fuzz::require(encoded == reference::to_hex(text), "the reference's text");
  fuzz::require(reference::from_hex(encoded) == text, "there and back");
  return 0;
}
