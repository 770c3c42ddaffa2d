// SPDX-License-Identifier: MIT
// Why a call to Kuenta's API did not succeed, and whether it may have taken effect all the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sello/base/error.hpp>
#include <sello/kuenta/subscriptions/http.hpp>

namespace sello::inline v0::kuenta {

enum class trouble : std::uint8_t {
  bad_input,   ///< what was given cannot be meant; nothing was sent
  not_sent,    ///< no connection, or the server's certificate is not trusted; nothing has changed
  no_answer,   ///< sent, and no whole answer came: a timeout, a connection that broke, an answer over the limit
  redirected,  ///< 3xx, which is never followed: the secret would go along
  refused,     ///< 4xx; nothing has changed
  failed,      ///< 5xx
  unreadable,  ///< 2xx with a body that is no JSON, or a status that no answer has
};

/// The exact name of the enumerator.
[[nodiscard]] constexpr std::string_view to_string(trouble what) noexcept {
  switch (what) {
    case trouble::bad_input: return "bad_input";
    case trouble::not_sent: return "not_sent";
    case trouble::no_answer: return "no_answer";
    case trouble::redirected: return "redirected";
    case trouble::refused: return "refused";
    case trouble::failed: return "failed";
    case trouble::unreadable: return "unreadable";
  }
  return "unknown";
}

/// What went wrong.
struct api_failure {
  trouble what{};
  std::string request{};  ///< "POST /v1/webhooks"
  /// Of `bad_input`, what has to be mended: `malformed_option`, `empty_secret` or `malformed_secret`. Of `unreadable`, why
  /// the body is no JSON.
  std::optional<error> fault{};
  std::string why{};                    ///< of `not_sent` and `no_answer`; without the secret
  std::optional<http_answer> answer{};  ///< as it came; the body may hold the secret, `message()` does not

  /// It is not known whether it took effect. After a POST look at `list()` before you send it again, or there may be two
  /// webhooks; PUT and DELETE can be sent again as they are.
  [[nodiscard]] bool may_have_happened() const noexcept {
    const bool open = what == trouble::no_answer || what == trouble::redirected || what == trouble::failed ||
                      what == trouble::unreadable;
    return open && !request.starts_with("GET");
  }

  /// One line for the log: what happened and what to do, with the beginning of the answer and without a secret
  /// or a word of the headers that were given in the options.
  [[nodiscard]] std::string message() const;

  std::string shown{};  ///< the answer's body for `message()`: a line, without the secret
};

inline std::string api_failure::message() const {
  std::string text = request + ": ";
  if (answer) text.append(std::to_string(answer->status)).append(", ");
  switch (what) {
    case trouble::bad_input: return text.append(fault ? fault->message() : "");
    case trouble::not_sent: return text.append("not sent, nothing has changed: ").append(printable(why));
    case trouble::no_answer: text.append("no whole answer: ").append(printable(why)); break;
    case trouble::redirected: text.append("a redirect, which is not followed; is the base URL the API's own?"); break;
    case trouble::refused: text.append("refused, nothing has changed"); break;
    case trouble::failed: text.append("the server failed"); break;
    case trouble::unreadable:
      text.append("and the answer cannot be read; is the base URL that of the API?");
      if (fault) text.append(" (").append(to_string(fault->code)).append(")");
      break;
  }
  if (may_have_happened()) text.append("; it may have taken effect: list the webhooks before you try again");
  if (!shown.empty()) text.append("; it says: ").append(shown);
  return text;
}

}  // namespace sello::inline v0::kuenta
