// SPDX-License-Identifier: MIT
// What all fuzz targets share: the entry point, an invariant's end, and a request as one readable text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

using header_lines = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::string_view text_secret = "s3cret-of-it";

/// Ends the program if an invariant does not hold, so that the fuzzer keeps the input.
inline void require(bool holds, std::string_view invariant) {
  if (holds) return;
  std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(invariant.size()), invariant.data());
  std::abort();
}

/// Two texts that must be equal.
inline void require_same(std::string_view got, std::string_view expected, std::string_view invariant) {
  if (got == expected) return;
  std::fprintf(stderr, "got \"%.*s\", expected \"%.*s\"\n", static_cast<int>(got.size()), got.data(),
               static_cast<int>(expected.size()), expected.data());
  require(false, invariant);
}

[[nodiscard]] inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A number that depends on all of a text (FNV-1a): where to cut it, which byte to change.
[[nodiscard]] inline std::size_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return static_cast<std::size_t>(hash ^ (hash >> 32U));
}

/// A request, written like one of HTTP: directives and header lines, an empty line, the body.
/// ```
/// !secret whsec_…      any number of times, the first four count
/// !now 1614265330      Unix seconds
/// !event 7             what else the target wants to be told
/// svix-signature: v1,{mac}
///
/// {"type": …}
/// ```
/// A target replaces `{mac}` and `{mac2}` in the values by the right signature with the first or second secret, because
/// no fuzzer would ever find one, and `{near}` by one that is wrong in its last bit.
struct request {
  std::vector<std::string> secrets;
  std::int64_t now = 1'614'265'330;
  std::vector<std::pair<std::string, std::string>> directives;
  header_lines headers;
  std::string body;

  [[nodiscard]] std::string_view directive(std::string_view name, std::string_view otherwise = {}) const {
    for (const auto& [key, value] : directives) {
      if (key == name) return value;
    }
    return otherwise;
  }
};

/// The text before the first `separator`, which is taken off `from` with it; all of it if there is none.
[[nodiscard]] inline std::string_view take_until(std::string_view& from, std::string_view separator) {
  const auto at = from.find(separator);
  const std::string_view taken = from.substr(0, at);
  from.remove_prefix(at == from.npos ? from.size() : at + separator.size());
  return taken;
}

[[nodiscard]] inline std::int64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  for (const char c : text.substr(0, 17)) {
    if (c < '0' || c > '9') break;
    number = number * 10 + (c - '0');
  }
  return number;
}

/// The system clock counts nanoseconds, and ends in the year 2262.
inline constexpr std::int64_t latest = 9'000'000'000;

[[nodiscard]] inline request parse_request(std::string_view input, std::string_view default_secret) {
  request made;
  while (!input.empty()) {
    std::string_view line = take_until(input, "\n");
    if (line.empty()) break;
    if (line.starts_with("!")) {
      line.remove_prefix(1);
      const std::string_view name = take_until(line, " ");
      if (name == "secret") {
        if (made.secrets.size() < 4) made.secrets.emplace_back(line);
      } else if (name == "now") {
        made.now = std::min(number_of(line), latest);
      } else {
        made.directives.emplace_back(name, line);
      }
      continue;
    }
    const std::string_view name = take_until(line, ":");
    if (line.starts_with(" ")) line.remove_prefix(1);
    made.headers.emplace_back(name, line);
  }
  made.body = input;
  if (made.secrets.empty()) made.secrets.emplace_back(default_secret);
  return made;
}

[[nodiscard]] inline std::string nearly(std::string bytes) {
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  return bytes;
}

inline void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

}  // namespace fuzz
