// SPDX-License-Identifier: MIT
#include <iostream>

#include <sello/sello.hpp>

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;

void say(std::string_view what, std::string_view which) { std::cout << what << ' ' << which << '\n'; }

int main() {
  sello::router router;
  router.on<akua::payment_capture_cleared>([](const auto& event) { say("settle", event.data.payment_id); })
      .on<kuenta::credit_disbursed>([](const auto& event) { say("book", event.data.id.value_or("?")); })
      .on<gu1::kyc_validation_rejected>([](const auto& event) { say("block", event.data.validation_id); })
      .otherwise([](const sello::unknown_event& event) { say("not handled here:", event.type); });

  const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const auto log = [](const sello::record& seen) {
    if (seen.error) say("refused:", to_string(*seen.error));
  };
  const sello::receiver receiver{akua::verifier{secret}, router, {.observer = log}};

  // In a server, headers and body are the request's. Here they are signed as Akua signs them.
  const std::string body = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-d07u8e218e1elk12b92g"}})";
  const auto headers = sello::signer<sello::svix_v1>{secret}.sign(body);

  std::cout << receiver.receive(headers, body).status << '\n';        // settle pay-d07u…, 200
  std::cout << receiver.receive(headers, body + " ").status << '\n';  // refused: signature_mismatch, 401
}
