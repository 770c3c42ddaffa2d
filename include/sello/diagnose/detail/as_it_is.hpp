// SPDX-License-Identifier: MIT
// What the verifiers themselves say of a delivery, as it is, with each secret.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/diagnose/cause.hpp>
#include <sello/diagnose/detail/advice.hpp>
#include <sello/diagnose/detail/case.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/svix_v1a.hpp>
#include <sello/verify/verifier.hpp>

namespace sello::inline v0::detail::diagnosis {

[[nodiscard]] constexpr std::string_view name_of(signature_scheme scheme) noexcept {
  switch (scheme) {
    case signature_scheme::hex_hmac: return "the hexadecimal MAC of the body (Kuenta, Gu1)";
    case signature_scheme::svix_v1: return "Svix v1 (Akua, Standard Webhooks)";
    case signature_scheme::svix_v1a: return "Standard Webhooks v1a (public keys)";
    case signature_scheme::any: break;
  }
  return "any scheme";
}

/// A delivery that a verifier accepts, if its window is left out of account.
struct acceptance {
  signature_scheme scheme{};
  std::size_t secret = 0;
  std::optional<std::chrono::sys_seconds> sent_at{};
};

/// What the verifiers say: whom they accept, and why they refuse.
struct hearing {
  std::vector<acceptance> accepted{};
  struct refused {
    signature_scheme scheme{};
    std::size_t secret = 0;
    bool by_secret = false;  ///< it is the secret that is refused
    error why{};
  };
  std::vector<refused> refusals{};
};

template <class Scheme>
void hear(const question& of, signature_scheme scheme, const Scheme& options, hearing& to) {
  for (std::size_t i = 0; i < of.secrets.size(); ++i) {
    const auto verifier = sello::verifier<Scheme>::create(secret_text{of.secrets[i].text()}, options);
    if (!verifier) {
      const errc code = verifier.error().code;
      to.refusals.push_back(
          {scheme, i, code == errc::empty_secret || code == errc::malformed_secret, verifier.error()});
      continue;
    }
    const auto delivery = verifier->check(of.lines, of.body, of.options.now);
    if (!delivery) {
      to.refusals.push_back({scheme, i, false, delivery.error()});
      continue;
    }
    to.accepted.push_back({scheme, i, {}});
    if constexpr (timed_scheme<Scheme>) to.accepted.back().sent_at = delivery->sent_at();
  }
}

/// All three schemes, with every secret. The time is judged by who asks.
[[nodiscard]] inline hearing hear(const question& of) {
  constexpr auto whenever = std::chrono::seconds::max();
  hearing said;
  hear(of, signature_scheme::hex_hmac, hex_hmac{.signature_header = std::string{of.options.signature_header}}, said);
  hear(of, signature_scheme::svix_v1, svix_v1{.tolerance = whenever}, said);
  hear(of, signature_scheme::svix_v1a, svix_v1a{.tolerance = whenever}, said);
  return said;
}

/// How a time lies to the window: the cause, or nothing, and the seconds to say.
[[nodiscard]] inline std::optional<cause> outside_window(const question& of, std::chrono::sys_seconds sent_at,
                                                         std::chrono::seconds& age) {
  age = std::chrono::floor<std::chrono::seconds>(of.options.now) - sent_at;
  if (age > of.options.tolerance) return cause::sent_too_long_ago;
  if (-age > of.options.tolerance) return cause::sent_in_the_future;
  return std::nullopt;
}

/// `301 s`, and of what is long as people say it, too: `259200 s (3 days)`.
[[nodiscard]] inline std::string spoken(std::chrono::seconds time) {
  constexpr std::chrono::seconds day{86'400};
  std::string text = std::to_string(time.count()) + " s";
  if (time >= 2 * day) return text + " (" + std::to_string(time / day) + " days)";
  if (time >= std::chrono::hours{2}) return text + " (" + std::to_string(time / std::chrono::hours{1}) + " hours)";
  return text;
}

/// What is said of the clock behind another fault.
[[nodiscard]] inline std::string beside_window(std::chrono::seconds age) {
  const bool before = age >= age.zero();
  return "; besides, it was sent " + spoken(before ? age : -age) + (before ? " before" : " after") +
         " it came, outside the window";
}

/// That it is signed as another sender's are.
[[nodiscard]] inline deviation other_scheme(const question& of, signature_scheme signed_as) {
  return {cause::another_scheme, "it is signed as " + std::string{name_of(signed_as)} + ", not as " +
                                     std::string{name_of(of.options.expected)}};
}

/// What is said of a delivery that a verifier accepts.
[[nodiscard]] inline finding finding_of(const question& of, const acceptance& accepted) {
  finding found{.cause = cause::verified, .secret = accepted.secret + 1, .proven = true};
  const std::string who = name_of_secret(of, accepted.secret);
  std::chrono::seconds age{};
  const auto outside = accepted.sent_at ? outside_window(of, *accepted.sent_at, age) : std::nullopt;
  const bool expected = of.options.expected == signature_scheme::any || of.options.expected == accepted.scheme;
  if (!expected) {
    found.cause = cause::another_scheme;
    found.text = sentence({other_scheme(of, accepted.scheme)});
  } else if (accepted.secret >= of.options.in_use) {
    found.cause = cause::another_secret;
    found.text =
        "another secret than the endpoint's signed it: configure that one, beside the present one while it lives";
  } else if (outside == cause::sent_too_long_ago) {
    found.cause = *outside;
    found.text = "the signature is right, but the delivery was sent " + spoken(age) +
                 " before it came, and the window is " + std::to_string(of.options.tolerance.count()) +
                 " s: if it came just now, this clock is fast, or the delivery waited in front of the endpoint";
  } else if (outside) {
    found.cause = *outside;
    found.text = "the signature is right, but the delivery was sent " + spoken(-age) +
                 " after it came, and the window is " + std::to_string(of.options.tolerance.count()) +
                 " s: this clock is slow; mend NTP";
  } else {
    found.text =
        "it verifies as it is, as " + std::string{name_of(accepted.scheme)} +
        ": where an endpoint refuses it, compare its secrets, its scheme and the bytes that it gives to its verifier";
  }
  if (outside && found.cause != *outside) {
    found.also.push_back(*outside);
    found.text += beside_window(age);
  }
  found.text += " (" + who + ")";
  return found;
}

}  // namespace sello::inline v0::detail::diagnosis
