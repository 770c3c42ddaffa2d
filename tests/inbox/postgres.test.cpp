// SPDX-License-Identifier: MIT
// What only an inbox in PostgreSQL has to do: refuse an unsafe server, bound every wait, come back after an outage, and keep
// effects and marks together.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "inbox/postgres_backend.hpp"
#include "inbox/postgres_server.hpp"
#include "inbox/tcp_proxy.hpp"

namespace {

using namespace std::chrono_literals;
using sello::errc;
using sello::outcome;
using sello::detail::mark;
using support::deliver_akua;
using support::deliver_kuenta;
using support::new_database;
using support::postgres_line;

sello::result<sello::postgres::inbox> open(const std::string& conninfo, std::chrono::milliseconds patience = 2s) {
  return sello::postgres::inbox::create(conninfo, {.patience = patience});
}

bool says(const sello::error& fault, const std::string& words) {
  INFO(fault.message());
  CHECK(fault.code == errc::store_unavailable);
  return fault.where.find(words) != std::string::npos;
}

/// Waits for a fact that the server knows, at most half a minute.
bool becomes(const postgres_line& line, const std::string& question, const std::string& answer) {
  const auto until = std::chrono::steady_clock::now() + 30s;
  while (std::chrono::steady_clock::now() < until)
    if (line.ask(question) == answer) return true;
  return false;
}

/// Ends the server's processes of this database that fit, and returns when their ends of the connections are closed.
void cut(const postgres_line& line, const std::string& condition) {
  const std::string all = line.ask(
      "SELECT coalesce(string_agg(pid::text, ' '), '') FROM pg_stat_activity WHERE datname = current_database() AND "
      "pid <> pg_backend_pid() AND " +
      condition);
  std::istringstream numbers{all};
  for (pid_t pid = 0; numbers >> pid;) {
    line.ask("SELECT pg_terminate_backend(" + std::to_string(pid) + ")");
    const auto until = std::chrono::steady_clock::now() + 30s;
    while ((::kill(pid, 0) == 0 || errno == EPERM) && std::chrono::steady_clock::now() < until)
      std::this_thread::yield();
  }
}

mark mark_of(const std::string& key, std::int64_t generation = 0) {
  return {.endpoint = "akua", .provider = "akua", .key = key, .generation = generation};
}

}  // namespace

TEST_CASE("a server that does not keep what it commits is refused, and what to do is said") {
  const std::string database = new_database();
  CHECK(says(open(database + " options='-c synchronous_commit=off'").error(), "synchronous_commit=off"));
  REQUIRE(open(database));
  const std::string user = postgres_line{database}.ask("SELECT current_database()");
  postgres_line{database}.ask("ALTER DATABASE " + user + " SET synchronous_commit = off");
  CHECK(says(open(database).error(), "set it to on for this user or database"));
}

TEST_CASE("what was opened stays synced, whatever the server is told later") {
  const support::postgres_server server;
  const postgres_line line{server.conninfo()};
  sello::postgres::detail::connection sure{server.conninfo(), 5s};
  sello::postgres::detail::connection loose{server.conninfo(), 5s};
  sello::postgres::detail::connection applied{server.conninfo() + " options='-c synchronous_commit=remote_apply'", 5s};
  connect(sure, true);
  connect(loose, false);
  connect(applied, true);
  line.ask("ALTER SYSTEM SET synchronous_commit = off");
  line.ask("ALTER SYSTEM SET work_mem = '7MB'");
  line.ask("SELECT pg_reload_conf()");
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (sure.run("SHOW work_mem").text(0, 0) != "7MB" && std::chrono::steady_clock::now() < until) {
  }
  REQUIRE(sure.run("SHOW work_mem").text(0, 0) == "7MB");
  CHECK(sure.run("SHOW synchronous_commit").text(0, 0) == "on");
  CHECK(loose.run("SHOW synchronous_commit").text(0, 0) == "off");
  CHECK(applied.run("SHOW synchronous_commit").text(0, 0) == "remote_apply");
  CHECK(says(open(server.conninfo()).error(), "synchronous_commit=off"));
}

