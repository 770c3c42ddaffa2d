// SPDX-License-Identifier: MIT
#include <sello/decode/number.hpp>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "catch.hpp"

namespace {

using namespace std::string_literals;
using sello::detail::fit;
using sello::detail::is_beyond_double;
using sello::detail::number_parts;

/// As text: the value, with ~ where something was cut off, or `too large`.
template <class Int>
std::string scaled(std::string_view text, int digits = 0) {
  Int value = 99;
  const fit how = sello::detail::scale(number_parts{text}, digits, value);
  if (how == fit::too_large) return value == 99 ? "too large" : "too large, and changed";
  return std::to_string(value) + (how == fit::cut ? "~" : "");
}

/// 2^1024 - 2^970, half-way between the largest double and the first one that is not there.
const std::string limit =
    "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692"
    "88791"
    "094655554785194040263065748867150582068190890200070838367627385484581771153176447573027006985557136695962284291481"
    "98608"
    "34936475292719074168444365510704342711559699508093042880177904174497792";

bool strtod_is_infinite(const std::string& text) { return std::isinf(std::strtod(text.c_str(), nullptr)); }

}  // namespace

TEST_CASE("scale: exact, cut off towards zero, or too large") {
  CHECK(scaled<std::int64_t>("12") == "12");
  CHECK(scaled<std::int64_t>("12.0") == "12");
  CHECK(scaled<std::int64_t>("12.5") == "12~");
  CHECK(scaled<std::int64_t>("-12.5") == "-12~");
  CHECK(scaled<std::int64_t>("0.999") == "0~");
  CHECK(scaled<std::int64_t>("1.2e1") == "12");
  CHECK(scaled<std::int64_t>("1.25", 2) == "125");
  CHECK(scaled<std::int64_t>("1.256", 2) == "125~");
  CHECK(scaled<std::int64_t>("1256", -2) == "12~");
  CHECK(scaled<std::int64_t>("1e-99999999999999999999") == "0~");
  CHECK(scaled<std::int64_t>("1e99999999999999999999") == "too large");
  CHECK(scaled<std::int64_t>("-0e99999999999999999999") == "0");
  CHECK(scaled<std::int64_t>("9223372036854775807.9") == "9223372036854775807~");
  CHECK(scaled<std::int64_t>("-9223372036854775808") == "-9223372036854775808");
  CHECK(scaled<std::int64_t>("-9223372036854775809") == "too large");
  CHECK(scaled<std::uint64_t>("18446744073709551615") == "18446744073709551615");
  CHECK(scaled<std::uint64_t>("18446744073709551616") == "too large");
  CHECK(scaled<std::uint64_t>("-0.0") == "0");
  CHECK(scaled<std::uint64_t>("-0.5") == "0~");
  CHECK(scaled<std::uint64_t>("-1") == "too large");
  CHECK(scaled<std::uint8_t>("255") == "255");
  CHECK(scaled<std::uint8_t>("256") == "too large");
  CHECK(scaled<std::uint8_t>("2550") == "too large");
  CHECK(scaled<std::int8_t>("-128") == "-128");
  CHECK(scaled<std::int8_t>("128") == "too large");
}

TEST_CASE("is_beyond_double: from half-way behind the largest double on, as strtod has it") {
  REQUIRE(limit.size() == 309);
  std::string below = limit;
  below.back() = '1';
  for (const std::string& text : {limit,
                                  below,
                                  limit + ".0",
                                  below + ".99999",
                                  limit + "e0",
                                  limit + "0e-1",
                                  below + "0e-1",
                                  "-" + limit,
                                  "-" + below,
                                  "0.000" + limit + "e312",
                                  "0.000" + below + "e312",
                                  limit.substr(0, 1) + "." + limit.substr(1) + "e308",
                                  below.substr(0, 1) + "." + below.substr(1) + "e308",
                                  limit + "0",
                                  "1" + std::string(308, '0'),
                                  "1" + std::string(309, '0'),
                                  std::string(309, '9'),
                                  std::string(308, '9'),
                                  "0." + std::string(400, '9'),
                                  "0." + std::string(400, '0') + "1e709",
                                  "0." + std::string(400, '0') + "1e710",
                                  "0." + std::string(400, '0') + "2e709",
                                  "1e308"s,
                                  "1e309"s,
                                  "1e+308"s,
                                  "1E309"s,
                                  "1e999"s,
                                  "-1e999"s,
                                  "1.7976931348623157e308"s,
                                  "1.7976931348623158e308"s,
                                  "1.7976931348623159e308"s,
                                  "1.797693134862315807e308"s,
                                  "1.797693134862315808e308"s,
                                  "17.9769313486231581e307"s,
                                  "0e999"s,
                                  "0.0e999"s,
                                  "-0e99999999999999999999"s,
                                  "1e99999999999999999999"s,
                                  "1e-99999999999999999999"s,
                                  "0"s,
                                  "-0"s,
                                  "5"s,
                                  "12345"s,
                                  "1e-400"s,
                                  "1e400"s,
                                  "10e307"s,
                                  "10e308"s,
                                  "0.1e309"s,
                                  "0.1e310"s}) {
    CAPTURE(text);
    CHECK(is_beyond_double(text) == strtod_is_infinite(text));
  }
  CHECK(is_beyond_double(limit));
  CHECK_FALSE(is_beyond_double(below));
  CHECK(is_beyond_double(std::string(1024 * 1024, '1')));
  CHECK_FALSE(is_beyond_double("0." + std::string(1024 * 1024, '1')));
}
