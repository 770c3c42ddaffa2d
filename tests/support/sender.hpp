// SPDX-License-Identifier: MIT
// Signs bodies as a sender does, and brings them to a router.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <sello/akua/provider.hpp>
#include <sello/gu1/provider.hpp>
#include <sello/kuenta/provider.hpp>
#include <sello/route/router.hpp>
#include <sello/verify/signer.hpp>
#include <sello/verify/verifier.hpp>

namespace support {

/// Base64 for the scheme that wants it, text for the others.
inline constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A request of the sender that `Verifier` knows.
template <class Verifier>
struct request {
  std::string body;
  sello::header_list headers;

  explicit request(std::string body_, const sello::message& sent = {.id = "msg_1"})
      : body{std::move(body_)}, headers{sello::signer<typename Verifier::scheme_type>{secret}.sign(body, sent)} {}
};

/// The proof of a request, which must outlive it.
template <class Verifier>
[[nodiscard]] typename Verifier::delivery_type prove(const request<Verifier>& sent) {
  return Verifier{secret}.verify(sent.headers, sent.body).value();
}

/// An event that nobody sends.
template <class Provider>
struct never_sent : sello::named<"never.sent"> {
  using provider = Provider;
  static constexpr std::array<sello::member<never_sent>, 0> fields{};
};

/// A router that ignores whatever comes: a receiver takes none without a handler.
[[nodiscard]] inline sello::router idle_router() {
  sello::router router;
  const auto ignore = [](const auto&) {};
  router.on<never_sent<sello::kuenta::provider>>(ignore);
  router.on<never_sent<sello::akua::provider>>(ignore).on<never_sent<sello::gu1::provider>>(ignore);
  return router;
}

/// What a router makes of a body that its sender has signed.
template <class Verifier>
[[nodiscard]] sello::result<sello::outcome> dispatch(const sello::router& router, std::string body,
                                                     const sello::message& sent = {.id = "msg_1"}) {
  const request<Verifier> signed_request{std::move(body), sent};
  return router.dispatch(prove(signed_request));
}

}  // namespace support
