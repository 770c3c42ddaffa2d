// SPDX-License-Identifier: MIT
// What sello's own verifiers say of a delivery: right as it is, right but for the clock, or what they lack.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/error.hpp>
#include <sello/diagnose/options.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/svix_v1a.hpp>
#include <sello/verify/verifier.hpp>

namespace sello::inline v0::detail {

/// The answer of one scheme, whose verifier is made with each secret alone.
struct judgement {
  struct right_secret {
    std::size_t secret;
    std::optional<std::chrono::sys_seconds> sent_at;
    bool outside;  ///< the window
  };
  struct bad_secret {
    std::size_t secret;
    error why;
  };
  std::vector<right_secret> right{};
  std::vector<bad_secret> malformed{};
  std::optional<error> headers{};  ///< what is wrong with them, whatever the secret
};

template <class Scheme>
[[nodiscard]] judgement judged(const Scheme& scheme, const header_list& headers, std::string_view body,
                               std::span<const diagnosed_secret> secrets,
                               std::optional<std::chrono::system_clock::time_point> now) {
  judgement all;
  const auto claimed = scheme.read(header_view{headers});
  if (!claimed) all.headers = claimed.error();
  for (std::size_t at = 0; at < secrets.size(); ++at) {
    const auto made = verifier<Scheme>::create(secrets[at].text, scheme);
    if (!made) {
      if (made.error().code != errc::empty_secret && made.error().code != errc::malformed_secret)
        throw bad_result{made.error()};  // an option, or OpenSSL
      all.malformed.push_back({at, made.error()});
      continue;
    }
    if (!claimed) continue;
    const auto sent = claimed->sent_at.value_or(std::chrono::sys_seconds{});
    const auto then = std::chrono::system_clock::time_point{
        std::clamp(sent, std::chrono::sys_seconds{}, std::chrono::sys_seconds{std::chrono::hours{24 * 365 * 200}})};
    if (!made->check(headers, body, then)) continue;
    all.right.push_back({at, claimed->sent_at, now && !made->check(headers, body, *now)});
  }
  return all;
}

}  // namespace sello::inline v0::detail
