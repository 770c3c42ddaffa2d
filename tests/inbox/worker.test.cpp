// SPDX-License-Identifier: MIT
// What every worker has to do, over every store.
#include <sello/inbox/worker.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "inbox/backends.hpp"

namespace {

using namespace std::chrono_literals;
using sello::errc;
using sello::error;
using sello::outcome;
using sello::progress;
using sello::result;
using sello::detail::entrance;
using support::deliver_akua;
using support::deliver_kuenta;

/// A router with one handler for everything, given by the test.
template <class Transaction>
struct one_handler {
  using call = std::function<result<void>(const sello::stored&, Transaction&)>;
  call handler{};
  std::function<result<void>(const sello::stored&)> repeatable{};

  [[nodiscard]] result<outcome> work(const sello::stored& row, const entrance<Transaction>& door) const {
    if (repeatable) {
      const auto taken = door.taken();
      if (!taken) return taken.error();
      if (*taken) return outcome::duplicate;
      if (const auto done = repeatable(row); !done) return done.error();
      return outcome::handled;
    }
    if (!handler) return outcome::ignored;
    const auto entered = door.enter();
    if (!entered) return entered.error();
    if (*entered == nullptr) return outcome::duplicate;
    if (const auto done = handler(row, **entered); !done) return done.error();
    return outcome::handled;
  }
};

template <class Backend>
using router_of = one_handler<typename Backend::effects::transaction>;

/// Writes one row, in the transaction.
const auto write_row = [](const sello::stored& row, auto& tx) -> result<void> {
  tx.execute("INSERT INTO effect VALUES ('" + row->key + "')");
  return {};
};

struct line {
  std::string id;
  std::optional<outcome> what;
  std::optional<errc> why;
  std::string where;
};

/// An observer that keeps what it saw.
struct witness {
  std::shared_ptr<std::vector<line>> lines = std::make_shared<std::vector<line>>();
  void operator()(const sello::record& record) const {
    lines->push_back({std::string{record.id}, record.outcome, record.error, std::string{record.where}});
  }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("an effect is committed once, with its mark", "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_2"));
  const witness seen;
  sello::worker worker{inbox, backend.open_effects(), router_of<TestType>{.handler = write_row}, {.observer = seen}};
  CHECK(worker.poll_once().value() == 2);
  CHECK(worker.poll_once().value() == 0);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 2);
  CHECK(backend.ask("SELECT count(*) FROM sello_mark WHERE endpoint = 'akua' AND provider = 'akua' AND generation = 0 "
                    "AND occasion = 0") == 2);
  CHECK(inbox.list()->front().state == progress::handled);
  CHECK(inbox.stats()->done == 2);
  REQUIRE(seen.lines->size() == 2);
  CHECK(seen.lines->front().id == "msg_1");
  CHECK(seen.lines->front().what == outcome::handled);
}

TEMPLATE_LIST_TEST_CASE("what nobody handles is done as ignored, and is replayed for a new handler", "[inbox][worker]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  CHECK(sello::worker{inbox, backend.open_effects(), router_of<TestType>{}}.poll_once().value() == 1);
  CHECK(inbox.list()->front().state == progress::ignored);
  const auto stats = inbox.stats().value();
  CHECK(stats.ignored == 1);
  CHECK(stats.done == 1);
  CHECK(stats.endpoints.front().ignored == 1);
  CHECK(inbox.replay(sello::delivery_filter{.type = "payment.capture.cleared"}).value() == 1);
  CHECK(sello::worker{inbox, backend.open_effects(), router_of<TestType>{.handler = write_row}}.poll_once().value() ==
        1);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 1);
  CHECK(inbox.stats()->ignored == 1);
  CHECK(inbox.stats()->done == 2);
}

