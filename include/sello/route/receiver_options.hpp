// SPDX-License-Identifier: MIT
// What a receiver does besides verifying and dispatching.
#pragma once

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <system_error>

#include <sello/route/record.hpp>
#include <sello/verify/headers.hpp>

namespace sello::inline v0 {

/// What a receiver does besides verifying and dispatching; set by name: `{.body_limit = 65'536, .observer = log}`.
struct receiver_options {
  /// A larger body is refused before it is hashed. In bytes.
  std::size_t body_limit = 1'048'576;

  /// Refuse an event whose signed body says that it occurred further from now than this: `timestamp_too_old` or
  /// `timestamp_too_new`, and `missing_field` where the body has no time. For senders whose headers sign no time (Kuenta,
  /// Gu1), against replays. Off by default: a retry that comes later is refused too, and Kuenta documents no schedule.
  std::optional<std::chrono::seconds> freshness{};

  /// The header in which a proxy or the server puts the id of each request, e.g. "X-Request-Id": for `record::request_id`.
  /// Empty: none. It is not signed and decides nothing.
  std::string request_id_header{};

  /// Called once a request, on the thread of `receive`, so from several threads at once. What it throws is dropped.
  std::function<void(const record&)> observer = nullptr;
};

namespace detail {

/// Whether the headers declare a body over the limit. A length that cannot be read is left to the server, and to the limit.
[[nodiscard]] inline bool declares_more_than(std::size_t limit, const header_view& headers) noexcept {
  try {
    const auto length = headers.one("Content-Length");
    if (!length) return false;
    std::uint64_t declared = 0;
    const auto read = std::from_chars(length->data(), length->data() + length->size(), declared);
    return read.ec == std::errc::result_out_of_range || (read.ec == std::errc{} && declared > limit);
  } catch (...) {
    return false;
  }
}

}  // namespace detail
}  // namespace sello::inline v0
