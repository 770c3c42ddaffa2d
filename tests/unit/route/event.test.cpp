// SPDX-License-Identifier: MIT
#include <sello/route/event.hpp>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/verify/delivery.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/svix_v1.hpp>

#include "catch.hpp"

namespace {

struct market_catalog;

struct market {
  static constexpr std::string_view name = "market";
  static constexpr sello::envelope_keys keys{.type = "type", .data = "data"};
  using catalog = market_catalog;
  static std::string idempotency_key(const sello::signed_facts& facts, const auto&) { return facts.body_digest(); }
};

struct needs_id : market {
  static constexpr bool needs_message_id = true;
};
struct needs_no_id : market {
  static constexpr bool needs_message_id = false;
};
struct nameless {
  [[maybe_unused]] static constexpr sello::envelope_keys keys{};
  using catalog = market_catalog;
  static std::string idempotency_key(const sello::signed_facts&, const auto&) { return {}; }
};
struct keyless {
  [[maybe_unused]] static constexpr std::string_view name = "keyless";
  using catalog = market_catalog;
  static std::string idempotency_key(const sello::signed_facts&, const auto&) { return {}; }
};
struct ruleless {
  [[maybe_unused]] static constexpr std::string_view name = "ruleless";
  [[maybe_unused]] static constexpr sello::envelope_keys keys{};
  using catalog = market_catalog;
};
struct listless {
  [[maybe_unused]] static constexpr std::string_view name = "listless";
  [[maybe_unused]] static constexpr sello::envelope_keys keys{};
  static std::string idempotency_key(const sello::signed_facts&, const auto&) { return {}; }
};

struct goods {
  std::string sku;
  std::optional<int> count;
  static constexpr std::array fields{sello::field<&goods::sku>("sku"), sello::field<&goods::count>("count")};
};
struct goods_sold : goods, sello::named<"goods.sold"> {
  using provider = market;
};
struct goods_returned : goods, sello::named<"goods.returned"> {
  using provider = market;
};
struct goods_lost : goods, sello::named<"goods.lost"> {
  using provider = market;
};
struct untyped : goods {
  using provider = market;
};
struct unprovided : goods, sello::named<"goods.unprovided"> {};

struct market_catalog : sello::catalog_of<goods_sold, goods_returned> {};

}  // namespace

TEST_CASE("event: what is a provider, and of which scheme") {
  STATIC_REQUIRE(sello::provider<market>);
  STATIC_REQUIRE_FALSE(sello::provider<nameless>);
  STATIC_REQUIRE_FALSE(sello::provider<keyless>);
  STATIC_REQUIRE_FALSE(sello::provider<ruleless>);
  STATIC_REQUIRE_FALSE(sello::provider<listless>);
  STATIC_REQUIRE_FALSE(sello::provider<sello::any_provider>);
  STATIC_REQUIRE(sello::provider_for<market, sello::hex_hmac>);
  STATIC_REQUIRE(sello::provider_for<market, sello::svix_v1>);
  STATIC_REQUIRE(sello::provider_for<needs_id, sello::svix_v1>);
  STATIC_REQUIRE_FALSE(sello::provider_for<needs_id, sello::hex_hmac>);
}

TEST_CASE("event: a provider that says it needs no id goes with every scheme") {
  STATIC_REQUIRE(sello::provider_for<needs_no_id, sello::hex_hmac>);
  STATIC_REQUIRE(sello::provider_for<needs_no_id, sello::svix_v1>);
}

TEST_CASE("event: what is an event") {
  STATIC_REQUIRE(sello::event_type<goods_sold>);
  STATIC_REQUIRE_FALSE(sello::event_type<goods>);
  STATIC_REQUIRE_FALSE(sello::event_type<untyped>);
  STATIC_REQUIRE_FALSE(sello::event_type<unprovided>);
}

TEST_CASE("event: named gives exactly its text") {
  STATIC_REQUIRE(goods_sold::type == "goods.sold");
  STATIC_REQUIRE(sello::named<"">::type.empty());
  STATIC_REQUIRE(sello::named<"a.b-c_d">::type.size() == 7);
}

TEST_CASE("event: an aggregate, so that a handler's test can make one") {
  const sello::event<goods_sold> made{
      .data = {{.sku = "s-1", .count = 2}, {}}, .idempotency_key = "k", .body = R"({"type":"goods.sold"})"};
  CHECK(made.type == "goods.sold");
  CHECK(made.data.sku == "s-1");
  CHECK(made.idempotency_key == "k");
  CHECK_FALSE(made.envelope.timestamp);
  CHECK(made.json()["type"] == "goods.sold");
}

TEST_CASE("event: what is not known has its JSON too") {
  const sello::unknown_event made{
      .provider = "market", .type = "goods.eaten", .body = R"({"type":"goods.eaten","data":[1]})"};
  CHECK(made.json()["data"][0] == 1);
}

TEST_CASE("event: a copy has all that it needs") {
  std::vector<sello::event<goods_sold>> queue;
  std::vector<sello::unknown_event> unknown;
  {
    const std::string body = R"({"type":"goods.sold","data":{"sku":"s-1"}})";
    const std::string type = "goods.eaten.by.somebody.who.was.hungry";
    const sello::event<goods_sold> made{.body = body};
    queue.push_back(made);
    unknown.push_back({.provider = "market", .type = type, .body = std::string_view{body}});
    unknown.push_back(unknown.front());
  }
  CHECK(queue[0].json()["data"]["sku"] == "s-1");
  CHECK(unknown[1].type == "goods.eaten.by.somebody.who.was.hungry");
  CHECK(unknown[1].body.starts_with("{"));
}

TEST_CASE("signed_facts: the body as JSON and its digest") {
  const sello::signed_facts facts{.body = R"({"a":1})", .type = "t"};
  CHECK(facts.json()["a"] == 1);
  CHECK(facts.body_digest() == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
}

TEST_CASE("catalog_of: lists its events while compiling") {
  STATIC_REQUIRE(market_catalog::size == 2);
  STATIC_REQUIRE(market_catalog::types == std::array<std::string_view, 2>{"goods.sold", "goods.returned"});
  std::vector<std::string_view> visited;
  market_catalog::for_each([&]<class E>() { visited.push_back(E::type); });
  CHECK(visited == std::vector<std::string_view>{"goods.sold", "goods.returned"});
}

TEST_CASE("covers: true if no event of the catalog was forgotten") {
  STATIC_REQUIRE(sello::covers<market_catalog, goods_sold, goods_returned>);
  STATIC_REQUIRE(sello::covers<market_catalog, goods_returned, goods_sold>);
  STATIC_REQUIRE(sello::covers<market_catalog, goods_returned, goods_sold, goods_lost>);
  STATIC_REQUIRE_FALSE(sello::covers<market_catalog, goods_sold>);
  STATIC_REQUIRE_FALSE(sello::covers<market_catalog, goods_sold, goods_lost>);
  STATIC_REQUIRE_FALSE(sello::covers<market_catalog>);
}