TEMPLATE_LIST_TEST_CASE("a handler that fails leaves nothing, is tried again, and is parked in the end",
                        "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  const witness seen;
  router_of<TestType> router{.handler = [](const sello::stored& row, auto& tx) -> result<void> {
    static_cast<void>(write_row(row, tx));
    return error{errc::handler_failed, "no"};
  }};
  sello::worker worker{inbox,
                       backend.open_effects(),
                       router,
                       {.attempts = 3, .backoff = 1000ms, .observer = seen, .random = [] { return 0U; }}};
  CHECK(worker.poll_once().value() == 1);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 0);
  CHECK(backend.ask("SELECT count(*) FROM sello_mark") == 0);
  backend.advance(1s - 1us);
  CHECK(worker.poll_once().value() == 0);
  backend.advance(1us);
  CHECK(worker.poll_once().value() == 1);
  backend.advance(2s - 1us);
  CHECK(worker.poll_once().value() == 0);
  backend.advance(1us);
  CHECK(worker.poll_once().value() == 1);
  CHECK(inbox.list()->front().state == progress::parked);
  CHECK(inbox.show(inbox.list()->front().id)->failures.size() == 3);
  REQUIRE(seen.lines->size() == 3);
  CHECK(seen.lines->at(0).what == std::nullopt);
  CHECK(seen.lines->at(0).why == errc::handler_failed);
  CHECK(seen.lines->at(0).where == "no");
  CHECK(seen.lines->at(2).what == outcome::parked);
  CHECK(seen.lines->at(2).why == errc::handler_failed);

  // After a mended handler all of them are worked off.
  CHECK(inbox.replay(sello::delivery_filter{.state = progress::parked}).value() == 1);
  CHECK(sello::worker{inbox, backend.open_effects(), router_of<TestType>{.handler = write_row}}.poll_once().value() ==
        1);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 1);
  CHECK(inbox.list()->front().state == progress::handled);
}

TEMPLATE_LIST_TEST_CASE("the backoff doubles up to its limit, and jitter takes at most half of it", "[inbox][worker]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  std::uint64_t drawn = 0;
  const sello::worker_options options{.backoff = 1s, .backoff_limit = 1h, .random = [&] { return drawn; }};
  const sello::detail::workplace<typename decltype(inbox)::store_type, typename TestType::effects, router_of<TestType>>
      place{inbox.store(), backend.open_effects(), {}, options};
  CHECK(place.delay(0) == 1s);
  CHECK(place.delay(1) == 2s);
  CHECK(place.delay(11) == 2048s);
  CHECK(place.delay(12) == 1h);
  CHECK(place.delay(1'000'000) == 1h);
  drawn = 500'000;
  CHECK(place.delay(0) == 500ms);
  drawn = 500'001;
  CHECK(place.delay(0) == 1s);
}

TEMPLATE_LIST_TEST_CASE("what cannot succeed is parked at once", "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const errc code = GENERATE(errc::permanent_failure, errc::malformed_json, errc::duplicate_key, errc::too_deep,
                             errc::missing_field, errc::wrong_type, errc::out_of_range);
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  sello::worker worker{inbox, backend.open_effects(), router_of<TestType>{.handler = [&](const auto&, auto&) {
                         return result<void>{error{code, "/data/payment_id"}};
                       }}};
  CHECK(worker.poll_once().value() == 1);
  const auto row = inbox.list()->front();
  CHECK(row.state == progress::parked);
  CHECK(row.last_failure->why == error{code, "/data/payment_id"});
}

TEMPLATE_LIST_TEST_CASE("a worker that comes late cannot double an effect", "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  const auto effects = backend.open_effects();
  sello::worker fast{inbox, effects, router_of<TestType>{.handler = write_row}};
  bool first = true;
  int calls = 0;
  // Its lease ends before it has entered its transaction; another worker is faster.
  router_of<TestType> router{.handler = [&](const sello::stored& row, auto& tx) {
    ++calls;
    return write_row(row, tx);
  }};
  struct slow_router {
    router_of<TestType> inner;
    std::function<void()> before;
    [[nodiscard]] result<outcome> work(const sello::stored& row,
                                       const entrance<typename TestType::effects::transaction>& door) const {
      before();
      return inner.work(row, door);
    }
  };
  const witness seen;
  sello::worker slow{inbox,
                     effects,
                     slow_router{router,
                                 [&] {
                                   if (!std::exchange(first, false)) return;
                                   backend.advance(61s);
                                   CHECK(fast.poll_once().value() == 1);
                                 }},
                     {.observer = seen}};
  CHECK(slow.poll_once().value() == 1);
  CHECK(calls == 0);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 1);
  CHECK(seen.lines->front().what == outcome::duplicate);
  CHECK(inbox.list()->front().state == progress::handled);
}