TEST_CASE("standbys that no commit waits for are counted") {
  const support::postgres_server server;
  const postgres_line line{server.conninfo()};
  const auto inbox = open(server.conninfo()).value();
  CHECK(inbox.stats()->asynchronous_standbys == 0);
  const support::temporary_folder folder;
  const std::string program = *support::postgres_server::programs() / "pg_receivewal";
  const std::string to = "--directory=" + folder.file("");
  const std::string from = "--dbname=" + server.conninfo();
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(program.c_str(), program.c_str(), to.c_str(), from.c_str(), "--synchronous", "--no-loop", nullptr);
    ::_exit(127);
  }
  CHECK(becomes(line, "SELECT sync_state FROM pg_stat_replication", "async"));
  CHECK(inbox.stats()->asynchronous_standbys == 1);
  line.ask("ALTER SYSTEM SET synchronous_standby_names = '*'");
  line.ask("SELECT pg_reload_conf()");
  CHECK(becomes(line, "SELECT sync_state FROM pg_stat_replication", "sync"));
  CHECK(inbox.stats()->asynchronous_standbys == 0);
  ::kill(child, SIGTERM);
  ::waitpid(child, nullptr, 0);
}

TEST_CASE("fsync=off and full_page_writes=off are refused") {
  for (const char* setting : {"fsync=off", "full_page_writes=off"}) {
    const support::postgres_server server{{setting}};
    CHECK(says(open(server.conninfo()).error(), setting));
    CHECK(says(sello::postgres::effects::create(server.conninfo()).error(), setting));
  }
}

TEST_CASE("a newer schema, and another program's, are refused") {
  const std::string database = new_database();
  REQUIRE(open(database));
  const postgres_line line{database};
  line.ask("UPDATE sello.schema SET version = 7");
  CHECK(says(open(database).error(), "has schema 7, this program knows 1; install the newer program"));
  line.ask("SET client_min_messages = error; DROP SCHEMA sello CASCADE; CREATE SCHEMA sello");
  CHECK(says(open(database).error(), "not an inbox's"));
}

TEST_CASE("of a connection string that cannot be read nothing is told") {
  for (const char* const odd :
       {"postgresql://u:hunter2%zz@127.0.0.1:1/db", "host=127.0.0.1 port=1 password=hunter2 hunter2b",
        "host=127.0.0.1 port=1 password='hunter2", "u:hunter2@127.0.0.1/db", "postgresql://u:hunter2/x@127.0.0.1:1/db",
        "postgresql://u:a@hunter2.invalid@127.0.0.1:1/db"}) {
    const std::string message = open(odd).error().message();
    CHECK(message.find("connection string") != std::string::npos);
    CHECK(message.find("hunter2") == std::string::npos);
  }
  CHECK(says(open("host=a.invalid dbname=y").error(), "a.invalid"));
}

TEST_CASE("who cannot be reached, and who may not, is told why without the password") {
  const auto fault = open("host=127.0.0.1 port=1 user=x password=hidden dbname=y").error();
  CHECK(says(fault, "cannot connect to PostgreSQL"));
  CHECK(fault.message().find("hidden") == std::string::npos);
  CHECK(sello::postgres::inbox::create(new_database(), {.patience = 0ms}).error().code == errc::malformed_option);
  const std::string database = new_database();
  postgres_line{database}.ask("CREATE ROLE nobody_here LOGIN");
  CHECK(says(open(database + " user=nobody_here").error(), "this user may not do that"));
  postgres_line{database}.ask("DROP ROLE nobody_here");
}

TEST_CASE("many processes open a new inbox at once") {
  const std::string database = new_database();
  std::atomic<int> opened{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      if (open(database, 60s)) ++opened;
    });
  for (auto& thread : threads) thread.join();
  CHECK(opened == 8);
}

TEST_CASE("a lock that somebody holds is waited for, and not for ever") {
  const std::string database = new_database();
  const auto inbox = open(database, 1500ms).value();
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1")->outcome() == outcome::queued);
  const postgres_line line{database};
  line.ask("BEGIN");
  line.ask("LOCK TABLE sello.delivery");
  const auto begun = std::chrono::steady_clock::now();
  CHECK(says(deliver_akua(inbox.endpoint("akua"), "msg_2").error(), "a lock was not to be had in time"));
  CHECK(std::chrono::steady_clock::now() - begun < 6s);
  line.ask("ROLLBACK");
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_2")->outcome() == outcome::queued);
}

