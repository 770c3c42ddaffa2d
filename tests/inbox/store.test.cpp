// SPDX-License-Identifier: MIT
// What every store has to do: each test runs over all of them.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sello/route/receiver.hpp>

#include "catch.hpp"
#include "inbox/backends.hpp"

namespace {

using namespace std::chrono_literals;
using sello::errc;
using sello::outcome;
using sello::progress;
using sello::detail::claim_request;
using sello::detail::settlement;
using sello::detail::ticket;
using sello::detail::ticket_of;
using support::deliver_akua;
using support::deliver_kuenta;

template <class Inbox>
std::vector<sello::stored> claim(const Inbox& inbox, std::int64_t token = 7, std::size_t limit = 100,
                                 const std::vector<std::string>* endpoints = nullptr) {
  return inbox.store()->claim({.token = token, .limit = limit, .lease = 60s, .endpoints = endpoints}).value();
}

template <class Inbox>
std::size_t settle(const Inbox& inbox, const ticket& held, settlement::kind what,
                   std::optional<sello::error> why = std::nullopt, std::chrono::microseconds delay = 0us) {
  const settlement one{.held = held, .what = what, .delay = delay, .why = std::move(why)};
  return inbox.store()->settle(std::span{&one, 1}).value();
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("a delivery is queued once, and comes out as it went in", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto akua = inbox.endpoint("akua-sandbox");
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::queued);

  const auto rows = inbox.list().value();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].endpoint == "akua-sandbox");
  CHECK(rows[0].provider == "akua");
  CHECK(rows[0].key == "msg_1");
  CHECK(rows[0].type == "payment.capture.cleared");
  CHECK(rows[0].arrived == backend.now());
  CHECK(rows[0].state == progress::waiting);

  const auto claimed = claim(inbox);
  REQUIRE(claimed.size() == 2);
  CHECK(claimed[0]->key == "msg_1");
  CHECK(claimed[0]->message_id == "msg_1");
  CHECK(claimed[0]->sent_at.has_value());
  CHECK(claimed[0]->occasion == 0);
  CHECK(claimed[0]->body == R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})");
}

TEMPLATE_LIST_TEST_CASE("the same key is another delivery at another endpoint", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("sandbox"), "msg_1")->outcome() == outcome::queued);
  CHECK(deliver_akua(inbox.endpoint("production"), "msg_1")->outcome() == outcome::queued);
  CHECK(deliver_akua(inbox.endpoint("production"), "msg_1")->outcome() == outcome::duplicate);
}

TEMPLATE_LIST_TEST_CASE("the same key with other bytes is a conflict, and they are kept", "[inbox]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto akua = inbox.endpoint("akua");
  const std::string other = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-2"}})";
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  CHECK(deliver_akua(akua, "msg_1", other)->outcome() == outcome::conflict);
  CHECK(deliver_akua(akua, "msg_1", other)->outcome() == outcome::conflict);
  const auto details = inbox.show(inbox.list()->front().id).value();
  CHECK(details.body == R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})");
  REQUIRE(details.conflicts.size() == 1);
  CHECK(details.conflicts[0].body == other);
  CHECK(details.conflicts[0].digest.size() == 64);
  CHECK(inbox.stats()->conflicts == 2);
  CHECK(claim(inbox).size() == 1);
}

TEMPLATE_LIST_TEST_CASE("what cannot be read is stored all the same", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const std::string body = GENERATE(as<std::string>{}, "", "no JSON", R"({"type":null})", R"({"type":"a","type":"b"})",
                                    R"({"event":"x","data":"half an emoji \ud83d"})", std::string("\0\xff%\n", 4));
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1", body)->outcome() == outcome::queued);
  CHECK(deliver_kuenta(inbox.endpoint("kuenta"), body)->outcome() == outcome::queued);
  CHECK(deliver_kuenta(inbox.endpoint("kuenta"), body)->outcome() == outcome::duplicate);
  const auto claimed = claim(inbox);
  REQUIRE(claimed.size() == 2);
  CHECK(claimed[0]->body == body);
  CHECK(claimed[0]->key == "msg_1");
  CHECK(claimed[1]->body == body);
  CHECK(claimed[1]->key.size() == 64);
}

TEMPLATE_LIST_TEST_CASE("the owner's rule for keys goes before the provider's, a rule that fails does no harm",
                        "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto own = inbox.endpoint("own", {.identify = [](const sello::signed_facts& facts) {
                                    return "own:" + std::string{facts.message_id} + "\n%";
                                  }});
  CHECK(deliver_akua(own, "msg_1")->outcome() == outcome::queued);
  CHECK(inbox.list()->front().key == "own:msg_1\n%");
  const auto throws =
      inbox.endpoint("throws", {.identify = [](const sello::signed_facts&) -> std::string { throw 1; }});
  CHECK(deliver_akua(throws, "msg_1")->outcome() == outcome::queued);
  CHECK(inbox.list()->back().key == "msg_1");
}

