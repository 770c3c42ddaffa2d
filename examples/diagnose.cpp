// SPDX-License-Identifier: MIT
// Finds out why deliveries do not verify. The page "Errors" shows a part of this.
#include <chrono>
#include <cstddef>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

#include <sello/diagnose.hpp>
#include <sello/verify.hpp>

namespace {

constexpr std::string_view current = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view previous = "whsec_plJ3nmyCDGBKInavdOK15jsl";

/// What an endpoint keeps of a delivery that it has refused.
struct kept {
  sello::header_list headers;
  std::string body;
  std::chrono::system_clock::time_point came;
};

void explain(const kept& delivery) {
  const auto findings = sello::diagnose(delivery.headers, delivery.body,
                                        {{current, sello::called{"current"}}, {previous, sello::called{"previous"}}},
                                        {.now = delivery.came, .expected = sello::signature_scheme::svix_v1});
  for (const sello::finding& each : findings) std::cerr << to_string(each.cause) << ": " << each.text << '\n';
}

}  // namespace

int main() {
  const std::string sent = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})";
  const auto now = std::chrono::system_clock::now();
  const auto headers = sello::signer<sello::svix_v1>{previous}.sign(sent, {.id = "msg_1", .sent_at = now});

  explain({headers, sent, now});
  explain({headers, sent, now + std::chrono::hours{1}});
  // A framework has parsed the body, and wrote it again.
  const std::string rewritten = R"({"type": "payment.capture.cleared", "data": {"payment_id": "pay-1"}})";
  explain({headers, rewritten, now});

  const auto found = sello::diagnose(headers, rewritten, {current, previous});
  return found.front().cause == sello::cause::json_rewritten && found.front().secret == 2 ? 0 : 1;
}
