// SPDX-License-Identifier: MIT
// Points in time as senders write them: RFC 3339 text and its kin, or Unix seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <sello/version.hpp>

namespace sello::inline v0 {

/// UTC, in microseconds (finer fractions are cut off). Compares with any `std::chrono::sys_time`.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

namespace detail {

/// The value of exactly `digits` decimal digits at the front of `text`, which are taken off; nothing if they are not there.
[[nodiscard]] constexpr std::optional<unsigned> take_digits(std::string_view& text, std::size_t digits) noexcept {
  if (text.size() < digits) return std::nullopt;
  unsigned value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

[[nodiscard]] constexpr bool take(std::string_view& text, std::string_view any_of) noexcept {
  if (text.empty() || any_of.find(text.front()) == any_of.npos) return false;
  text.remove_prefix(1);
  return true;
}

/// The offset from UTC that is all of `text`: `Z`, `+05:30`, and if `lenient` also ` +05:30`, `+0530` and `+05`.
[[nodiscard]] constexpr std::optional<std::chrono::minutes> parse_offset(std::string_view text, bool lenient) noexcept {
  using namespace std::chrono;
  if (lenient && text.starts_with(' ')) text.remove_prefix(1);
  if (take(text, "Zz")) return text.empty() ? std::optional{0min} : std::nullopt;
  const bool west = text.starts_with('-');
  if (!take(text, "+-")) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23) return std::nullopt;
  auto minute = std::optional{0U};
  if (!lenient || !text.empty()) {
    if (!take(text, ":") && !lenient) return std::nullopt;
    minute = take_digits(text, 2);
  }
  if (!minute || *minute > 59 || !text.empty()) return std::nullopt;
  const minutes offset = hours{*hour} + minutes{*minute};
  return west ? -offset : offset;
}

[[nodiscard]] constexpr std::optional<timestamp> parse_time(std::string_view text, bool lenient) noexcept {
  using namespace std::chrono;
  const auto year_digits = take_digits(text, 4);
  if (!year_digits || !take(text, "-")) return std::nullopt;
  const auto month_digits = take_digits(text, 2);
  if (!month_digits || !take(text, "-")) return std::nullopt;
  const auto day_digits = take_digits(text, 2);
  if (!day_digits || !take(text, lenient ? "Tt " : "Tt")) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute) return std::nullopt;
  const bool has_seconds = take(text, ":");
  if (!has_seconds && !lenient) return std::nullopt;
  const auto second = has_seconds ? take_digits(text, 2) : 0U;
  if (!second) return std::nullopt;

  const year_month_day date{year{static_cast<int>(*year_digits)}, month{*month_digits}, day{*day_digits}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  timestamp time = sys_days{date} + hours{*hour} + minutes{*minute} + seconds{*second};

  if (has_seconds && take(text, lenient ? ".," : ".")) {
    unsigned unit = 100'000;  // microseconds of the next digit
    auto digit = take_digits(text, 1);
    if (!digit) return std::nullopt;
    for (; digit; digit = take_digits(text, 1)) {
      time += microseconds{*digit * unit};
      unit /= 10;
    }
  }

  const auto offset = parse_offset(text, lenient);
  return offset ? std::optional{time - *offset} : std::nullopt;
}

}  // namespace detail

/// Unix seconds as a `timestamp`, if they lie between 1970 and the last second that RFC 3339 can write.
[[nodiscard]] constexpr std::optional<timestamp> from_unix_seconds(std::chrono::sys_seconds time) noexcept {
  constexpr std::chrono::sys_seconds last{std::chrono::seconds{253'402'300'799}};  // 9999-12-31T23:59:59Z
  if (time < std::chrono::sys_seconds{} || time > last) return std::nullopt;
  return time;
}

/// Seconds since 1970 in plain decimal digits: no sign, space, leading zero, fraction or exponent, at most 18 digits.
[[nodiscard]] constexpr std::optional<std::chrono::sys_seconds> parse_unix_seconds(std::string_view text) noexcept {
  if (text.empty() || text.size() > 18 || (text.front() == '0' && text.size() > 1)) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    seconds = seconds * 10 + (c - '0');
  }
  return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
}

/// `2024-03-20T10:00:00Z`, with or without a fraction, with `Z` or a numeric offset (RFC 3339, 5.6). A date that is not
/// in the calendar is refused; second 60 is accepted as the second after 59, since a leap second is written so.
[[nodiscard]] constexpr std::optional<timestamp> parse_rfc3339(std::string_view text) noexcept {
  return detail::parse_time(text, false);
}

/// The same, and what else is unambiguous among the spellings of many languages' libraries: a blank for the `T`, a blank
/// before the offset, an offset as `+0000` or `+00`, a comma for the point, seconds left out (ISO 8601, RFC 3339 with a
/// blank). A time without an offset is no point in time, and a date alone neither.
[[nodiscard]] constexpr std::optional<timestamp> parse_timestamp(std::string_view text) noexcept {
  return detail::parse_time(text, true);
}

}  // namespace sello::inline v0