TEMPLATE_LIST_TEST_CASE("an identical event after the window of a digest is another event", "[inbox]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto kuenta = inbox.endpoint("kuenta");
  CHECK(deliver_kuenta(kuenta)->outcome() == outcome::queued);
  const auto first = claim(inbox).front();
  CHECK(first->occasion != 0);
  SECTION("the first is done") { CHECK(settle(inbox, ticket_of(first), settlement::kind::handled) == 0); }
  SECTION("the first is parked") {
    CHECK(settle(inbox, ticket_of(first), settlement::kind::parked, sello::error{errc::handler_failed, "x"}) == 0);
  }
  backend.advance(72h - 1us);
  CHECK(deliver_kuenta(kuenta)->outcome() == outcome::duplicate);
  backend.advance(1us);
  CHECK(deliver_kuenta(kuenta)->outcome() == outcome::queued);
  CHECK(deliver_kuenta(kuenta)->outcome() == outcome::duplicate);
  const auto second = claim(inbox);
  REQUIRE(second.size() == 1);
  CHECK(second[0]->occasion == first->occasion + std::chrono::microseconds{72h}.count());
  CHECK(second[0]->generation == 1);
}

TEMPLATE_LIST_TEST_CASE("a delivery is parked as long as one of its generations is", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto kuenta = inbox.endpoint("kuenta");
  CHECK(deliver_kuenta(kuenta)->outcome() == outcome::queued);
  CHECK(settle(inbox, ticket_of(claim(inbox).front()), settlement::kind::parked,
               sello::error{errc::handler_failed, ""}) == 0);
  backend.advance(72h);
  CHECK(deliver_kuenta(kuenta)->outcome() == outcome::queued);
  const auto second = claim(inbox).front();
  CHECK(second->generation == 1);
  CHECK(settle(inbox, ticket_of(second), settlement::kind::handled) == 0);
  CHECK(inbox.list()->front().state == progress::parked);
  CHECK(inbox.stats()->parked == 1);
  REQUIRE(inbox.replay(sello::delivery_filter{.state = progress::parked}).value() == 1);
  const auto first = claim(inbox).front();
  CHECK(first->generation == 0);
  CHECK(settle(inbox, ticket_of(first), settlement::kind::handled) == 0);
  CHECK(inbox.list()->front().state == progress::handled);
}

TEMPLATE_LIST_TEST_CASE("an id of the sender's is known for ninety days, and after them until it is pruned", "[inbox]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto akua = inbox.endpoint("akua");
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  CHECK(deliver_akua(akua, "newest")->outcome() == outcome::queued);
  for (const auto& row : claim(inbox)) CHECK(settle(inbox, ticket_of(row), settlement::kind::handled) == 0);
  backend.advance(24h * 90);
  CHECK(inbox.prune()->deliveries == 0);
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
  backend.advance(1us);
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
  CHECK(inbox.prune()->deliveries == 1);
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  CHECK(inbox.list()->back().id > 2);
}

TEMPLATE_LIST_TEST_CASE("bodies go before keys, and nothing goes that is not done", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open({.body_retention = 24h});
  const auto akua = inbox.endpoint("akua");
  for (const char* id : {"done", "waiting", "parked"}) CHECK(deliver_akua(akua, id)->outcome() == outcome::queued);
  CHECK(deliver_akua(akua, "done", "other")->outcome() == outcome::conflict);
  const auto rows = claim(inbox);
  CHECK(settle(inbox, ticket_of(rows[0]), settlement::kind::handled) == 0);
  CHECK(settle(inbox, ticket_of(rows[2]), settlement::kind::parked, sello::error{errc::wrong_type, "/data"}) == 0);
  backend.advance(24h);
  CHECK(inbox.prune()->bodies == 0);
  backend.advance(1us);
  const auto pruned = inbox.prune().value();
  CHECK(pruned.bodies == 1);
  CHECK(pruned.conflicts == 1);
  CHECK(pruned.deliveries == 0);
  const auto left = inbox.list().value();
  CHECK_FALSE(left[0].has_body);
  CHECK(left[1].has_body);
  CHECK(left[2].has_body);
  CHECK(deliver_akua(akua, "done")->outcome() == outcome::duplicate);
  CHECK(inbox.replay(left[0].id).error().code == errc::malformed_option);
  backend.advance(24h * 365);
  CHECK(inbox.prune()->deliveries == 1);
  CHECK(inbox.list()->size() == 2);
}

TEMPLATE_LIST_TEST_CASE("a claim is another worker's after its lease", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1")->outcome() == outcome::queued);
  const auto late = claim(inbox, 1).front();
  CHECK(claim(inbox, 2).empty());
  backend.advance(60s - 1us);
  CHECK(claim(inbox, 2).empty());
  backend.advance(1us);
  const auto now = claim(inbox, 2);
  REQUIRE(now.size() == 1);
  // Whatever the late one says now counts for nothing.
  CHECK(inbox.store()->start(ticket_of(late), 60s, std::nullopt).value() == false);
  CHECK(settle(inbox, ticket_of(late), settlement::kind::parked, sello::error{errc::handler_failed, "late"}) == 1);
  CHECK(settle(inbox, ticket_of(late), settlement::kind::retried, sello::error{errc::handler_failed, "late"}) == 1);
  CHECK(inbox.list()->front().state == progress::waiting);
  CHECK(inbox.store()->start(ticket_of(now[0]), 60s, std::nullopt).value());
  CHECK(settle(inbox, ticket_of(now[0]), settlement::kind::handled) == 0);
  CHECK(settle(inbox, ticket_of(now[0]), settlement::kind::handled) == 1);
  CHECK(inbox.list()->front().state == progress::handled);
}

