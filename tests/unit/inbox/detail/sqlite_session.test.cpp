// SPDX-License-Identifier: MIT
#include <sello/inbox/detail/sqlite_session.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

#include <sello/inbox/detail/sqlite_effects.hpp>

#include "catch.hpp"
#include "inbox/sync_vfs.hpp"
#include "support/inbox.hpp"

namespace {

using namespace std::chrono_literals;
using sello::errc;
using sello::detail::mark;
using sello::sqlite::effects;
using sello::sqlite::detail::connection;
using sello::sqlite::detail::session;

struct app {
  support::temporary_folder folder{};
  std::string path = folder.file("app.db");
  app() {
    connection{path, 1s}.execute_all(
        "CREATE TABLE effect(key TEXT UNIQUE); CREATE TABLE part(of TEXT "
        "REFERENCES effect(key) DEFERRABLE INITIALLY DEFERRED);");
  }
  [[nodiscard]] std::unique_ptr<session> connect() const { return effects{path}.connect().value(); }
  [[nodiscard]] std::int64_t ask(const char* sql) const { return connection{path, 1s}.ask_integer(sql); }
  [[nodiscard]] std::int64_t effects_count() const { return ask("SELECT count(*) FROM effect"); }
  [[nodiscard]] std::int64_t marks() const { return ask("SELECT count(*) FROM sello_mark"); }
};

mark named(std::string key) { return {.endpoint = "akua", .provider = "akua", .key = std::move(key)}; }

/// What SQLite says to a statement of a handler.
int run(session& in, const char* sql) {
  return sqlite3_exec(in.current().handle(), sql, nullptr, nullptr, nullptr) & 0xff;
}

}  // namespace

TEST_CASE("a mark and its effect are committed together, and a mark is met once", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  REQUIRE(session->begin(named("1"), {}).value());
  CHECK(session->current().execute("INSERT INTO effect VALUES (?)", "1") == 1);
  REQUIRE(session->keep());
  CHECK(app.effects_count() == 0);
  CHECK(app.marks() == 0);
  REQUIRE(session->commit());
  CHECK_FALSE(session->is_open());
  CHECK(app.effects_count() == 1);
  CHECK(app.marks() == 1);
  CHECK_FALSE(session->begin(named("1"), {}).value());
  CHECK_FALSE(session->is_open());
  CHECK(session->marked(named("1")).value());
  CHECK_FALSE(session->marked(named("2")).value());
}

TEST_CASE("every part of a delivery's identity makes another mark", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  const mark first{.endpoint = "e", .provider = "p", .key = "k", .generation = 0, .occasion = 0};
  mark other = first;
  SECTION("endpoint") { other.endpoint = "E"; }
  SECTION("provider") { other.provider = "P"; }
  SECTION("key") { other.key = "K"; }
  SECTION("generation") { other.generation = 1; }
  SECTION("occasion") { other.occasion = 1; }
  for (const mark& one : {first, other}) {
    CHECK(session->begin(one, {}).value());
    CHECK(session->keep());
    CHECK(session->commit());
  }
}

TEST_CASE("a handler cannot end the transaction, nor loosen it", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  REQUIRE(session->begin(named("1"), {}).value());
  CHECK(run(*session, "INSERT INTO effect VALUES ('1')") == SQLITE_OK);
  const char* sql = GENERATE(
      "COMMIT", "END", "ROLLBACK", "BEGIN", "BEGIN IMMEDIATE", "ATTACH ':memory:' AS other", "DETACH other",
      "RELEASE sello_effect", "ROLLBACK TO SELLO_EFFECT", "SAVEPOINT sello_effect", "PRAGMA synchronous=OFF",
      "PRAGMA journal_mode=DELETE", "PRAGMA wal_checkpoint", "PRAGMA writable_schema=1", "DELETE FROM sello_mark",
      "UPDATE main.SELLO_MARK SET generation = 5", "INSERT INTO sello_mark VALUES ('', '', '', 0, 0, 0, 0)",
      "DROP TABLE sello_mark", "ALTER TABLE sello_mark RENAME TO other",
      "CREATE TRIGGER t AFTER INSERT ON sello_mark BEGIN SELECT 1; END",
      "CREATE UNIQUE INDEX once ON sello_mark(endpoint)", "PRAGMA query_only=1", "PRAGMA hard_heap_limit=1",
      "PRAGMA max_page_count=1", "PRAGMA ignore_check_constraints=1");
  INFO(sql);
  CHECK(run(*session, sql) == SQLITE_AUTH);
  CHECK(run(*session, "SAVEPOINT mine; ROLLBACK TO mine; RELEASE mine") == SQLITE_OK);
  CHECK(run(*session, "PRAGMA table_info(effect); PRAGMA defer_foreign_keys=1; SELECT * FROM sello_mark") == SQLITE_OK);
  CHECK(run(*session, "CREATE INDEX mine ON effect(key); PRAGMA journal_mode") == SQLITE_OK);
  REQUIRE(session->keep());
  REQUIRE(session->commit());
  CHECK(app.effects_count() == 1);
  CHECK(app.marks() == 1);
}

