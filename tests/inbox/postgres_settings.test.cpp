// SPDX-License-Identifier: MIT
// What the settings, the encoding, the poolers and the tables of a server that others have set up do to an inbox, and what
// becomes of a handler that commits by itself.
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sello/inbox/postgres.hpp>
#include <sello/inbox/sqlite.hpp>
#include <sello/sello.hpp>

#include "catch.hpp"
#include "inbox/outage.hpp"
#include "inbox/postgres_backend.hpp"

namespace {

using namespace std::chrono_literals;
using sello::errc;
using sello::outcome;
using sello::progress;
using support::deliver_akua;
using support::new_database;
using support::postgres_line;
using transaction = sello::postgres::transaction;

/// Notes a setting at each insert into a table, and changes it for the session as a pooler's next client would find it.
void note_at_each_insert(const postgres_line& line, const std::string& setting, const std::string& table,
                         const std::string& then) {
  line.ask("CREATE TABLE IF NOT EXISTS noted(setting text, value text)");
  const std::string name = "note_" + setting;
  line.ask("CREATE OR REPLACE FUNCTION " + name +
           "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.noted VALUES ('" + setting +
           "', current_setting('" + setting + "')); " + then + " RETURN NEW; END $$");
  line.ask("CREATE TRIGGER " + name + " BEFORE INSERT ON " + table + " FOR EACH ROW EXECUTE FUNCTION " + name + "()");
}

std::string noted(const postgres_line& line) {
  return line.ask("SELECT string_agg(DISTINCT value, ' ') FROM noted") + " " + line.ask("SELECT count(*) FROM noted");
}

struct outcome_of_try {
  progress state{};
  std::int64_t attempts = 0;
  std::string why{};
};

/// One try of one delivery by this handler.
template <class Handler>
outcome_of_try tried_by(const std::string& database, const Handler& handler) {
  const sello::postgres::inbox inbox{database};
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  sello::basic_router<transaction> router;
  router.on<sello::akua::payment_capture_cleared>(handler);
  CHECK(sello::worker{inbox, sello::postgres::effects{database}, router}.poll_once().value() == 1);
  const auto row = inbox.list().value().front();
  return {row.state, row.attempts, row.last_failure ? row.last_failure->why.where : ""};
}

}  // namespace

TEST_CASE("what is stored is synced, though a pooler mixes up the settings of sessions") {
  const std::string database = new_database();
  const sello::postgres::inbox inbox{database};
  const postgres_line line{database};
  const std::string leak = "PERFORM set_config('synchronous_commit', 'off', false);";
  const auto akua = inbox.endpoint("akua");
  SECTION("new ones") {
    note_at_each_insert(line, "synchronous_commit", "sello.delivery", leak);
    for (const char* id : {"msg_1", "msg_2", "msg_3"}) CHECK(deliver_akua(akua, id));
    CHECK(noted(line) == "on 3");
  }
  SECTION("and conflicts") {
    CHECK(deliver_akua(akua, "msg_1"));
    note_at_each_insert(line, "synchronous_commit", "sello.conflict", leak);
    for (const char* body : {R"({"a":1})", R"({"a":2})", R"({"a":3})"})
      CHECK(deliver_akua(akua, "msg_1", body)->outcome() == outcome::conflict);
    CHECK(noted(line) == "on 3");
  }
}

TEST_CASE("the isolation that a server's owner prefers is not the inbox's") {
  const std::string database = new_database();
  const postgres_line line{database};
  line.ask("ALTER DATABASE " + line.ask("SELECT current_database()") +
           " SET default_transaction_isolation = 'serializable'");
  const sello::postgres::inbox inbox{database};
  note_at_each_insert(line, "transaction_isolation", "sello.delivery", "");
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  CHECK(noted(line) == "read committed 1");
}

