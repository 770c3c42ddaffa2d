// SPDX-License-Identifier: MIT
#include <sello/gu1/provider.hpp>

#include <string>
#include <string_view>
#include <type_traits>

#include "catch.hpp"

namespace gu1 = sello::gu1;

namespace {

struct with_id {
  std::string validation_id;
};
struct without_id {};

std::string undescribed_key(std::string_view type, std::string_view body) {
  return gu1::provider::idempotency_key({.body = body, .type = type}, sello::undescribed{});
}

}  // namespace

TEST_CASE("gu1: the provider") {
  STATIC_REQUIRE(sello::provider<gu1::provider>);
  STATIC_REQUIRE(gu1::provider::name == "gu1");
  STATIC_REQUIRE(gu1::provider::keys.type == "event");
  STATIC_REQUIRE(gu1::provider::keys.data == "payload");
  STATIC_REQUIRE(gu1::provider::keys.timestamp == "timestamp");
  STATIC_REQUIRE(gu1::provider::keys.organization == "organizationId");
  STATIC_REQUIRE(std::is_same_v<gu1::verifier, sello::verifier<sello::gu1_hmac, gu1::provider>>);
  STATIC_REQUIRE(std::is_same_v<gu1::delivery, gu1::verifier::delivery_type>);
}

TEST_CASE("gu1: the idempotency key of data with a validation's id") {
  const sello::signed_facts facts{.body = "{}", .type = "kyc.validation_created"};
  CHECK(gu1::provider::idempotency_key(facts, with_id{"v-1"}) == "kyc.validation_created:v-1");
  CHECK(gu1::provider::idempotency_key(facts, without_id{}) == facts.body_digest());
}

TEST_CASE("gu1: the idempotency key of an event without a struct is found in its body") {
  const std::string type = "kyc.validation_renamed";
  CHECK(undescribed_key(type, R"({"payload":{"validationId":"v-1"}})") == type + ":v-1");
  CHECK(undescribed_key(type, R"({"payload":{"id":"v-1"}})") == type + ":v-1");
  CHECK(undescribed_key(type, R"({"payload":{"id":"row","validationId":"v-1"}})") == type + ":v-1");
  CHECK(undescribed_key(type, R"({"payload":{"id":"v-1","validationId":null}})") == type + ":v-1");
}

TEST_CASE("gu1: no two pairs of type and id have one idempotency key") {
  const auto key = [](std::string_view type, std::string_view id) {
    return gu1::provider::idempotency_key({.body = "{}", .type = type}, with_id{std::string{id}});
  };
  CHECK(key("kyc.a", "b:c") == "kyc.a:b:c");
  CHECK(key("kyc.a:b", "c") == "kyc.a%3Ab:c");
  CHECK(key("kyc.a%3Ab", "c") == "kyc.a%253Ab:c");
  CHECK(undescribed_key("kyc.a:b", R"({"payload":{"id":"c"}})") == "kyc.a%3Ab:c");
}

TEST_CASE("gu1: the idempotency key where the body has no id is the body's digest") {
  for (const char* body :
       {"{}", R"({"payload":null})", R"({"payload":[{"id":"v-1"}]})", R"({"payload":"v-1"})", R"({"payload":{}})",
        R"({"payload":{"id":5}})", R"({"payload":{"id":null}})", R"({"id":"v-1"})"}) {
    CAPTURE(body);
    CHECK(undescribed_key("kyc.validation_renamed", body) == sello::detail::sha256_hex(body));
  }
}

TEST_CASE("gu1: an id means the same event only in the family kyc") {
  const std::string_view body = R"({"payload":{"id":"e-1"}})";
  for (const char* type : {"entity.updated", "kyc", "kycx.validation_created", "webhook.test", ""}) {
    CAPTURE(type);
    CHECK(undescribed_key(type, body) == sello::detail::sha256_hex(body));
  }
}