TEST_CASE("a statement with too few values or a number that does not fit writes nothing else in its place",
          "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  REQUIRE(session->begin(named("1"), {}).value());
  const auto& tx = session->current();
  const auto refusal = [](const auto& call) -> std::string {
    try {
      call();
    } catch (const sello::bad_result& thrown) {
      CHECK(thrown.error().code == errc::handler_failed);
      return thrown.error().where;
    }
    return {};
  };
  CHECK(refusal([&] { tx.execute("INSERT INTO effect VALUES (?)"); }) ==
        "the statement has 1 parameters, and 0 values were given");
  CHECK(refusal([&] { tx.execute("INSERT INTO effect VALUES (?)", "1", "2"); }) ==
        "the statement has 1 parameters, and 2 values were given");
  CHECK(refusal([&] { tx.execute("INSERT INTO effect VALUES (?)", std::uint64_t{1} << 63U); }) ==
        "an integer over 2^63-1 does not fit into SQLite; give it as a text");
  CHECK(tx.execute("INSERT INTO effect VALUES (?)", (std::uint64_t{1} << 63U) - 1) == 1);
  CHECK(tx.execute("INSERT INTO effect VALUES (?)", std::nullopt) == 1);
  CHECK(tx.execute("INSERT INTO effect VALUES (?)", nullptr) == 1);
  const char* const nothing = nullptr;
  CHECK(tx.execute("INSERT INTO effect VALUES (?); -- what nobody knows", nothing) == 1);
  CHECK(tx.execute("SELECT 1") == 0);
  CHECK(refusal([&] { tx.execute("INSERT INTO missing VALUES (?)", "1"); }) ==
        "no such table: missing; make it before the worker starts");
  CHECK(refusal([&] { tx.execute("INSERT INTO effect VALUES (4111111111111111a)"); }) ==
        "SQLite cannot read the statement: a name or its syntax is wrong");
  CHECK(refusal([&] { tx.execute("COMMIT"); }).find("a handler may not begin, commit") == 0);
  CHECK(refusal([&] { tx.execute("PRAGMA foreign_keys=0"); }).find("a handler may not begin, commit") == 0);
  CHECK(refusal([&] { tx.execute(" -- nothing"); }) == "the statement is empty");
  CHECK(refusal([&] { tx.execute("SELECT 1; SELECT 2"); }).find("behind a statement stands more") == 0);
  REQUIRE(session->keep());
  REQUIRE(session->commit());
  CHECK(app.effects_count() == 4);
  CHECK(app.ask("SELECT count(*) FROM effect WHERE key IS NULL") == 3);
  CHECK(app.ask("SELECT count(*) FROM effect WHERE key = '9223372036854775807'") == 1);
}

TEST_CASE("a table of marks that is another version's is refused with its name", "[inbox][sqlite]") {
  const app app;
  connection{app.path, 1s}.execute(GENERATE("CREATE TABLE sello_mark(endpoint TEXT, provider TEXT)",
                                            "CREATE VIEW sello_mark AS SELECT 1 AS endpoint"));
  CHECK(effects::create(app.path).error().where.find("`sello_mark` that is not the table of this version") !=
        std::string::npos);
}

