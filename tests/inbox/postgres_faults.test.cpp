// SPDX-License-Identifier: MIT
// Connections to PostgreSQL that are cut in the middle of anything, servers that are read-only, and effects in PostgreSQL for
// an inbox in SQLite.
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <sello/inbox/postgres.hpp>
#include <sello/inbox/sqlite.hpp>
#include <sello/sello.hpp>

#include "catch.hpp"
#include "inbox/outage.hpp"
#include "inbox/postgres_backend.hpp"
#include "inbox/tcp_proxy.hpp"

namespace {

using namespace std::chrono_literals;
namespace akua = sello::akua;
using sello::errc;
using sello::outcome;
using sello::progress;
using support::deliver_akua;
using support::postgres_backend;

auto writing_keys() {
  sello::basic_router<sello::postgres::transaction> router;
  router.on<akua::payment_capture_cleared>(
      [](const auto& event, auto& tx) { tx.execute("INSERT INTO effect VALUES ($1)", event.idempotency_key); });
  return router;
}

sello::worker_options steady() {
  return {.random = [] { return 0U; }};
}

/// By TCP, through the proxy; what stands last counts.
std::string through(const support::tcp_proxy& proxy, const postgres_backend& to) {
  return to.conninfo() + " host=127.0.0.1 port=" + std::to_string(proxy.port());
}

std::int64_t effects_of(const postgres_backend& in, const std::string& key) {
  return in.ask("SELECT count(*) FROM effect WHERE key = '" + key + "'");
}

}  // namespace

TEST_CASE("a connection that is cut before or behind any message, in mid-commit too: one effect, and no restart",
          "[faults]") {
  postgres_backend backend;
  support::tcp_proxy proxy{std::stoi(PQport(backend.line().get()))};
  static_cast<void>(backend.open_effects());  // makes the table
  const sello::postgres::inbox inbox{through(proxy, backend), backend.options({.patience = 2s})};
  const auto akua = inbox.endpoint("akua");
  sello::worker worker{inbox, sello::postgres::effects{through(proxy, backend), 2s}, writing_keys(), steady()};
  int cuts = 0;
  int refused = 0;
  for (const bool behind : {false, true}) {
    int whole = 0;
    for (int message = 1; whole < 3 && message < 200; ++message) {
      const std::string key = (behind ? "behind_" : "before_") + std::to_string(message);
      INFO(key);
      proxy.cut(message, behind);
      bool answered = false;
      for (int i = 0; i < 5 && !answered; ++i) {  // as a sender does
        const auto given = deliver_akua(akua, key);
        answered = given.has_value();
        if (answered) continue;
        ++refused;
        CHECK(given.error().code == errc::store_unavailable);
      }
      REQUIRE(answered);
      for (int i = 0; i < 20 && effects_of(backend, key) == 0; ++i) {
        static_cast<void>(worker.poll_once());
        backend.advance(61s);
      }
      static_cast<void>(worker.poll_once());  // whatever was left of it
      CHECK(effects_of(backend, key) == 1);
      if (proxy.has_cut()) ++cuts;
      whole = proxy.has_cut() ? 0 : whole + 1;
      proxy.cut(0, false);
    }
    CHECK(whole == 3);
  }
  CHECK(cuts > 30);
  CHECK(refused > 0);
  backend.advance(61s);
  while (worker.poll_once().value() != 0) backend.advance(61s);
  CHECK(backend.ask("SELECT count(*) - count(DISTINCT key) FROM effect") == 0);
  for (const auto& row : inbox.list({.limit = 1'000}).value()) CHECK(row.state == progress::handled);
}

TEST_CASE("a server that has become read-only, as after a failover: 503 and why, until it is the primary again",
          "[faults]") {
  const postgres_backend backend;
  const auto inbox = backend.open();
  const sello::receiver receiver{akua::verifier{support::secret}, inbox.endpoint("akua")};
  const auto akua = inbox.endpoint("akua");
  REQUIRE(deliver_akua(akua, "msg_1"));
  const std::string name = backend.line().ask("SELECT current_database()");
  const auto set = [&](const std::string& how) {
    backend.line().ask("SET default_transaction_read_only = off; ALTER DATABASE " + name + how);
    backend.line().ask("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '" + name +
                       "' AND pid <> pg_backend_pid()");
  };
  set(" SET default_transaction_read_only = on");
  static_cast<void>(deliver_akua(akua, "msg_2"));  // on the connection that was cut, maybe
  const auto refused = deliver_akua(akua, "msg_2");
  REQUIRE_FALSE(refused);
  INFO(refused.error().message());
  CHECK(refused.error().where.find("the server is read-only, a standby or by default_transaction_read_only") == 0);
  const support::request<akua::verifier> sent{"{}", {.id = "msg_3"}};
  CHECK(receiver.receive(sent.headers, sent.body).status == 503);
  set(" RESET default_transaction_read_only");
  static_cast<void>(deliver_akua(akua, "msg_2"));
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::duplicate);
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
  CHECK(inbox.list()->size() == 2);
}

TEST_CASE("an inbox in SQLite, and effects in PostgreSQL: many at once, and an outage of the effects alone",
          "[faults]") {
  postgres_backend there;
  const support::temporary_folder folder;
  support::manual_clock clock;
  const sello::sqlite::inbox inbox{folder.file("inbox.db"), clock.options()};
  const auto akua = inbox.endpoint("akua");
  constexpr int count = 200;
  std::atomic<int> done{0};
  auto options = steady();
  options.random = nullptr;
  options.threads = 4;
  options.observer = [&](const auto&) {
    if (++done == count) done.notify_all();
  };
  {
    sello::worker worker{inbox, there.open_effects(), writing_keys(), options};
    worker.start();
    std::vector<std::thread> senders;
    for (int t = 0; t < 8; ++t)
      senders.emplace_back([&, t] {
        for (int i = 0; i < 3 * count; ++i)
          static_cast<void>(deliver_akua(akua, "msg_" + std::to_string((i + 25 * t) % count)));
      });
    for (auto& one : senders) one.join();
    for (int now = done; now < count; now = done) done.wait(now);
    worker.stop();
  }
  CHECK(there.ask("SELECT count(*) FROM effect") == count);
  CHECK(there.ask("SELECT count(DISTINCT key) FROM effect") == count);
  CHECK(there.ask("SELECT count(*) FROM sello_mark") == count);

  support::outage<postgres_backend> outage{there};
  sello::worker worker{inbox, there.open_effects(), writing_keys(), steady()};
  CHECK(worker.poll_once().value() == 0);  // connected
  outage.begin();
  for (int i = 0; i < 10; ++i) {
    CHECK(deliver_akua(akua, "away_" + std::to_string(i))->outcome() == outcome::queued);
    CHECK_FALSE(worker.poll_once());
    clock.advance(2s);
  }
  outage.end();
  for (int i = 0; i < 50 && inbox.stats()->waiting != 0; ++i) {
    static_cast<void>(worker.poll_once());
    clock.advance(61s);
  }
  CHECK(there.ask("SELECT count(*) FROM effect WHERE key LIKE 'away%'") == 10);
  CHECK(there.ask("SELECT count(*) - count(DISTINCT key) FROM effect") == 0);
  for (const auto& row : inbox.list({.limit = 1'000}).value()) {
    CHECK(row.state == progress::handled);
    CHECK(row.crashes == 0);
  }
}
