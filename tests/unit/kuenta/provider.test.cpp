// SPDX-License-Identifier: MIT
#include <sello/kuenta/provider.hpp>

#include <type_traits>

#include "catch.hpp"

namespace kuenta = sello::kuenta;

TEST_CASE("kuenta: the provider") {
  STATIC_REQUIRE(sello::provider<kuenta::provider>);
  STATIC_REQUIRE(kuenta::provider::name == "kuenta");
  STATIC_REQUIRE(kuenta::provider::keys.type == "event");
  STATIC_REQUIRE(kuenta::provider::keys.data == "data");
  STATIC_REQUIRE(kuenta::provider::keys.timestamp == "timestamp");
  STATIC_REQUIRE(kuenta::provider::keys.organization.empty());
}

TEST_CASE("kuenta: signs with a hex HMAC, without an id or a time") {
  STATIC_REQUIRE(std::is_same_v<kuenta::verifier, sello::verifier<sello::hex_hmac, kuenta::provider>>);
  STATIC_REQUIRE(std::is_same_v<kuenta::delivery, kuenta::verifier::delivery_type>);
  STATIC_REQUIRE_FALSE(sello::identified_scheme<kuenta::verifier::scheme_type>);
  STATIC_REQUIRE_FALSE(sello::timed_scheme<kuenta::verifier::scheme_type>);
}

TEST_CASE("kuenta: the idempotency key is the digest of the body, and of nothing else") {
  const auto key = [](const sello::signed_facts& facts) {
    return kuenta::provider::idempotency_key(facts, sello::undescribed{});
  };
  CHECK(key({.body = "{}"}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  CHECK(key({.body = "{}", .type = "a", .message_id = "b"}) == key({.body = "{}"}));
  CHECK(key({.body = "{} "}) != key({.body = "{}"}));
}