TEST_CASE("a connection that failed before it was set up is made anew") {
  const std::string database = new_database();
  const postgres_line line{database};
  line.ask(
      "CREATE SCHEMA fake; CREATE TABLE fake.broken(it boolean); INSERT INTO fake.broken VALUES (false); "
      "CREATE FUNCTION fake.pg_is_in_recovery() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF (SELECT bool_or(b.it) "
      "FROM fake.broken b) THEN RAISE EXCEPTION USING ERRCODE = '53200'; END IF; RETURN false; END $$");
  const std::string name = line.ask("SELECT current_database()");
  line.ask("ALTER DATABASE " + name + " SET default_transaction_isolation = 'serializable'");
  const std::string conninfo = database + " options='-c search_path=fake,public,pg_catalog'";
  const sello::postgres::inbox inbox{conninfo};
  const auto akua = inbox.endpoint("akua");
  note_at_each_insert(line, "transaction_isolation", "sello.delivery", "");
  line.ask("UPDATE fake.broken SET it = true");
  for (int i = 0; i < 8; ++i) {  // on each of its connections
    const auto refused = deliver_akua(akua, "msg_1");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().where.find("PostgreSQL lacks memory or disk") == 0);
  }
  line.ask("UPDATE fake.broken SET it = false");
  CHECK(deliver_akua(akua, "msg_1"));
  CHECK(noted(line) == "read committed 1");

  const auto session = sello::postgres::effects{conninfo}.connect().value();
  const sello::detail::mark mark{.endpoint = "akua", .provider = "akua", .key = "msg_1"};
  CHECK(session->marked(mark));
  line.ask("UPDATE fake.broken SET it = true");
  line.ask("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '" + name +
           "' AND pid <> pg_backend_pid()");
  for (int i = 0; i < 2; ++i) CHECK_FALSE(session->marked(mark));
}

TEST_CASE("texts are kept as they came, whatever encoding somebody has set for the client") {
  const std::string database = new_database() + " client_encoding=LATIN1";
  const sello::postgres::inbox inbox{database};
  const auto named = inbox.endpoint("pagos_\xc3\xb1");
  CHECK(deliver_akua(named, "msg_1"));
  CHECK(postgres_line{new_database()}.ask("SHOW server_encoding") == "UTF8");
  CHECK(inbox.list().value().front().endpoint == "pagos_\xc3\xb1");
  const postgres_line line{database + " client_encoding=UTF8"};
  CHECK(line.ask("SELECT length(endpoint) FROM sello.source") == "7");

  std::string seen;
  sello::basic_router<transaction> router;
  router.on<sello::akua::payment_capture_cleared>([&](const auto&, transaction& tx) {
    seen += PQparameterStatus(tx.handle(), "client_encoding");
    tx.execute("SET client_encoding = LATIN1");  // of the session
  });
  CHECK(deliver_akua(named, "msg_2"));
  sello::worker worker{inbox, sello::postgres::effects{database}, router};
  CHECK(worker.poll_once().value() == 2);
  CHECK(seen == "UTF8UTF8");
  CHECK(line.ask("SELECT string_agg(DISTINCT length(endpoint)::text, ' ') FROM sello_mark") == "7");
}