TEMPLATE_LIST_TEST_CASE("a start renews the lease", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1")->outcome() == outcome::queued);
  const auto held = claim(inbox, 1).front();
  backend.advance(59s);
  CHECK(inbox.store()->start(ticket_of(held), 60s, std::nullopt).value());
  backend.advance(59s);
  CHECK(claim(inbox, 2).empty());
}

TEMPLATE_LIST_TEST_CASE("crashes are counted for the delivery whose handler ran, and for no neighbour", "[inbox]",
                        support::backends) {
  TestType backend;
  {
    const auto inbox = backend.open();
    for (const char* id : {"before", "poison", "behind"})
      CHECK(deliver_akua(inbox.endpoint("akua"), id)->outcome() == outcome::queued);
    const auto held = claim(inbox, 1);
    CHECK(inbox.store()->start(ticket_of(held[0]), 60s, std::nullopt).value());
    CHECK(inbox.store()->start(ticket_of(held[1]), 60s, ticket_of(held[0])).value());
  }
  backend.advance(61s);
  const auto inbox = backend.open();
  const auto held = claim(inbox, 2);
  REQUIRE(held.size() == 3);
  for (const auto& row : held) CHECK(row->crashes == (row->key == "poison" ? 1 : 0));
  CHECK(inbox.stats()->crashes == 1);
  // A failure in order is no crash.
  for (const auto& row : held) {
    CHECK(inbox.store()->start(ticket_of(row), 60s, std::nullopt).value());
    CHECK(settle(inbox, ticket_of(row), settlement::kind::retried, sello::error{errc::handler_failed, "x"}, 1s) == 0);
  }
  backend.advance(1s);
  for (const auto& row : claim(inbox, 3)) CHECK(row->crashes == (row->key == "poison" ? 1 : 0));
}

TEMPLATE_LIST_TEST_CASE("a retry waits for its time, keeps its failure, and counts", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1")->outcome() == outcome::queued);
  for (int i = 0; i < 20; ++i) {
    const auto held = claim(inbox, i + 1);
    REQUIRE(held.size() == 1);
    CHECK(held[0]->attempts == i);
    const sello::error why{errc::handler_failed, "try " + std::to_string(i) + "\n"};
    CHECK(settle(inbox, ticket_of(held[0]), settlement::kind::retried, why, 5s) == 0);
    CHECK(claim(inbox).empty());
    backend.advance(5s);
  }
  const auto details = inbox.show(inbox.list()->front().id).value();
  CHECK(details.row.attempts == 20);
  REQUIRE(details.failures.size() == 8);  // the last ones
  CHECK(details.failures.front().why.where == "try 12\\x0a");
  CHECK(details.row.last_failure->why.where == "try 19\\x0a");
  CHECK(details.row.last_failure->why.code == errc::handler_failed);
}

TEMPLATE_LIST_TEST_CASE("what is released counts for nothing", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1")->outcome() == outcome::queued);
  CHECK(settle(inbox, ticket_of(claim(inbox, 1).front()), settlement::kind::released) == 0);
  const auto again = claim(inbox, 2);
  REQUIRE(again.size() == 1);
  CHECK(again[0]->attempts == 0);
  CHECK(again[0]->crashes == 0);
}

TEMPLATE_LIST_TEST_CASE("an outage pushes no failure of the handler out", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  CHECK(settle(inbox, ticket_of(claim(inbox).front()), settlement::kind::retried,
               sello::error{errc::handler_failed, "account 7 is closed"}) == 0);
  for (int i = 0; i < 9; ++i) {
    backend.advance(1s);
    CHECK(settle(inbox, ticket_of(claim(inbox).front()), settlement::kind::released,
                 sello::error{errc::store_unavailable, "nobody answers"}) == 0);
  }
  const auto failures = inbox.show(inbox.list()->front().id)->failures;
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].why.where == "account 7 is closed");
  CHECK(failures[1].why.where == "nobody answers");
  CHECK(failures[1].at == backend.now());
}

TEMPLATE_LIST_TEST_CASE("a parked delivery goes back to work as it is, one that is done gets the next generation",
                        "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1")->outcome() == outcome::queued);
  const auto id = inbox.list()->front().id;
  CHECK(settle(inbox, ticket_of(claim(inbox).front()), settlement::kind::parked,
               sello::error{errc::malformed_json, ""}) == 0);
  CHECK(inbox.list()->front().state == progress::parked);
  CHECK(inbox.stats()->parked == 1);
  CHECK(inbox.stats()->waiting == 0);
  CHECK(claim(inbox).empty());

  REQUIRE(inbox.replay(id));
  auto held = claim(inbox);
  REQUIRE(held.size() == 1);
  CHECK(held[0]->generation == 0);
  CHECK(held[0]->attempts == 0);
  CHECK(inbox.replay(id).error().where == "delivery " + std::to_string(id) + ": a worker has it now");
  CHECK(settle(inbox, ticket_of(held[0]), settlement::kind::handled) == 0);

  REQUIRE(inbox.replay(id));
  held = claim(inbox);
  REQUIRE(held.size() == 1);
  CHECK(held[0]->generation == 1);
  CHECK(settle(inbox, ticket_of(held[0]), settlement::kind::handled) == 0);
  CHECK(inbox.replay(id + 1).error().code == errc::malformed_option);
}

