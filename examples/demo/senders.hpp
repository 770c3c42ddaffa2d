// SPDX-License-Identifier: MIT
// The three senders: their secrets, and the headers with which each sends a body.
#pragma once

#include <chrono>
#include <ctime>
#include <string>
#include <string_view>

#include <sello/sello.hpp>

namespace demo {

using time_point = std::chrono::system_clock::time_point;

/// Each in the form in which the sender hands it out.
inline constexpr std::string_view kuenta_secret = "tu-secreto-webhook";
inline constexpr std::string_view akua_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
inline constexpr std::string_view other_akua_secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
inline constexpr std::string_view gu1_secret = "8c1f0b6a5d3e49278c1f0b6a5d3e49278c1f0b6a5d3e49278c1f0b6a5d3e4927";

/// `2025-01-15T10:30:00Z`
[[nodiscard]] inline std::string rfc3339(time_point when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[sizeof "2025-01-15T10:30:00Z"];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

[[nodiscard]] inline sello::header_list sign_as_kuenta(std::string_view body, std::string_view secret = kuenta_secret) {
  return sello::signer<sello::hex_hmac>{secret}.sign(body);
}

/// Svix's three headers, and the unsigned `x-webhook-id`, which is the same for every delivery.
[[nodiscard]] inline sello::header_list sign_as_akua(std::string_view body, std::string_view secret = akua_secret,
                                                     time_point sent_at = std::chrono::system_clock::now()) {
  static int count = 0;
  const std::string id = "msg_demo" + std::to_string(++count);
  auto headers = sello::signer<sello::svix_v1>{secret}.sign(body, {.id = id, .sent_at = sent_at});
  headers.emplace_back("x-webhook-id", "wbk-d0idtusqj6bnldiskhig");
  return headers;
}

/// The signature, and three headers that it does not cover.
[[nodiscard]] inline sello::header_list sign_as_gu1(std::string_view body, std::string_view type,
                                                    std::string_view secret = gu1_secret) {
  auto headers = sello::signer<sello::gu1_hmac>{secret}.sign(body, {.type = type});
  headers.emplace_back("X-Webhook-ID", "550e8400-e29b-41d4-a716-446655440000");
  headers.emplace_back("X-Webhook-Timestamp", rfc3339(std::chrono::system_clock::now()));
  return headers;
}

}  // namespace demo
