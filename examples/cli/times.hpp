// SPDX-License-Identifier: MIT
// Points in time, as arguments and as they are printed.
#pragma once

#include <chrono>
#include <cstddef>
#include <ctime>
#include <optional>
#include <string>

#include <sello/base/timestamp.hpp>

#include "exits.hpp"
#include "output.hpp"

namespace cli {

using time_point = std::chrono::system_clock::time_point;

/// RFC 3339, or Unix seconds; now where there is none.
[[nodiscard]] inline time_point time_of(const std::string& option, const std::optional<std::string>& text) {
  if (!text) return std::chrono::system_clock::now();
  const auto seconds = sello::parse_unix_seconds(*text);
  const auto read = seconds ? sello::from_unix_seconds(*seconds) : sello::parse_timestamp(*text);
  constexpr std::size_t longest = 12;  // what is longer may be a secret
  if (!read)
    throw failure{wrong_usage, option + " takes a time such as 2026-01-31T12:00:00Z, or Unix seconds" +
                                   (text->size() <= longest ? ", not " + shown(*text) : "")};
  using std::chrono::sys_days;
  constexpr sys_days first{std::chrono::year{1970} / 1 / 1};
  constexpr sys_days end{std::chrono::year{2200} / 1 / 1};  // the clock's nanoseconds last until 2262
  if (*read < first || *read >= end) throw failure{wrong_usage, option + " takes a time from 1970 to 2199"};
  return std::chrono::time_point_cast<time_point::duration>(*read);
}

/// `2026-01-31T12:00:00Z`
[[nodiscard]] inline std::string written(sello::timestamp when) {
  const std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::time_point_cast<time_point::duration>(when));
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) return "?";
  char text[64];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

[[nodiscard]] inline std::string written(const std::optional<sello::timestamp>& when) {
  return when ? written(*when) : std::string{};
}

}  // namespace cli
