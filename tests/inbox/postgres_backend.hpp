// SPDX-License-Identifier: MIT
// An inbox in a real PostgreSQL for the common tests: a database of its own for each, whose clock the test moves.
#pragma once

#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

#include <sello/inbox/postgres.hpp>

#include "support/inbox.hpp"

namespace support {

/// The address of the server that `postgres_server` has started for this program.
[[nodiscard]] inline std::string postgres_address() {
  const char* address = std::getenv("SELLO_POSTGRES");
  if (address == nullptr) throw std::runtime_error{"run this as: postgres_server <program>"};
  return address;
}

/// A plain connection beside those of the inbox.
class postgres_line {
 public:
  explicit postgres_line(const std::string& conninfo) : handle_{PQconnectdb(conninfo.c_str())} {
    if (PQstatus(handle_.get()) != CONNECTION_OK) throw std::runtime_error{PQerrorMessage(handle_.get())};
  }
  /// The first column of the first row; "" if there is none. Throws what the server says.
  std::string ask(const std::string& sql) const {
    PGresult* const given = PQexec(handle_.get(), sql.c_str());
    const std::unique_ptr<PGresult, void (*)(PGresult*)> held{given, &PQclear};
    if (PQresultStatus(given) != PGRES_COMMAND_OK && PQresultStatus(given) != PGRES_TUPLES_OK)
      throw std::runtime_error{PQerrorMessage(handle_.get())};
    return PQntuples(given) == 0 ? std::string{} : PQgetvalue(given, 0, 0);
  }
  [[nodiscard]] PGconn* get() const noexcept { return handle_.get(); }

 private:
  struct finish {
    void operator()(PGconn* handle) const noexcept { PQfinish(handle); }
  };
  std::unique_ptr<PGconn, finish> handle_;
};

/// A new database of that server.
[[nodiscard]] inline std::string new_database() {
  static std::atomic<int> count{0};
  const std::string name = "t" + std::to_string(++count);
  postgres_line{postgres_address()}.ask("CREATE DATABASE " + name);
  return postgres_address() + " dbname=" + name;  // the last one counts
}

class postgres_backend {
 public:
  using inbox = sello::postgres::inbox;
  using effects = sello::postgres::effects;

  postgres_backend() : database_{new_database()}, line_{std::make_unique<postgres_line>(database_)} {
    // The server's own clock stands behind this one in the search path.
    line_->ask(
        "CREATE SCHEMA fake; CREATE TABLE fake.time(at bigint); INSERT INTO fake.time VALUES (0); "
        "CREATE FUNCTION fake.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql AS "
        "$$ SELECT to_timestamp(0) + at * interval '1 microsecond' FROM fake.time $$");
    advance({});
  }

  /// The same inbox each time.
  [[nodiscard]] inbox open(const sello::inbox_options& with = {}) const { return inbox{inbox_at(), options(with)}; }
  void advance(std::chrono::microseconds by) {
    clock_.advance(by);
    line_->ask("UPDATE fake.time SET at = " + std::to_string(clock_.now().time_since_epoch().count()));
  }
  [[nodiscard]] sello::timestamp now() const { return clock_.now(); }

  /// The same effects each time, beside the inbox, with a table `effect(key TEXT)`.
  [[nodiscard]] effects open_effects() const {
    line_->ask("SET client_min_messages = error; CREATE TABLE IF NOT EXISTS fake.effect(key TEXT)");
    return effects{conninfo()};
  }
  /// For processes of their own.
  [[nodiscard]] std::string inbox_at() const { return conninfo(); }
  [[nodiscard]] sello::inbox_options options(const sello::inbox_options& with = {}) const {
    return clock_.options(with);
  }
  [[nodiscard]] std::string effects_at() const { return conninfo(); }
  [[nodiscard]] std::int64_t ask(const std::string& sql) const {
    return std::stoll(line_->ask("SET search_path = fake, pg_catalog; " + sql));
  }
  void change_effects(const std::string& sql) const { line_->ask("SET search_path = fake, pg_catalog; " + sql); }
  [[nodiscard]] std::int64_t ask_inbox(const std::string& sql) const {
    return std::stoll(line_->ask("SET search_path = sello, fake, pg_catalog; " + sql));
  }
  /// From now on nothing that is written into the marks stays.
  void drop_marks() const {
    change_effects(
        "CREATE FUNCTION drop_mark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; "
        "CREATE TRIGGER drop_mark BEFORE INSERT ON sello_mark FOR EACH ROW EXECUTE FUNCTION drop_mark()");
  }
  void lose_inbox() const { line_->ask("SET client_min_messages = error; DROP SCHEMA sello CASCADE"); }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }
  [[nodiscard]] std::string conninfo() const { return database_ + " options='-c search_path=fake,pg_catalog'"; }
  [[nodiscard]] const postgres_line& line() const noexcept { return *line_; }

 private:
  temporary_folder folder_{};
  manual_clock clock_{};
  std::string database_;
  std::unique_ptr<postgres_line> line_;
};

}  // namespace support
