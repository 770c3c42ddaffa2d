// SPDX-License-Identifier: MIT
#include <sello/standard_webhooks/provider.hpp>

#include <string_view>
#include <type_traits>

#include <sello/verify/hex_hmac.hpp>

#include "catch.hpp"
#include "support/known_answer.hpp"

namespace standard = sello::standard_webhooks;

TEST_CASE("standard_webhooks: the provider") {
  STATIC_REQUIRE(sello::provider<standard::provider>);
  STATIC_REQUIRE(standard::provider::name == "standard_webhooks");
  STATIC_REQUIRE(standard::provider::keys.type == "type");
  STATIC_REQUIRE(standard::provider::keys.data == "data");
  STATIC_REQUIRE(standard::provider::keys.timestamp == "timestamp");
  STATIC_REQUIRE(standard::provider::keys.organization.empty());
  STATIC_REQUIRE(standard::provider::catalog::size == 0);
}

TEST_CASE("standard_webhooks: goes with either scheme of the specification and no other") {
  STATIC_REQUIRE(std::is_same_v<standard::verifier, sello::verifier<sello::svix_v1, standard::provider>>);
  STATIC_REQUIRE(std::is_same_v<standard::delivery, standard::verifier::delivery_type>);
  STATIC_REQUIRE(std::is_same_v<standard::public_key_verifier, sello::verifier<sello::svix_v1a, standard::provider>>);
  STATIC_REQUIRE(std::is_same_v<standard::public_key_delivery, standard::public_key_verifier::delivery_type>);
  STATIC_REQUIRE_FALSE(sello::provider_for<standard::provider, sello::hex_hmac>);
}

TEST_CASE("standard_webhooks: the idempotency key is the message's id, and nothing else") {
  const auto key = [](const sello::signed_facts& facts) {
    return standard::provider::idempotency_key(facts, sello::undescribed{});
  };
  CHECK(key({.body = "{}", .type = "a", .message_id = "msg_1"}) == "msg_1");
  CHECK(key({.body = "[]", .type = "b", .message_id = "msg_1"}) == "msg_1");
  CHECK(key({.body = "{}", .type = "a", .message_id = "msg_2"}) == "msg_2");
}

TEST_CASE("standard_webhooks: signs in the headers that the specification names") {
  const auto headers = standard::signer{known_answer::secret}.sign(
      known_answer::body, {.id = known_answer::id, .sent_at = known_answer::now});
  CHECK(headers == sello::header_list{{"webhook-id", std::string{known_answer::id}},
                                      {"webhook-timestamp", std::string{known_answer::timestamp}},
                                      {"webhook-signature", std::string{known_answer::signature}}});
}
