// SPDX-License-Identifier: MIT
#include <sello/base/timestamp.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "catch.hpp"

using namespace std::chrono_literals;
using sello::parse_rfc3339;
using sello::parse_timestamp;
using sello::parse_unix_seconds;
using sello::timestamp;

namespace {

/// Microseconds since 1970, or nothing.
[[nodiscard]] constexpr std::optional<std::int64_t> micros(std::string_view text) {
  const auto time = parse_rfc3339(text);
  return time ? std::optional<std::int64_t>{time->time_since_epoch().count()} : std::nullopt;
}

[[nodiscard]] constexpr std::optional<std::int64_t> seconds(std::string_view text) {
  const auto time = parse_unix_seconds(text);
  return time ? std::optional<std::int64_t>{time->time_since_epoch().count()} : std::nullopt;
}

}  // namespace

TEST_CASE("Unix seconds are plain decimal digits") {
  STATIC_REQUIRE(seconds("0") == 0);
  STATIC_REQUIRE(seconds("7") == 7);
  STATIC_REQUIRE(seconds("1614265330") == 1'614'265'330);
}

TEST_CASE("Unix seconds may have 18 digits and no more") {
  STATIC_REQUIRE(seconds("999999999999999999") == 999'999'999'999'999'999);
  CHECK_FALSE(parse_unix_seconds("1000000000000000000"));
  CHECK_FALSE(parse_unix_seconds("9223372036854775807"));
  CHECK_FALSE(parse_unix_seconds("9223372036854775808"));
  CHECK_FALSE(parse_unix_seconds("18446744075323816946"));  // 2^64 + 1614265330
  CHECK_FALSE(parse_unix_seconds(std::string(10'000, '1')));
}

TEST_CASE("Unix seconds have no other form") {
  for (const std::string_view text : {"",
                                      " ",
                                      "+1",
                                      "-1",
                                      "-0",
                                      " 1",
                                      "1 ",
                                      "\t1",
                                      "1\n",
                                      "00",
                                      "01",
                                      "0001614265330",
                                      "1.0",
                                      "1.",
                                      ".1",
                                      "1e9",
                                      "1E9",
                                      "0x10",
                                      "1_000",
                                      "1,000",
                                      "1'000",
                                      "nan",
                                      "inf",
                                      "1614265330Z",
                                      "2021-02-25T15:02:10Z",
                                      "\xd9\xa1\xd9\xa2",
                                      "\xef\xbc\x91"}) {
    INFO(text);
    CHECK_FALSE(parse_unix_seconds(text));
  }
  CHECK_FALSE(parse_unix_seconds(std::string_view{"1\0", 2}));
  for (int c = 0; c < 256; ++c) {
    const std::string text{'1', static_cast<char>(c)};
    CHECK(parse_unix_seconds(text).has_value() == (c >= '0' && c <= '9'));
  }
}

TEST_CASE("RFC 3339 times become microseconds since 1970") {
  STATIC_REQUIRE(micros("1970-01-01T00:00:00Z") == 0);
  STATIC_REQUIRE(micros("2024-03-20T10:00:00Z") == 1'710'928'800'000'000);
  STATIC_REQUIRE(micros("2025-01-15T10:30:00.000Z") == 1'736'937'000'000'000);
  STATIC_REQUIRE(micros("1969-12-31T23:59:59Z") == -1'000'000);
  STATIC_REQUIRE(micros("2024-03-20t10:00:00z") == 1'710'928'800'000'000);
}

TEST_CASE("fractions of a second count to the microsecond and are cut off behind it") {
  STATIC_REQUIRE(micros("1970-01-01T00:00:00.5Z") == 500'000);
  STATIC_REQUIRE(micros("1970-01-01T00:00:00.123Z") == 123'000);
  STATIC_REQUIRE(micros("1970-01-01T00:00:00.000001Z") == 1);
  STATIC_REQUIRE(micros("1970-01-01T00:00:00.9999999999Z") == 999'999);
  STATIC_REQUIRE(micros("1969-12-31T23:59:59.25Z") == -750'000);
  CHECK(micros("1970-01-01T00:00:00." + std::string(1000, '1') + "Z") == 111'111);
}

TEST_CASE("offsets are taken off") {
  STATIC_REQUIRE(micros("2024-03-20T10:00:00+00:00") == 1'710'928'800'000'000);
  STATIC_REQUIRE(micros("2024-03-20T10:00:00-00:00") == 1'710'928'800'000'000);
  STATIC_REQUIRE(micros("2024-03-20T05:00:00-05:00") == 1'710'928'800'000'000);
  STATIC_REQUIRE(micros("2024-03-20T15:30:00+05:30") == 1'710'928'800'000'000);
  STATIC_REQUIRE(micros("2024-03-20T10:00:00.25+00:00") == 1'710'928'800'250'000);
}

TEST_CASE("Unix seconds are a timestamp from 1970 to the last second of 9999") {
  const auto micros_of = [](std::int64_t seconds) {
    const auto time = sello::from_unix_seconds(std::chrono::sys_seconds{std::chrono::seconds{seconds}});
    return time ? time->time_since_epoch().count() : -1;
  };
  CHECK(micros_of(0) == 0);
  CHECK(micros_of(-1) == -1);
  CHECK(micros_of(253'402'300'799) == 253'402'300'799'000'000);
  CHECK(micros_of(253'402'300'800) == -1);
  CHECK(micros_of(999'999'999'999'999'999) == -1);
}

TEST_CASE("the calendar is kept") {
  CHECK(parse_rfc3339("2024-02-29T00:00:00Z"));
  CHECK(parse_rfc3339("2000-02-29T00:00:00Z"));
  CHECK(parse_rfc3339("0000-01-01T00:00:00Z"));
  CHECK(parse_rfc3339("9999-12-31T23:59:59.999999Z"));
  for (const std::string_view text :
       {"2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-04-31T00:00:00Z", "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z", "2024-01-00T00:00:00Z", "2024-01-32T00:00:00Z", "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z", "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+00:60"}) {
    INFO(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("a leap second is the second after 59") {
  STATIC_REQUIRE(parse_rfc3339("2016-12-31T23:59:60Z") == parse_rfc3339("2017-01-01T00:00:00Z"));
}

TEST_CASE("RFC 3339 times have no other form") {
  for (const std::string_view text : {"",
                                      "2024-03-20",
                                      "2024-03-20T10:00:00",
                                      "2024-03-20T10:00Z",
                                      "2024-03-20 10:00:00Z",
                                      " 2024-03-20T10:00:00Z",
                                      "2024-03-20T10:00:00Z ",
                                      "2024-03-20T10:00:00.Z",
                                      "2024-03-20T10:00:00,5Z",
                                      "2024-03-20T10:00:00+0000",
                                      "2024-03-20T10:00:00+00",
                                      "2024-03-20T10:00:00+00:0",
                                      "2024-03-20T10:00:00+00:000",
                                      "2024-03-20T10:00:00ZZ",
                                      "2024-3-20T10:00:00Z",
                                      "24-03-20T10:00:00Z",
                                      "+2024-03-20T10:00:00Z",
                                      "-2024-03-20T10:00:00Z",
                                      "20240320T100000Z",
                                      "2024/03/20T10:00:00Z",
                                      "2024-03-20T1:00:00Z",
                                      "2024-03-20T10:00:0Z",
                                      "2024-03-20T+1:00:00Z",
                                      "2024-03-20T10:00:00 Z",
                                      "2024-03-20T10:00:00+",
                                      "1710928800"}) {
    INFO(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
  CHECK_FALSE(parse_rfc3339(std::string_view{"2024-03-20T10:00:00Z\0", 21}));
}

TEST_CASE("parse_timestamp takes RFC 3339, and what else is unambiguous") {
  constexpr auto is = [](std::string_view text, std::int64_t micros) {
    const auto time = parse_timestamp(text);
    return time && time->time_since_epoch().count() == micros;
  };
  constexpr std::int64_t ten = 1'710'928'800'000'000;
  for (const char* date :
       {"2024-03-20T10:00:00", "2024-03-20t10:00:00", "2024-03-20 10:00:00", "2024-03-20T10:00", "2024-03-20 10:00"}) {
    for (const char* blank : {"", " "}) {
      for (const char* offset : {"Z", "z", "+00:00", "-00:00", "+0000", "-0000", "+00", "-00"}) {
        const std::string text = std::string{date}.append(blank).append(offset);
        CAPTURE(text);
        CHECK(is(text, ten));
      }
    }
  }
  CHECK(is("2024-03-20 10:00:00,25Z", ten + 250'000));
  CHECK(is("2024-03-20T10:00:00.25+00", ten + 250'000));
  CHECK(is("2024-03-20T15:30:00+0530", ten));
  CHECK(is("2024-03-20 15:30:00.123456789 +05:30", ten + 123'456));
  CHECK(is("2024-03-20T15:30+0530", ten));
  CHECK(is("2024-03-20T05:00:00 -05", ten));
  CHECK(is("2022-02-24T13:25:16+0000", 1'645'709'116'000'000));
  CHECK(is("2016-12-31 23:59:60 Z", 1'483'228'800'000'000));
  STATIC_REQUIRE(parse_timestamp("2024-03-20 10:00 +00") == parse_rfc3339("2024-03-20T10:00:00Z"));
}

TEST_CASE("parse_timestamp takes nothing that could be another time, or no time at all") {
  for (const std::string_view text : {"",
                                      "2018-03-07 19:52:55",
                                      "2024-03-20T10:00:00",
                                      "2024-03-20T10:00",
                                      "2024-03-20",
                                      "2024-03-20Z",
                                      "2024-03-20T10Z",
                                      "2024-03-20 24:00:00Z",
                                      "2024-03-20T24:00Z",
                                      "2024-02-30 10:00:00Z",
                                      "2024-03-20T10:00.5Z",
                                      "2024-03-20T10:00,5Z",
                                      "2024-03-20T10:00:Z",
                                      "2024-03-20T10:00:00,Z",
                                      "2024-03-20T10:00:00.Z",
                                      "2024-03-20  10:00:00Z",
                                      "2024-03-20T10:00:00  Z",
                                      "2024-03-20T10:00:00\tZ",
                                      "2024-03-20T10:00:00 ",
                                      "2024-03-20T10:00:00Z ",
                                      " 2024-03-20T10:00:00Z",
                                      "2024-03-20T 10:00:00Z",
                                      "2024-03-20_10:00:00Z",
                                      "2024-03-20T10:00:00+0",
                                      "2024-03-20T10:00:00+000",
                                      "2024-03-20T10:00:00+00000",
                                      "2024-03-20T10:00:00+00:",
                                      "2024-03-20T10:00:00+00:0",
                                      "2024-03-20T10:00:00+00:000",
                                      "2024-03-20T10:00:00+0:00",
                                      "2024-03-20T10:00:00+24",
                                      "2024-03-20T10:00:00+2400",
                                      "2024-03-20T10:00:00+0060",
                                      "2024-03-20T10:00:00++00",
                                      "2024-03-20T10:00:00 +00 ",
                                      "2024-03-20T10:00:00+00Z",
                                      "2024-03-20T10:00:00GMT",
                                      "20/03/2024 10:00:00Z",
                                      "20240320T100000Z",
                                      "1710928800",
                                      "1710928800.5"}) {
    INFO(text);
    CHECK_FALSE(parse_timestamp(text));
  }
}

TEST_CASE("every prefix of a time is refused and none is read beyond its end") {
  const std::string whole = "2024-03-20T10:00:00.123456+05:30";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string part = whole.substr(0, size);
    INFO(part);
    CHECK_FALSE(parse_rfc3339(part));
    const std::string_view sent{part};
    CHECK(parse_timestamp(sent).has_value() == (sent.ends_with("+05") || sent.ends_with("+05:30")));
  }
  CHECK(parse_rfc3339(whole));
}

TEST_CASE("a timestamp compares with other clocks' resolutions") {
  const timestamp time = *parse_rfc3339("1970-01-01T00:00:01.5Z");
  CHECK(time > std::chrono::sys_seconds{1s});
  CHECK(time == std::chrono::sys_time<std::chrono::milliseconds>{1500ms});
}
