// SPDX-License-Identifier: MIT
#include <sello/decode/decimal.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "catch.hpp"

namespace {

using sello::decimal;
using sello::errc;

decimal number(std::string_view text) { return decimal::parse(std::string{text}).value(); }

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("decimal: zero unless told otherwise") {
  CHECK(decimal{}.text() == "0");
  CHECK(decimal{}.integer().value() == 0);
}

TEST_CASE("decimal: keeps the text of every JSON number") {
  for (const char* text :
       {"0", "-0", "7", "-7", "10", "5000000", "5000.10", "12345678901234567.89", "0.0", "-0.00", "1e3", "1E3", "1e+3",
        "1e-3", "-1.50E-07", "12345678901234567890", "1e999", "0e0", "0.1e00"}) {
    CAPTURE(text);
    const auto read = decimal::parse(text);
    REQUIRE(read);
    CHECK(read->text() == text);
  }
}

TEST_CASE("decimal: refuses what is no JSON number") {
  for (const char* text : {"",      "-",   "+1",  "01",  "-01", "00",       "1.",        ".5",    "-.5",
                           "1.e3",  "1e",  "1e+", "1e-", "e3",  "1.5.5",    "1e3e3",     "1e3.5", "0x10",
                           "1_000", "1,5", " 1",  "1 ",  "NaN", "Infinity", "-Infinity", "--1",   "1-"}) {
    CAPTURE(text);
    const auto read = decimal::parse(text);
    REQUIRE_FALSE(read);
    CHECK(read.error() == sello::error{errc::wrong_type, ""});
  }
}

TEST_CASE("decimal: NUL and other bytes inside are no part of a number") {
  CHECK_FALSE(decimal::parse(std::string("1\0", 2)));
  CHECK_FALSE(decimal::parse("1\xC2\xA0"));
}

TEST_CASE("decimal: scaled is exact or refuses") {
  struct row {
    std::string_view text;
    int digits;
    std::optional<std::int64_t> value;  // nothing: out of range
  };
  const row rows[] = {
      {"0", 0, 0},
      {"-0", 2, 0},
      {"5000000", 0, 5000000},
      {"5000000", 2, 500000000},
      {"5000.10", 2, 500010},
      {"5000.10", 1, 50001},
      {"5000.10", 0, {}},
      {"5000.10", 3, 5000100},
      {"5000.00", 0, 5000},
      {"-5000.10", 2, -500010},
      {"0.01", 2, 1},
      {"0.01", 1, {}},
      {"0.001", 2, {}},
      {"-0.001", 2, {}},
      {"12345678901234567.89", 2, 1234567890123456789},
      {"12345678901234567.89", 3, {}},
      {"9223372036854775807", 0, most},
      {"9223372036854775808", 0, {}},
      {"-9223372036854775808", 0, least},
      {"-9223372036854775809", 0, {}},
      {"-9999999999999999999", 0, {}},
      {"-12345678901234567890", 0, {}},
      {"-12345678901234567890", -1, -1234567890123456789},
      {"92233720368547758.07", 2, most},
      {"-92233720368547758.08", 2, least},
      {"12345678901234567890", 0, {}},
      {"12345678901234567890", -1, 1234567890123456789},
      {"100", -2, 1},
      {"150", -2, {}},
      {"1e3", 0, 1000},
      {"1.5e3", 0, 1500},
      {"1.5E+3", 2, 150000},
      {"1500e-3", 0, {}},
      {"1500e-3", 1, 15},
      {"1000e-3", 0, 1},
      {"1e18", 0, 1000000000000000000},
      {"1e19", 0, {}},
      {"1e999", 0, {}},
      {"1e-999", 0, {}},
      {"0e999", 0, 0},
      {"0.000e999", 0, 0},
      {"0e-999", 2, 0},
      {"0e99999999999999999999", 0, 0},
      {"1e99999999999999999999", 0, {}},
      {"1e-99999999999999999999", 0, {}},
      {"1", std::numeric_limits<int>::max(), {}},
      {"0", std::numeric_limits<int>::max(), 0},
      {"1", std::numeric_limits<int>::min(), {}},
      {"0.00000000000000000000000000000000000001e38", 0, 1},
  };
  for (const row& expected : rows) {
    CAPTURE(expected.text, expected.digits);
    const auto value = number(expected.text).scaled(expected.digits);
    REQUIRE(value.has_value() == expected.value.has_value());
    if (value) {
      CHECK(*value == *expected.value);
    } else {
      CHECK(value.error() == sello::error{errc::out_of_range, ""});
    }
  }
}

TEST_CASE("decimal: integer is a whole number or nothing") {
  CHECK(number("5000000").integer().value() == 5000000);
  CHECK(number("5000.0").integer().value() == 5000);
  CHECK(number("5e3").integer().value() == 5000);
  CHECK(number("5000.5").integer().error().code == errc::out_of_range);
}

TEST_CASE("decimal: scaling takes one pass over a long number") {
  const std::string zeros(1024 * 1024, '0');
  CHECK(number("1." + zeros).scaled(2).value() == 100);
  CHECK(number("0." + zeros + "1").scaled(2).error().code == errc::out_of_range);
  CHECK(number("1" + zeros).scaled(0).error().code == errc::out_of_range);
  CHECK(number("1" + zeros + "e-1048576").scaled(0).value() == 1);
}

TEST_CASE("decimal: equal means the same text") {
  CHECK(number("5.0") == number("5.0"));
  CHECK(number("5.0") != number("5.00"));
  CHECK(number("50e-1") != number("5"));
}

TEST_CASE("decimal: one that was moved from is what it was") {
  for (const char* text : {"5000.10", "123456789012345678901234567890.123456789"}) {
    decimal amount = number(text);
    const decimal taken = std::move(amount);
    CHECK(taken.text() == text);
    CHECK(amount == taken);  // NOLINT(bugprone-use-after-move): its state is documented
    decimal other;
    other = std::move(amount);
    CHECK(other == taken);
    CHECK(amount == taken);  // NOLINT(bugprone-use-after-move)
  }
}
