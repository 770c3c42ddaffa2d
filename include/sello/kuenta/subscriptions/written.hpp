// SPDX-License-Identifier: MIT
// The body of a request, which holds a secret: written without leaving copies, hidden in what is logged, wiped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <sello/base/printable.hpp>
#include <sello/kuenta/subscriptions/hidden.hpp>
#include <sello/kuenta/subscriptions/http.hpp>
#include <sello/kuenta/subscriptions/webhook.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/scheme.hpp>
#include <sello/verify/secret.hpp>

namespace sello::inline v0::kuenta::detail {

[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto [code, size] = sello::detail::first_character(text);
    if (code == sello::detail::character::invalid) return false;
    text.remove_prefix(size);
  }
  return true;
}

/// A JSON string of a text in UTF-8 without control characters.
inline void append_quoted(std::string& to, std::string_view text) {
  to += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') to += '\\';
    to += c;
  }
  to += '"';
}

/// `{"url":…,"events":[…],"secret":…}`, in memory that is taken once: growing would leave the secret behind.
[[nodiscard]] inline std::string body_of(std::string_view url, const std::vector<subscribed_event>& events,
                                         std::string_view secret) {
  std::size_t most = 64 + 2 * (url.size() + secret.size());
  for (const auto& event : events) most += 3 + 2 * event.name().size();
  std::string body;
  body.reserve(most);
  body += R"({"url":)";
  append_quoted(body, url);
  body += R"(,"events":[)";
  for (const auto& event : events) {
    if (&event != &events.front()) body += ',';
    append_quoted(body, event.name());
  }
  body += ']';
  if (!secret.empty()) {
    body += R"(,"secret":)";
    append_quoted(body, secret);
  }
  body += '}';
  return body;  // moved: a copy would leave the secret behind
}

/// Wipes the text when it goes.
class wiped {
 public:
  explicit wiped(std::string& text) noexcept : text_{text} {}
  wiped(const wiped&) = delete;
  wiped& operator=(const wiped&) = delete;
  ~wiped() { wipe({reinterpret_cast<unsigned char*>(text_.data()), text_.size()}); }

 private:
  std::string& text_;
};

/// What a peer says, without the secret that it was sent and without what the headers have that may be private.
[[nodiscard]] inline std::string hidden(std::string_view text, std::string_view secret, const header_list& headers) {
  std::vector<std::string_view> all{secret};
  for (const auto& [name, value] : headers)
    each_private_word(value, [&](std::string_view word) { all.push_back(word); });
  return hidden(text, all, "…");
}

}  // namespace sello::inline v0::kuenta::detail