TEST_CASE("effects are opened while another program writes, and the worker waits for them", "[inbox][sqlite]") {
  const app app;
  const bool known = GENERATE(false, true);  // whether the table of marks is there
  if (known) static_cast<void>(effects{app.path});
  const connection other{app.path, 1s};
  other.execute("PRAGMA journal_mode=WAL");
  other.begin();
  const effects ours{app.path, 20ms};
  const auto none = ours.connect();
  CHECK(none.error().code == errc::store_unavailable);
  CHECK(none.error().where.find("another program holds the file's write lock") == 0);
  other.commit();
  const auto session = ours.connect().value();
  CHECK(session->begin(named("1"), {}).value());
  CHECK(session->keep());
  CHECK(session->commit());
  CHECK(app.marks() == 1);
}

TEST_CASE("nothing is committed into a file that lost its name", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  const std::string file = app.path + GENERATE("", "-wal", "-shm");
  REQUIRE(session->begin(named("1"), {}).value());
  REQUIRE(session->keep());
  std::filesystem::rename(file, file + ".moved");
  CHECK(session->commit().error().code == errc::store_unavailable);
  const auto begun = session->begin(named("1"), {});
  CHECK(begun.error().where.find("was moved, removed or replaced") != std::string::npos);
  std::filesystem::rename(file + ".moved", file);
  CHECK(session->begin(named("1"), {}).value());
  CHECK(session->keep());
  CHECK(session->commit());
  CHECK(app.marks() == 1);
}

TEST_CASE("a rollback that the authorizer does not see commits nothing behind it", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  REQUIRE(session->begin(named("0"), {}).value());
  CHECK(run(*session, "INSERT INTO effect VALUES ('0')") == SQLITE_OK);
  const bool with_neighbour = GENERATE(false, true);
  if (with_neighbour) {
    REQUIRE(session->keep());
    REQUIRE(session->begin(named("1"), {}).value());
    CHECK(run(*session, "INSERT INTO effect VALUES ('1')") == SQLITE_OK);
  }
  CHECK(run(*session, "INSERT OR ROLLBACK INTO effect VALUES ('0')") == SQLITE_CONSTRAINT);
  SECTION("and ends there") {}
  SECTION("and writes on") { CHECK(run(*session, "INSERT INTO effect VALUES ('2')") == SQLITE_CONSTRAINT); }
  SECTION("and makes a transaction out of a savepoint") {
    CHECK(run(*session, "SAVEPOINT mine; INSERT INTO effect VALUES ('2')") == SQLITE_OK);
    CHECK(run(*session, "RELEASE mine") == SQLITE_CONSTRAINT);
  }
  SECTION("and leaves that open") {
    CHECK(run(*session, "SAVEPOINT mine; INSERT INTO effect VALUES ('2')") == SQLITE_OK);
  }
  const auto kept = session->keep();
  REQUIRE_FALSE(kept);
  CHECK(kept.error().code == errc::handler_failed);
  CHECK(kept.error().where.find("the handler ended the worker's transaction") == 0);
  session->undo();
  CHECK_FALSE(session->is_open());
  CHECK(app.effects_count() == 0);
  CHECK(app.marks() == 0);
  // The session is good for the next.
  REQUIRE(session->begin(named("3"), {}).value());
  REQUIRE(session->keep());
  REQUIRE(session->commit());
  CHECK(app.marks() == 1);
}

TEST_CASE("a commit hook that was replaced is noticed", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  REQUIRE(session->begin(named("1"), {}).value());
  sqlite3_commit_hook(session->current().handle(), nullptr, nullptr);
  REQUIRE(session->keep());
  CHECK(session->commit().error().code == errc::handler_failed);
  CHECK(app.marks() == 0);
}

TEST_CASE("a statement that a handler leaves in the middle holds nothing up", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  for (int i = 0; i < 3; ++i) {
    REQUIRE(session->begin(named(std::to_string(i)), {}).value());
    sqlite3_stmt* left = nullptr;
    REQUIRE(sqlite3_prepare_v2(session->current().handle(), "SELECT * FROM sello_mark", -1, &left, nullptr) ==
            SQLITE_OK);
    REQUIRE(sqlite3_step(left) == SQLITE_ROW);
    REQUIRE(session->keep());
    REQUIRE(session->commit());
    CHECK(sqlite3_stmt_busy(left) == 0);
    sqlite3_finalize(left);
    connection{app.path, 1s}.execute("INSERT INTO effect VALUES (NULL)");
  }
}