TEMPLATE_LIST_TEST_CASE("a handler that takes many leases is no crash, and stays with its worker", "[inbox][worker]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  const auto effects = backend.open_effects();
  const sello::worker_options options{.lease = 1s};
  sello::worker other{inbox, effects, router_of<TestType>{.handler = write_row}, options};
  const auto slowly = [&](const sello::stored& row, auto& tx) -> result<void> {
    for (int i = 0; i < 5; ++i) {
      backend.advance(900ms);
      const auto renewed = (backend.now() + 1s).time_since_epoch().count();
      const auto until = std::chrono::steady_clock::now() + 20s;
      while (backend.ask_inbox("SELECT due FROM work") != renewed) {
        if (std::chrono::steady_clock::now() > until) return error{errc::handler_failed, "the lease was not renewed"};
        std::this_thread::yield();
      }
      CHECK(other.poll_once().value() == 0);
    }
    return write_row(row, tx);
  };
  sello::worker slow{inbox, effects, router_of<TestType>{.handler = slowly}, options};
  CHECK(slow.poll_once().value() == 1);
  CHECK(inbox.list()->front().state == progress::handled);
  CHECK(inbox.stats()->crashes == 0);
  CHECK(inbox.stats()->late_marks == 0);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 1);
}

TEMPLATE_LIST_TEST_CASE("a worker whose claim was lost while it slept makes no effect, though the mark is gone",
                        "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  const auto effects = backend.open_effects();
  sello::worker fast{inbox, effects, router_of<TestType>{.handler = write_row}};
  struct sleeping_router {
    router_of<TestType> inner;
    std::function<void()> before;
    [[nodiscard]] result<outcome> work(const sello::stored& row,
                                       const entrance<typename TestType::effects::transaction>& door) const {
      before();
      return inner.work(row, door);
    }
  };
  const witness seen;
  sello::worker slow{inbox,
                     effects,
                     sleeping_router{{.handler = write_row},
                                     [&] {
                                       backend.advance(61s);
                                       CHECK(fast.poll_once().value() == 1);
                                       backend.advance(24h * 200);  // a clock that jumped
                                       CHECK(fast.prune().value() == 1);
                                     }},
                     {.observer = seen}};
  CHECK(slow.poll_once().value() == 1);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 1);
  CHECK(backend.ask("SELECT count(*) FROM sello_mark") == 0);
  CHECK(seen.lines->empty());
  CHECK(inbox.list()->front().state == progress::handled);
}

TEMPLATE_LIST_TEST_CASE("an effect whose work row was not deleted is found by its mark", "[inbox][worker]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  // A worker that dies between the commit of the effect and the end of its work.
  {
    auto session = backend.open_effects().connect().value();
    const auto held = inbox.store()->claim({.token = 5}).value();
    REQUIRE(held.size() == 1);
    REQUIRE(session->begin({"akua", "akua", "msg_1", 0, 0, backend.now()}, backend.now()).value());
    static_cast<void>(write_row(held[0], session->current()));
    REQUIRE(session->keep());
    REQUIRE(session->commit());
  }
  backend.advance(61s);
  sello::worker worker{inbox, backend.open_effects(), router_of<TestType>{.handler = write_row}};
  CHECK(worker.poll_once().value() == 1);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 1);
  const auto stats = inbox.stats().value();
  CHECK(stats.late_marks == 1);
  CHECK(stats.done == 1);
  CHECK(stats.waiting == 0);
}

TEMPLATE_LIST_TEST_CASE("a replay has an effect of its own", "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  sello::worker worker{inbox, backend.open_effects(), router_of<TestType>{.handler = write_row}};
  CHECK(worker.poll_once().value() == 1);
  REQUIRE(inbox.replay(inbox.list()->front().id));
  CHECK(worker.poll_once().value() == 1);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 2);
}

TEMPLATE_LIST_TEST_CASE("an inbox that was lost doubles no effect of a sender with ids", "[inbox][worker]",
                        support::backends) {
  TestType backend;
  const auto deliver = [&](bool with_id) {
    const auto inbox = backend.open();
    CHECK((with_id ? deliver_akua(inbox.endpoint("akua"), "msg_1") : deliver_kuenta(inbox.endpoint("kuenta")))
              ->outcome() == outcome::queued);
    CHECK(sello::worker{inbox, backend.open_effects(), router_of<TestType>{.handler = write_row}}.poll_once().value() ==
          1);
    return backend.ask("SELECT count(*) FROM effect");
  };
  SECTION("the sender's retry, as late as it may be") {
    CHECK(deliver(true) == 1);
    backend.lose_inbox();
    backend.advance(24h * 89);
    CHECK(deliver(true) == 1);
  }
  SECTION("an identical event after the window of its digest is another one") {
    CHECK(deliver(false) == 1);
    backend.advance(24h * 3);
    CHECK(deliver(false) == 2);
    backend.lose_inbox();
    backend.advance(24h * 3);
    CHECK(deliver(false) == 3);
  }
  SECTION("its retry on the same day is not") {
    CHECK(deliver(false) == 1);
    backend.lose_inbox();
    backend.advance(1h);
    CHECK(deliver(false) == 1);
  }
}