TEMPLATE_LIST_TEST_CASE("a replay of many takes those that are parked or were ignored", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  constexpr int count = 1'300;
  for (int i = 0; i < count; ++i)
    CHECK(deliver_akua(inbox.endpoint("akua"), "msg_" + std::to_string(i))->outcome() == outcome::queued);
  const auto held = claim(inbox, 1, count);
  REQUIRE(held.size() == count);
  std::vector<settlement> all;
  for (std::size_t i = 0; i < held.size(); ++i)
    all.push_back({.held = ticket_of(held[i]),
                   .what = i % 2 == 0 ? settlement::kind::parked : settlement::kind::handled,
                   .why = i % 2 == 0 ? std::optional{sello::error{errc::handler_failed, ""}} : std::nullopt});
  CHECK(inbox.store()->settle(all).value() == 0);
  CHECK(inbox.replay(sello::delivery_filter{.endpoint = "other"}).value() == 0);
  CHECK(inbox.replay(sello::delivery_filter{.type = "payment.capture.cleared", .limit = 1}).value() == count / 2);
  CHECK(inbox.replay(sello::delivery_filter{.state = progress::handled}).value() == count / 2);
}

TEMPLATE_LIST_TEST_CASE("the owner can park what waits, and a late result does not unpark it", "[inbox]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1")->outcome() == outcome::queued);
  const auto id = inbox.list()->front().id;
  const auto held = claim(inbox).front();
  REQUIRE(inbox.park(id));
  CHECK(settle(inbox, ticket_of(held), settlement::kind::handled) == 1);
  CHECK(inbox.list()->front().state == progress::parked);
  CHECK(inbox.park(id).error().code == errc::malformed_option);
}

TEMPLATE_LIST_TEST_CASE("over the cap a new delivery is refused, and only a new one", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open({.waiting_limit = 2});
  const auto akua = inbox.endpoint("akua");
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::queued);
  const auto refused = deliver_akua(akua, "msg_3");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::store_unavailable);
  CHECK(refused.error().where.find("the inbox is full") == 0);
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
  CHECK(deliver_akua(akua, "msg_1", "other")->outcome() == outcome::conflict);
  CHECK(settle(inbox, ticket_of(claim(inbox).front()), settlement::kind::handled) == 0);
  CHECK(deliver_akua(akua, "msg_3")->outcome() == outcome::queued);
}

TEMPLATE_LIST_TEST_CASE("the cap of bytes counts bodies that wait", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open({.waiting_bytes_limit = 10});
  const auto akua = inbox.endpoint("akua");
  CHECK(deliver_akua(akua, "msg_1", "123456")->outcome() == outcome::queued);
  CHECK(deliver_akua(akua, "msg_2", "12345").error().code == errc::store_unavailable);
  CHECK(deliver_akua(akua, "msg_3", "1234")->outcome() == outcome::queued);
}

TEMPLATE_LIST_TEST_CASE("a body that is larger than all the room comes into an empty inbox", "[inbox]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open({.waiting_bytes_limit = 10});
  const auto akua = inbox.endpoint("akua");
  CHECK(deliver_akua(akua, "msg_1", "12345678901")->outcome() == outcome::queued);
  CHECK(deliver_akua(akua, "msg_2", "1").error().code == errc::store_unavailable);
}

TEMPLATE_LIST_TEST_CASE("an endpoint's name is one that every database keeps", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  for (const std::string& name : {std::string{}, std::string(129, 'a'), std::string{"a\0b", 3}, std::string{"caf\xe9"},
                                  std::string{"a\nb"}, std::string{"\xc2\x85"}}) {
    INFO(name);
    CHECK_THROWS_AS(inbox.endpoint(name), sello::bad_result);
  }
  for (const std::string& name : {std::string(128, 'a'), std::string{"caf\xc3\xa9 {a,\"b\"}"}})
    CHECK(deliver_akua(inbox.endpoint(name), "msg_1")->outcome() == outcome::queued);
}

TEMPLATE_LIST_TEST_CASE("a worker that is limited to endpoints claims no others", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  for (const char* name : {"a", "b", "c"})
    CHECK(deliver_akua(inbox.endpoint(name), "msg_1")->outcome() == outcome::queued);
  const std::vector<std::string> one{"b"};
  const std::vector<std::string> two{"a", "c"};
  CHECK(claim(inbox, 1, 100, &one).size() == 1);
  CHECK(claim(inbox, 2, 100, &one).empty());
  CHECK(claim(inbox, 3, 100, &two).size() == 2);
}

