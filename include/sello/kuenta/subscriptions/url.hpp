// SPDX-License-Identifier: MIT
// The checks of what goes into a request: URLs, ids, header values.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include <sello/base/result.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/text_key.hpp>

namespace sello::inline v0::kuenta::detail {

/// `malformed_option`; `option` is its name, and its value is not shown.
[[nodiscard]] inline error bad_option(std::string_view option, std::string_view why) {
  return {errc::malformed_option, std::string{option}.append(": ").append(why)};
}

/// Nothing but ASCII that is seen.
[[nodiscard]] constexpr bool is_plain(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

[[nodiscard]] constexpr bool is_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Text that goes into a header, or names something: not empty, no white space, no line break.
[[nodiscard]] inline result<void> check_plain(std::string_view option, std::string_view text) {
  if (text.empty()) return bad_option(option, "it is empty; is its variable set?");
  if (!is_plain(text))
    return bad_option(option, "it has white space, a control character or a character that is not ASCII");
  if (text.starts_with('$') || text.find_first_of("{}<>") != text.npos)
    return bad_option(option, "it stands for a value and is none; was its variable filled in?");
  return {};
}

/// An https URL, or an http one, in its parts (RFC 3986).
struct url_parts {
  bool tls = true;
  std::string host{};
  std::uint16_t port = 443;
  std::string rest{};  ///< path and query
};

/// The host and the port, which stand before the path.
[[nodiscard]] inline result<url_parts> read_authority(std::string_view option, std::string_view text, bool tls) {
  if (text.find('@') != text.npos)
    return bad_option(option, "it has a user or a password before the host; take that out");
  const bool v6 = text.starts_with('[');
  const std::size_t end = v6 ? text.find(']') : text.find(':');
  const std::string_view host = text.substr(v6 ? 1 : 0, v6 && end != text.npos ? end - 1 : end);
  const auto fits = [&](char c) { return is_alphanumeric(c) || c == '.' || (v6 ? c == ':' : c == '-' || c == '_'); };
  if (host.empty()) return bad_option(option, "it has no host");
  if (!std::all_of(host.begin(), host.end(), fits) || (v6 && end == text.npos))
    return bad_option(option, "its host has a character that no host's name has");
  std::string_view port = end == text.npos ? "" : text.substr(end + (v6 ? 1 : 0));
  url_parts parts{tls, std::string{host}, static_cast<std::uint16_t>(tls ? 443 : 80), {}};
  if (port.empty()) return parts;
  port.remove_prefix(1);
  const auto [stop, fault] = std::from_chars(port.data(), port.data() + port.size(), parts.port);
  if (text[text.size() - port.size() - 1] != ':' || fault != std::errc{} || stop != port.data() + port.size() ||
      parts.port == 0)
    return bad_option(option, "its port is no number from 1 to 65535");
  return parts;
}

/// `malformed_option` unless it is an https URL, or an http one where `http_option` (its name) is set, with a host and
/// without user, password and fragment.
[[nodiscard]] inline result<url_parts> read_url(std::string_view option, std::string_view text, bool http,
                                                std::string_view http_option) {
  constexpr std::string_view not_of_urls = "\"\\^`|";
  constexpr std::string_view secure = "https://";
  constexpr std::string_view plain = "http://";
  if (const auto fault = check_plain(option, text); !fault) return fault.error();
  if (text.find_first_of(not_of_urls) != text.npos)
    return bad_option(option, "it has a character that no URL has; percent-encode it");
  if (text.find('#') != text.npos) return bad_option(option, "it has a fragment (#), which no server gets to see");
  const bool tls = same_header_name(text.substr(0, secure.size()), secure);
  if (!tls && !same_header_name(text.substr(0, plain.size()), plain))
    return bad_option(option, "it does not begin with https://");
  if (!tls && !http)
    return bad_option(
        option,
        std::string{"it is not https, so all that is sent can be read on the way; for tests set "}.append(http_option));
  text.remove_prefix(tls ? secure.size() : plain.size());
  const std::size_t path = (std::min)(text.find_first_of("/?"), text.size());
  auto parts = read_authority(option, text.substr(0, path), tls);
  if (parts) parts->rest = text.substr(path);
  return parts;
}

/// An id as one segment of a path. It is percent-encoded; what could lead to another path even so, where a proxy decodes
/// or tidies paths, is refused: a slash, a backslash, `.` and `..`.
[[nodiscard]] inline result<std::string> path_segment(std::string_view option, std::string_view id) {
  if (id.empty()) return bad_option(option, "it is empty");
  if (id == "." || id == ".." || id.find_first_of("/\\") != id.npos)
    return bad_option(option, "it would change the path");
  if (sello::detail::has_control_character(id)) return bad_option(option, "it has a control character");
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string segment;
  for (const char c : id) {
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      segment += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    segment.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 0xfU]);
  }
  return segment;
}

}  // namespace sello::inline v0::kuenta::detail
