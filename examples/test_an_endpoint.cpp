// SPDX-License-Identifier: MIT
// How to test your own endpoint: with deliveries signed as the sender signs them, with a clock of your own, and with the
// list of attacks that sello's own tests use.
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include <sello/sello.hpp>
#include <sello/testing/attacks.hpp>

namespace akua = sello::akua;

namespace {

using namespace std::chrono_literals;

const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string cleared = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})";

struct ledger {
  std::vector<std::string> settled;

  void settle(const sello::event<akua::payment_capture_cleared>& event) { settled.push_back(event.data.payment_id); }
};

bool handler_settles_the_payment() {
  sello::event<akua::payment_capture_cleared> event;
  event.data.payment_id = "pay-1";
  event.idempotency_key = "msg_1";
  ledger books;
  books.settle(event);
  return books.settled == std::vector<std::string>{"pay-1"};
}

bool delivery_reaches_the_handler() {
  ledger books;
  sello::router router;
  router.on<akua::payment_capture_cleared>([&books](const auto& event) { books.settle(event); });
  const sello::receiver receiver{akua::verifier{secret}, router};

  const sello::signer<sello::svix_v1> sender{secret};
  const auto headers = sender.sign(cleared, {.id = "msg_1"});
  return receiver.receive(headers, cleared).status == 200 && books.settled.size() == 1;
}

bool late_delivery_is_refused() {
  const auto then = std::chrono::sys_days{std::chrono::March / 20 / 2024} + 10h;
  const auto headers = sello::signer<sello::svix_v1>{secret}.sign(cleared, {.sent_at = then});
  const akua::verifier verifier{secret};
  return verifier.verify(headers, cleared, then + 300s).has_value() &&
         verifier.verify(headers, cleared, then + 301s).error().code == sello::errc::timestamp_too_old;
}

bool attacks_get_what_they_must() {
  sello::router router;
  router.on<akua::payment_capture_cleared>([](const auto&) {});
  const sello::receiver receiver{akua::verifier{secret}, router};

  const auto attacks = sello::testing::attacks(sello::testing::target<sello::svix_v1>{
      .secret = secret,
      .other_secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      .body = cleared,
      .type_key = "type",
      .type = "payment.capture.cleared",
      .options = {},
  });
  // Yours sends it over HTTP to the endpoint that runs, with the proxy that stands before it, and gives the status.
  const auto send = [&](const sello::testing::request& request) {
    return receiver.receive(request.headers, request.body).status;
  };
  const auto findings = sello::testing::run(attacks, send);
  for (const auto& [attack, status] : findings) std::cout << attack << ": answered with " << status << '\n';
  std::cout << attacks.size() << " attacks, " << findings.size() << " findings\n";
  return findings.empty();
}

}  // namespace

int main() {
  const bool good = handler_settles_the_payment() && delivery_reaches_the_handler() && late_delivery_is_refused() &&
                    attacks_get_what_they_must();
  return good ? 0 : 1;
}
