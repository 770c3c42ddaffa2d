// SPDX-License-Identifier: MIT
// The tables of an inbox in PostgreSQL, and what is asked of a server before it keeps one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sello/inbox/detail/postgres_connection.hpp>

namespace sello::inline v0::postgres::detail {

inline constexpr std::int64_t schema_version = 1;

/// As in SQLite, in the schema `sello`. `work` is small and hot: room on its pages for updates in place, and vacuumed early.
inline constexpr const char* schema_1 = R"(
CREATE SCHEMA sello;
CREATE TABLE sello.schema(version bigint NOT NULL);
CREATE TABLE sello.source(
  id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, endpoint text NOT NULL, provider text NOT NULL,
  stored bigint NOT NULL DEFAULT 0, done bigint NOT NULL DEFAULT 0, ignored bigint NOT NULL DEFAULT 0,
  duplicates bigint NOT NULL DEFAULT 0,
  conflicts bigint NOT NULL DEFAULT 0, late_marks bigint NOT NULL DEFAULT 0, crashes bigint NOT NULL DEFAULT 0,
  last_delivery bigint, last_success bigint, last_failure bigint,
  UNIQUE(endpoint, provider));
CREATE TABLE sello.delivery(
  id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, source bigint NOT NULL, key text NOT NULL,
  key_version bigint NOT NULL, digest bytea NOT NULL, type text NOT NULL, arrived bigint NOT NULL, occasion bigint NOT NULL,
  key_until bigint NOT NULL, generation bigint NOT NULL DEFAULT 0, state bigint NOT NULL DEFAULT 0, serial_key text,
  parked_blocks bigint NOT NULL DEFAULT 0, headers text NOT NULL, body bytea,
  UNIQUE(source, key));
CREATE INDEX delivery_parked ON sello.delivery(id) WHERE state = 3;
CREATE TABLE sello.conflict(
  id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, delivery bigint NOT NULL, digest bytea NOT NULL,
  arrived bigint NOT NULL, body bytea, UNIQUE(delivery, digest));
CREATE TABLE sello.work(
  delivery bigint NOT NULL, generation bigint NOT NULL, source bigint NOT NULL, state bigint NOT NULL,
  due bigint NOT NULL, token bigint NOT NULL DEFAULT 0, occasion bigint NOT NULL, size bigint NOT NULL,
  attempts bigint NOT NULL DEFAULT 0, crashes bigint NOT NULL DEFAULT 0, running bigint NOT NULL DEFAULT 0,
  serial_key text, parked_blocks bigint NOT NULL DEFAULT 0,
  PRIMARY KEY(delivery, generation))
  WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0);
CREATE INDEX work_due ON sello.work(due) WHERE state = 0;
CREATE INDEX work_turn ON sello.work(due) WHERE serial_key IS NOT NULL AND state = 0;
CREATE INDEX work_older ON sello.work(source, serial_key, delivery, generation)
  WHERE serial_key IS NOT NULL AND (state = 0 OR parked_blocks <> 0);
CREATE INDEX work_claimed ON sello.work(source, serial_key) WHERE serial_key IS NOT NULL AND token <> 0;
CREATE TABLE sello.failure(
  id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, delivery bigint NOT NULL, generation bigint NOT NULL,
  at bigint NOT NULL, code bigint NOT NULL, place text NOT NULL);
CREATE INDEX failure_delivery ON sello.failure(delivery);
CREATE TABLE sello.quarantine(
  id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, source bigint NOT NULL, arrived bigint NOT NULL,
  headers text NOT NULL, body bytea NOT NULL);
INSERT INTO sello.schema VALUES (1);
)";

/// Sooner than our own deadline, so that the server says what it waited for; a lock before all, which it can name. And the
/// warning of a commit that has not waited for its standbys is to be heard.
[[nodiscard]] inline std::string bounds(const connection& of) {
  const auto part = [&](int tenths) { return std::to_string(1 + of.patience().count() * tenths / 10); };  // 0: no bound
  return "SET lock_timeout = " + part(7) + "; SET statement_timeout = " + part(8) +
         "; SET idle_in_transaction_session_timeout = " + part(40) + "; SET client_min_messages = warning";
}

/// Opens a connection for commits that are `sure` (on the disk when they return) or not. A server or a role that does not
/// keep what it commits is refused, each time anew: somebody may have changed it.
inline void connect(connection& to, bool sure) {
  to.open();
  to.script(bounds(to));
  const rows found = to.run(
      "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'), "
      "pg_is_in_recovery()::int, current_setting('server_version_num')::bigint, current_setting('server_encoding')");
  const auto refuse = [&](const char* why) {
    to.close();
    fail(why);
  };
  if (found.integer(0, 4) < 120'000) refuse("PostgreSQL is older than 12; an inbox needs a newer server");
  if (found.text(0, 0) != "on") refuse("fsync=off: a power cut would lose acknowledged deliveries; set fsync=on");
  if (found.text(0, 1) != "on")
    refuse("full_page_writes=off: a power cut could damage the tables; set full_page_writes=on");
  if (found.text(0, 2) == "off")
    refuse(
        "synchronous_commit=off: a crash would lose acknowledged deliveries; set it to on for this user or database");
  if (found.integer(0, 3) != 0) refuse("the server is a standby and cannot be written; connect to the primary");
  if (const std::string encoding = found.text(0, 5); encoding != "UTF8" && encoding != "SQL_ASCII")
    refuse(("the encoding of the database is " + encoding + ", which has not every character; make one with UTF8")
               .c_str());
  // Of this connection alone: what is set for the user or the database later does not reach it.
  const bool applied = found.text(0, 2) == "remote_apply";
  to.script(std::string{"SET synchronous_commit = "} + (!sure ? "off" : applied ? "remote_apply" : "on"));
}

/// Makes the tables, or finds them. Under a lock, so that several processes may open at once.
inline void migrate(connection& to) {
  transaction_scope change{to};
  to.run("SELECT pg_advisory_xact_lock(7307199622214)");  // "sello"
  if (to.run("SELECT to_regclass('sello.schema') IS NOT NULL, to_regnamespace('sello') IS NOT NULL").text(0, 0) !=
      "t") {
    if (to.run("SELECT 1 FROM pg_namespace WHERE nspname = 'sello'").size() != 0)
      fail("the database has a schema `sello` that is not an inbox's; rename it, or use another database");
    to.script(schema_1);
  }
  const std::int64_t found = to.run("SELECT max(version) FROM sello.schema").integer(0, 0);
  if (found > schema_version)
    fail("the inbox has schema " + std::to_string(found) + ", this program knows " + std::to_string(schema_version) +
         "; install the newer program");
  change.commit();
}

}  // namespace sello::inline v0::postgres::detail
