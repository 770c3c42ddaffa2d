// SPDX-License-Identifier: MIT
// The shim on plain SQLite: what SQLite promises holds after a cut behind every operation, and what it does not promise is
// seen to be lost.
#include "inbox/power_cut_vfs.hpp"

#include <catch.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

using namespace power_cut;

namespace {

struct close {
  void operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }
};
using database = std::unique_ptr<sqlite3, close>;

database open(const std::string& path) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  return database{handle};
}

int run(const database& in, const std::string& sql) {
  return sqlite3_exec(in.get(), sql.c_str(), nullptr, nullptr, nullptr);
}

std::vector<std::string> ask(const database& in, const std::string& sql) {
  std::vector<std::string> values;
  sqlite3_exec(
      in.get(), sql.c_str(),
      [](void* to, int, char** columns, char**) {
        static_cast<std::vector<std::string>*>(to)->emplace_back(columns[0] == nullptr ? "" : columns[0]);
        return 0;
      },
      &values, nullptr);
  return values;
}

struct acknowledged {
  std::size_t behind;  // so many operations
  int row;
};

/// Commits rows, two a transaction, with a checkpoint in the middle.
std::vector<acknowledged> commit_rows(const recorder& log, const std::string& path, const std::string& journal,
                                      const std::string& synchronous) {
  const database db = open(path);
  REQUIRE(ask(db, "PRAGMA journal_mode=" + journal).front() == journal);
  REQUIRE(run(db, "PRAGMA synchronous=" + synchronous) == SQLITE_OK);
  REQUIRE(run(db, "PRAGMA wal_autocheckpoint=0; CREATE TABLE t(id INTEGER PRIMARY KEY, text)") == SQLITE_OK);
  std::vector<acknowledged> all;
  for (int i = 1; i <= 12; ++i) {
    const std::string n = std::to_string(i);
    const std::string text = ", hex(randomblob(" + std::to_string(i % 3 == 0 ? 3000 : 30) + ")))";
    REQUIRE(run(db, "BEGIN IMMEDIATE; INSERT INTO t VALUES(" + n + text + "; INSERT INTO t VALUES(-" + n + text +
                        "; COMMIT") == SQLITE_OK);
    all.push_back({log.size(), i});
    if (i == 5) REQUIRE(run(db, "PRAGMA wal_checkpoint(RESTART)") == SQLITE_OK);
  }
  return all;
}

struct tally {
  std::size_t points = 0;
  std::size_t lost = 0;
  std::size_t halves = 0;
  std::size_t damaged = 0;
};

tally cut_everywhere(const recorder& log, const std::vector<acknowledged>& acknowledged) {
  tally found;
  disk now = log.before();
  for (std::size_t n = 0; n <= log.log().size(); ++n) {
    if (n > 0) now.apply(log.log()[n - 1]);
    for (const fate& cut : fates(now)) {
      const folder left{now.after(cut)};
      const database db = open(left / "t.db");
      ++found.points;
      if (const auto check = ask(db, "PRAGMA integrity_check"); check.empty() || check.front() != "ok") ++found.damaged;
      const auto halves = ask(db, "SELECT count(*) FROM t a WHERE NOT EXISTS (SELECT 1 FROM t WHERE id = -a.id)");
      if (!halves.empty() && halves.front() != "0") ++found.halves;
      bool all = true;
      for (const auto& [operations, row] : acknowledged)
        all = all && (operations > n || ask(db, "SELECT 1 FROM t WHERE id = " + std::to_string(row)).size() == 1);
      if (!all) ++found.lost;
    }
  }
  return found;
}

tally try_out(const std::string& journal, const std::string& synchronous) {
  const folder place;
  recorder log;
  const auto acknowledged = commit_rows(log, place / "t.db", journal, synchronous);
  log.stop();
  const tally found = cut_everywhere(log, acknowledged);
  std::cout << journal << ", synchronous=" << synchronous << ": " << log.log().size() << " operations, " << found.points
            << " points, " << found.lost << " lost, " << found.halves << " half, " << found.damaged << " damaged\n";
  return found;
}

}  // namespace

TEST_CASE("power cut: with a WAL and synchronous=FULL no committed row is lost, behind every operation") {
  const tally found = try_out("wal", "FULL");
  CHECK(found.points > 300);
  CHECK(found.lost == 0);
  CHECK(found.halves == 0);
  CHECK(found.damaged == 0);
}

TEST_CASE("power cut: control: with synchronous=NORMAL committed rows are lost, and none by half") {
  const tally found = try_out("wal", "NORMAL");
  CHECK(found.lost > 0);
  CHECK(found.halves == 0);
  CHECK(found.damaged == 0);
}

