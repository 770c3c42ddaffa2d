// SPDX-License-Identifier: MIT
#include <sello/testing/attacks.hpp>

#include <algorithm>
#include <chrono>
#include <string>

#include <sello/akua.hpp>
#include <sello/gu1.hpp>
#include <sello/kuenta.hpp>
#include <sello/receiver.hpp>
#include <sello/router.hpp>

#include "catch.hpp"

namespace {

const sello::testing::target<sello::svix_v1> akua{
    .secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    .other_secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    .body = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})",
    .type_key = "type",
    .type = "payment.capture.cleared",
    .options = {},
};

template <class Scheme>
sello::testing::target<Scheme> in_hex(const std::string& type, const std::string& data) {
  return {.secret = "secret",
          .other_secret = "another",
          .body = R"({"event":")" + type + "\"," + data + '}',
          .type_key = "event",
          .type = type,
          .options = {}};
}

/// The findings on a receiver that is called as a function, as text.
template <class Verifier, class Scheme>
std::string findings(const sello::testing::target<Scheme>& at) {
  const sello::receiver receiver{Verifier{at.secret}, sello::router{}};
  const auto send = [&](const auto& sent) { return receiver.receive(sent.headers, sent.body).status; };
  std::string text;
  for (const auto& [name, status] : sello::testing::run(sello::testing::attacks(at), send))
    text += name + ": " + std::to_string(status) + '\n';
  return text;
}

}  // namespace

TEST_CASE("A receiver gives each attack the status that it must get", "[attacks]") {
  CHECK(findings<sello::akua::verifier>(akua).empty());
  CHECK(findings<sello::kuenta::verifier>(in_hex<sello::hex_hmac>("credit.disbursed", R"("data":{})")).empty());
  CHECK(findings<sello::gu1::verifier>(in_hex<sello::gu1_hmac>("entity.created", R"("payload":{})")).empty());
}

// Else it would be refused for its MAC, and prove nothing about the boundary.
TEST_CASE("Where the attack moves the boundary, the bytes are those that were signed", "[attacks]") {
  const auto list = sello::testing::attacks(akua);
  const auto moved = std::find_if(list.begin(), list.end(), [](const auto& each) {
    return each.name == "the boundary between id, time and body moved";
  });
  REQUIRE(moved != list.end());
  const auto& [headers, body, chunks] = moved->requests.front();
  const std::chrono::sys_seconds time{std::chrono::seconds{std::stoll(headers[1].second)}};
  const sello::signer<sello::svix_v1> sender{akua.secret};
  CHECK(sender.sign(body, {.id = headers[0].second, .sent_at = time}) == headers);
  CHECK(headers[0].second.find('.') != std::string::npos);
  CHECK(body == akua.body);
}
