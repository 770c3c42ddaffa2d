// SPDX-License-Identifier: MIT
// Bodies in cpp-httplib: read as they were sent, dropped where they are refused.
#pragma once

#include <httplib.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <sello/route/receiver.hpp>
#include <sello/server/detail/refusals.hpp>
#include <sello/server/patience.hpp>

namespace sello::inline v0::server::detail {

/// Without a length there is none; cpp-httplib would read on until the peer closes.
[[nodiscard]] inline bool has_body(const httplib::Request& request) {
  return request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
}

/// Whether no more than that is announced.
[[nodiscard]] inline bool fits(const httplib::Request& request, std::size_t limit) {
  return request.has_header("Transfer-Encoding") || length_of(request.get_header_value("Content-Length")) <= limit;
}

/// cpp-httplib would decode a body by one of these headers, and take it apart by the other. The request is no constant
/// (it is a local variable of `process_request`); only handlers see it as one.
inline bool read_raw(const httplib::Request& request, const httplib::ContentReader& read,
                     const httplib::ContentReceiver& take) {
  auto& headers = const_cast<httplib::Request&>(request).headers;  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  headers.erase("Content-Encoding");
  headers.erase("Content-Type");
  return read(take);
}

/// For a request that is refused: the answer is written when the handler returns, and is lost to a reset where the peer
/// still sends. Chunks are not parsed: without their header cpp-httplib reads bytes, here up to what ends most bodies.
inline void drop_body(const httplib::Request& request, const httplib::ContentReader& read, const patience& waits) {
  if (!has_body(request) || !fits(request, waits.drained)) return;
  constexpr std::string_view last_chunk = "0\r\n\r\n";
  auto& headers = const_cast<httplib::Request&>(request).headers;  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  const bool chunked = headers.erase("Transfer-Encoding") != 0;
  if (chunked) headers.erase("Content-Length");
  drain left{waits};
  std::string end;
  static_cast<void>(read_raw(request, read, [&](const char* bytes, std::size_t size) {
    end.append(bytes, size).erase(0, end.size() - (std::min)(end.size(), last_chunk.size()));
    return left.goes_on(size) && !(chunked && end == last_chunk);
  }));
}

/// The regular expression for exactly that path, in origin-form or absolute-form.
[[nodiscard]] inline std::string pattern_of(std::string_view path) {
  std::string pattern = "(?:[hH][tT][tT][pP][sS]?://[^/]*)?";
  for (const char c : path) {
    const bool plain = c == '/' || c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                       (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
    pattern.append(plain ? 0 : 1, '\\').append(1, c);
  }
  return pattern;
}

inline void send(const response& answer, httplib::Response& to) {
  to.status = answer.status;
  to.set_content(answer.body, "");
  to.headers.erase("Content-Type");  // set_content's own; the answer has one
  for (const auto& [name, value] : answer.headers) to.set_header(std::string{name}, std::string{value});
}

}  // namespace sello::inline v0::server::detail
