// SPDX-License-Identifier: MIT
// Exact decimals: which texts are numbers, and their scaled integers.
#include <climits>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include <sello/decode/decimal.hpp>

#include "fuzz.hpp"
#include "reference.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{fuzz::text_of(data, size)};
  const auto number = sello::decimal::parse(text);
  fuzz::require(number.has_value() == reference::is_number(text), "the reference's verdict");
  if (text.find_first_not_of("+-.0123456789eE") == text.npos && nlohmann::json::accept(text))
    fuzz::require(number.has_value(), "every number of JSON");
  if (!number) {
    fuzz::require(number.error().code == sello::errc::wrong_type, "no number: of another type");
    return 0;
  }
  fuzz::require(number->text() == text, "the text as it came");
  for (const int digits : {0, 2, 3, 8, -2, 25, 1'000'000'000, -1'000'000'000, INT_MAX, INT_MIN}) {
    const auto scaled = number->scaled(digits);
    const auto expected = reference::scaled(text, digits);
    fuzz::require(scaled.has_value() == expected.has_value(), "scaled where the reference can");
    if (scaled) fuzz::require(*scaled == *expected, "the reference's integer");
  }
  const auto whole = number->integer();
  fuzz::require(whole.has_value() == number->scaled(0).has_value(), "an integer is scaled by nothing");
  const bool infinite = std::isinf(std::strtod(text.c_str(), nullptr));
  fuzz::require(sello::detail::is_beyond_double(text) == infinite, "beyond every double where strtod is infinite");
  return 0;
}
