// SPDX-License-Identifier: MIT
#include <sello/inbox/detail/incoming.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

#include <sello/akua.hpp>
#include <sello/gu1.hpp>
#include <sello/kuenta.hpp>

#include "catch.hpp"
#include "support/sender.hpp"

namespace {

using namespace std::chrono_literals;
using sello::endpoint_options;
using sello::signed_facts;
using sello::timestamp;
using sello::detail::incoming;

constexpr timestamp arrived{std::chrono::microseconds{1'700'000'000'000'000}};

template <class Verifier>
incoming store(const support::request<Verifier>& sent, const endpoint_options& options = {}) {
  return incoming{support::prove(sent), "endpoint", options, arrived};
}

support::request<sello::akua::verifier> akua(std::string body = R"({"type":"payment.capture.cleared"})") {
  return support::request<sello::akua::verifier>{std::move(body), {.id = "msg_1"}};
}

}  // namespace

TEST_CASE("incoming: a sender with ids", "[inbox]") {
  const auto sent = akua();
  const auto what = store(sent);
  CHECK(what.endpoint == "endpoint");
  CHECK(what.provider == "akua");
  CHECK(what.type == "payment.capture.cleared");
  CHECK(what.key == "msg_1");
  CHECK_FALSE(what.key_is_digest);
  CHECK(what.occasion == 0);
  CHECK(what.key_retention == 24h * 90);
  CHECK(what.sent_at.has_value());
  CHECK(what.headers().find("message-id\tmsg_1\n") != std::string::npos);
  CHECK(what.headers().find("v1,") == std::string::npos);  // no signature
  CHECK_FALSE(what.serial_key.has_value());
}

TEST_CASE("incoming: where the key is the digest of the body it has a window", "[inbox]") {
  const support::request<sello::kuenta::verifier> sent{R"({"event":"credit.disbursed","data":{"id":"app_1"}})"};
  const auto what = store(sent);
  CHECK(what.type == "credit.disbursed");
  CHECK(what.key.size() == 64);
  CHECK(what.key_is_digest);
  CHECK(timestamp{std::chrono::microseconds{what.occasion}} == std::chrono::floor<std::chrono::days>(arrived));
  CHECK(what.key_retention == 24h * 3);
  CHECK(what.digest != std::array<unsigned char, 32>{});
}

TEST_CASE("incoming: what arrives when the digest is no longer known is in another window", "[inbox]") {
  const support::request<sello::kuenta::verifier> sent{R"({"event":"credit.disbursed","data":{"id":"app_1"}})"};
  for (const std::chrono::seconds known : {0s, 1s, 3600s, 86'399s, 86'400s, 172'800s}) {
    INFO(known.count());
    const auto at = [&](timestamp time) {
      return incoming{support::prove(sent), "endpoint", {.key_retention = known}, time}.occasion;
    };
    for (const timestamp first : {arrived, timestamp{std::chrono::floor<std::chrono::days>(arrived)}})
      CHECK(at(first + std::max(std::chrono::microseconds{known}, 1us)) > at(first));
    // Nor is it the window of an owner's other retention.
    const incoming usual{support::prove(sent), "endpoint", {}, std::chrono::floor<std::chrono::days>(arrived)};
    CHECK((at(std::chrono::floor<std::chrono::days>(arrived)) == usual.occasion) == (known >= 24h));
  }
}

TEST_CASE("incoming: a body that cannot be read has no type, and a key all the same", "[inbox]") {
  for (const char* body : {"", "no JSON", R"({"type":7})"}) {
    INFO(body);
    const auto sent = akua(body);
    CHECK(store(sent).type.empty());
    CHECK(store(sent).key == "msg_1");
  }
}

TEST_CASE("incoming: the owner's rules, and what they throw", "[inbox]") {
  const auto sent = akua();
  const auto own =
      store(sent, {.identify = [](const signed_facts& facts) { return "own " + std::string{facts.message_id} + "\n"; },
                   .key_retention = 1h,
                   .serial_by = [](const signed_facts& facts) { return std::string{facts.type}; },
                   .parked_blocks = false});
  CHECK(own.key == "own msg_1%0a");
  CHECK(own.key_retention == 1h);
  CHECK(own.serial_key == "payment.capture.cleared");
  CHECK_FALSE(own.parked_blocks);
  const auto thrown =
      store(sent, {.identify = [](const signed_facts&) -> std::string { throw std::runtime_error{"x"}; },
                   .serial_by = [](const signed_facts&) -> std::string { throw 1; }});
  CHECK(thrown.key == "msg_1");
  CHECK_FALSE(thrown.serial_key.has_value());
  const auto long_key = store(sent, {.identify = [](const signed_facts&) { return std::string(600, 'k'); }});
  CHECK(long_key.key.starts_with("%sha256:"));
}
