// SPDX-License-Identifier: MIT
// What every server here refuses before a receiver is asked, and what follows from a refusal.
#pragma once

#include <optional>
#include <string_view>

#include <sello/route/receiver.hpp>
#include <sello/verify/headers.hpp>

namespace sello::inline v0::server::detail {

/// Whether it is plain where the body ends: one length, or chunks, and not both (RFC 9112, 6.3). Some servers take more,
/// and so may read other requests out of one stream than a proxy before them.
[[nodiscard]] inline bool has_plain_end(const header_view& headers) {
  bool plain = true;
  bool chunked = false;
  headers.each("Transfer-Encoding", [&](std::string_view coding) {
    plain = plain && !chunked && same_header_name(trimmed(coding), "chunked");
    chunked = true;
  });
  std::optional<std::string_view> length;
  headers.each("Content-Length", [&](std::string_view line) {
    const std::string_view digits = trimmed(line);
    plain = plain && !chunked && !digits.empty() && digits.find_first_not_of("0123456789") == digits.npos &&
            length.value_or(digits) == digits;
    length = digits;
  });
  return plain;
}

/// Whether the body is compressed, say. No sender here does that, and the MAC is over the bytes as they were signed: so
/// it is refused, and nothing is ever decoded in silence.
[[nodiscard]] inline bool is_coded(const header_view& headers) {
  bool coded = false;
  headers.each("Content-Encoding",
               [&](std::string_view coding) { coded = coded || !same_header_name(trimmed(coding), "identity"); });
  return coded;
}

/// 400 where it is not plain where the body ends, 415 where it is coded; else 0. The receiver's observer is not told.
[[nodiscard]] inline int refusal(const header_view& headers) {
  if (!has_plain_end(headers)) return 400;
  return is_coded(headers) ? 415 : 0;
}

/// After a refusal the connection ends: the rest of its body is not read, and must not be taken for a request.
[[nodiscard]] inline bool ends_connection(const response& answer) noexcept { return answer.status >= 400; }

}  // namespace sello::inline v0::server::detail