TEST_CASE("what a handler writes with a statement that it leaves in the middle is written", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  REQUIRE(session->begin(named("1"), {}).value());
  sqlite3_stmt* left = nullptr;
  REQUIRE(sqlite3_prepare_v2(session->current().handle(), "INSERT INTO effect VALUES ('a'), ('b') RETURNING key", -1,
                             &left, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(left) == SQLITE_ROW);
  REQUIRE(session->keep());
  REQUIRE(session->commit());
  sqlite3_finalize(left);
  CHECK(app.effects_count() == 2);
  CHECK(app.marks() == 1);
}

TEST_CASE("what is refused behind an INSERT OR ROLLBACK says why", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  REQUIRE(session->begin(named("1"), {}).value());
  session->current().execute("INSERT INTO effect VALUES ('1')");
  CHECK_THROWS_AS(session->current().execute("INSERT OR ROLLBACK INTO effect VALUES ('1')"), sello::bad_result);
  try {
    session->current().execute("INSERT INTO effect VALUES ('2')");
    FAIL("written");
  } catch (const sello::bad_result& thrown) {
    CHECK(thrown.error().where.find("something ended the worker's transaction before (INSERT OR ROLLBACK?)") == 0);
  }
}

TEST_CASE("the log is written back though a handler has set a hook of its own", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  const std::string large(1'000'000, 'x');
  for (int i = 0; i < 12; ++i) {
    REQUIRE(session->begin(named(std::to_string(i)), {}).value());
    sqlite3_wal_hook(session->current().handle(), nullptr, nullptr);
    session->current().execute("INSERT INTO effect VALUES (?)", large + std::to_string(i));
    REQUIRE(session->keep());
    REQUIRE(session->commit());
  }
  CHECK(std::filesystem::file_size(app.path + "-wal") < 8'000'000);  // of some 24 MB that were written, with the index
}

TEST_CASE("a handler that uses its own worker is told so, and does not wait for itself", "[inbox][sqlite]") {
  const app app;
  const effects place{app.path};
  const auto session = place.connect().value();
  const auto other = place.connect().value();
  REQUIRE(session->begin(named("1"), {}).value());
  const auto pruned = other->prune("", {}, {});
  REQUIRE_FALSE(pruned);
  CHECK(pruned.error().code == errc::handler_failed);
  CHECK(pruned.error().where == "a handler cannot use its worker; do that outside of it");
  CHECK_FALSE(other->marked(named("1")));
  CHECK_FALSE(other->begin(named("2"), {}));
  REQUIRE(session->keep());
  REQUIRE(session->commit());
  CHECK(other->prune("", {}, {}).value() == 0);
}

TEST_CASE("a constraint that is checked at the commit is the handler's fault", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  REQUIRE(session->begin(named("1"), {}).value());
  CHECK(run(*session, "INSERT INTO part VALUES ('nothing')") == SQLITE_OK);
  REQUIRE(session->keep());
  const auto done = session->commit();
  REQUIRE_FALSE(done);
  CHECK(done.error().code == errc::handler_failed);
  CHECK(app.marks() == 0);
}

TEST_CASE("an undone effect takes its mark along, and not its neighbour's", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  REQUIRE(session->begin(named("1"), {}).value());
  CHECK(run(*session, "INSERT INTO effect VALUES ('1')") == SQLITE_OK);
  REQUIRE(session->keep());
  REQUIRE(session->begin(named("2"), {}).value());
  CHECK(run(*session, "INSERT INTO effect VALUES ('2'); SAVEPOINT open") == SQLITE_OK);
  session->undo();
  CHECK(session->is_open());
  REQUIRE(session->commit());
  CHECK(app.effects_count() == 1);
  CHECK(session->marked(named("1")).value());
  CHECK_FALSE(session->marked(named("2")).value());
}

TEST_CASE("an effect costs one sync, many in one transaction, one for all", "[inbox][sqlite]") {
  const app app;
  const support::sync_vfs vfs;
  using support::sync_vfs;
  const auto session = app.connect();
  const auto effect = [&](int i) {
    REQUIRE(session->begin(named(std::to_string(i)), {}).value());
    session->current().execute("INSERT INTO effect VALUES (?)", std::to_string(i));
    REQUIRE(session->keep());
  };
  effect(-1);
  REQUIRE(session->commit());
  int before = sync_vfs::syncs;
  for (int i = 0; i < 50; ++i) {
    effect(i);
    REQUIRE(session->commit());
  }
  CHECK(sync_vfs::syncs - before == 50);
  before = sync_vfs::syncs;
  for (int i = 50; i < 100; ++i) effect(i);
  REQUIRE(session->commit());
  CHECK(sync_vfs::syncs - before == 1);
}

TEST_CASE("a commit whose sync fails is not counted on, and no mark is believed until the disk is certain",
          "[inbox][sqlite]") {
  const app app;
  const support::sync_vfs vfs;
  using support::sync_vfs;
  const auto session = app.connect();
  REQUIRE(session->begin(named("1"), {}).value());
  REQUIRE(session->keep());
  sync_vfs::good = 0;
  const auto done = session->commit();
  REQUIRE_FALSE(done);
  CHECK(done.error().code == errc::store_unavailable);
  CHECK_FALSE(session->begin(named("1"), {}));
  CHECK_FALSE(session->marked(named("1")));
  sync_vfs::good = -1;
  CHECK(session->marked(named("1")));
  const auto begun = session->begin(named("1"), {});
  REQUIRE(begun);
  session->rollback();
}

TEST_CASE("effects are synced once before their marks are believed, also while somebody reads", "[inbox][sqlite]") {
  const app app;
  const support::sync_vfs vfs;
  const effects first{app.path};
  const connection reader{app.path, 1s};
  reader.execute("BEGIN");
  CHECK(reader.ask_integer("SELECT count(*) FROM effect") == 0);
  const int before = support::sync_vfs::syncs;
  CHECK(effects::create(app.path));
  CHECK(support::sync_vfs::syncs - before == 1);
}

TEST_CASE("effects are refused where they could not be kept", "[inbox][sqlite]") {
  const app app;
  CHECK(effects::create(":memory:").error().code == errc::store_unavailable);
  CHECK(effects::create(app.folder.file("none/app.db")).error().code == errc::store_unavailable);
  CHECK_THROWS_AS(effects{":memory:"}, sello::bad_result);
  const effects here{app.path};
  CHECK(here.is_at(app.path));
  CHECK(here.is_at(app.folder.file("../") + app.path.substr(app.path.rfind("sello-"))));
  CHECK_FALSE(here.is_at(app.folder.file("inbox.db")));
}

TEST_CASE("a forked process does not go on with the effects", "[inbox][sqlite]") {
  const app app;
  const effects ours{app.path};
  auto session = ours.connect().value();
  const pid_t child = ::fork();
  if (child == 0) {
    const auto begun = session->begin(named("1"), {});
    const auto connected = ours.connect();
    const bool right = !begun && begun.error().code == errc::store_unavailable && !connected;
    session.reset();
    ::_exit(right ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(session->begin(named("1"), {}).value());
  session->rollback();
}

TEST_CASE("one statement at a time: a second one behind it is told, and does not vanish", "[inbox][sqlite]") {
  const app app;
  const auto session = app.connect();
  REQUIRE(session->begin(named("1"), {}).value());
  const auto& tx = session->current();
  CHECK(tx.execute("INSERT INTO effect VALUES (?);\n ", "1") == 1);
  std::string told;
  try {
    tx.execute("INSERT INTO effect VALUES ('2'); INSERT INTO effect VALUES ('3')");
  } catch (const sello::bad_result& thrown) {
    told = thrown.error().where;
  }
  CHECK(told == "behind a statement stands more, which would not run: execute each alone");
  REQUIRE(session->keep());
  REQUIRE(session->commit());
  CHECK(app.effects_count() == 1);
}

TEST_CASE("a relative path means the folder of the moment at which it was given", "[inbox][sqlite]") {
  const support::temporary_folder there;
  const support::temporary_folder elsewhere;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(std::filesystem::path{there.file("x")}.parent_path());
  const effects relative{"app.db"};
  std::filesystem::current_path(std::filesystem::path{elsewhere.file("x")}.parent_path());
  const auto session = relative.connect();
  std::filesystem::current_path(before);
  REQUIRE(session);
  REQUIRE((*session)->begin(named("1"), {}).value());
  REQUIRE((*session)->keep());
  REQUIRE((*session)->commit());
  CHECK(connection{there.file("app.db"), 1s}.ask_integer("SELECT count(*) FROM sello_mark") == 1);
  CHECK_FALSE(std::filesystem::exists(elsewhere.file("app.db")));
}