TEMPLATE_LIST_TEST_CASE("what is stored belongs to its endpoint, though an older state was restored meanwhile",
                        "[inbox]", support::backends) {
  const bool known_first = GENERATE(false, true);
  TestType backend;
  const auto inbox = backend.open();
  const auto akua = inbox.endpoint("akua");
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  // As after a restore: the number of the source is another endpoint's.
  CHECK(backend.ask_inbox("UPDATE source SET endpoint = 'another' RETURNING id") > 0);
  for (const char* id : {known_first ? "msg_1" : "msg_2", known_first ? "msg_2" : "msg_1"}) {
    auto stored = deliver_akua(akua, id);
    if (!stored) {  // 503: the sender tries again
      CHECK(stored.error().code == errc::store_unavailable);
      stored = deliver_akua(akua, id);
    }
    CHECK(stored->outcome() == outcome::queued);
  }
  CHECK(inbox.list({.endpoint = "akua"})->size() == 2);
  CHECK(inbox.list({.endpoint = "another"})->size() == 1);
}

TEMPLATE_LIST_TEST_CASE("deliveries with one serial key come one at a time, the oldest first", "[inbox]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const bool blocks = GENERATE(true, false);
  const auto serial = inbox.endpoint(
      "serial", {.serial_by = [](const sello::signed_facts&) { return "one"; }, .parked_blocks = blocks});
  for (const char* id : {"msg_1", "msg_2", "msg_3"}) CHECK(deliver_akua(serial, id)->outcome() == outcome::queued);
  CHECK(deliver_akua(inbox.endpoint("other"), "msg_1")->outcome() == outcome::queued);
  auto held = claim(inbox, 1);
  REQUIRE(held.size() == 2);
  CHECK(held[0]->key == "msg_1");
  CHECK(claim(inbox, 2).empty());
  // One that failed holds the others up until it is tried again.
  CHECK(settle(inbox, ticket_of(held[0]), settlement::kind::retried, sello::error{errc::handler_failed, ""}, 5s) == 0);
  CHECK(claim(inbox, 3).empty());
  backend.advance(5s);
  held = claim(inbox, 4);
  REQUIRE(held.size() == 1);
  CHECK(held[0]->key == "msg_1");
  SECTION("it is done") {
    CHECK(settle(inbox, ticket_of(held[0]), settlement::kind::handled) == 0);
    held = claim(inbox, 5);
    REQUIRE(held.size() == 1);
    CHECK(held[0]->key == "msg_2");
  }
  SECTION("it is parked") {
    CHECK(settle(inbox, ticket_of(held[0]), settlement::kind::parked, sello::error{errc::handler_failed, ""}) == 0);
    CHECK(claim(inbox, 5).size() == (blocks ? 0 : 1));
    REQUIRE(inbox.replay(held[0]->id));
    CHECK(claim(inbox, 6).size() == (blocks ? 1U : 0U));  // else msg_2 is being handled now
  }
}

