// SPDX-License-Identifier: MIT
#include <sello/testing/attacks.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <sello/akua.hpp>
#include <sello/gu1.hpp>
#include <sello/kuenta.hpp>
#include <sello/route/receiver.hpp>
#include <sello/standard_webhooks.hpp>

#include "catch.hpp"
#include "support/known_answer.hpp"
#include "support/samples.hpp"

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;
namespace standard = sello::standard_webhooks;
namespace testing = sello::testing;

namespace {

constexpr std::size_t limit = 5000;

template <sello::event_type E, class Verifier>
[[nodiscard]] testing::target<typename Verifier::scheme_type> target_of() {
  return {.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
          .other_secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
          .body = samples::body<E>(),
          .type_key = std::string{E::provider::keys.type},
          .type = std::string{E::type},
          .options = {},
          .body_limit = limit};
}

/// The status of a request whose body comes as the attack cuts it.
template <class Verifier>
[[nodiscard]] int in_pieces(const sello::receiver<Verifier>& to, const testing::request& sent) {
  auto incoming = to.begin(sent.headers);
  std::string_view rest = sent.body;
  for (const std::size_t size : sent.chunks) {
    if (!incoming.feed(rest.substr(0, size))) break;
    rest.remove_prefix(std::min(size, rest.size()));
  }
  static_cast<void>(incoming.feed(rest));
  return incoming.finish().status;
}

/// The names of the attacks that were answered otherwise, without repetition.
[[nodiscard]] std::set<std::string> names(const std::vector<testing::finding>& findings) {
  std::set<std::string> all;
  for (const auto& found : findings) all.insert(found.attack);
  return all;
}

template <class Verifier, class Target>
void withstands(const Verifier& verifier, const sello::router& router, const Target& target, std::size_t at_least) {
  const sello::receiver receiver{verifier, router, {.body_limit = limit}};
  const auto list = testing::attacks(target);
  CHECK(list.size() >= at_least);
  const auto whole = [&](const testing::request& sent) { return receiver.receive(sent.headers, sent.body).status; };
  CHECK(names(testing::run(list, whole)) == std::set<std::string>{});
  const auto cut = [&](const testing::request& sent) { return in_pieces(receiver, sent); };
  CHECK(names(testing::run(list, cut)) == std::set<std::string>{});
}

template <sello::event_type E, class Verifier>
void check_endpoint(std::size_t at_least) {
  const auto target = target_of<E, Verifier>();
  sello::router router;
  router.on<E>([](const auto&) {});
  withstands(Verifier{target.secret}, router, target, at_least);
}

/// A service that follows Standard Webhooks.
template <class Scheme>
[[nodiscard]] testing::target<Scheme> standard_target(std::string_view secret, std::string_view other_secret) {
  return {.secret = std::string{secret},
          .other_secret = std::string{other_secret},
          .body = R"({"type":"contact.created","timestamp":"2022-11-03T20:26:10.344522Z","data":{"id":"1f81eb52"}})",
          .type_key = "type",
          .type = "contact.created",
          .options = {},
          .body_limit = limit};
}

[[nodiscard]] auto public_key_target() {
  return standard_target<sello::svix_v1a>(known_answer::private_key,
                                          "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=");
}

}  // namespace

TEST_CASE("attacks: a receiver of each sender withstands them all, however the body is cut") {
  check_endpoint<akua::payment_capture_cleared, akua::verifier>(100);
  check_endpoint<kuenta::credit_disbursed, kuenta::verifier>(70);
  check_endpoint<gu1::kyc_validation_approved, gu1::verifier>(70);
}

TEST_CASE("attacks: a receiver of Standard Webhooks withstands them all under either kind of key") {
  sello::router router;
  router.otherwise([](const auto&) {});
  const auto shared =
      standard_target<standard::sending_scheme>(known_answer::secret, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  withstands(standard::verifier{shared.secret}, router, shared, 100);
  withstands(standard::public_key_verifier{known_answer::public_key}, router, public_key_target(), 112);
}

TEST_CASE("attacks: an endpoint whose ed25519 looks at nothing is found out") {
  const auto found =
      names(testing::run(testing::attacks(public_key_target()), [](const testing::request&) { return 200; }));
  for (const char* attack :
       {"zeros", "the neutral point and zero", "the first half negated", "the halves swapped",
        "the group's order added", "the body alone signed", "cut after its first half", "an HMAC with the public key",
        "an HMAC with the public key, twice", "an HMAC with the public key, named v1", "five signatures"}) {
    CAPTURE(attack);
    CHECK(found.contains(std::string{"ed25519: "} + attack));
  }
  CHECK_FALSE(found.contains("ed25519: a right signature"));
}

TEST_CASE("attacks: an endpoint that takes everything is found out") {
  const auto list = testing::attacks(target_of<akua::merchant_created, akua::verifier>());
  const auto found = names(testing::run(list, [](const testing::request&) { return 200; }));
  for (const char* attack : {"unsigned", "signed with another secret", "sent yesterday", "signed: not JSON",
                             "signature empty", "a body one byte over the limit, in pieces"}) {
    CAPTURE(attack);
    CHECK(found.contains(attack));
  }
  CHECK_FALSE(found.contains("a good delivery"));
}

TEST_CASE("attacks: an endpoint that takes nothing is found out") {
  const auto list = testing::attacks(target_of<kuenta::credit_disbursed, kuenta::verifier>());
  const auto found = names(testing::run(list, [](const testing::request&) { return 401; }));
  CHECK(found.contains("a good delivery"));
  CHECK(found.contains("replayed at once"));
  CHECK(found.contains("hex in upper case"));
  CHECK_FALSE(found.contains("unsigned"));
}

TEST_CASE("attacks: an endpoint without a window for the time is found out") {
  const auto target = target_of<akua::merchant_created, akua::verifier>();
  const akua::verifier no_window{target.secret, {.tolerance = std::chrono::hours{1'000'000}}};
  sello::router router;
  router.otherwise([](const auto&) {});
  const sello::receiver receiver{no_window, router, {.body_limit = limit}};
  const auto send = [&](const testing::request& sent) { return receiver.receive(sent.headers, sent.body).status; };
  CHECK(names(testing::run(testing::attacks(target), send)) ==
        std::set<std::string>{"sent yesterday", "sent tomorrow", "sent in 1970"});
}

// Else it would be refused for its MAC, and prove nothing about the boundary.
TEST_CASE("attacks: where the boundary moves, the bytes are those that were signed") {
  const auto target = target_of<akua::merchant_created, akua::verifier>();
  const auto list = testing::attacks(target);
  const auto moved = std::find_if(list.begin(), list.end(), [](const auto& each) {
    return each.name == "the boundary between id, time and body moved";
  });
  REQUIRE(moved != list.end());
  const auto& [headers, body, chunks] = moved->requests.front();
  const std::chrono::sys_seconds time{std::chrono::seconds{std::stoll(headers[1].second)}};
  const sello::signer<sello::svix_v1> sender{target.secret};
  CHECK(sender.sign(body, {.id = headers[0].second, .sent_at = time}) == headers);
  CHECK(headers[0].second.find('.') != std::string::npos);
  CHECK(body == target.body);
}
