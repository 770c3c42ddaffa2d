// SPDX-License-Identifier: MIT
// The tables of an inbox in SQLite, and what is asked of a file before it becomes one.
#pragma once

#if defined(__linux__)
#include <sys/vfs.h>
#endif

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <sello/inbox/detail/sqlite.hpp>

namespace sello::inline v0::sqlite::detail {

inline constexpr std::int64_t schema_version = 1;

/// `work` is small and hot, and has a row only for what is not done. A lease is a `due` in the future with a token.
/// `running` is written just before a handler is called, so whoever claims the row next knows that its process died there.
/// Three indexes have only rows with a serial key; the texts that use them repeat their conditions.
/// Times are microseconds since 1970.
inline constexpr const char* schema_1 = R"(
CREATE TABLE schema(version INTEGER NOT NULL);
CREATE TABLE source(
  id INTEGER PRIMARY KEY, endpoint TEXT NOT NULL, provider TEXT NOT NULL,
  stored INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0, ignored INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0,
  conflicts INTEGER NOT NULL DEFAULT 0, late_marks INTEGER NOT NULL DEFAULT 0, crashes INTEGER NOT NULL DEFAULT 0,
  last_delivery INTEGER, last_success INTEGER, last_failure INTEGER,
  UNIQUE(endpoint, provider));
CREATE TABLE delivery(
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, key TEXT NOT NULL, key_version INTEGER NOT NULL,
  digest BLOB NOT NULL, type TEXT NOT NULL, arrived INTEGER NOT NULL, occasion INTEGER NOT NULL,
  key_until INTEGER NOT NULL, generation INTEGER NOT NULL DEFAULT 0, state INTEGER NOT NULL DEFAULT 0,
  serial_key TEXT, parked_blocks INTEGER NOT NULL DEFAULT 0, headers TEXT NOT NULL, body BLOB,
  UNIQUE(source, key));
CREATE INDEX delivery_parked ON delivery(id) WHERE state = 3;
CREATE TABLE conflict(
  id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL, digest BLOB NOT NULL, arrived INTEGER NOT NULL, body BLOB,
  UNIQUE(delivery, digest));
CREATE TABLE work(
  delivery INTEGER NOT NULL, generation INTEGER NOT NULL, source INTEGER NOT NULL, state INTEGER NOT NULL,
  due INTEGER NOT NULL, token INTEGER NOT NULL DEFAULT 0, occasion INTEGER NOT NULL, size INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, crashes INTEGER NOT NULL DEFAULT 0, running INTEGER NOT NULL DEFAULT 0,
  serial_key TEXT, parked_blocks INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(delivery, generation)) WITHOUT ROWID;
CREATE INDEX work_due ON work(state, due);
CREATE INDEX work_turn ON work(due) WHERE serial_key IS NOT NULL AND state = 0;
CREATE INDEX work_older ON work(source, serial_key, delivery)
  WHERE serial_key IS NOT NULL AND (state = 0 OR parked_blocks);
CREATE INDEX work_claimed ON work(source, serial_key) WHERE serial_key IS NOT NULL AND token <> 0;
CREATE TABLE failure(
  id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL, generation INTEGER NOT NULL, at INTEGER NOT NULL,
  code INTEGER NOT NULL, place TEXT NOT NULL);
CREATE INDEX failure_delivery ON failure(delivery);
CREATE TABLE quarantine(
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, arrived INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL);
INSERT INTO schema VALUES (1);
)";

/// File systems on which locks, shared memory or a sync mean less than on a disk of this machine (statfs(2)).
[[nodiscard]] constexpr bool is_remote_file_system(std::uint32_t magic) noexcept {
  constexpr std::array<std::uint32_t, 16> remote{
      0x6969,      // NFS
      0x517b,      // SMB
      0xff534d42,  // CIFS
      0xfe534d42,  // SMB2
      0x564c,      // NCP
      0x5346414f,  // AFS
      0x6b414653,  // kAFS
      0x73757245,  // Coda
      0x01021997,  // 9P
      0x00c36400,  // Ceph
      0x0bd00bd0,  // Lustre
      0x47504653,  // GPFS
      0x7461636f,  // OCFS2
      0x01161970,  // GFS2
      0x19830326,  // BeeGFS
      0x65735546,  // FUSE: sshfs and others
  };
  for (const std::uint32_t one : remote)
    if (one == magic) return true;
  return false;
}

/// The folder of the moment does not decide later, when a connection is made. Other names than those of files stay.
[[nodiscard]] inline std::string absolute(const std::string& location) {
  const bool is_file = !location.empty() && location.front() != ':' && !location.starts_with("file:");
  return is_file ? std::filesystem::absolute(location).string() : location;
}

inline void refuse_remote(const std::string& path) {
#if defined(__linux__)
  std::string folder = std::filesystem::path{path}.parent_path().string();
  if (folder.empty()) folder = ".";
  struct statfs about{};  // of the file, which may be a link to elsewhere, or else of where it will be
  if ((statfs(path.c_str(), &about) == 0 || statfs(folder.c_str(), &about) == 0) &&
      is_remote_file_system(static_cast<std::uint32_t>(about.f_type)))
    fail("the file is on a network file system, where SQLite's WAL does not work; use a local disk");
#else
  static_cast<void>(path);
#endif
}

/// WAL really on, every sync on, and no checkpoint but ours: a checkpoint that races a commit could corrupt the file
/// until SQLite 3.51.3.
inline void set_up(const connection& to, std::string_view synchronous) {
  // Two processes that make the file at once would wait for each other: so none waits with a lock in its hand.
  std::string mode;
  to.wait_for_locks(false);
  to.retry_while_busy([&] { mode = to.ask("PRAGMA journal_mode=WAL"); });
  to.wait_for_locks(true);
  if (mode != "wal")
    fail("the file cannot be in WAL mode; is it in memory, read-only, or in use by another journal mode?");
  to.execute("PRAGMA wal_autocheckpoint=0");
  to.execute("PRAGMA synchronous=" + std::string{synchronous});
  if (to.ask("PRAGMA wal_autocheckpoint") != "0" || to.ask("PRAGMA synchronous") != (synchronous == "FULL" ? "2" : "1"))
    fail("SQLite does not keep its settings of syncs and checkpoints; link a libsqlite3 that does");
}

/// Throws where the file is another program's, of which nothing is changed: WAL mode would stay in it.
inline void refuse_foreign(const connection& to) {
  if (to.ask_integer("SELECT count(*) <> 0 AND count(*) FILTER (WHERE name = 'schema') = 0 FROM sqlite_schema") != 0)
    fail("the file is another program's database; an inbox needs a file of its own");
}

/// Makes the tables, or finds them. Under the write lock, so that two processes may open at once.
inline void migrate(const connection& to) {
  const immediate change{to};
  if (to.ask("SELECT name FROM sqlite_schema WHERE name = 'schema'").empty()) {
    refuse_foreign(to);
    to.execute_all(schema_1);
  }
  const std::int64_t found = to.ask_integer("SELECT max(version) FROM schema");
  if (found > schema_version)
    fail("the inbox has schema " + std::to_string(found) + ", this program knows " + std::to_string(schema_version) +
         "; install the newer program");
  change.commit();
}

}  // namespace sello::inline v0::sqlite::detail
