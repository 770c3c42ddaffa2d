// SPDX-License-Identifier: MIT
#include <sello/akua/provider.hpp>

#include <type_traits>

#include <sello/verify/hex_hmac.hpp>

#include "catch.hpp"

namespace akua = sello::akua;

TEST_CASE("akua: the provider") {
  STATIC_REQUIRE(sello::provider<akua::provider>);
  STATIC_REQUIRE(akua::provider::name == "akua");
  STATIC_REQUIRE(akua::provider::keys.type == "type");
  STATIC_REQUIRE(akua::provider::keys.data == "data");
  STATIC_REQUIRE(akua::provider::keys.timestamp.empty());
  STATIC_REQUIRE(akua::provider::keys.organization.empty());
}

TEST_CASE("akua: goes only with a scheme that signs the message's id") {
  STATIC_REQUIRE(std::is_same_v<akua::verifier, sello::verifier<sello::svix_v1, akua::provider>>);
  STATIC_REQUIRE(std::is_same_v<akua::delivery, akua::verifier::delivery_type>);
  STATIC_REQUIRE(sello::provider_for<akua::provider, sello::svix_v1>);
  STATIC_REQUIRE_FALSE(sello::provider_for<akua::provider, sello::hex_hmac>);
}

TEST_CASE("akua: the idempotency key is the message's id, and nothing else") {
  const auto key = [](const sello::signed_facts& facts) {
    return akua::provider::idempotency_key(facts, sello::undescribed{});
  };
  CHECK(key({.body = "{}", .type = "a", .message_id = "msg_1"}) == "msg_1");
  CHECK(key({.body = "[]", .type = "b", .message_id = "msg_1"}) == "msg_1");
  CHECK(key({.body = "{}", .type = "a", .message_id = "msg_2"}) == "msg_2");
}