TEMPLATE_LIST_TEST_CASE("an inbox made anew doubles no effect of a digest that was another event before",
                        "[inbox][worker]", support::backends) {
  TestType backend;
  const auto deliver = [&] {
    const auto inbox = backend.open();
    CHECK(deliver_kuenta(inbox.endpoint("kuenta"))->outcome() == outcome::queued);
    CHECK(sello::worker{inbox, backend.open_effects(), router_of<TestType>{.handler = write_row}}.poll_once().value() ==
          1);
    return backend.ask("SELECT count(*) FROM effect");
  };
  CHECK(deliver() == 1);
  backend.advance(24h * 7);
  CHECK(deliver() == 2);
  backend.lose_inbox();
  backend.advance(1min);
  CHECK(deliver() == 2);
}

TEMPLATE_LIST_TEST_CASE("each replay has an effect, though no time goes by", "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_kuenta(inbox.endpoint("kuenta")));
  sello::worker worker{inbox, backend.open_effects(), router_of<TestType>{.handler = write_row}};
  for (const int effects : {1, 2, 3}) {
    CHECK(worker.poll_once().value() == 1);
    CHECK(backend.ask("SELECT count(*) FROM effect") == effects);
    REQUIRE(inbox.replay(inbox.list()->front().id));
  }
}

TEMPLATE_LIST_TEST_CASE("an identical event after a short window and a pruning is another one", "[inbox][worker]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open({.body_retention = 0s});
  const auto kuenta = inbox.endpoint("kuenta", {.key_retention = 1h});
  sello::worker worker{inbox, backend.open_effects(), router_of<TestType>{.handler = write_row}};
  for (const int effects : {1, 2, 3}) {
    CHECK(deliver_kuenta(kuenta)->outcome() == outcome::queued);
    CHECK(deliver_akua(inbox.endpoint("akua"), "newer_" + std::to_string(effects)));  // the newest is never pruned
    CHECK(worker.poll_once().value() == 2);
    CHECK(backend.ask("SELECT count(*) FROM effect WHERE key NOT LIKE 'newer%'") == effects);
    backend.advance(1h + 1us);
    CHECK(inbox.prune()->deliveries == 1);
  }
}

TEMPLATE_LIST_TEST_CASE("a replay in an inbox made anew has an effect, though the lost one counted the same",
                        "[inbox][worker]", support::backends) {
  TestType backend;
  for (const int effects : {2, 3}) {
    const auto inbox = backend.open();
    sello::worker worker{inbox, backend.open_effects(), router_of<TestType>{.handler = write_row}};
    CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
    CHECK(worker.poll_once().value() == 1);
    backend.advance(1s);
    CHECK(inbox.replay(inbox.list()->front().id));
    CHECK(worker.poll_once().value() == 1);
    CHECK(backend.ask("SELECT count(*) FROM effect") == effects);
    backend.lose_inbox();
  }
}

TEMPLATE_LIST_TEST_CASE("marks that are dropped by somebody's trigger do not pass for effects that are done",
                        "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto effects = backend.open_effects();
  backend.drop_marks();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  sello::worker worker{inbox, effects, router_of<TestType>{.handler = write_row}};
  const auto polled = worker.poll_once();
  REQUIRE_FALSE(polled);
  CHECK(polled.error().where.find("`sello_mark` does not keep what is written into it") == 0);
  // Its owner sees why it waits, and nothing is counted against it.
  const auto details = inbox.show(inbox.list()->front().id).value();
  CHECK(details.row.state == progress::waiting);
  CHECK(details.row.attempts == 0);
  REQUIRE(details.failures.size() == 1);
  CHECK(details.failures.front().why.where == polled.error().where);
}

