// SPDX-License-Identifier: MIT
// Unix seconds and RFC 3339.
#include <chrono>
#include <optional>
#include <string>

#include <sello/base/timestamp.hpp>

#include "fuzz.hpp"
#include "reference.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{fuzz::text_of(data, size)};

  const auto seconds = sello::parse_unix_seconds(text);
  const auto expected_seconds = reference::unix_seconds(text);
  fuzz::require(seconds.has_value() == expected_seconds.has_value(), "the reference's verdict on seconds");
  if (seconds) {
    fuzz::require(seconds->time_since_epoch().count() == *expected_seconds, "the reference's seconds");
    const auto time = sello::from_unix_seconds(*seconds);
    fuzz::require(time.has_value() == (*expected_seconds <= 253402300799), "up to the year 9999");
    if (time) fuzz::require(time->time_since_epoch().count() == *expected_seconds * 1'000'000, "the same time");
  }

  const auto time = sello::parse_rfc3339(text);
  const auto expected = reference::rfc3339(text);
  fuzz::require(time.has_value() == expected.has_value(), "the reference's verdict on a date");
  if (time) fuzz::require(time->time_since_epoch().count() == *expected, "the reference's time");

  // Every second of the years that RFC 3339 can write has a text that is read back.
  const auto any = static_cast<std::time_t>(fuzz::hash_of(text) % 253402300800U);
  std::tm parts{};
  gmtime_r(&any, &parts);
  char written[32];
  const auto length = std::strftime(written, sizeof written, "%Y-%m-%dT%H:%M:%SZ", &parts);
  const auto back = sello::parse_rfc3339({written, length});
  fuzz::require(back && back->time_since_epoch().count() == std::int64_t{any} * 1'000'000, "there and back");
  return 0;
}
