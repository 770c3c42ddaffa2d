// SPDX-License-Identifier: MIT
// The whole way of a delivery with the one header that users include: three senders, one router.
#include <sello/sello.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"

namespace kuenta = sello::kuenta;
namespace akua = sello::akua;
namespace gu1 = sello::gu1;

TEST_CASE("sello.hpp: three senders, one router, from signed headers to the handler") {
  std::vector<std::string> done;
  sello::router router;
  router
      .on<akua::payment_capture_cleared>([&](const auto& event) { done.push_back("settle " + event.data.payment_id); })
      .on<kuenta::credit_application_approved>(
          [&](const auto& event) { done.push_back("disburse " + *event.data.id + ' ' + event.data.amount->text()); })
      .on<gu1::kyc_validation_rejected>(
          [&](const auto& event) { done.push_back("block " + *event.data.entity->external_id); })
      .otherwise([&](const sello::unknown_event& event) {
        done.push_back("log " + std::string{event.provider} + ' ' + std::string{event.type});
      });

  constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const sello::receiver at_akua{akua::verifier{secret}, router};
  const sello::receiver at_kuenta{kuenta::verifier{secret}, router};
  const sello::receiver at_gu1{gu1::verifier{secret}, router};
  const sello::signer<sello::svix_v1> akua_signer{secret};
  const sello::signer<sello::hex_hmac> kuenta_signer{secret};
  const sello::signer<sello::gu1_hmac> gu1_signer{secret};

  const std::string settled = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})";
  const std::string approved =
      R"({"event":"credit.application.approved","data":{"id":"app_1","amount":12345678901234567.89}})";
  const std::string rejected =
      R"({"event":"kyc.validation_rejected","payload":{"id":"v-1","entity":{"externalId":"customer-1"}}})";
  const std::string unknown = R"({"event":"webhook.test"})";
  CHECK(at_akua.receive(akua_signer.sign(settled), settled).status == 200);
  CHECK(at_kuenta.receive(kuenta_signer.sign(approved), approved).status == 200);
  CHECK(at_gu1.receive(gu1_signer.sign(rejected), rejected).status == 200);
  CHECK(at_gu1.receive(gu1_signer.sign(unknown), unknown).status == 200);
  CHECK(done == std::vector<std::string>{"settle pay-1", "disburse app_1 12345678901234567.89", "block customer-1",
                                         "log gu1 webhook.test"});

  // Another sender's signature proves nothing.
  CHECK(at_akua.receive(kuenta_signer.sign(settled), settled).status == 401);
  CHECK(at_kuenta.receive(akua_signer.sign(approved), approved).status == 401);
  CHECK(done.size() == 4);
}

TEST_CASE("sello.hpp: verify, then dispatch") {
  int settled = 0;
  sello::router router;
  router.on<akua::payment_capture_cleared>([&](const auto&) { ++settled; });
  const akua::verifier verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
  const std::string body = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})";
  const auto headers =
      sello::signer<sello::svix_v1>{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}.sign(body, {.id = "msg_1"});

  const sello::result<akua::delivery> delivery = verifier.verify(headers, body);
  REQUIRE(delivery);
  CHECK(delivery->provider() == "akua");
  CHECK(delivery->message_id() == "msg_1");
  const sello::result<sello::outcome> outcome = router.dispatch(*delivery);
  REQUIRE(outcome);
  CHECK(*outcome == sello::outcome::handled);
  CHECK(settled == 1);

  const auto refused = verifier.verify(headers, "{}");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message() ==
        "signature_mismatch: no live secret signed these bytes; check the secret and that the raw body is verified "
        "(svix-signature)");
}

TEST_CASE("sello.hpp: nearly fifty events are known") {
  STATIC_REQUIRE(kuenta::catalog::size + akua::catalog::size + gu1::catalog::size == 49);
}