TEMPLATE_LIST_TEST_CASE("no unique index of the owner's on the marks passes for a mark", "[inbox][worker]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto effects = backend.open_effects();
  backend.change_effects("CREATE UNIQUE INDEX once ON sello_mark(endpoint)");
  for (const char* id : {"msg_1", "msg_2"}) CHECK(deliver_akua(inbox.endpoint("akua"), id));
  const witness seen;
  sello::worker worker{inbox, effects, router_of<TestType>{.handler = write_row}, {.observer = seen}};
  CHECK(worker.poll_once().error().code == errc::store_unavailable);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 1);
  CHECK(inbox.stats()->waiting == 1);
  backend.change_effects("DROP INDEX once");
  backend.advance(61s);
  CHECK(worker.poll_once().value() == 1);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 2);
}

TEMPLATE_LIST_TEST_CASE("a process that dies in a handler again and again parks that delivery alone", "[inbox][worker]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  for (const char* id : {"first", "poison", "last"}) CHECK(deliver_akua(inbox.endpoint("akua"), id));
  const std::size_t batch = GENERATE(1U, 3U);
  struct death {};
  // A router that throws ends the poll in the middle, as a death would: nothing is settled, all is rolled back.
  struct deadly {
    [[nodiscard]] result<outcome> work(const sello::stored& row,
                                       const entrance<typename TestType::effects::transaction>& door) const {
      const auto entered = door.enter();
      if (!entered) return entered.error();
      if (*entered == nullptr) return outcome::duplicate;
      if (row->key == "poison") throw death{};
      static_cast<void>(write_row(row, **entered));
      return outcome::handled;
    }
  };
  const witness seen;
  for (int i = 0; i < 3; ++i) {
    sello::worker worker{inbox, backend.open_effects(), deadly{}, {.batch = batch, .observer = seen}};
    CHECK_FALSE(worker.poll_once());
    backend.advance(61s);
  }
  sello::worker worker{inbox, backend.open_effects(), deadly{}, {.batch = batch, .observer = seen}};
  while (worker.poll_once().value_or(1) != 0) backend.advance(61s);
  const auto rows = inbox.list().value();
  CHECK(rows[0].state == progress::handled);
  CHECK(rows[1].state == progress::parked);
  CHECK(rows[1].crashes == 3);
  CHECK(rows[2].state == progress::handled);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 2);
  CHECK(inbox.stats()->crashes == 3);
}

TEMPLATE_LIST_TEST_CASE("an effect whose end was never noted is no poison pill", "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  const auto effects = backend.open_effects();
  {
    auto session = effects.connect().value();
    REQUIRE(session->begin({"akua", "akua", "msg_1", 0, 0, backend.now()}, backend.now()).value());
    REQUIRE(session->keep());
    REQUIRE(session->commit());
  }
  for (int token = 1; token <= 3; ++token) {
    const auto held = inbox.store()->claim({.token = token, .lease = 60s}).value();
    REQUIRE(held.size() == 1);
    REQUIRE(inbox.store()->start(sello::detail::ticket_of(held[0]), 60s, std::nullopt).value());
    backend.advance(61s);
  }
  const witness seen;
  sello::worker worker{inbox, effects, router_of<TestType>{.handler = write_row}, {.observer = seen}};
  CHECK(worker.poll_once().value() == 1);
  CHECK(inbox.list()->front().state == progress::handled);
  CHECK(inbox.stats()->late_marks == 1);
  REQUIRE(seen.lines->size() == 1);
  CHECK(seen.lines->front().what == outcome::duplicate);
}

TEMPLATE_LIST_TEST_CASE("a repeatable handler runs outside of the transaction, and is marked after it",
                        "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  for (const char* id : {"msg_1", "msg_2", "msg_3"}) CHECK(deliver_akua(inbox.endpoint("akua"), id));
  int calls = 0;
  const auto other = backend.open_effects().connect().value();
  sello::worker worker{inbox,
                       backend.open_effects(),
                       router_of<TestType>{.repeatable = [&](const sello::stored& row) -> result<void> {
                         ++calls;
                         CHECK(other->begin({"x", "x", row->key, 0, 0, {}}, {}).value());
                         other->rollback();
                         if (row->key == "msg_2") return error{errc::handler_failed, "no"};
                         return {};
                       }},
                       {.batch = 3}};
  CHECK(worker.poll_once().value() == 3);
  CHECK(calls == 3);
  CHECK(backend.ask("SELECT count(*) FROM sello_mark") == 2);
  CHECK(inbox.stats()->done == 2);
}

