// SPDX-License-Identifier: MIT
// Many at once, over every store: senders of the same deliveries, workers whose leases end, processes that share an inbox.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <sello/sello.hpp>

#include "catch.hpp"
#include "inbox/backends.hpp"

namespace {

using namespace std::chrono_literals;
namespace akua = sello::akua;
using sello::outcome;
using sello::progress;
using sello::result;
using support::deliver_akua;

template <class Backend>
using plain_router_of = sello::basic_router<typename Backend::effects::transaction>;

/// Writes the payment's id, and nothing guards it but the mark.
template <class Backend>
plain_router_of<Backend> settling() {
  plain_router_of<Backend> router;
  router.template on<akua::payment_capture_cleared>(
      [](const auto& event, auto& tx) { tx.execute("INSERT INTO effect VALUES ('" + event.data.payment_id + "')"); });
  return router;
}

/// Signed once, for the clock of the test's threads is the machine's own.
std::vector<support::request<akua::verifier>> signed_deliveries(int count) {
  std::vector<support::request<akua::verifier>> all;
  for (int i = 0; i < count; ++i) {
    const std::string id = std::to_string(i);
    all.emplace_back(R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-)" + id + "\"}}",
                     sello::message{.id = "msg_" + id});
  }
  return all;
}

/// A router that says when a worker comes with a delivery, before it enters its transaction.
template <class Transaction>
struct watched_router {
  std::function<void()> comes;
  std::function<result<void>(Transaction&)> handler;

  [[nodiscard]] result<outcome> work(const sello::stored&, const sello::detail::entrance<Transaction>& door) const {
    if (comes) comes();
    const auto entered = door.enter();
    if (!entered) return entered.error();
    if (*entered == nullptr) return outcome::duplicate;
    if (const auto done = handler(**entered); !done) return done.error();
    return outcome::handled;
  }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("eight senders of the same thousand deliveries at once, three times each: a thousand effects",
                        "[inbox][concurrency]", support::backends) {
  const TestType backend;
  constexpr int senders = 8;
  constexpr int count = 1'000;
  const auto deliveries = signed_deliveries(count);
  const auto one = backend.open();
  const auto other = backend.open();  // as another process
  std::atomic<int> queued{0};
  std::atomic<int> duplicates{0};
  const auto observe = [&](const sello::record& seen) {
    if (seen.outcome == outcome::queued) ++queued;
    if (seen.outcome == outcome::duplicate) ++duplicates;
  };
  const sello::receiver to_one{akua::verifier{support::secret}, one.endpoint("akua", {.observer = observe})};
  const sello::receiver to_other{akua::verifier{support::secret}, other.endpoint("akua", {.observer = observe})};
  std::atomic<int> done{0};
  const sello::worker_options options{
      .threads = 2, .claims = 32, .batch = 32, .poll = 20ms, .observer = [&](const auto&) {
        if (++done == count) done.notify_all();
      }};
  sello::worker first{one, backend.open_effects(), settling<TestType>(), options};
  sello::worker second{other, backend.open_effects(), settling<TestType>(), options};
  first.start();
  second.start();

  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < senders; ++t)
    threads.emplace_back([&, t] {
      const auto& to = t % 2 == 0 ? to_one : to_other;
      for (int i = 0; i < 3 * count; ++i) {
        const auto& sent = deliveries[static_cast<std::size_t>((i + t / 2) % count)];
        if (to.receive(sent.headers, sent.body).status != 200) ++refused;
      }
    });
  for (auto& thread : threads) thread.join();
  for (int now = done; now < count; now = done) done.wait(now);
  first.stop();
  second.stop();

  CHECK(refused == 0);
  CHECK(queued == count);
  CHECK(duplicates == senders * 3 * count - count);
  CHECK(backend.ask("SELECT count(*) FROM effect") == count);
  CHECK(backend.ask("SELECT count(DISTINCT key) FROM effect") == count);
  CHECK(one.stats()->waiting == 0);
}