TEMPLATE_LIST_TEST_CASE("what waits behind one serial key is looked at once, and has its turn", "[inbox]",
                        support::backends) {
  constexpr int count = 600;  // more than are looked at in one go
  TestType backend;
  const auto inbox = backend.open();
  const auto serial = inbox.endpoint("serial", {.serial_by = [](const sello::signed_facts&) { return "one"; },
                                                .parked_blocks = GENERATE(true, false)});
  const auto key = [](int i) { return "msg_" + std::to_string(i); };
  for (int i = 0; i < count; ++i) REQUIRE(deliver_akua(serial, key(i))->outcome() == outcome::queued);
  CHECK(deliver_akua(inbox.endpoint("other"), "msg_0")->outcome() == outcome::queued);
  auto held = claim(inbox, 1);
  REQUIRE(held.size() == 2);
  CHECK(backend.ask_inbox("SELECT count(*) FROM work WHERE due <= " +
                          std::to_string(backend.now().time_since_epoch().count() + 3'600'000'000)) == 2);
  CHECK(inbox.stats()->waiting == count + 1);
  for (int i = 0; i < count; ++i) {
    REQUIRE(held.front()->key == key(i));
    const auto ends = i % 2 == 0 ? settlement::kind::handled : settlement::kind::ignored;
    REQUIRE(settle(inbox, ticket_of(held.front()), ends) == 0);
    held = claim(inbox, 2 + i);
    REQUIRE(held.size() == (i + 1 < count ? 1U : 0U));
  }
}

TEMPLATE_LIST_TEST_CASE("the next of a serial key has its turn when its owner parks the one before", "[inbox]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const bool blocks = GENERATE(true, false);
  const auto serial = inbox.endpoint(
      "serial", {.serial_by = [](const sello::signed_facts&) { return "one"; }, .parked_blocks = blocks});
  for (const char* id : {"msg_1", "msg_2"}) CHECK(deliver_akua(serial, id)->outcome() == outcome::queued);
  const auto held = claim(inbox, 1);
  REQUIRE(held.size() == 1);
  REQUIRE(inbox.park(held[0]->id));
  CHECK(claim(inbox, 2).size() == (blocks ? 0 : 1));
  // A second one that is parked while it waits comes back like any other.
  const auto second = inbox.list()->back().id;
  REQUIRE(inbox.park(second));
  REQUIRE(inbox.replay(held[0]->id));
  REQUIRE(inbox.replay(second));
  const auto first = claim(inbox, 3);
  REQUIRE(first.size() == 1);
  CHECK(first[0]->key == "msg_1");
  CHECK(settle(inbox, ticket_of(first[0]), settlement::kind::handled) == 0);
  const auto last = claim(inbox, 4);
  REQUIRE(last.size() == 1);
  CHECK(last[0]->key == "msg_2");
}

TEMPLATE_LIST_TEST_CASE("the next of each serial key has its turn when both generations of a delivery are parked",
                        "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto kuenta = [&](const char* key) {
    return inbox.endpoint("kuenta", {.serial_by = [key](const sello::signed_facts&) { return std::string{key}; },
                                     .parked_blocks = false});
  };
  const auto body = [](const char* id) {
    return std::string{R"({"event":"credit.disbursed","data":{"id":")"} + id + "\"}}";
  };
  for (const char* key : {"one", "two"}) {  // another rule for the keys, after a deploy
    CHECK(deliver_kuenta(kuenta(key), body("both"))->outcome() == outcome::queued);
    CHECK(deliver_kuenta(kuenta(key), body(key))->outcome() == outcome::queued);
    backend.advance(72h);
  }
  const auto heads = claim(inbox, 1);
  REQUIRE(heads.size() == 2);
  CHECK(heads[0]->id == heads[1]->id);
  REQUIRE(inbox.park(heads[0]->id));
  CHECK(claim(inbox, 2).size() == 2);
}

TEMPLATE_LIST_TEST_CASE("an equal event after its window has the serial key of its own time", "[inbox]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const std::string first = R"({"event":"credit.disbursed","data":{"id":"app_1"}})";
  CHECK(deliver_kuenta(inbox.endpoint("kuenta"), first)->outcome() == outcome::queued);
  auto held = claim(inbox, 1);
  REQUIRE(held.size() == 1);
  CHECK(settle(inbox, ticket_of(held[0]), settlement::kind::handled) == 0);
  backend.advance(96h);
  const auto serial =
      inbox.endpoint("kuenta", {.serial_by = [](const sello::signed_facts&) { return "one"; }, .parked_blocks = false});
  CHECK(deliver_kuenta(serial, first)->outcome() == outcome::queued);
  CHECK(deliver_kuenta(serial)->outcome() == outcome::duplicate);
  CHECK(deliver_kuenta(serial, R"({"event":"credit.disbursed","data":{"id":"app_2"}})")->outcome() == outcome::queued);
  held = claim(inbox, 2);
  REQUIRE(held.size() == 1);
  CHECK(held[0]->body == first);
  CHECK(backend.ask_inbox("SELECT count(*) FROM delivery WHERE serial_key = 'one'") == 2);  // for its replays, too
  REQUIRE(inbox.park(held[0]->id));
  CHECK(claim(inbox, 3).size() == 1);
}

TEMPLATE_LIST_TEST_CASE("a delivery of which one generation is parked is found among the parked", "[inbox]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto serial = inbox.endpoint("kuenta", {.serial_by = [](const sello::signed_facts&) { return "one"; }});
  CHECK(deliver_kuenta(serial)->outcome() == outcome::queued);
  auto held = claim(inbox, 1);
  REQUIRE(held.size() == 1);
  CHECK(settle(inbox, ticket_of(held[0]), settlement::kind::parked, sello::error{errc::handler_failed, ""}) == 0);
  backend.advance(96h);
  CHECK(deliver_kuenta(serial)->outcome() == outcome::queued);  // the next generation, behind the one that is parked
  CHECK(claim(inbox, 2).empty());
  CHECK(inbox.list({.state = progress::parked})->size() == 1);
  CHECK(inbox.replay({.state = progress::parked}).value() == 1);
  for (int generation = 0; generation < 2; ++generation) {
    held = claim(inbox, 3 + generation);
    REQUIRE(held.size() == 1);
    CHECK(held[0]->generation == generation);
    CHECK(settle(inbox, ticket_of(held[0]), settlement::kind::handled) == 0);
  }
  CHECK(inbox.list()->front().state == progress::handled);
}

TEMPLATE_LIST_TEST_CASE("an endpoint takes no body that a database would not give back", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK_NOTHROW(static_cast<void>(inbox.endpoint("akua", {.body_limit = 268'435'456})));
  try {
    static_cast<void>(inbox.endpoint("akua", {.body_limit = 268'435'457}));
    FAIL("taken");
  } catch (const sello::bad_result& thrown) {
    CHECK(thrown.error().code == errc::malformed_option);
    CHECK(thrown.error().where.find("body_limit") == 0);
  }
}

TEMPLATE_LIST_TEST_CASE("the stats say what there is", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto akua = inbox.endpoint("akua");
  const auto begun = backend.now();
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  backend.advance(1s);
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::queued);
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::duplicate);
  const auto held = claim(inbox);
  backend.advance(1s);
  CHECK(settle(inbox, ticket_of(held[0]), settlement::kind::handled) == 0);
  backend.advance(1s);
  CHECK(settle(inbox, ticket_of(held[1]), settlement::kind::parked, sello::error{errc::handler_failed, ""}) == 0);
  CHECK(deliver_akua(akua, "msg_3")->outcome() == outcome::queued);
  const auto stats = inbox.stats().value();
  CHECK(stats.stored == 3);
  CHECK(stats.waiting == 1);
  CHECK(stats.waiting_bytes == 64);
  CHECK(stats.oldest_waiting == begun + 3s);
  CHECK(stats.done == 1);
  CHECK(stats.duplicates == 1);
  CHECK(stats.parked == 1);
  CHECK(stats.acknowledgements == 4);
  CHECK(stats.syncs >= 3);
  REQUIRE(stats.endpoints.size() == 1);
  CHECK(stats.endpoints[0].last_delivery == begun + 3s);
  CHECK(stats.endpoints[0].last_success == begun + 2s);
  CHECK(stats.endpoints[0].last_failure == begun + 3s);
}

