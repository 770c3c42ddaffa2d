// SPDX-License-Identifier: MIT
// Unix seconds and milliseconds, RFC 3339 and its kin.
#include <chrono>
#include <optional>
#include <string>

#include <sello/base/timestamp.hpp>
#include <sello/decode/values.hpp>

#include "fuzz.hpp"
#include "reference_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{fuzz::text_of(data, size)};

  const auto seconds = sello::parse_unix_seconds(text);
  const bool plain = reference::is_number(text) && text.find_first_not_of("0123456789") == text.npos;
  fuzz::require(seconds.has_value() == (plain && text.size() <= 18), "plain digits, and not too many of them");
  if (seconds) {
    fuzz::require(seconds->time_since_epoch().count() == std::stoll(text), "the number that it is");
    const auto time = sello::from_unix_seconds(*seconds);
    fuzz::require(time.has_value() == (std::stoll(text) <= 253402300799), "up to the year 9999");
    if (time) fuzz::require(time->time_since_epoch().count() == std::stoll(text) * 1'000'000, "the same time");
  }

  const auto time = sello::parse_rfc3339(text);
  const auto expected = reference::rfc3339(text);
  fuzz::require(time.has_value() == expected.has_value(), "the reference's verdict on a date");
  if (time) fuzz::require(time->time_since_epoch().count() == *expected, "the reference's time");

  const auto lenient = sello::parse_timestamp(text);
  const auto expected_lenient = reference::time_of_text(text);
  fuzz::require(lenient.has_value() == expected_lenient.has_value(), "the reference's verdict on a time");
  if (lenient)
    fuzz::require(lenient->time_since_epoch().count() == *expected_lenient, "the reference's time of a text");
  fuzz::require(!time || lenient == time, "what RFC 3339 writes is a time, and the same one");

  if (reference::is_number(text)) {
    const auto of_number = sello::detail::time_of_number(text);
    const auto expected_of_number = reference::time_of_number(text);
    fuzz::require(of_number.has_value() == expected_of_number.has_value(), "the reference's verdict on a number");
    if (of_number) fuzz::require(of_number->time_since_epoch().count() == *expected_of_number, "the number's time");
  }

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