TEMPLATE_LIST_TEST_CASE("leases that end while handlers run cost work, and double nothing", "[inbox][concurrency]",
                        support::backends) {
  TestType backend;
  constexpr int count = 100;
  const auto inbox = backend.open();
  for (const auto& sent : signed_deliveries(count))
    REQUIRE(inbox.endpoint("akua").accept(support::prove(sent))->outcome() == outcome::queued);
  static_cast<void>(backend.open_effects());  // makes the table
  std::mutex turn;
  std::atomic<int> tries{0};
  plain_router_of<TestType> router;
  router.template on<akua::payment_capture_cleared>([&](const auto& event, auto& tx) {
    tx.execute("INSERT INTO effect VALUES ('" + event.data.payment_id + "')");
    if (++tries % 3 != 0) return;
    const std::lock_guard lock{turn};
    backend.advance(61s);  // all that any worker holds is anybody's now
  });
  const sello::worker_options options{.claims = 5};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      sello::worker worker{inbox, typename TestType::effects{backend.effects_at()}, router, options};
      while (worker.poll_once().value_or(1) != 0) {
      }
    });
  for (auto& thread : threads) thread.join();
  // What was running when its lease ended three times was parked for it, wrongly: its owner sends it back to work.
  sello::worker last{inbox, backend.open_effects(), router, options};
  for (int i = 0; i < 100 && inbox.stats()->waiting + inbox.stats()->parked != 0; ++i) {
    REQUIRE(inbox.replay(sello::delivery_filter{.state = progress::parked}));
    backend.advance(61s);
    REQUIRE(last.poll_once());
  }
  CHECK(backend.ask("SELECT count(*) FROM effect") == count);
  CHECK(backend.ask("SELECT count(DISTINCT key) FROM effect") == count);
  CHECK(inbox.stats()->done == count);
}

TEMPLATE_LIST_TEST_CASE(
    "a lease that ends inside of a transaction: who took over waits for it, and makes no second effect",
    "[inbox][concurrency]", support::backends) {
  using transaction = typename TestType::effects::transaction;
  TestType backend;
  const auto inbox = backend.open();
  REQUIRE(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  const bool fails = GENERATE(false, true);
  const auto write = [](transaction& tx) -> result<void> {
    tx.execute("INSERT INTO effect VALUES ('pay-1')");
    return {};
  };
  std::atomic<bool> came{false};
  sello::worker fast{inbox, backend.open_effects(),
                     watched_router<transaction>{[&] {
                                                   came = true;
                                                   came.notify_all();
                                                 },
                                                 write}};
  std::size_t worked_off = 0;
  std::thread taking_over;
  sello::worker slow{inbox, backend.open_effects(),
                     watched_router<transaction>{{}, [&](transaction& tx) {
                                                   const auto done = write(tx);
                                                   backend.advance(61s);
                                                   taking_over =
                                                       std::thread{[&] { worked_off = fast.poll_once().value(); }};
                                                   came.wait(false);
                                                   return fails ? result<void>{sello::retry("no")} : done;
                                                 }}};
  CHECK(slow.poll_once().value() == 1);
  taking_over.join();
  CHECK(worked_off == 1);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 1);
  CHECK(backend.ask("SELECT count(*) FROM sello_mark") == 1);
  const auto row = inbox.list()->front();
  CHECK(row.state == progress::handled);
  CHECK(row.attempts == 0);  // what the late one said counts for nothing
  CHECK(inbox.stats()->late_marks == (fails ? 0U : 1U));
}