TEST_CASE("a database that cannot have every character is refused") {
  const std::string database = new_database();
  const postgres_line line{database};
  const std::string name = line.ask("SELECT current_database()") + "_latin";
  line.ask("CREATE DATABASE " + name + " ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
  const auto words = [](const sello::error& why) { return why.message(); };
  const std::string latin = database + " dbname=" + name;
  CHECK(words(sello::postgres::inbox::create(latin).error()).find("is LATIN1") != std::string::npos);
  CHECK(words(sello::postgres::effects::create(latin).error()).find("is LATIN1") != std::string::npos);
}

TEST_CASE("a table of marks of another shape is refused") {
  for (const char* table :
       {"sello_mark(endpoint text, provider text, key text)",
        "sello_mark(endpoint text, provider text, key text, generation bigint, occasion bigint, arrived bigint, "
        "marked bigint)",  // without its key
        "sello_mark(endpoint text, provider text, key text, generation bigint, arrived bigint, marked bigint, "
        "PRIMARY KEY (endpoint, provider, key, generation))"}) {
    INFO(table);
    const std::string database = new_database();
    postgres_line{database}.ask(std::string{"CREATE TABLE "} + table);
    const auto made = sello::postgres::effects::create(database);
    REQUIRE_FALSE(made);
    CHECK(made.error().where.find("not the table of this version's marks") != std::string::npos);
  }
  const std::string database = new_database();
  CHECK(sello::postgres::effects::create(database));
  CHECK(sello::postgres::effects::create(database));  // its own
}

TEST_CASE("a handler that commits by itself and then fails is parked, and no later try passes for done") {
  const std::string database = new_database();
  const postgres_line line{database};
  line.ask("CREATE TABLE effect(key text)");
  const auto half = [](const transaction& tx) {
    PQclear(PQexec(tx.handle(), "INSERT INTO effect VALUES ('half'); COMMIT"));
  };
  const auto check_parked = [&](const outcome_of_try& seen, const std::string& said) {
    CHECK(seen.state == progress::parked);
    INFO(seen.why);
    CHECK(seen.why.find("ended the transaction by itself") != std::string::npos);
    CHECK(seen.why.find(said) != std::string::npos);
    CHECK(line.ask("SELECT count(*) FROM effect") == "1");
  };
  SECTION("by an exception") {
    check_parked(tried_by(database,
                          [&](const auto&, transaction& tx) {
                            half(tx);
                            throw std::runtime_error{"the bank is closed"};
                          }),
                 "the bank is closed");
  }
  SECTION("by what it returns") {
    check_parked(tried_by(database,
                          [&](const auto&, transaction& tx) -> sello::result<void> {
                            half(tx);
                            return sello::retry("the bank is closed");
                          }),
                 "the bank is closed");
  }
  SECTION("though it says that all is well") {
    check_parked(tried_by(database, [&](const auto&, transaction& tx) { half(tx); }), "ended the worker's transaction");
  }
  SECTION("in a transaction of its own after it") {
    check_parked(tried_by(database,
                          [&](const auto&, transaction& tx) {
                            half(tx);
                            PQclear(PQexec(tx.handle(), "BEGIN; SAVEPOINT sello_effect"));
                          }),
                 "ended the worker's transaction");
  }
  SECTION("by a ROLLBACK, behind which it writes on") {
    check_parked(tried_by(database,
                          [&](const auto&, transaction& tx) {
                            PQclear(PQexec(tx.handle(), "ROLLBACK"));
                            PQclear(PQexec(tx.handle(), "INSERT INTO effect VALUES ('without a mark')"));
                          }),
                 "ended the worker's transaction");
  }
}

TEST_CASE("a commit that the server refuses is refused with its reason") {
  const std::string database = new_database();
  const sello::postgres::inbox inbox{database};
  const auto akua = inbox.endpoint("akua");
  const postgres_line line{database};
  line.ask(
      "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = "
      "'53100'; "
      "END $$; CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON sello.delivery DEFERRABLE INITIALLY DEFERRED FOR "
      "EACH ROW EXECUTE FUNCTION full_disk()");
  const auto refused = deliver_akua(akua, "msg_1");
  REQUIRE_FALSE(refused);
  INFO(refused.error().message());
  CHECK(refused.error().where.find("the disk of PostgreSQL is full; make room") == 0);
  line.ask("DROP TRIGGER full_disk ON sello.delivery");
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
}

TEST_CASE("a full disk under a handler is not counted against its delivery, unless it had ended the transaction") {
  const std::string database = new_database();
  const postgres_line line{database};
  line.ask(
      "CREATE TABLE effect(key text); CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
      "EXCEPTION USING ERRCODE = '53100'; END $$; CREATE TRIGGER full_disk BEFORE INSERT ON effect FOR EACH ROW "
      "EXECUTE FUNCTION full_disk()");
  const bool commits = GENERATE(false, true);
  const sello::postgres::inbox inbox{database};
  REQUIRE(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  sello::basic_router<transaction> router;
  router.on<sello::akua::payment_capture_cleared>([&](const auto&, transaction& tx) {
    if (commits) PQclear(PQexec(tx.handle(), "COMMIT"));
    tx.execute("INSERT INTO effect VALUES ('a')");
  });
  sello::worker worker{inbox, sello::postgres::effects{database}, router, {.attempts = 1}};
  const auto tried = worker.poll_once();
  const auto row = inbox.list()->front();
  if (commits) {
    CHECK(row.state == progress::parked);
  } else {
    CHECK(row.state == progress::waiting);
    REQUIRE_FALSE(tried);
    CHECK(tried.error().where.find("the disk of PostgreSQL is full; make room") == 0);
  }
}

TEST_CASE("a role without rights on the marks is told so, and nobody is told to rename them") {
  const std::string database = new_database();
  CHECK(sello::postgres::effects::create(database));
  const postgres_line line{database};
  const std::string role = line.ask("SELECT current_database()") + "_guest";
  line.ask("CREATE ROLE " + role);
  const auto refused = sello::postgres::effects::create(database + " options='-c role=" + role + "'");
  line.ask("DROP ROLE " + role);
  REQUIRE_FALSE(refused);
  INFO(refused.error().where);
  CHECK(refused.error().where.find("may not do that") != std::string::npos);
  CHECK(refused.error().where.find("rename") == std::string::npos);
}

TEST_CASE("two generations that are done at the same moment leave nothing that waits") {
  const std::string database = new_database();
  const sello::postgres::inbox inbox{database};
  const auto kuenta = inbox.endpoint("kuenta", {.key_retention = 0s});
  CHECK(support::deliver_kuenta(kuenta)->outcome() == outcome::queued);
  CHECK(support::deliver_kuenta(kuenta)->outcome() == outcome::queued);
  const auto held = inbox.store()->claim({.token = 7, .limit = 10, .lease = 60s}).value();
  REQUIRE(held.size() == 2);
  const postgres_line line{database};
  const postgres_line other{database};
  line.ask("BEGIN");
  line.ask("SELECT 1 FROM sello.delivery FOR UPDATE");
  std::vector<std::thread> workers;
  for (const auto& row : held)
    workers.emplace_back([&inbox, ticket = sello::detail::ticket_of(row)] {
      const sello::detail::settlement one{.held = ticket, .what = sello::detail::settlement::kind::handled};
      static_cast<void>(inbox.store()->settle(std::span{&one, 1}));
    });
  const std::string waiting =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
      "wait_event_type = 'Lock'";
  const auto until = std::chrono::steady_clock::now() + 3s;
  while (other.ask(waiting) != "2" && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  CHECK(other.ask(waiting) == "2");
  line.ask("COMMIT");
  for (std::thread& each : workers) each.join();
  CHECK(inbox.list()->front().state == progress::handled);
}

TEST_CASE(
    "an owner who parks or replays what a worker ends at the same moment waits for it, and neither is turned back") {
  const std::string database = new_database();
  const sello::postgres::inbox inbox{database};
  REQUIRE(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  const auto id = inbox.list()->front().id;
  const postgres_line worker{database};
  const postgres_line other{database};
  const auto by_owner = [&](const auto& what) {
    worker.ask("BEGIN");
    worker.ask("SELECT 1 FROM sello.delivery FOR UPDATE");  // as `settle` does, and its owner
    auto done = std::async(std::launch::async, what);
    while (done.wait_for(0s) != std::future_status::ready &&
           other.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                     "wait_event_type = 'Lock'") == "0") {
    }
    worker.ask("DELETE FROM sello.work");
    worker.ask("UPDATE sello.delivery SET state = 1");
    worker.ask("COMMIT");
    return done.get();
  };
  SECTION("parks") {
    const auto done = by_owner([&] { return inbox.park(id); });
    REQUIRE_FALSE(done);
    CHECK(done.error().where.find("does not wait") != std::string::npos);
  }
  SECTION("has locked what the worker parks") {
    const auto held = inbox.store()->claim({.token = 7, .lease = 60s}).value();
    const sello::detail::settlement parked{.held = sello::detail::ticket_of(held.front()),
                                           .what = sello::detail::settlement::kind::parked};
    CHECK(by_owner([&] { return inbox.store()->settle({&parked, 1}); }).value() == 1);
  }
  SECTION("replays") {
    CHECK(by_owner([&] { return inbox.replay(id); }));
    CHECK(inbox.list()->front().generation == 1);
  }
}

TEST_CASE("a place that cannot connect is taken last") {
  struct request {};
  sello::postgres::detail::crew<request> crew{3, 8};
  std::vector<std::size_t> places;
  request one;
  for (int i = 0; i < 4; ++i)
    crew.join(one, [&](std::size_t place, std::span<request* const>) {
      places.push_back(place);
      return place != places.front();
    });
  CHECK(places == std::vector<std::size_t>{0, 1, 1, 1});
}

TEST_CASE("of two claims of one serial key that did not see each other, the one that starts later gives way") {
  const std::string database = new_database();
  const sello::postgres::inbox inbox{database};
  const postgres_line line{database};
  const auto serial =
      inbox.endpoint("serial", {.serial_by = [](const auto&) { return "one"; }, .parked_blocks = false});
  CHECK(deliver_akua(serial, "msg_1"));
  CHECK(deliver_akua(serial, "msg_2"));
  const auto held = inbox.store()->claim({.token = 7, .lease = 60s}).value();
  REQUIRE(held.size() == 1);
  const auto ticket = sello::detail::ticket_of(held.front());
  const auto set_other = [&](const std::string& changes) {
    line.ask("UPDATE sello.work SET " + changes + " WHERE token <> 7");
  };
  const std::string later = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint + 60000000";
  set_other("token = 9, due = " + later);
  CHECK_FALSE(inbox.store()->start(ticket, 60s, std::nullopt).value());
  set_other("token = 9, due = 1");  // its lease has ended
  CHECK(inbox.store()->start(ticket, 60s, std::nullopt).value());
  set_other("token = 0, due = " + later);  // it waits for its next try
  CHECK(inbox.store()->start(ticket, 60s, std::nullopt).value());
}

TEST_CASE("an owner whose replay has to give way to who changes the same deliveries tries it again") {
  const std::string database = new_database();
  const sello::postgres::inbox inbox{database};
  const postgres_line line{database};
  const postgres_line other{database};
  for (const char* const id : {"msg_1", "msg_2"}) REQUIRE(deliver_akua(inbox.endpoint("akua"), id));
  const auto list = inbox.list().value();
  for (const auto& row : list) REQUIRE(inbox.park(row.id));
  line.ask("BEGIN; SET LOCAL deadlock_timeout = '60s'");  // so it is the replay that notices, and gives way
  line.ask("UPDATE sello.work SET due = due WHERE delivery = " + std::to_string(list.back().id));
  auto replayed = std::async(std::launch::async, [&] { return inbox.replay({.state = progress::parked}); });
  while (other.ask("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") {
  }
  line.ask("UPDATE sello.work SET due = due WHERE delivery = " + std::to_string(list.front().id));
  line.ask("COMMIT");
  const auto count = replayed.get();
  INFO((count ? "" : count.error().message()));
  CHECK(count.value_or(0) == 2);
}

TEST_CASE("who hides the next of a serial key, and who settles the one before it, wait for each other") {
  const std::string database = new_database();
  const sello::postgres::inbox inbox{database};
  const postgres_line line{database};
  const postgres_line other{database};
  const auto serial = inbox.endpoint("serial", {.serial_by = [](const auto&) { return "one"; }});
  CHECK(deliver_akua(serial, "msg_1"));
  CHECK(deliver_akua(serial, "msg_2"));
  const auto held = inbox.store()->claim({.token = 7, .lease = 60s}).value();  // and the second one is hidden
  REQUIRE(held.size() == 1);
  const std::string hidden = "4611686018427387904";
  const std::string is_hidden = "SELECT count(*) FROM sello.work WHERE due >= " + hidden;
  REQUIRE(line.ask(is_hidden) == "1");
  line.ask("UPDATE sello.work SET due = due - " + hidden + " WHERE due >= " + hidden);
  line.ask("BEGIN");
  const auto meanwhile = [&](const auto& work) {
    auto done = std::async(std::launch::async, work);
    while (done.wait_for(0s) != std::future_status::ready &&
           other.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == "0") {
    }
    line.ask("COMMIT");
    done.get();
  };
  SECTION("it is settled first") {
    line.ask("DELETE FROM sello.work WHERE token = 7");
    line.ask("SELECT pg_advisory_xact_lock_shared(7307199622215)");
    meanwhile([&] {
      sello::postgres::detail::connection in{database, 5s};
      in.open();
      CHECK_FALSE(sello::postgres::detail::hide(in));
    });
    CHECK(line.ask(is_hidden) == "0");
  }
  SECTION("the next is hidden first") {
    line.ask("SELECT pg_advisory_xact_lock(7307199622215)");
    line.ask("UPDATE sello.work SET due = due + " + hidden + " WHERE token <> 7");
    meanwhile([&] {
      const sello::detail::settlement done{.held = sello::detail::ticket_of(held.front()),
                                           .what = sello::detail::settlement::kind::handled};
      CHECK(inbox.store()->settle({&done, 1}).value() == 0);
    });
    CHECK(line.ask(is_hidden) == "0");
  }
}

TEST_CASE("what two machines put into quarantine at the same moment stays within its bounds") {
  const std::string database = new_database();
  const sello::postgres::inbox inbox{database};
  const sello::quarantine_options limits{.count = 1};
  const sello::quarantined suspect{.endpoint = "akua", .provider = "akua", .body = "{}"};
  REQUIRE(inbox.store()->quarantine(suspect, limits));
  const postgres_line line{database};  // the other machine, in the middle of its own
  const postgres_line other{database};
  line.ask("BEGIN");
  line.ask("SELECT pg_advisory_xact_lock(7307199622216)");
  line.ask(
      "INSERT INTO sello.quarantine(source, arrived, headers, body) SELECT source, 0, '', '' FROM sello.quarantine");
  auto added = std::async(std::launch::async, [&] { return inbox.store()->quarantine(suspect, limits); });
  while (added.wait_for(0s) != std::future_status::ready &&
         other.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == "0") {
  }
  line.ask("COMMIT");
  CHECK(added.get());
  CHECK(inbox.stats()->quarantined == 1);
}

namespace {

/// Asks for a standby that is not there, and ends what waits for it.
class absent_standby {
 public:
  explicit absent_standby(const std::string& database) : line_{database} {
    line_.ask("SET synchronous_commit = local");
    line_.ask("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    line_.ask("SELECT pg_reload_conf()");
  }
  ~absent_standby() { forget(); }
  absent_standby(const absent_standby&) = delete;
  absent_standby& operator=(const absent_standby&) = delete;

  void forget() const {
    line_.ask("ALTER SYSTEM RESET synchronous_standby_names");
    line_.ask("SELECT pg_reload_conf()");
  }
  /// False: it has ended without.
  template <class Future>
  [[nodiscard]] bool makes_wait(const Future& sent) const {
    while (sent.wait_for(0s) != std::future_status::ready)
      if (line_.ask("SELECT count(*)" + waiting) != "0") return true;
    return false;
  }
  void cancel() const { line_.ask("SELECT pg_cancel_backend(pid)" + waiting); }

 private:
  const std::string waiting = " FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = current_database()";
  postgres_line line_;
};

}  // namespace

TEST_CASE("nothing is acknowledged before its standbys have it, though somebody ends the wait") {
  const std::string database = new_database();
  const bool is_quiet = GENERATE(false, true);
  if (is_quiet)
    postgres_line{database}.ask("ALTER DATABASE " + postgres_line{database}.ask("SELECT current_database()") +
                                " SET client_min_messages = error");
  const sello::postgres::inbox inbox{database, {.patience = 60s}};
  const auto akua = inbox.endpoint("akua");
  CHECK(deliver_akua(akua, "before"));
  const absent_standby standby{database};
  const auto put = [&](int i) {
    return std::async(std::launch::async, [&akua, i] { return deliver_akua(akua, "msg_" + std::to_string(i)); });
  };
  int i = 0;
  auto sent = put(i);
  while (!standby.makes_wait(sent)) sent = put(++i);  // until the server has read its new configuration
  standby.cancel();
  const auto refused = sent.get();
  CHECK_FALSE(refused);
  INFO((refused ? "" : refused.error().where));
  CHECK((!refused && refused.error().where.find("somebody cancelled a commit that waited for its standby") == 0));
  sent = put(i);
  CHECK(standby.makes_wait(sent));  // it is here by now, but not there
  standby.forget();
  CHECK(sent.get()->outcome() == outcome::duplicate);
}

TEST_CASE("no effect is done before its standbys have it, though somebody ends the wait") {
  const support::temporary_folder folder;
  const std::string database = new_database();
  postgres_line{database}.ask("CREATE TABLE effect(key text)");
  const sello::sqlite::inbox inbox{folder.file("inbox.db")};
  sello::basic_router<transaction> router;
  router.on<sello::akua::payment_capture_cleared>([](const auto& event, transaction& tx) {
    tx.execute("SET client_min_messages = error");
    tx.execute("INSERT INTO effect VALUES ($1)", event.idempotency_key);
  });
  sello::worker worker{inbox, sello::postgres::effects{database, 60s}, router, {.backoff = 1ms, .backoff_limit = 1ms}};
  const auto poll = [&] { return std::async(std::launch::async, [&] { return worker.poll_once(); }); };
  const auto deliver = [&](int i) { REQUIRE(deliver_akua(inbox.endpoint("akua"), "msg_" + std::to_string(i))); };
  const absent_standby standby{database};
  int i = 0;
  deliver(i);
  auto polled = poll();
  while (!standby.makes_wait(polled)) {
    CHECK(polled.get());
    deliver(++i);
    polled = poll();
  }
  standby.cancel();
  const auto refused = polled.get();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().where.find("somebody cancelled a commit that waited for its standby") == 0);
  CHECK(inbox.list()->back().state == progress::waiting);
  std::this_thread::sleep_for(2ms);
  polled = poll();
  CHECK(standby.makes_wait(polled));  // its mark is here by now, but not there
  CHECK(inbox.list()->back().state == progress::waiting);
  standby.forget();
  CHECK(polled.get());
  CHECK(inbox.list()->back().state == progress::handled);
  CHECK(postgres_line{database}.ask("SELECT count(*) FROM effect") == std::to_string(i + 1));
}

TEST_CASE("what a pruning takes from under a requalification is stored all the same") {
  const std::string database = new_database();
  const sello::postgres::inbox inbox{database};
  const auto akua = inbox.endpoint("akua", {.quarantine = {.count = 1}});
  const support::request<sello::akua::verifier> sent{R"({"type":"x"})", {.id = "msg_1"}};
  akua.suspect<sello::akua::provider>(sent.headers, sent.body);
  postgres_line{database}.ask(
      "CREATE TABLE met(n int); INSERT INTO met VALUES (1); CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN UPDATE public.met SET n = n - 1 WHERE n > 0; IF FOUND THEN RETURN NULL; END IF; RETURN NEW; END $$; "
      "CREATE TRIGGER meet BEFORE INSERT ON sello.delivery FOR EACH ROW EXECUTE FUNCTION meet()");
  CHECK(inbox.requalify(sello::akua::verifier{support::secret}, "akua").value() == 1);
  CHECK(inbox.list()->size() == 1);
}

TEST_CASE("a suspect that is not kept waits for no connection") {
  const support::postgres_backend backend;
  const auto inbox = backend.open();
  const auto keep = [&] {
    return inbox.store()->quarantine({.endpoint = "akua", .provider = "akua", .body = "{}"},
                                     {.count = 10, .per_minute = 1});
  };
  CHECK(keep());
  support::outage<support::postgres_backend> server{backend};
  server.begin();
  CHECK(keep());  // the second in its minute
  server.end();
  CHECK(inbox.stats()->quarantined == 1);
}

TEST_CASE("pruning takes the marks that are meant, a thousand at a time") {
  const std::string database = new_database();
  const postgres_line line{database};
  const auto session = sello::postgres::effects{database}.connect().value();
  line.ask("INSERT INTO sello_mark SELECT 'akua', 'akua', i::text, i % 3, 0, i % 5, 0 FROM generate_series(1, 3500) i");
  const auto at = [](std::int64_t count) { return sello::timestamp{std::chrono::microseconds{count}}; };
  CHECK(session->prune("akua", at(1), at(0)).value() == 0);
  CHECK(session->prune("akua", at(1), at(1)).value() == 700);
  CHECK(line.ask("SELECT count(*) FROM sello_mark") == "2800");
  CHECK(session->prune("akua", at(9), at(1)).value() == 2800);
}

TEST_CASE("pruning looks at each of many rows once, and takes those that are meant") {
  const std::string database = new_database();
  const sello::postgres::inbox inbox{database};
  const postgres_line line{database};
  line.ask(
      "INSERT INTO sello.delivery(source, key, key_version, digest, type, arrived, occasion, key_until, state, "
      "headers, "
      "body) SELECT 1, i::text, 1, '', '', 0, 0, CASE WHEN i % 5 = 0 THEN 0 ELSE 9000000000000000000 END, 1, '', "
      "CASE WHEN i % 2 = 0 THEN ''::bytea END FROM generate_series(1, 3500) i");
  const auto pruned = inbox.prune().value();
  CHECK(pruned.bodies == 1750);
  CHECK(pruned.deliveries == 699);  // the newest stays
  CHECK(line.ask("SELECT count(*) FROM sello.delivery WHERE body IS NULL") == "2801");
  CHECK(inbox.prune()->deliveries == 0);
}

TEST_CASE("what a code of PostgreSQL's means is said for who has to mend it") {
  using sello::postgres::detail::advice;
  const auto has = [](const char* code, const std::string& words) {
    INFO(code << ": " << advice(code));
    return advice(code).find(words) != std::string_view::npos;
  };
  CHECK(has("55P03", "a lock"));
  CHECK(has("57014", "took too long"));
  CHECK(has("57P01", "went away"));
  CHECK(has("08006", "went away"));
  CHECK(has("08P01", "number of values"));
  CHECK(has("25P03", "idle"));
  CHECK(has("26000", "pooler"));
  CHECK(has("42P05", "pooler"));
  CHECK(has("25006", "read-only"));
  CHECK(has("42P01", "table is missing"));
  CHECK(has("53100", "full"));
  CHECK(has("53200", "lacks memory"));
  CHECK(has("22000", "refused"));
}
