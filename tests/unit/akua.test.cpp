// SPDX-License-Identifier: MIT
// The samples of Akua's page, from signed headers to the handler.
#include <sello/akua.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "support/fault.hpp"
#include "support/sender.hpp"

namespace akua = sello::akua;

namespace {

constexpr std::string_view instrument_created = R"({
  "type": "instrument.created",
  "data": {
    "instrument_id": "ins-cvnuebmpc9vs0p5lult0"
  }
})";

constexpr std::string_view authorization_processed = R"({
  "type": "payment.authorization.processed",
  "data": {
     "payment_id": "pay-d07u8e218e1elk12b92g",
     "transaction_id": "trx-d0gv1122dpo29a8d7l4g",
     "trace_id": "`{client_trace_id}`"
  }
})";

constexpr std::string_view validation_failed = R"({
  "type": "payment.validation.failed",
  "data": {
    "trace_id": "`{client_trace_id}`",
    "error_code": "invalid_request",
    "error_type": "validation",
    "message": "invalid payment"
  }
})";

constexpr std::string_view merchant_created = R"({
  "type": "merchant.created",
  "data": {
    "merchant_id": "mer-ctil999v78d0bqciquc0",
    "name": "Once Market",
    "organization_id": "org-ctil999v78d0bqciquc0"
  }
})";

}  // namespace

TEST_CASE("akua: the page's samples reach their handlers") {
  std::vector<std::string> heard;
  sello::router router;
  router.on<akua::instrument_created>([&](const auto& event) { heard.push_back(event.data.instrument_id); })
      .on<akua::payment_authorization_processed>([&](const auto& event) {
        heard.push_back(event.data.payment_id + ' ' + *event.data.transaction_id + ' ' + *event.data.trace_id);
      })
      .on<akua::payment_validation_failed>([&](const auto& event) {
        heard.push_back(*event.data.error_code + ' ' + *event.data.error_type + ' ' + *event.data.message);
      })
      .on<akua::merchant_created>([&](const auto& event) {
        heard.push_back(event.data.merchant_id + ' ' + *event.data.name + ' ' + *event.data.organization_id);
      });
  for (const std::string_view body :
       {instrument_created, authorization_processed, validation_failed, merchant_created}) {
    CHECK(support::dispatch<akua::verifier>(router, std::string{body}).value() == sello::outcome::handled);
  }
  CHECK(heard == std::vector<std::string>{"ins-cvnuebmpc9vs0p5lult0",
                                          "pay-d07u8e218e1elk12b92g trx-d0gv1122dpo29a8d7l4g `{client_trace_id}`",
                                          "invalid_request validation invalid payment",
                                          "mer-ctil999v78d0bqciquc0 Once Market org-ctil999v78d0bqciquc0"});
}

TEST_CASE("akua: the page's known answer is proven, and is no event") {
  const akua::verifier verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
  const sello::header_list headers{{"svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                                   {"svix-timestamp", "1614265330"},
                                   {"svix-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
  const std::string body = R"({"test": 2432232314})";
  const auto delivery = verifier.verify(headers, body, std::chrono::system_clock::from_time_t(1614265330));
  REQUIRE(delivery);
  CHECK(sello::router{}.dispatch(*delivery).value() == sello::outcome::ignored);  // it has no type
}

TEST_CASE("akua: the webhook's own id is no delivery's id") {
  std::string key;
  sello::router router;
  router.on<akua::merchant_created>([&](const auto& event) { key = event.idempotency_key; });
  const std::string body{merchant_created};
  auto headers = sello::signer<sello::svix_v1>{support::secret}.sign(body, {.id = "msg_7"});
  headers.emplace_back("x-webhook-id", "wbk-d0idtusqj6bnldiskhig");
  CHECK(router.dispatch(akua::verifier{support::secret}.verify(headers, body).value()).value() ==
        sello::outcome::handled);
  CHECK(key == "msg_7");
}
