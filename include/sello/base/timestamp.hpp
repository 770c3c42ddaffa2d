// SPDX-License-Identifier: MIT
// Points in time as senders write them: RFC 3339 text, or Unix seconds.
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
  using namespace std::chrono;
  const auto year_digits = detail::take_digits(text, 4);
  if (!year_digits || !detail::take(text, "-")) return std::nullopt;
  const auto month_digits = detail::take_digits(text, 2);
  if (!month_digits || !detail::take(text, "-")) return std::nullopt;
  const auto day_digits = detail::take_digits(text, 2);
  if (!day_digits || !detail::take(text, "Tt")) return std::nullopt;
  const auto hour = detail::take_digits(text, 2);
  if (!hour || !detail::take(text, ":")) return std::nullopt;
  const auto minute = detail::take_digits(text, 2);
  if (!minute || !detail::take(text, ":")) return std::nullopt;
  const auto second = detail::take_digits(text, 2);
  if (!second) return std::nullopt;

  const year_month_day date{year{static_cast<int>(*year_digits)}, month{*month_digits}, day{*day_digits}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  timestamp time = sys_days{date} + hours{*hour} + minutes{*minute} + seconds{*second};

  if (detail::take(text, ".")) {
    unsigned unit = 100'000;  // microseconds of the next digit
    auto digit = detail::take_digits(text, 1);
    if (!digit) return std::nullopt;
    for (; digit; digit = detail::take_digits(text, 1)) {
      time += microseconds{*digit * unit};
      unit /= 10;
    }
  }

  if (detail::take(text, "Zz")) return text.empty() ? std::optional{time} : std::nullopt;
  const bool east = !text.empty() && text.front() == '+';
  if (!detail::take(text, "+-")) return std::nullopt;
  const auto offset_hours = detail::take_digits(text, 2);
  if (!offset_hours || *offset_hours > 23 || !detail::take(text, ":")) return std::nullopt;
  const auto offset_minutes = detail::take_digits(text, 2);
  if (!offset_minutes || *offset_minutes > 59 || !text.empty()) return std::nullopt;
  const auto offset = hours{*offset_hours} + minutes{*offset_minutes};
  return east ? time - offset : time + offset;
}

}  // namespace sello::inline v0
