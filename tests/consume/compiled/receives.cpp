// SPDX-License-Identifier: MIT
// What a user of sello::compiled writes: every sender, and nothing of nlohmann/json but the names of its types.
#include <cstdio>

#include <sello/sello.hpp>

#ifndef SELLO_COMPILED
#error "the target defines it"
#endif
#ifdef INCLUDE_NLOHMANN_JSON_HPP_
#error "the whole of nlohmann/json is read"
#endif

namespace {

int failures = 0;

template <class Verifier, class Scheme>
void receive(const sello::router& router, const char* secret, const sello::signer<Scheme>& signer,
             std::string_view body) {
  const sello::receiver receiver{Verifier{secret}, router};
  const auto answer = receiver.receive(signer.sign(body), body);
  auto intake = receiver.begin(signer.sign(body));
  const bool fed = intake.feed(body);
  const auto refused = receiver.receive(sello::header_list{}, body);
  if (answer.status != 200 || !fed || intake.finish().status != 200 || refused.status != 401) {
    ++failures;
    std::printf("%.*s: %d\n", static_cast<int>(body.size()), body.data(), answer.status);
  }
}

}  // namespace

int main() {
  constexpr const char* svix_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  constexpr const char* text_secret = "correct horse";
  int handled = 0;
  const auto count = [&](const auto&) { ++handled; };
  const sello::router router = sello::router{}
                                   .on<sello::akua::payment_capture_cleared>(count)
                                   .on<sello::gu1::kyc_validation_approved>(count)
                                   .on<sello::kuenta::credit_disbursed>(count)
                                   .otherwise([&](const sello::unknown_event&) { ++handled; });
  receive<sello::akua::verifier>(router, svix_secret, sello::signer<sello::svix_v1>{svix_secret},
                                 R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})");
  receive<sello::gu1::verifier>(router, text_secret, sello::signer<sello::gu1_hmac>{text_secret},
                                R"({"event":"kyc.validation_approved","payload":{"validationId":"v-1"}})");
  receive<sello::kuenta::verifier>(router, text_secret, sello::signer<sello::hex_hmac>{text_secret},
                                   R"({"event":"credit.disbursed","data":{"amount":5000.10}})");
  receive<sello::standard_webhooks::verifier>(router, svix_secret, sello::standard_webhooks::signer{svix_secret},
                                              R"({"type":"invoice.paid","data":{}})");
  return failures == 0 && handled == 8 ? 0 : 1;
}