TEMPLATE_LIST_TEST_CASE("senders, forgers, a worker and two owners of an inbox, all at once: one effect each",
                        "[inbox][concurrency]", support::backends) {
  TestType backend;
  constexpr int senders = 4;
  constexpr int count = 150;
  const auto deliveries = signed_deliveries(count);
  const auto inbox = backend.open();
  const auto akua = inbox.endpoint("akua", {.quarantine = {.count = 8}});
  const sello::receiver receiver{akua::verifier{support::secret}, akua};
  const auto effects = backend.open_effects();
  sello::worker worker{
      inbox, effects, settling<TestType>(), {.threads = 2, .lease = 1s, .claims = 8, .batch = 4, .poll = 5ms}};
  worker.start();
  std::mutex guard;
  std::string wrong;
  const auto note = [&](const std::string& what) {
    const std::lock_guard lock{guard};
    wrong += what + "; ";
  };
  const auto require_status = [&](const sello::response& answer, int status) {
    if (answer.status != status) note("answered " + std::to_string(answer.status));
  };
  const auto require = [&](const std::string& what, const auto& done) {
    if (!done) note(what + ": " + done.error().message());
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < senders; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < count; ++i) {
        const int id = (i + 30 * t) % count;
        const auto& sent = deliveries[static_cast<std::size_t>(id)];
        require_status(receiver.receive(sent.headers, sent.body), 200);
        if (i % 5 != 0) continue;
        require_status(receiver.receive(sent.headers, sent.body + " "), 401);
        const support::request<akua::verifier> other{"{}", {.id = "msg_" + std::to_string(id)}};
        require_status(receiver.receive(other.headers, other.body), 200);  // a conflict
      }
    });
  std::atomic<bool> over{false};
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&, t] {
      while (!over) {
        const auto rows = inbox.list({.state = progress::waiting, .limit = 3});
        require("list", rows);
        require("stats", inbox.stats());
        require("prune", inbox.prune());
        for (const auto& row : rows.value_or(std::vector<sello::delivery_row>{})) {
          static_cast<void>(inbox.park(row.id));  // if it still waits
          static_cast<void>(inbox.show(row.id));
        }
        require("replay", inbox.replay(sello::delivery_filter{.state = progress::parked}));
        require("prune of marks", worker.prune());
        if (t == 0) require("requalify", inbox.requalify(akua::verifier{support::secret}));
      }
    });
  for (int t = 0; t < senders; ++t) threads[static_cast<std::size_t>(t)].join();
  over = true;
  for (std::size_t t = senders; t < threads.size(); ++t) threads[t].join();
  worker.stop();
  CHECK(wrong == "");
  REQUIRE(inbox.replay(sello::delivery_filter{.state = progress::parked}));
  backend.advance(61s);
  while (worker.poll_once().value() != 0) {
  }
  CHECK(backend.ask("SELECT count(*) FROM effect") == count);
  CHECK(backend.ask("SELECT count(DISTINCT key) FROM effect") == count);
  const auto stats = inbox.stats().value();
  CHECK(stats.waiting + stats.parked == 0);
  CHECK(stats.conflicts == senders * count / 5);
  CHECK(stats.quarantined == 8);
}

TEMPLATE_LIST_TEST_CASE("four processes share an inbox, each a receiver and a worker", "[inbox][concurrency]",
                        support::backends) {
  const TestType backend;
  constexpr int count = 200;
  const auto deliveries = signed_deliveries(count);
  static_cast<void>(backend.open_effects());  // makes the table
  std::vector<pid_t> children;
  for (int p = 0; p < 4; ++p) {
    const pid_t child = ::fork();
    if (child == 0) {
      int refused = 0;
      const auto inbox = TestType::inbox::create(backend.inbox_at(), backend.options());
      const auto effects = TestType::effects::create(backend.effects_at());
      if (!inbox || !effects) ::_exit(2);
      const sello::receiver receiver{akua::verifier{support::secret}, inbox->endpoint("akua")};
      sello::worker worker{*inbox, *effects, settling<TestType>(), {.threads = 2, .poll = 5ms}};
      worker.start();
      for (int i = 0; i < count; ++i) {
        const auto& sent = deliveries[static_cast<std::size_t>((i + p * 50) % count)];
        if (receiver.receive(sent.headers, sent.body).status != 200) ++refused;
      }
      worker.stop();
      ::_exit(refused == 0 ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  const auto inbox = backend.open();
  CHECK(inbox.list({.limit = 1'000})->size() == count);
  sello::worker rest{inbox, backend.open_effects(), settling<TestType>(), {.claims = 32, .batch = 32}};
  while (rest.poll_once().value() != 0) {
  }
  CHECK(backend.ask("SELECT count(*) FROM effect") == count);
  CHECK(backend.ask("SELECT count(DISTINCT key) FROM effect") == count);
  CHECK(inbox.stats()->waiting == 0);
  CHECK(inbox.stats()->crashes == 0);
}
