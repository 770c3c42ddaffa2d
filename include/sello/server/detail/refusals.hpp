// SPDX-License-Identifier: MIT
// What every server here refuses before a receiver is asked, and what a path is.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>

#include <sello/route/receiver.hpp>
#include <sello/verify/headers.hpp>

namespace sello::inline v0::server::detail {

/// Why a request is refused: the status, and the header or the method at fault, as a view into the request.
struct fault {
  int status = 0;  ///< 0: it is not refused
  std::string_view where{};
};

/// Whether the text is a token (RFC 9110, 5.6.2), as a header's name and a method are.
[[nodiscard]] inline bool is_token(std::string_view text) noexcept {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || others.find(c) != others.npos;
  });
}

/// The header that makes it unclear where the body ends, if there is one: it must be one length, or chunks, and not both
/// (RFC 9112, 6.3). Some servers take more, and so may read other requests out of one stream than a proxy before them.
[[nodiscard]] inline std::optional<std::string_view> unclear_end(const header_view& headers) {
  bool chunked = false;
  bool plain = true;
  headers.each("Transfer-Encoding", [&](std::string_view coding) {
    plain = plain && !chunked && same_header_name(trimmed(coding), "chunked");
    chunked = true;
  });
  if (!plain) return "Transfer-Encoding";
  std::optional<std::string_view> length;
  headers.each("Content-Length", [&](std::string_view line) {
    const std::string_view digits = trimmed(line);
    plain = plain && !chunked && !digits.empty() && digits.find_first_not_of("0123456789") == digits.npos &&
            length.value_or(digits) == digits;
    length = digits;
  });
  if (!plain) return "Content-Length";
  return std::nullopt;
}

/// Whether the body is in a coding that changes its bytes. No sender here does that, and the MAC is over the bytes as they
/// were signed: so it is refused, and nothing is ever decoded in silence. Other names (`utf-8`, `none`) change nothing.
[[nodiscard]] inline bool is_coded(const header_view& headers) {
  constexpr std::array<std::string_view, 7> codings{"gzip",       "x-gzip", "deflate", "compress",
                                                    "x-compress", "br",     "zstd"};
  bool coded = false;
  headers.each("Content-Encoding", [&](std::string_view line) {
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t comma = std::min(line.find(',', at), line.size());
      const std::string_view name = trimmed(line.substr(at, comma - at));
      coded = coded || std::any_of(codings.begin(), codings.end(),
                                   [&](std::string_view coding) { return same_header_name(coding, name); });
      at = comma + 1;
    }
  });
  return coded;
}

/// What a `Content-Length` says; where it is no number, or a larger one than there are, the largest.
[[nodiscard]] inline std::uint64_t length_of(std::string_view text) noexcept {
  text = trimmed(text);
  std::uint64_t length = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), length);
  return read.ec == std::errc{} ? length : (std::numeric_limits<std::uint64_t>::max)();
}

/// 400 where two readers may read the head differently, 415 where the body is coded. `headers`: a range of pairs.
template <class Headers>
[[nodiscard]] fault fault_of(const Headers& headers) {
  for (const auto& line : headers) {
    const std::string_view name = std::get<0>(line);  // `Content-Length : 0`, say, or a line that was folded
    if (!is_token(name)) return {400, name};
  }
  const header_view view{headers};
  if (const auto header = unclear_end(view)) return {400, *header};
  if (is_coded(view)) return {415, "Content-Encoding"};
  return {};
}

/// After a refusal the connection ends: the rest of its body must not be taken for a request.
[[nodiscard]] inline bool ends_connection(const response& answer) noexcept { return answer.status >= 400; }

/// The path in a request's target, in origin-form or absolute-form (RFC 9112, 3.2): up to the query, and as it was sent:
/// nothing is decoded, added or taken away.
[[nodiscard]] inline std::string_view path_of(std::string_view target) noexcept {
  target = target.substr(0, target.find('?'));
  const auto authority = target.find("://");
  if (authority == target.npos) return target;
  const std::string_view scheme = target.substr(0, authority);
  if (!same_header_name(scheme, "http") && !same_header_name(scheme, "https")) return target;
  const auto path = target.find('/', authority + 3);
  return path == target.npos ? "/" : target.substr(path);
}

/// Throws `std::invalid_argument` where no request could have that path.
inline void check_path(const std::string& path) {
  if (!path.starts_with('/') || path.find_first_of("?# ") != path.npos)
    throw std::invalid_argument{"sello: \"" + path +
                                "\" is no path: one begins with a slash, and has no ?, # or blank"};
}

/// What is thrown for a second receiver at one path.
[[nodiscard]] inline std::logic_error mounted_twice(const std::string& path) {
  return std::logic_error{"sello: a receiver is mounted at \"" + path + "\" already; give each sender its own path"};
}

}  // namespace sello::inline v0::server::detail