TEST_CASE("power cut: control: with synchronous=OFF a checkpoint damages the file") {
  const tally found = try_out("wal", "OFF");
  CHECK(found.lost > 0);
  CHECK(found.damaged > 0);
}

// https://sqlite.org/pragma.html#pragma_synchronous: EXTRA syncs the folder after the journal is deleted.
TEST_CASE("power cut: names are synced for themselves: a deleted journal comes back, unless EXTRA") {
  CHECK(try_out("delete", "FULL").lost > 0);
  const tally found = try_out("delete", "EXTRA");
  CHECK(found.lost == 0);
  CHECK(found.halves == 0);
  CHECK(found.damaged == 0);
}

TEST_CASE("power cut: a write is torn at sectors, and scattered by them") {
  disk one{files{{"f", std::string(2048, 'a')}}};
  one.apply({.what = operation::kind::write, .file = 0, .offset = 100, .data = std::string(1000, 'b')});
  CHECK(one.last_sectors(512) == 3);
  CHECK(one.last_sectors(4096) == 1);
  const std::string torn = one.after({.what = fate::kind::torn, .count = 1}).at("f");
  CHECK(torn == std::string(100, 'a') + std::string(412, 'b') + std::string(1536, 'a'));
  CHECK(one.after({.what = fate::kind::dropped}).at("f") == std::string(2048, 'a'));
  CHECK(one.after({.what = fate::kind::kept}).at("f").substr(100, 1000) == std::string(1000, 'b'));
  std::size_t kinds = 0;
  std::map<std::string, int> seen;
  for (std::size_t seed = 0; seed < 64; ++seed)
    seen[one.after({.what = fate::kind::scattered, .count = seed}).at("f")]++;
  kinds = seen.size();
  CHECK(kinds == 8);
  one.apply({.what = operation::kind::sync, .file = 0});
  CHECK(one.pending().empty());
  CHECK(one.after({.what = fate::kind::dropped}).at("f").substr(100, 1000) == std::string(1000, 'b'));
}

TEST_CASE("power cut: names that were not synced are not there, and those that were removed are") {
  disk one{files{{"old", "x"}}};
  one.apply({.what = operation::kind::create, .file = 1, .name = "new"});
  one.apply({.what = operation::kind::write, .file = 1, .data = "y"});
  one.apply({.what = operation::kind::sync, .file = 1});
  one.apply({.what = operation::kind::remove, .name = "old"});
  CHECK(one.after({.what = fate::kind::dropped}) == files{{"old", "x"}});
  CHECK(one.after({.what = fate::kind::kept}) == files{{"new", "y"}});
  CHECK(one.after({.what = fate::kind::first, .count = 1}) == files{{"new", "y"}, {"old", "x"}});
  one.apply({.what = operation::kind::sync_folder});
  CHECK(one.after({.what = fate::kind::dropped}) == files{{"new", "y"}});
}

TEST_CASE("power cut: a sync that failed once has lost what it had to write, although the next one succeeds") {
  disk one{files{{"f", "...."}}};
  one.apply({.what = operation::kind::write, .file = 0, .data = "x"});
  one.apply({.what = operation::kind::failed_sync, .file = 0});
  one.apply({.what = operation::kind::write, .file = 0, .offset = 1, .data = "y"});
  one.apply({.what = operation::kind::sync, .file = 0});
  CHECK(one.after({.what = fate::kind::kept}).at("f") == ".y..");
}

TEST_CASE("power cut: faults reach SQLite as they are asked for") {
  const folder place;
  recorder log;
  const database db = open(place / "t.db");
  REQUIRE(ask(db, "PRAGMA journal_mode=wal").front() == "wal");
  REQUIRE(run(db, "PRAGMA synchronous=FULL; CREATE TABLE t(id INTEGER PRIMARY KEY, text)") == SQLITE_OK);
  sqlite3_extended_result_codes(db.get(), 1);
  int left = 1;
  log.set_fault([&](const operation& what) {
    return what.what == operation::kind::sync && left-- > 0 ? SQLITE_IOERR_FSYNC : SQLITE_OK;
  });
  CHECK(run(db, "INSERT INTO t VALUES(1, 'x')") == SQLITE_IOERR_FSYNC);
  CHECK(run(db, "INSERT INTO t VALUES(2, 'x')") == SQLITE_OK);
  log.set_fault([](const operation& what) { return what.what == operation::kind::write ? SQLITE_FULL : SQLITE_OK; });
  CHECK(run(db, "INSERT INTO t VALUES(3, 'x')") == SQLITE_FULL);
  log.set_fault({});
  CHECK(run(db, "INSERT INTO t VALUES(4, 'x')") == SQLITE_OK);
  CHECK(log.syncs() >= 2);
}
