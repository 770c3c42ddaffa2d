// SPDX-License-Identifier: MIT
#include <sello/verify/signer.hpp>

#include <chrono>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/verifier.hpp>

#include "catch.hpp"
#include "support/known_answer.hpp"
#include "support/verdict.hpp"

using namespace std::chrono_literals;
using lines = sello::header_list;

namespace {

/// Signs many bodies and demands that each is accepted as it is and refused with another byte.
template <class Scheme>
void round_trip(std::string_view secret) {
  const sello::signer<Scheme> signer{secret};
  const sello::verifier<Scheme> verifier{secret};
  std::mt19937 random{7};
  for (std::size_t size = 0; size < 200; ++size) {
    std::string body(size, '\0');
    for (char& byte : body) byte = static_cast<char>(random() & 0xffU);
    const std::string id = "msg_" + std::to_string(size);
    const auto headers = signer.sign(body, {.id = id, .sent_at = known_answer::now});
    REQUIRE(verdict(verifier.verify(headers, body, known_answer::now)) == "ok");
    body += 'x';
    REQUIRE(verifier.verify(headers, body, known_answer::now).error().code == sello::errc::signature_mismatch);
  }
}

}  // namespace

TEST_CASE("the signer gives the known answer") {
  const sello::signer<sello::svix_v1> signer{known_answer::secret};
  CHECK(signer.sign(known_answer::body, {.id = known_answer::id, .sent_at = known_answer::now}) ==
        known_answer::headers());
}

TEST_CASE("the signer gives the answer of Kuenta's functions") {
  const sello::signer<sello::hex_hmac> signer{"tu-secreto-webhook"};
  const std::string_view body =
      R"({"event":"credit.application.created","data":{"id":"app_123","amount":5000000,"term":12,"termUnit":"months",)"
      R"("status":"pending","createdAt":"2024-03-20T10:00:00Z"},"timestamp":"2024-03-20T10:00:00Z"})";
  CHECK(signer.sign(body) ==
        lines{{"X-Webhook-Signature", "0193e72ddcceef31ec6488d243f0fe221b88dfb95ba708dcc4d31db429fc002f"}});
}

TEST_CASE("what is signed is verified for every scheme") {
  round_trip<sello::hex_hmac>("s3cret-of-it");
  round_trip<sello::gu1_hmac>("s3cret-of-it");
  round_trip<sello::svix_v1>(known_answer::secret);
}

TEST_CASE("a signed event type goes into Gu1's header and nowhere else") {
  const sello::message sent{.type = "kyc.validation_approved"};
  const auto headers = sello::signer<sello::gu1_hmac>{"s3cret-of-it"}.sign("{}", sent);
  REQUIRE(headers.size() == 2);
  CHECK(headers[1] == std::pair<std::string, std::string>{"X-Webhook-Event", "kyc.validation_approved"});
  CHECK(sello::signer<sello::gu1_hmac>{"s3cret-of-it"}.sign("{}").size() == 1);
  CHECK(sello::signer<sello::hex_hmac>{"s3cret-of-it"}.sign("{}", sent).size() == 1);
}

TEST_CASE("the signer takes the scheme's options") {
  const sello::signer<sello::hex_hmac> signer{"s3cret-of-it", {.signature_header = "X-Other"}};
  CHECK(signer.sign("{}")[0].first == "X-Other");
  CHECK(sello::verifier<sello::hex_hmac>{"s3cret-of-it", {.signature_header = "X-Other"}}.verify(signer.sign("{}"),
                                                                                                 "{}"));
}

TEST_CASE("times are signed in whole seconds") {
  const sello::signer<sello::svix_v1> signer{known_answer::secret};
  CHECK(signer.sign("{}", {.sent_at = known_answer::now + 999ms})[1].second == known_answer::timestamp);
  CHECK(signer.sign("{}", {.sent_at = std::chrono::system_clock::time_point{}})[1].second == "0");
}

TEST_CASE("without an id and a time a delivery is signed as of now") {
  const sello::signer<sello::svix_v1> signer{known_answer::secret};
  CHECK(verdict(sello::verifier<sello::svix_v1>{known_answer::secret}.verify(signer.sign("{}"), "{}")) == "ok");
}

TEST_CASE("what the verifier refuses can be signed for tests") {
  const sello::signer<sello::svix_v1> signer{known_answer::secret};
  const sello::verifier<sello::svix_v1> verifier{known_answer::secret};
  const auto judge = [&](const sello::message& sent) {
    return verdict(verifier.verify(signer.sign("{}", sent), "{}", known_answer::now));
  };
  CHECK(judge({.id = "a.b", .sent_at = known_answer::now}) == "malformed_header at svix-id");
  CHECK(judge({.id = "", .sent_at = known_answer::now}) == "missing_header at svix-id");
  CHECK(judge({.id = "a", .sent_at = known_answer::now - 1h}) == "timestamp_too_old at svix-timestamp");
  CHECK(judge({.id = "a", .sent_at = known_answer::now + 1h}) == "timestamp_too_new at svix-timestamp");
}

TEST_CASE("a signer refuses the secrets that a verifier refuses") {
  CHECK_THROWS_AS(sello::signer<sello::hex_hmac>{""}, sello::bad_result);
  CHECK_THROWS_AS(sello::signer<sello::svix_v1>{"whsec_"}, sello::bad_result);
  CHECK_THROWS_AS(sello::signer<sello::svix_v1>{"whsec\\_c2VjcmV0"}, sello::bad_result);
  CHECK_THROWS_AS((sello::signer<sello::hex_hmac>{"s3cret-of-it", {.signature_header = "X Other"}}), sello::bad_result);
  const char* const unset = nullptr;
  CHECK_THROWS_AS(sello::signer<sello::hex_hmac>{unset}, sello::bad_result);
}

TEST_CASE("signer: one that was moved from signs nothing") {
  sello::signer<sello::hex_hmac> from{"s3cret-of-it"};
  const sello::signer<sello::hex_hmac> to{std::move(from)};
  CHECK_FALSE(to.sign("body").empty());
  CHECK_THROWS_AS(static_cast<void>(from.sign("body")), sello::bad_result);  // NOLINT(bugprone-use-after-move)
}