TEMPLATE_LIST_TEST_CASE("several effects in one transaction: the one that fails takes no neighbour along",
                        "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  for (int i = 0; i < 6; ++i) CHECK(deliver_akua(inbox.endpoint("akua"), "msg_" + std::to_string(i)));
  sello::worker worker{inbox,
                       backend.open_effects(),
                       router_of<TestType>{.handler = [](const sello::stored& row, auto& tx) -> result<void> {
                         static_cast<void>(write_row(row, tx));
                         if (row->key == "msg_2") return error{errc::handler_failed, "no"};
                         if (row->key == "msg_3") return error{errc::permanent_failure, "no"};
                         return {};
                       }},
                       {.batch = 4}};
  CHECK(worker.poll_once().value() == 4);
  CHECK(worker.poll_once().value() == 2);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 4);
  CHECK(backend.ask("SELECT count(*) FROM sello_mark") == 4);
  CHECK(inbox.stats()->done == 4);
  CHECK(inbox.stats()->parked == 1);
}

TEMPLATE_LIST_TEST_CASE("options that cannot be meant are refused", "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto refused = [&](const sello::worker_options& options) {
    try {
      const sello::worker worker{inbox, backend.open_effects(), router_of<TestType>{}, options};
      return false;
    } catch (const sello::bad_result& thrown) {
      return thrown.error().code == errc::malformed_option;
    }
  };
  CHECK_FALSE(refused({}));
  CHECK(refused({.threads = 0}));
  CHECK(refused({.lease = 0s}));
  CHECK(refused({.attempts = 0}));
  CHECK(refused({.backoff = 0s}));
  CHECK(refused({.backoff = 2s, .backoff_limit = 1s}));
  CHECK(refused({.claims = 0}));
  CHECK(refused({.batch = 0}));
}

TEMPLATE_LIST_TEST_CASE("a worker without a limit of its claims takes what there is", "[inbox][worker]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  for (const char* id : {"msg_1", "msg_2"}) CHECK(deliver_akua(inbox.endpoint("akua"), id));
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  sello::worker worker{
      inbox, backend.open_effects(), router_of<TestType>{.handler = write_row}, {.claims = most, .batch = most}};
  CHECK(worker.poll_once().value() == 2);
}

TEMPLATE_LIST_TEST_CASE("a handler that polls its own worker is told so, and does not wait for itself",
                        "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  std::function<result<std::size_t>()> poll;
  std::optional<error> said;
  sello::worker worker{inbox, backend.open_effects(),
                       router_of<TestType>{.handler = [&](const sello::stored& row, auto& tx) -> result<void> {
                         if (const auto nested = poll(); !nested) said = nested.error();
                         return write_row(row, tx);
                       }}};
  poll = [&] { return worker.poll_once(); };
  CHECK(worker.poll_once().value() == 1);
  REQUIRE(said);
  CHECK(said->code == errc::handler_failed);
  CHECK(said->where == "a handler cannot use its worker; do that outside of it");
  CHECK(worker.poll_once().value() == 0);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 1);
}

TEMPLATE_LIST_TEST_CASE("what a database refuses of a handler's statement is the handler's failure, no outage",
                        "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto effects = backend.open_effects();
  backend.change_effects("CREATE TABLE settled(n BIGINT PRIMARY KEY, amount BIGINT NOT NULL CHECK (amount > 0))");
  backend.change_effects("INSERT INTO settled VALUES (1, 1)");
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  const std::string statement = GENERATE("INSERT INTO settled VALUES (1, 1)", "INSERT INTO settled VALUES (2, 0)",
                                         "INSERT INTO settled VALUES (3, NULL)");
  sello::worker worker{inbox, effects,
                       router_of<TestType>{.handler = [&](const sello::stored&, auto& tx) -> result<void> {
                         try {
                           tx.execute(statement);
                         } catch (const sello::bad_result& thrown) {
                           return thrown.error();
                         }
                         return {};
                       }}};
  CHECK(worker.poll_once().value() == 1);
  const auto row = inbox.list()->front();
  CHECK(row.attempts == 1);
  REQUIRE(row.last_failure);
  CHECK(row.last_failure->why.code == errc::handler_failed);
  CHECK(row.last_failure->why.where.find("constraint") != std::string::npos);
}

