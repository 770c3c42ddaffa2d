// SPDX-License-Identifier: MIT
// What a stranger can change in a delivery, and send again, without breaking its signature. Each part of this is a
// snippet on the page "What the MAC does not cover".
#include <chrono>
#include <iostream>
#include <string>

#include <sello/sello.hpp>

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;

namespace {

using namespace std::chrono_literals;

bool all_as_expected = true;
void expect(std::string_view what, int status, int expected) {
  std::cout << what << ": " << status << '\n';
  all_as_expected = all_as_expected && status == expected;
}

/// Handlers that do nothing, so that the answers alone can be looked at.
sello::router router_of_all() {
  sello::router router;
  router.otherwise([](const sello::unknown_event&) {});
  return router;
}

void change_headers() {
  const gu1::verifier verifier{"a secret"};
  const sello::receiver receiver{verifier, router_of_all()};
  const std::string body = R"({"event":"kyc.validation_created","payload":{"validationId":"v-1"}})";
  auto headers = sello::signer<sello::gu1_hmac>{"a secret"}.sign(body);
  headers.emplace_back("X-Webhook-ID", "what anybody writes");
  headers.emplace_back("X-Webhook-Timestamp", "1970-01-01T00:00:00Z");
  expect("id and time invented", receiver.receive(headers, body).status, 200);

  headers.emplace_back("X-Webhook-Event", "kyc.validation_approved");                  // the signed body says created
  expect("another event in the header", receiver.receive(headers, body).status, 200);  // noted, and nothing else
}

void send_elsewhere() {
  const std::string shared = "one secret for two endpoints";
  const sello::receiver sandbox{kuenta::verifier{shared}, router_of_all()};
  const sello::receiver production{kuenta::verifier{shared}, router_of_all()};

  const std::string body = R"({"event":"credit.disbursed","data":{},"timestamp":"2024-03-20T10:00:00Z"})";
  const auto headers = sello::signer<sello::hex_hmac>{shared}.sign(body);
  expect("to the endpoint it was for", sandbox.receive(headers, body).status, 200);
  expect("to the other one", production.receive(headers, body).status, 200);
}

void send_again() {
  const auto now = std::chrono::sys_days{std::chrono::March / 20 / 2024} + 10h;
  const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const sello::receiver receiver{akua::verifier{secret}, router_of_all()};

  const std::string body = R"({"type":"instrument.created","data":{"instrument_id":"ins-1"}})";
  const auto headers = sello::signer<sello::svix_v1>{secret}.sign(body, {.id = "msg_1", .sent_at = now});
  expect("within the window", receiver.receive(headers, body, now + 5min).status, 200);
  expect("a second later", receiver.receive(headers, body, now + 5min + 1s).status, 401);
}

void send_again_for_ever() {
  const auto now = std::chrono::sys_days{std::chrono::March / 20 / 2024} + 10h;
  const kuenta::verifier verifier{"a secret"};
  const sello::receiver plain{verifier, router_of_all()};
  const sello::receiver fresh{verifier, router_of_all(), {.freshness = 24h}};

  const std::string body = R"({"event":"credit.disbursed","data":{},"timestamp":"2024-03-20T10:00:00Z"})";
  const auto headers = sello::signer<sello::hex_hmac>{"a secret"}.sign(body);
  const auto a_year_later = now + std::chrono::years{1};
  expect("a year later", plain.receive(headers, body, a_year_later).status, 200);
  expect("a year later, with freshness", fresh.receive(headers, body, a_year_later).status, 401);
}

}  // namespace

int main() {
  change_headers();
  send_elsewhere();
  send_again();
  send_again_for_ever();
  return all_as_expected ? 0 : 1;
}
