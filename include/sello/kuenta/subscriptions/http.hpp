// SPDX-License-Identifier: MIT
// A request to Kuenta's API and its answer, as any HTTP client can send and give them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <sello/base/result.hpp>
#include <sello/decode/decoder.hpp>
#include <sello/decode/pointer.hpp>
#include <sello/decode/raw_json.hpp>
#include <sello/decode/scan.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/scheme.hpp>

namespace sello::inline v0::kuenta {

/// To be sent as it stands. Check the server's certificate and host name, follow no redirect, bound the answer, and set
/// timeouts: the body of a POST holds the secret.
struct http_request {
  std::string method{};  ///< GET, POST, PUT or DELETE
  bool tls = true;
  std::string host{};  ///< of an IPv6 address, without brackets
  std::uint16_t port = 443;
  std::string target{};   ///< from the first slash on; all that needs it is percent-encoded
  header_list headers{};  ///< all but `Host`, `Content-Length` and what concerns the connection
  std::string body{};     ///< JSON, or empty

  /// The whole, for clients that take it so: "https://host/v1/webhooks".
  [[nodiscard]] std::string url() const {
    std::string text = tls ? "https://" : "http://";
    const bool v6 = host.find(':') != host.npos;
    text.append(v6 ? "[" : "").append(host).append(v6 ? "]" : "");
    if (port != (tls ? 443 : 80)) text.append(":").append(std::to_string(port));
    return text.append(target);
  }
};

/// What came. Kuenta does not document the form of any answer, so none is assumed.
struct http_answer {
  int status = 0;
  std::string body{};  ///< as it came; it may hold the secret, so see `redacted`

  /// The body as it was sent, if it is JSON, whose parts are got by `at("/pointer")`; else why it is none.
  [[nodiscard]] result<raw_json> json() const { return raw_json::parse(body); }

  /// The body for a log or a screen: the value of each JSON member whose name has "secret" in it is `"…"`. All else is as
  /// it came.
  [[nodiscard]] std::string redacted() const;

  friend bool operator==(const http_answer&, const http_answer&) = default;
};

/// Why there is no answer.
struct no_answer {
  std::string why{};  ///< for the log: "no answer in 10 s"
  bool sent = true;   ///< false only where the request cannot have arrived, as without a connection
};

/// Sends, and waits for the answer: whatever client you have. What it throws is taken as `no_answer`.
using http_send = std::function<result<http_answer, no_answer>(const http_request&)>;

namespace detail {

/// Whether a member's name, between its quotes, has "secret" in it.
[[nodiscard]] inline bool names_a_secret(std::string_view sent) {
  const std::string name = sello::detail::unescaped(sent);
  constexpr std::string_view word = "secret";
  for (std::size_t at = 0; at + word.size() <= name.size(); ++at) {
    if (same_header_name(std::string_view{name}.substr(at, word.size()), word)) return true;
  }
  return false;
}

}  // namespace detail

inline std::string http_answer::redacted() const {
  const std::string_view text = body;
  const auto skip_blanks = [&](std::size_t at) {
    while (at < text.size() && sello::detail::is_blank(text[at])) ++at;
    return at;
  };
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = text[at] == '"' ? sello::detail::string_length(text.substr(at)) : 1;
    const std::string_view part = text.substr(at, length);
    shown += part;
    if (length == text.npos) break;
    at += length;
    const std::size_t colon = length == 1 ? text.size() : skip_blanks(at);
    if (colon >= text.size() || text[colon] != ':' || !detail::names_a_secret(part.substr(1, length - 2))) continue;
    const std::size_t value = skip_blanks(colon + 1);
    const std::size_t end = sello::detail::value_length(text.substr(value));
    shown.append(text.substr(at, value - at)).append("\"…\"");
    at = end == text.npos ? text.size() : value + end;
  }
  return shown;
}

}  // namespace sello::inline v0::kuenta