TEMPLATE_LIST_TEST_CASE("threads work off what arrives, and stop in order", "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  constexpr int count = 200;
  std::atomic<int> done{0};
  sello::worker worker{inbox,
                       backend.open_effects(),
                       router_of<TestType>{.handler = write_row},
                       {.threads = 4, .poll = 60'000ms, .observer = [&](const sello::record& record) {
                          if (record.outcome == outcome::handled && ++done == count) done.notify_all();
                        }}};
  worker.start();
  worker.start();
  std::vector<std::thread> senders;
  for (int t = 0; t < 4; ++t)
    senders.emplace_back([&, t] {
      for (int i = 0; i < count; ++i)
        if (i % 4 == t || i % 4 == (t + 1) % 4)
          static_cast<void>(deliver_akua(inbox.endpoint("akua"), "msg_" + std::to_string(i)));
    });
  for (auto& sender : senders) sender.join();
  for (int now = done; now < count; now = done) done.wait(now);
  worker.stop();
  worker.stop();
  CHECK(backend.ask("SELECT count(*) FROM effect") == count);
  CHECK(backend.ask("SELECT count(DISTINCT key) FROM effect") == count);
  CHECK(inbox.stats()->waiting == 0);
  worker.start();  // once more
}

TEMPLATE_LIST_TEST_CASE("an observer may stop its worker, which begins anew when it is told to", "[inbox][worker]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  std::function<void()> stop;
  std::atomic<int> handled{0};
  sello::worker worker{inbox,
                       backend.open_effects(),
                       router_of<TestType>{.handler = write_row},
                       {.threads = 2, .observer = [&](const sello::record&) {
                          stop();
                          ++handled;
                          handled.notify_all();
                        }}};
  stop = [&] {
    worker.stop();
    worker.start();  // by one of its own threads: neither waits
  };
  for (int round = 1; round <= 3; ++round) {
    CHECK(deliver_akua(inbox.endpoint("akua"), "msg_" + std::to_string(round)));
    worker.start();
    for (int now = handled; now < round; now = handled) handled.wait(now);
    if (round == 2) worker.stop();
  }
  CHECK(backend.ask("SELECT count(*) FROM effect") == 3);
}

TEMPLATE_LIST_TEST_CASE("a key comes to the handler as its rule gave it, and a type is looked for as it was sent",
                        "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const std::string key = "pedido-\xc3\xb1 50%";
  const auto akua = inbox.endpoint("akua", {.identify = [&](const sello::signed_facts&) { return key; }});
  CHECK(deliver_akua(akua, "msg_1", R"({"type":"pago.se\u00f1al","data":{}})"));
  std::string seen;
  sello::basic_router<typename TestType::effects::transaction> router;
  router.otherwise([&](const sello::unknown_event& event, auto&) { seen = event.idempotency_key + ' ' + event.type; });
  sello::worker worker{inbox, backend.open_effects(), router};
  CHECK(worker.poll_once().value() == 1);
  CHECK(seen == key +
                    " pago.se\xc3\xb1"
                    "al");
  CHECK(inbox.list()->front().key == key);
  const auto found = inbox.list({.type = inbox.list()->front().type}).value();
  CHECK(found.size() == 1);
  CHECK(inbox
            .replay(sello::delivery_filter{.type = "pago.se\xc3\xb1"
                                                   "al",
                                           .state = progress::handled})
            .value() == 1);
}

TEMPLATE_LIST_TEST_CASE("a worker that stops gives back what it did not begin", "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  for (int i = 0; i < 3; ++i) CHECK(deliver_akua(inbox.endpoint("akua"), "msg_" + std::to_string(i)));
  std::atomic<bool> running{false};
  std::atomic<bool> go{false};
  std::atomic<int> calls{0};
  sello::worker worker{inbox,
                       backend.open_effects(),
                       router_of<TestType>{.handler =
                                               [&](const sello::stored& row, auto& tx) {
                                                 ++calls;
                                                 running = true;
                                                 running.notify_all();
                                                 go.wait(false);
                                                 return write_row(row, tx);
                                               }},
                       {.claims = 3}};
  worker.start();
  running.wait(false);
  std::thread stopper{[&] { worker.stop(); }};
  while (!worker.is_stopping()) std::this_thread::yield();
  go = true;
  go.notify_all();
  stopper.join();
  CHECK(calls == 1);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 1);
  const auto left = inbox.store()->claim({.token = 9, .limit = 10}).value();  // at once, without the lease's end
  CHECK(left.size() == 2);
  for (const auto& row : left) CHECK(row->crashes == 0);
}

