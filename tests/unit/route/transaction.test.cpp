// SPDX-License-Identifier: MIT
#include <sello/route/transaction.hpp>

#include <optional>
#include <string>
#include <type_traits>

#include <sello/akua.hpp>
#include <sello/route/router.hpp>

#include "catch.hpp"
#include "support/fault.hpp"

namespace {

using sello::errc;
using sello::error;
using sello::outcome;
using sello::result;

struct transaction {
  int writes = 0;
};
using router = sello::basic_router<transaction>;
using cleared = sello::akua::payment_capture_cleared;

sello::stored row(const std::string& body = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})") {
  return sello::detail::shelf::take({.endpoint = "akua",
                                     .provider = "akua",
                                     .key = "msg_1",
                                     .idempotency_key = "msg_1",
                                     .type = "payment.capture.cleared",
                                     .message_id = "msg_1",
                                     .body = body});
}

/// What a worker is, for a router: how often it was asked, and what it says.
struct worker {
  transaction tx{};
  bool taken = false;
  std::optional<error> refused{};
  int entered = 0;
  int asked = 0;

  result<outcome> work(const router& handlers, const sello::stored& of = row()) {
    sello::detail::visit visited;
    const auto enter = [&]() -> result<transaction*> {
      ++entered;
      if (refused) return *refused;
      return taken ? nullptr : &tx;
    };
    const auto look = [&]() -> result<bool> {
      ++asked;
      if (refused) return *refused;
      return taken;
    };
    return handlers.work(of, {enter, look, &visited});
  }
};

}  // namespace

TEST_CASE("transaction: a handler writes in it, and is not called for what has taken effect") {
  router handlers;
  int calls = 0;
  handlers.on<cleared>([&](const sello::event<cleared>& event, transaction& tx) {
    ++calls;
    ++tx.writes;
    CHECK(event.data.payment_id == "pay-1");
    CHECK(event.idempotency_key == "msg_1");
    CHECK(event.endpoint == "akua");
  });
  worker fresh;
  CHECK(fresh.work(handlers).value() == outcome::handled);
  CHECK(fresh.entered == 1);
  CHECK(fresh.asked == 0);
  CHECK(fresh.tx.writes == 1);

  worker late{.taken = true};
  CHECK(late.work(handlers).value() == outcome::duplicate);
  worker away{.refused = error{errc::store_unavailable, "away"}};
  CHECK(support::fault(away.work(handlers)) == "store_unavailable away");
  CHECK(calls == 1);
}

TEST_CASE("transaction: a repeatable handler asks first, and none is open while it runs") {
  router handlers;
  int calls = 0;
  handlers.on<cleared>(sello::repeatable([&](const auto&) { ++calls; }));
  worker fresh;
  CHECK(fresh.work(handlers).value() == outcome::handled);
  CHECK(fresh.entered == 0);
  CHECK(fresh.asked == 1);

  worker late{.taken = true};
  CHECK(late.work(handlers).value() == outcome::duplicate);
  worker away{.refused = error{errc::store_unavailable, "away"}};
  CHECK(support::fault(away.work(handlers)) == "store_unavailable away");
  CHECK(calls == 1);
}

TEST_CASE("transaction: what fails in a handler, and what cannot become its event, is an error") {
  router handlers;
  handlers.on<cleared>([](const auto&, transaction&) -> result<void> { return sello::permanent("no such order"); });
  worker one;
  CHECK(support::fault(one.work(handlers)) == "permanent_failure no such order");
  CHECK(one.work(handlers, row("no JSON")).error().code == errc::malformed_json);
  CHECK(one.entered == 1);  // nothing is opened for it
}

TEST_CASE("transaction: what nobody takes is ignored, without a transaction") {
  router handlers;
  worker one;
  CHECK(one.work(handlers).value() == outcome::ignored);
  CHECK(one.entered + one.asked == 0);
}

TEST_CASE("transaction: a repeatable handler is a plain one for a receiver") {
  int calls = 0;
  sello::router handlers;
  handlers.on<cleared>(sello::repeatable([&](const auto&) { ++calls; }));
  const auto inner = sello::repeatable([] { return 7; });
  CHECK(sello::detail::inner(inner)() == 7);
  static_assert(std::is_same_v<sello::router, sello::basic_router<void>>);
  CHECK(calls == 0);
}