TEST_CASE("a connection that was cut is made anew, without a restart") {
  const std::string database = new_database();
  const auto inbox = open(database).value();
  const auto akua = inbox.endpoint("akua");
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  cut(postgres_line{database}, "true");
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::queued);
  CHECK(inbox.stats()->stored == 2);
}

TEST_CASE("a proxy that stops forwarding is noticed within the patience, and overcome when it is back") {
  support::postgres_server server;
  support::tcp_proxy proxy{server.port()};
  const auto inbox = open(server.tcp_conninfo("postgres", proxy.port()), 1s).value();
  const auto akua = inbox.endpoint("akua");
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  proxy.freeze(true);
  const auto begun = std::chrono::steady_clock::now();
  CHECK(says(deliver_akua(akua, "msg_2").error(), "did not answer in time"));
  CHECK(says(inbox.stats().error(), "did not answer in time"));
  CHECK(std::chrono::steady_clock::now() - begun < 10s);
  proxy.freeze(false);
  const auto retried = deliver_akua(akua, "msg_2");
  REQUIRE(retried);
  CHECK((retried->outcome() == outcome::queued || retried->outcome() == outcome::duplicate));
  CHECK(inbox.list()->size() == 2);
}

TEST_CASE("a commit whose outcome nobody knows is no 2xx, and the retry settles it") {
  support::postgres_server server;
  support::tcp_proxy proxy{server.port()};
  const auto inbox = open(server.tcp_conninfo("postgres", proxy.port()), 1s).value();
  const auto akua = inbox.endpoint("akua");
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  proxy.swallow_answers(true);  // the server gets the request and commits; nobody hears of it
  CHECK(deliver_akua(akua, "msg_2").error().code == errc::store_unavailable);
  proxy.swallow_answers(false);
  CHECK(postgres_line{server.conninfo()}.ask("SELECT count(*) FROM sello.delivery") == "2");
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::duplicate);
  CHECK(inbox.list()->size() == 2);
}

TEST_CASE("a server that goes away and comes back: 503 meanwhile, and nothing acknowledged is lost") {
  support::postgres_server server;
  const auto inbox = open(server.conninfo(), 1s).value();
  const auto akua = inbox.endpoint("akua");
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  server.stop();
  CHECK(deliver_akua(akua, "msg_2").error().code == errc::store_unavailable);
  server.start();
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::queued);
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
}

TEST_CASE("a forked process is refused, and does not cut its parent's connections") {
  const std::string database = new_database();
  const auto inbox = open(database).value();
  const auto akua = inbox.endpoint("akua");
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(deliver_akua(akua, "msg_2").error().where.find("forked") != std::string::npos ? 0 : 1);
  int status = 1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::queued);
}