TEMPLATE_LIST_TEST_CASE("marks go when no delivery can meet them any more", "[inbox][worker]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  bool fails = true;
  sello::worker worker{inbox, backend.open_effects(),
                       router_of<TestType>{.handler = [&](const sello::stored& row, auto& tx) -> result<void> {
                         if (row->key == "stuck" && fails) return error{errc::permanent_failure, "no"};
                         return write_row(row, tx);
                       }}};
  CHECK(deliver_akua(inbox.endpoint("akua"), "old"));
  CHECK(worker.poll_once().value() == 1);
  backend.advance(1h);
  CHECK(deliver_akua(inbox.endpoint("akua"), "stuck"));
  CHECK(worker.poll_once().value() == 1);
  backend.advance(1h);
  for (int i = 0; i < 2'500; ++i) CHECK(deliver_akua(inbox.endpoint("akua"), "msg_" + std::to_string(i)));
  while (worker.poll_once().value() != 0) {
  }
  CHECK(worker.prune(24h * 180).value() == 0);
  backend.advance(24h * 180);
  CHECK(worker.prune(24h * 180).value() == 1);  // "old"; what came after "stuck" waits for it
  fails = false;
  REQUIRE(inbox.replay(sello::delivery_filter{.state = progress::parked}));
  CHECK(worker.poll_once().value() == 1);
  CHECK(worker.prune(24h * 180).value() == 0);  // nor what was marked just now
  backend.advance(1us);
  CHECK(worker.prune(24h * 180).value() == 2'500);
  CHECK(backend.ask("SELECT count(*) FROM sello_mark") == 1);
}

TEMPLATE_LIST_TEST_CASE("a mark stays as long as its work, though its delivery arrived again", "[inbox][worker]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const auto kuenta = inbox.endpoint("kuenta");
  bool parks = true;
  sello::worker worker{inbox, backend.open_effects(),
                       router_of<TestType>{.handler = [&](const sello::stored& row, auto& tx) -> result<void> {
                         if (std::exchange(parks, false)) CHECK(inbox.park(row->id));
                         return write_row(row, tx);
                       }}};
  CHECK(deliver_kuenta(kuenta)->outcome() == outcome::queued);
  const bool replayed = GENERATE(false, true);
  if (replayed) {  // the one that is parked in its handler is a replay
    parks = false;
    CHECK(worker.poll_once().value() == 1);
    backend.advance(24h * 2);
    REQUIRE(inbox.replay(inbox.list()->front().id));
    parks = true;
  }
  CHECK(worker.poll_once().value() == 1);
  CHECK(inbox.list()->front().state == progress::parked);
  backend.advance(24h * 4);
  CHECK(deliver_kuenta(kuenta)->outcome() == outcome::queued);
  CHECK(worker.poll_once().value() == 1);
  const auto effects = backend.ask("SELECT count(*) FROM effect");
  CHECK(effects == (replayed ? 3 : 2));
  backend.advance(24h * 200);
  CHECK(worker.prune().value() == (replayed ? 1 : 0));
  REQUIRE(inbox.replay(inbox.list()->front().id));
  CHECK(worker.poll_once().value() == 1);
  CHECK(backend.ask("SELECT count(*) FROM effect") == effects);
}

TEMPLATE_LIST_TEST_CASE("no inbox prunes the marks of another one with the same effects", "[inbox][worker]",
                        support::backends) {
  TestType backend;
  TestType other;
  const auto inbox = backend.open();
  const auto second = other.open();
  const router_of<TestType> parking{.handler = [&](const sello::stored& row, auto& tx) -> result<void> {
    if (row->endpoint == "two") CHECK(second.park(row->id));
    return write_row(row, tx);
  }};
  sello::worker worker{inbox, backend.open_effects(), parking};
  sello::worker second_worker{second, backend.open_effects(), parking};
  CHECK(deliver_akua(inbox.endpoint("one"), "msg_1"));
  CHECK(deliver_akua(second.endpoint("two"), "msg_1"));
  CHECK(worker.poll_once().value() == 1);
  CHECK(second_worker.poll_once().value() == 1);
  for (TestType* one : {&backend, &other}) one->advance(24h * 200);
  CHECK(worker.prune().value() == 1);
  CHECK(second_worker.prune().value() == 0);
  REQUIRE(second.replay(second.list()->front().id));
  CHECK(second_worker.poll_once().value() == 1);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 2);
}