TEMPLATE_LIST_TEST_CASE("the counts of a process that only receives are seen by others", "[inbox]", support::backends) {
  TestType backend;
  const auto here = backend.open();
  const auto there = backend.open();
  const auto akua = here.endpoint("akua");
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  CHECK(deliver_akua(akua, "msg_1", "other")->outcome() == outcome::conflict);
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::queued);
  backend.advance(1s);
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
  sello::inbox_stats seen;
  const auto until = std::chrono::steady_clock::now() + 20s;
  do seen = there.stats().value();
  while (seen.duplicates < 2 && std::chrono::steady_clock::now() < until);
  CHECK(seen.stored == 2);
  CHECK(seen.duplicates == 2);
  CHECK(seen.conflicts == 1);
  REQUIRE(seen.endpoints.size() == 1);
  CHECK(seen.endpoints[0].last_delivery == backend.now());
}

TEMPLATE_LIST_TEST_CASE("pages and filters of a list", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  for (int i = 0; i < 5; ++i) CHECK(deliver_akua(inbox.endpoint("akua"), "msg_" + std::to_string(i)));
  CHECK(deliver_kuenta(inbox.endpoint("kuenta")));
  const auto first = inbox.list({.limit = 3}).value();
  REQUIRE(first.size() == 3);
  CHECK(inbox.list({.after = first.back().id, .limit = 3})->front().key == "msg_3");
  CHECK(inbox.list({.endpoint = "kuenta"})->size() == 1);
  CHECK(inbox.list({.provider = "akua"})->size() == 5);
  CHECK(inbox.list({.type = "credit.disbursed"})->size() == 1);
  CHECK(inbox.list({.state = progress::parked})->empty());
  CHECK(inbox.show(12'345).error().code == errc::malformed_option);
}

TEMPLATE_LIST_TEST_CASE("a quarantined delivery is stored once its verifier is mended", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto akua = inbox.endpoint("akua", {.quarantine = {.count = 2, .bytes = 1000, .per_minute = 4}});
  const auto arrived = std::chrono::system_clock::time_point{backend.now()};
  const auto suspect = [&](const std::string& id) {
    const support::request<sello::akua::verifier> sent{R"({"type":"x"})", {.id = id, .sent_at = arrived}};
    akua.template suspect<sello::akua::provider>(sent.headers, sent.body);
  };
  suspect("msg_1");
  suspect("msg_2");
  suspect("msg_3");
  CHECK(inbox.stats()->quarantined == 2);  // the oldest gave way
  CHECK(inbox.list()->empty());
  akua.template suspect<sello::akua::provider>({{"svix-id", "msg_4"}}, std::string(2000, ' '));  // no room for it
  CHECK(inbox.stats()->quarantined == 2);
  suspect("msg_5");
  suspect("msg_6");  // too many in a minute
  CHECK(inbox.stats()->quarantined == 2);

  backend.advance(24h);
  CHECK(inbox.requalify(sello::akua::verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSX"}).value() == 0);
  CHECK(inbox.requalify(sello::kuenta::verifier{support::secret}).value() == 0);
  CHECK(deliver_akua(akua, "msg_5", R"({"type":"x"})")->outcome() == outcome::queued);
  CHECK(inbox.requalify(sello::akua::verifier{support::secret}).value() == 2);
  CHECK(inbox.stats()->quarantined == 0);
  const auto rows = inbox.list().value();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].key == "msg_5");
  CHECK(rows[1].key == "msg_3");
  CHECK(sello::timestamp{rows[1].arrived} == sello::timestamp{std::chrono::floor<std::chrono::microseconds>(arrived)});
}

TEMPLATE_LIST_TEST_CASE("no secret of one endpoint proves what came to another", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const sello::akua::verifier sandbox{support::secret};
  const sello::endpoint_options ringed{.quarantine = {.count = 10}};
  const auto suspect = [&](const auto& at, const std::string& id) {
    const support::request<sello::akua::verifier> sent{
        R"({"type":"x"})", {.id = id, .sent_at = std::chrono::system_clock::time_point{backend.now()}}};
    at.template suspect<sello::akua::provider>(sent.headers, sent.body);
  };
  suspect(inbox.endpoint("production", ringed), "msg_1");
  SECTION("where both have suspects") { suspect(inbox.endpoint("sandbox", ringed), "msg_2"); }
  SECTION("where the other one has a receiver with a ring") {
    const sello::receiver receiver{sandbox, inbox.endpoint("sandbox", ringed)};
    static_cast<void>(inbox.endpoint("production", ringed));
    CHECK(inbox.requalify(sandbox).error().code == errc::malformed_option);
    suspect(inbox.endpoint("sandbox", ringed), "msg_2");
  }
  const auto refused = inbox.requalify(sandbox);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::malformed_option);
  CHECK(refused.error().where ==
        "its endpoints are \"production\", \"sandbox\": write inbox.requalify(verifier, \"production\"), with the "
        "endpoint whose secret it has");
  CHECK(inbox.requalify(sandbox, "sandbx").error().where.find("call inbox.endpoint(\"sandbx\", ...) first") == 0);
  CHECK(inbox.requalify(sello::kuenta::verifier{support::secret}).value() == 0);
  CHECK(inbox.requalify(sandbox, "sandbox").value() == 1);
  CHECK(inbox.stats()->quarantined == 1);
  REQUIRE(inbox.list()->size() == 1);
  CHECK(inbox.list()->front().endpoint == "sandbox");
}

TEMPLATE_LIST_TEST_CASE("strangers at one endpoint take nothing from another's quarantine", "[inbox]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto suspect = [&](const auto& at) { at.template suspect<sello::akua::provider>({{"svix-id", "x"}}, "{}"); };
  const auto production = inbox.endpoint("production", {.quarantine = {.count = 10, .per_minute = 4}});
  const auto sandbox = inbox.endpoint("sandbox", {.quarantine = {.count = 1, .per_minute = 4}});
  for (int i = 0; i < 3; ++i) suspect(production);
  for (int i = 0; i < 4; ++i) suspect(sandbox);
  CHECK(inbox.stats()->quarantined == 4);
  suspect(production);
  suspect(production);  // the fifth in this minute
  CHECK(inbox.stats()->quarantined == 5);
}

TEMPLATE_LIST_TEST_CASE("a ring without a limit keeps all", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  const auto akua = inbox.endpoint("akua", {.quarantine = {.count = most, .bytes = most, .per_minute = most}});
  for (int i = 0; i < 2; ++i) akua.template suspect<sello::akua::provider>({{"svix-id", "x"}}, "{}");
  CHECK(inbox.stats()->quarantined == 2);
}

TEMPLATE_LIST_TEST_CASE("what is in quarantine is forgotten before the key of its later try", "[inbox]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open({.body_retention = 24h * 5});
  const auto kuenta = inbox.endpoint("kuenta", {.key_retention = 1h, .quarantine = {.count = 2}});
  const support::request<sello::kuenta::verifier> sent{R"({"event":"credit.disbursed"})"};
  kuenta.template suspect<sello::kuenta::provider>(sent.headers, sent.body);
  backend.advance(24h);  // the secret is mended, and the sender tries again
  CHECK(kuenta.accept(support::prove(sent))->outcome() == outcome::queued);
  CHECK(deliver_akua(inbox.endpoint("akua"), "newest")->outcome() == outcome::queued);
  for (const auto& row : claim(inbox)) CHECK(settle(inbox, ticket_of(row), settlement::kind::handled) == 0);
  backend.advance(24h * 4);
  CHECK(inbox.prune()->deliveries == 0);
  CHECK(inbox.stats()->quarantined == 1);
  SECTION("nor where its endpoint's rules are not known") {
    const auto elsewhere = backend.open();
    const auto refused = elsewhere.requalify(sello::kuenta::verifier{support::secret});
    CHECK(refused.error().code == errc::malformed_option);
    CHECK(refused.error().where.find("call inbox.endpoint(\"kuenta\", ...) first") == 0);
    CHECK(inbox.stats()->quarantined == 1);
  }
  SECTION("so it is no second event") {
    CHECK(inbox.requalify(sello::kuenta::verifier{support::secret}).value() == 1);
    CHECK(claim(inbox).empty());
    CHECK(inbox.stats()->duplicates == 1);
  }
  SECTION("also when both are old") {
    backend.advance(24h * 30);
    CHECK(inbox.prune()->deliveries == 1);
    CHECK(inbox.stats()->quarantined == 0);
    CHECK(inbox.requalify(sello::kuenta::verifier{support::secret}).value() == 0);
  }
}

TEMPLATE_LIST_TEST_CASE("what was acknowledged is there after it was opened again", "[inbox]", support::backends) {
  TestType backend;
  {
    const auto inbox = backend.open();
    CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1")->outcome() == outcome::queued);
    CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1")->outcome() == outcome::duplicate);
  }
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1")->outcome() == outcome::duplicate);
  CHECK(inbox.stats()->duplicates == 2);
  CHECK(claim(inbox).size() == 1);
}

TEMPLATE_LIST_TEST_CASE("many senders at once, each delivery three times: one row each", "[inbox]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto other_process = backend.open();
  constexpr int senders = 8;
  constexpr int deliveries = 60;
  std::atomic<int> queued{0};
  std::atomic<int> duplicates{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < senders; ++t)
    threads.emplace_back([&, t] {
      const auto akua = (t % 2 == 0 ? inbox : other_process).endpoint("akua");
      for (int i = 0; i < deliveries * 3; ++i) {
        const auto given = deliver_akua(akua, "msg_" + std::to_string((i + t) % deliveries));
        if (given && given->outcome() == outcome::queued) ++queued;
        if (given && given->outcome() == outcome::duplicate) ++duplicates;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(queued == deliveries);
  CHECK(duplicates == senders * deliveries * 3 - deliveries);
  CHECK(claim(inbox).size() == deliveries);
}