TEST_CASE("eight senders of the same deliveries at once, in batches: one row each, and no deadlock") {
  const std::string database = new_database();
  const auto one = open(database, 60s).value();
  const auto other = open(database, 60s).value();
  std::atomic<int> queued{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 24; ++t)
    threads.emplace_back([&, t] {
      const auto akua = (t % 2 == 0 ? one : other).endpoint("akua");
      for (int i = 0; i < 100; ++i) {
        const auto given = deliver_akua(akua, "msg_" + std::to_string(t % 3 == 0 ? i : 99 - i));
        if (!given) ++refused;
        if (given && given->outcome() == outcome::queued) ++queued;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(queued == 100);
  CHECK(refused == 0);
  CHECK(postgres_line{database}.ask("SELECT count(*) FROM sello.work") == "100");
  CHECK(one.stats()->syncs < 2400);
}

TEST_CASE("another machine's worker hears of a delivery long before it looks again") {
  const std::string database = new_database();
  const auto here = open(database).value();
  const auto there = open(database).value();
  REQUIRE(becomes(postgres_line{database},
                  "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle' AND "
                  "query = 'LISTEN sello'",
                  "2"));
  const auto news = there.store()->news();
  CHECK(deliver_akua(here.endpoint("akua"), "msg_1")->outcome() == outcome::queued);
  there.store()->idle(60s, news);
  CHECK(there.store()->news() != news);
}

TEST_CASE("a handler's statement waits no longer than the patience, whatever the network does") {
  support::postgres_server server;
  support::tcp_proxy proxy{server.port()};
  const sello::postgres::effects effects{server.tcp_conninfo("postgres", proxy.port()), 1s};
  auto session = effects.connect().value();
  CHECK(session->begin(mark_of("a"), {}).value());
  proxy.freeze(true);
  const auto begun = std::chrono::steady_clock::now();
  CHECK_THROWS_AS(session->current().execute("SELECT 1"), sello::bad_result);
  CHECK(std::chrono::steady_clock::now() - begun < 5s);
  CHECK(session->current().handle() == nullptr);
  CHECK_THROWS_AS(session->current().execute("SELECT 1"), sello::bad_result);
  session->undo();
  CHECK_FALSE(session->is_open());
  proxy.freeze(false);
  CHECK(session->begin(mark_of("a"), {}).value());
  session->undo();
}

TEST_CASE("the kernel ends what a handler waits for on the handle, where the other end is gone") {
  const support::postgres_server server;
  const auto option = [](PGconn* of, int level, int name) {
    int value = -1;
    socklen_t size = sizeof(value);
    ::getsockopt(PQsocket(of), level, name, &value, &size);
    return value;
  };
  sello::postgres::detail::connection line{server.tcp_conninfo(), 30s};
  line.open();
  CHECK(option(line.get(), SOL_SOCKET, SO_KEEPALIVE) == 1);
  CHECK(option(line.get(), IPPROTO_TCP, TCP_USER_TIMEOUT) == 30'000);
  CHECK(option(line.get(), IPPROTO_TCP, TCP_KEEPIDLE) == 10);
  CHECK(option(line.get(), IPPROTO_TCP, TCP_KEEPINTVL) == 5);
  sello::postgres::detail::connection own{server.tcp_conninfo() + " tcp_user_timeout=7000", 30s};
  own.open();
  CHECK(option(own.get(), IPPROTO_TCP, TCP_USER_TIMEOUT) == 7'000);
}

TEST_CASE("an effect and its mark are one") {
  const std::string database = new_database();
  const sello::postgres::effects effects{database, 2s};
  const postgres_line line{database};
  line.ask("CREATE TABLE effect(key text)");
  auto session = effects.connect().value();
  auto other = effects.connect().value();
  const auto rows = [&] {
    return line.ask("SELECT count(*) FROM effect") + line.ask(" SELECT count(*) FROM sello_mark");
  };

  CHECK(session->begin(mark_of("a"), {}).value());
  session->current().execute("INSERT INTO effect VALUES ($1)", "a");
  CHECK(rows() == "00");
  REQUIRE(session->keep());
  REQUIRE(session->commit());
  CHECK(rows() == "11");

  SECTION("a second try meets the mark") {
    CHECK_FALSE(other->begin(mark_of("a"), {}).value());
    CHECK(other->marked(mark_of("a")).value());
    CHECK_FALSE(other->is_open());
    CHECK(other->begin(mark_of("a", 1), {}).value());  // a replay is another generation
    other->rollback();
  }
  SECTION("two at once: the second waits for the first, and then meets its mark") {
    CHECK(session->begin(mark_of("b"), {}).value());
    std::optional<bool> second;
    std::thread late{[&] { second = other->begin(mark_of("b"), {}).value(); }};
    CHECK(becomes(line,
                  "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                  "wait_event_type = 'Lock'",
                  "1"));
    session->current().execute("INSERT INTO effect VALUES ($1)", "b");
    REQUIRE(session->keep());
    REQUIRE(session->commit());
    late.join();
    CHECK(second == false);
    CHECK(rows() == "22");
  }
  SECTION("what is undone leaves neither") {
    CHECK(session->begin(mark_of("b"), {}).value());
    session->current().execute("INSERT INTO effect VALUES ($1)", "b");
    session->undo();
    CHECK_FALSE(session->is_open());
    CHECK(rows() == "11");
  }
  SECTION("several effects share a commit, and one of them fails") {
    for (const char* key : {"b", "c", "d"}) {
      CHECK(session->begin(mark_of(key), {}).value());
      session->current().execute("INSERT INTO effect VALUES ($1)", key);
      if (key[0] == 'c') {
        CHECK_THROWS(session->current().execute("no SQL"));
        session->undo();
      } else {
        REQUIRE(session->keep());
      }
    }
    CHECK_FALSE(session->begin(mark_of("a"), {}).value());
    CHECK(session->is_open());
    REQUIRE(session->commit());
    CHECK(rows() == "33");
  }
  SECTION("a handler that commits is found out") {
    for (const char* way :
         {"COMMIT", "ROLLBACK", "COMMIT; BEGIN", "ROLLBACK; BEGIN", "ROLLBACK; BEGIN; SAVEPOINT sello_effect",
          "ROLLBACK; BEGIN; SAVEPOINT sello_effect; INSERT INTO effect VALUES ('unmarked')"}) {
      INFO(way);
      CHECK(session->begin(mark_of(way), {}).value());
      PQclear(PQexec(session->current().handle(), way));
      const auto kept = session->keep();
      const auto done = kept ? session->commit() : kept;
      REQUIRE_FALSE(done);
      CHECK(done.error().code == errc::handler_failed);
      CHECK(done.error().where.find("ended the worker's transaction") != std::string::npos);
      session->rollback();
      CHECK_FALSE(session->is_open());
    }
    CHECK(session->begin(mark_of("after"), {}).value());
    session->undo();
  }
  SECTION("a handler that swallows an error cannot commit half") {
    CHECK(session->begin(mark_of("b"), {}).value());
    session->current().execute("INSERT INTO effect VALUES ($1)", "b");
    PQclear(PQexec(session->current().handle(), "no SQL"));
    const auto kept = session->keep();
    REQUIRE_FALSE(kept);
    CHECK(kept.error().code == errc::handler_failed);
    session->undo();
    CHECK(rows() == "11");
  }
  SECTION("a constraint that is checked at the commit") {
    line.ask("CREATE TABLE parent(id bigint PRIMARY KEY)");
    line.ask("CREATE TABLE child(parent bigint REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED)");
    CHECK(session->begin(mark_of("b"), {}).value());
    session->current().execute("INSERT INTO child VALUES ($1::bigint)", 7);
    REQUIRE(session->keep());
    CHECK(session->commit().error().code == errc::handler_failed);
    CHECK_FALSE(session->marked(mark_of("b")).value());
  }
  SECTION("a trigger that refuses the commit is the handler's affair, whatever its code") {
    line.ask(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$; "
        "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON effect DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        "EXECUTE FUNCTION refuse()");
    CHECK(session->begin(mark_of("b"), {}).value());
    session->current().execute("INSERT INTO effect VALUES ($1)", "b");
    REQUIRE(session->keep());
    const auto done = session->commit();
    CHECK(done.error().code == errc::handler_failed);
    CHECK(done.error().where == "a constraint or a trigger refused the commit [SQLSTATE P0001]");
  }
  SECTION("a commit that fails for this delivery alone counts against it, whatever the code") {
    for (const char* code : {"40001", "57014"}) {
      INFO(code);
      line.ask("DROP TRIGGER IF EXISTS t ON effect");
      line.ask(std::string{"CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
                           "EXCEPTION USING ERRCODE = '"} +
               code +
               "'; END $$; CREATE CONSTRAINT TRIGGER t AFTER INSERT ON effect DEFERRABLE INITIALLY DEFERRED FOR EACH "
               "ROW EXECUTE FUNCTION refuse()");
      CHECK(session->begin(mark_of("b"), {}).value());
      session->current().execute("INSERT INTO effect VALUES ($1)", "b");
      REQUIRE(session->keep());
      const auto done = session->commit();
      CHECK(done.error().code == errc::handler_failed);
      CHECK(done.error().where.find("the commit failed: ") == 0);
      CHECK(done.error().where.find(code) != std::string::npos);
    }
  }
  SECTION("a handler that drops the worker's prepared statements has failed") {
    CHECK(session->begin(mark_of("b"), {}).value());
    PQclear(PQexec(session->current().handle(), "DEALLOCATE ALL"));
    const auto kept = session->keep();
    CHECK(kept.error().code == errc::handler_failed);
    CHECK(kept.error().where.find("DEALLOCATE ALL") != std::string::npos);
    session->undo();
    CHECK(session->begin(mark_of("c"), {}).value());  // on a connection without a past
    session->undo();
  }
  SECTION("a COPY or a pipeline that a handler left open holds nobody up") {
    for (const bool copies : {false, true}) {
      CHECK(session->begin(mark_of("b"), {}).value());
      if (copies) {
        PQclear(PQexec(session->current().handle(), "COPY effect FROM STDIN"));
      } else {
        PQenterPipelineMode(session->current().handle());
        PQsendQueryParams(session->current().handle(), "SELECT 1", 0, nullptr, nullptr, nullptr, nullptr, 0);
      }
      const auto kept = session->keep();
      CHECK(kept.error().code == errc::handler_failed);
      CHECK(kept.error().where.find("left a COPY or a pipeline open") != std::string::npos);
      session->undo();
      CHECK_FALSE(session->is_open());
    }
    CHECK(session->begin(mark_of("b"), {}).value());
    session->undo();
  }
  SECTION("what a handler set for its session is not the next one's") {
    line.ask("CREATE ROLE nobody_in_particular");
    line.ask("CREATE SCHEMA tenant; CREATE TABLE tenant.sello_mark(LIKE sello_mark INCLUDING ALL)");
    const auto check = [&](const char* set, bool looks) {
      INFO(set << (looks ? ", and the mark is looked for" : ""));
      const std::string key = std::string{set} + (looks ? " 2" : " 1");
      CHECK(session->begin(mark_of(key), {}).value());
      session->current().execute(set);
      if (session->keep()) {
        REQUIRE(session->commit());
        if (looks) CHECK(session->marked(mark_of(key)).value());
      } else {
        session->undo();
      }
      bool begun = false;  // at the second try at the latest, on a connection of its own
      for (int tries = 0; tries < 2 && !begun; ++tries) begun = session->begin(mark_of(key, 1), {}).has_value();
      REQUIRE(begun);
      session->current().execute("INSERT INTO effect VALUES ($1)", "x");
      REQUIRE(session->keep());
      REQUIRE(session->commit());
    };
    for (const char* set : {"SET search_path = tenant", "SET ROLE nobody_in_particular",
                            "SET default_transaction_read_only = on", "DEALLOCATE ALL", "SET statement_timeout = 1"}) {
      check(set, false);
      check(set, true);
    }
    CHECK(session->begin(mark_of("bounds"), {}).value());
    PGresult* const bound = PQexec(session->current().handle(), "SHOW statement_timeout");
    CHECK(std::string{PQgetvalue(bound, 0, 0)} == "1601ms");
    PQclear(bound);
    session->undo();
    CHECK(line.ask("SELECT count(*) FROM tenant.sello_mark") == "0");
    session.reset();
    line.ask("DROP ROLE nobody_in_particular");
  }
  SECTION("what PostgreSQL cannot read or keep is its author's") {
    CHECK(session->begin(mark_of("b"), {}).value());
    const auto refusal = [&](const auto& call) -> std::string {
      try {
        line.ask("SELECT 1");
        call();
      } catch (const sello::bad_result& thrown) {
        CHECK(thrown.error().code == errc::handler_failed);
        return thrown.error().where;
      }
      return {};
    };
    const auto& tx = session->current();
    tx.execute("SAVEPOINT mine");
    CHECK(refusal([&] { tx.execute("INSERT INTO missing VALUES ($1)", 1); }).find("[SQLSTATE 42P01]") !=
          std::string::npos);
    tx.execute("ROLLBACK TO mine");
    CHECK(refusal([&] { tx.execute("INSERT INTO effect VALUES ($1)"); }).find("the number of its values") !=
          std::string::npos);
    tx.execute("ROLLBACK TO mine");
    CHECK(refusal([&] { tx.execute("INSERT INTO effect VALUES ($1)", std::string{"a\0b", 3}); }).find("NUL") !=
          std::string::npos);
    tx.execute("ROLLBACK TO mine");
    for (const auto& [value, code] : {std::pair{"'one'", "22P02"}, std::pair{"NULL", "23502"}}) {
      const std::string sql = std::string{"INSERT INTO sello_mark(generation) VALUES ("} + value + ")";
      CHECK(refusal([&] { tx.execute(sql); }) ==
            std::string{"a value does not fit, or a constraint or a trigger refused it [SQLSTATE "} + code + "]");
      tx.execute("ROLLBACK TO mine");
    }
    tx.execute("INSERT INTO effect VALUES ($1)", ~std::uint64_t{0});
    const char* const nothing = nullptr;
    tx.execute("INSERT INTO effect VALUES ($1), ($2)", nothing, nullptr);
    REQUIRE(session->keep());
    REQUIRE(session->commit());
    CHECK(line.ask("SELECT count(*) FROM effect WHERE key = '18446744073709551615'") == "1");
    CHECK(line.ask("SELECT count(*) FROM effect WHERE key IS NULL") == "2");
  }
  SECTION("old marks go, young ones stay") {
    mark old = mark_of("old");
    CHECK(session->begin(old, sello::timestamp{10us}).value());
    REQUIRE(session->keep());
    REQUIRE(session->commit());
    CHECK(session->prune("akua", sello::timestamp{1us}, sello::timestamp{10us}).value() == 1);  // `a`, marked at 0
    CHECK(session->prune("akua", sello::timestamp{1us}, sello::timestamp{11us}).value() == 1);
    CHECK(rows() == "10");
  }
  SECTION("a handler cannot have its effect committed without a sync") {
    line.ask(
        "CREATE TABLE seen(how text); CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$; "
        "CREATE CONSTRAINT TRIGGER seeing AFTER INSERT ON effect DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        "EXECUTE FUNCTION see()");
    CHECK(session->begin(mark_of("b"), {}).value());
    session->current().execute("SET synchronous_commit = off");
    session->current().execute("INSERT INTO effect VALUES ($1)", "b");
    REQUIRE(session->keep());
    REQUIRE(session->commit());
    CHECK(line.ask("SELECT how FROM seen") == "on");
  }
  SECTION("a COPY by `execute` is refused, and does not hang") {
    CHECK(session->begin(mark_of("b"), {}).value());
    CHECK_THROWS_AS(session->current().execute("COPY effect FROM STDIN"), sello::bad_result);
    session->undo();
    CHECK(rows() == "11");
  }
  SECTION("a server that ended the session has said why") {
    CHECK(session->begin(mark_of("b"), {}).value());
    PQclear(PQexec(session->current().handle(), "SET idle_in_transaction_session_timeout = 1"));
    CHECK(becomes(line, "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'", "0"));
    CHECK(says(session->keep().error(), "a handler left its transaction idle"));
    session->undo();
    CHECK(rows() == "11");
  }
  SECTION("a connection that was cut is no success") {
    CHECK(session->begin(mark_of("b"), {}).value());
    session->current().execute("INSERT INTO effect VALUES ($1)", "b");
    cut(line, "state = 'idle in transaction'");
    const auto kept = session->keep();
    REQUIRE_FALSE(kept);
    CHECK(kept.error().code == errc::store_unavailable);
    session->undo();
    CHECK(rows() == "11");
    CHECK(session->begin(mark_of("b"), {}).value());
    session->undo();
  }
}

TEST_CASE("a replay takes a delivery only as it was seen") {
  const std::string database = new_database();
  const auto inbox = open(database).value();
  sello::postgres::detail::connection in{database, 5s};
  connect(in, true);
  CHECK(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  const auto id = inbox.list()->front().id;
  using sello::postgres::detail::replay;
  const auto replayed = [&](sello::progress state, std::int64_t generation) {
    sello::postgres::detail::transaction_scope change{in};
    const bool done = replay(in, id, state, generation);
    if (done) change.commit();
    return done;
  };
  const auto handle = [&] {
    const auto held = inbox.store()->claim({.token = 1}).value();
    REQUIRE(held.size() == 1);
    const std::vector<sello::detail::settlement> all{
        {.held = sello::detail::ticket_of(held.front()), .what = sello::detail::settlement::kind::handled}};
    REQUIRE(inbox.store()->settle(all).value() == 0);
  };
  CHECK(replayed(sello::progress::waiting, 0));
  handle();
  CHECK_FALSE(replayed(sello::progress::waiting, 0));  // a worker was faster
  CHECK_FALSE(replayed(sello::progress::parked, 0));
  CHECK(replayed(sello::progress::handled, 0));
  handle();
  CHECK_FALSE(replayed(sello::progress::handled, 0));  // another replay was
  CHECK(inbox.stats()->waiting == 0);
}
