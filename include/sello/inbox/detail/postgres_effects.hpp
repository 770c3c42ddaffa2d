// SPDX-License-Identifier: MIT
// Where handlers write in PostgreSQL, with the marks of what took effect beside their tables.
#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <sello/inbox/detail/own_process.hpp>
#include <sello/inbox/detail/postgres_database.hpp>
#include <sello/inbox/effects.hpp>

namespace sello::inline v0::postgres {

namespace detail {
class session;
}

/// The transaction in which a handler writes. It commits with the delivery's mark, after the handler succeeded; it is
/// neither committed, rolled back, copied nor kept by the handler, and lives for its call.
class transaction {
 public:
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction() = default;

  /// For code of one's own, or a library on top of libpq. Savepoints are welcome. A handler that ends the transaction fails,
  /// and what it committed itself stays committed. Never close it, and read all results. Its blocking calls are bounded by
  /// the server's statement_timeout, and by TCP where the other end is gone; a proxy that acknowledges and forwards nothing
  /// can hold them up for ever, unlike `execute`. Null once the connection was lost.
  [[nodiscard]] PGconn* handle() const noexcept { return line_->get(); }

  /// One statement with its parameters, `$1` and so on: integers, texts, or `std::nullopt`. How many rows it changed. Throws
  /// `bad_result`, whose sentence has nothing of the values.
  template <class... Values>
  std::int64_t execute(const std::string& sql, const Values&... values) const {
    return line_->run_once(sql, detail::parameters{values...}).changed();
  }

 private:
  friend class detail::session;
  explicit transaction(detail::connection& line) noexcept : line_{&line} {}
  detail::connection* line_;
};

namespace detail {

using sello::detail::mark;
using sello::detail::own_process;

/// One worker's connection to its effects: marks, savepoints, and the commit that holds both.
class session {
 public:
  using transaction = postgres::transaction;

  session(const std::string& conninfo, std::chrono::milliseconds patience) : line_{conninfo, patience} { ready(); }
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session() {
    if (!process_.is_here()) line_.abandon();  // forked: closing would end the parent's session
  }

  [[nodiscard]] result<bool> begin(const mark& what, timestamp now) noexcept {
    auto begun = guarded([&] {
      if (!open_) {
        ready();
        line_.run("BEGIN");
        open_ = true;
        kept_ = 0;
        id_.clear();
      }
      line_.run("SAVEPOINT sello_effect");
      const bool fresh =
          line_
              .run(
                  "INSERT INTO sello_mark(endpoint, provider, key, generation, occasion, arrived, marked) VALUES "
                  "($1::text, $2::text, $3::text, $4::bigint, $5::bigint, $6::bigint, $7::bigint) "
                  "ON CONFLICT (endpoint, provider, key, generation, occasion) DO NOTHING",
                  what.endpoint, what.provider, what.key, what.generation, what.occasion, count_of(what.arrived),
                  count_of(now))
              .changed() == 1;
      if (fresh && id_.empty()) id_ = transaction_id();
      if (fresh) lend();
      return fresh;
    });
    if (!begun) {
      rollback();
    } else if (!*begun) {
      undo();
    }
    return begun;
  }
  [[nodiscard]] transaction& current() noexcept { return transaction_; }

  [[nodiscard]] result<void> keep() noexcept {
    return guarded([&] {
      take_back();
      try {
        line_.run("RELEASE SAVEPOINT sello_effect");
      } catch (const fault& thrown) {  // there is no such savepoint, or the transaction failed and nobody said so
        if (line_.get() == nullptr) throw;
        throw bad_result{{errc::handler_failed, thrown.code() == "25P02" ? swallowed : ended}};
      }
      ++kept_;
    });
  }

  void undo() noexcept {
    const auto undone = guarded([&] {
      take_back();
      line_.run("ROLLBACK TO SAVEPOINT sello_effect");
      line_.run("RELEASE SAVEPOINT sello_effect");
    });
    if (!undone || kept_ == 0) rollback();
  }

  /// An outcome that nobody knows is `store_unavailable`; the next try meets the mark, or does not.
  [[nodiscard]] result<void> commit() noexcept {
    auto done = guarded([&] {
      take_back();
      if (!open_ || transaction_id() != id_) throw bad_result{{errc::handler_failed, ended}};
      try {
        line_.run("COMMIT");
      } catch (const fault& thrown) {
        if (!thrown.code().starts_with("23")) throw;
        throw bad_result{{errc::handler_failed, "a constraint that is checked at the commit is broken"}};
      }
      open_ = false;
    });
    if (!done) rollback();
    return done;
  }

  void rollback() noexcept {
    if (!std::exchange(open_, false)) return;
    const auto done = guarded([&] {
      take_back();
      if (line_.get() != nullptr) line_.run("ROLLBACK");
    });
    if (!done) line_.close();
  }

  [[nodiscard]] bool is_open() const noexcept { return open_ && line_.get() != nullptr; }

  [[nodiscard]] result<bool> marked(const mark& what) noexcept {
    return guarded([&] {
      if (!open_) ready();
      return line_
                 .run(
                     "SELECT 1 FROM sello_mark WHERE endpoint = $1::text AND provider = $2::text AND key = $3::text "
                     "AND "
                     "generation = $4::bigint AND occasion = $5::bigint",
                     what.endpoint, what.provider, what.key, what.generation, what.occasion)
                 .size() != 0;
    });
  }

  [[nodiscard]] result<std::size_t> prune(timestamp arrived_before, timestamp marked_before) noexcept {
    return guarded([&] {
      ready();
      std::size_t count = 0;
      for (;;) {
        const std::int64_t gone = line_
                                      .run(
                                          "DELETE FROM sello_mark WHERE ctid = ANY(ARRAY(SELECT ctid FROM sello_mark "
                                          "WHERE arrived < $1::bigint AND marked < $2::bigint LIMIT 1000)) AND "
                                          "arrived < $1::bigint AND marked < $2::bigint",
                                          count_of(arrived_before), count_of(marked_before))
                                      .changed();
        count += static_cast<std::size_t>(gone);
        if (gone < 1000) return count;
      }
    });
  }

  /// For who makes the table at the first opening.
  void make_table() {
    transaction_scope change{line_};
    line_.run("SELECT pg_advisory_xact_lock(7307199622214)");
    if (line_.run("SELECT 1 WHERE to_regclass('sello_mark') IS NOT NULL").size() == 0)
      line_.run(
          "CREATE TABLE sello_mark(endpoint text NOT NULL, provider text NOT NULL, key text NOT NULL, generation "
          "bigint "
          "NOT NULL, occasion bigint NOT NULL, arrived bigint NOT NULL, marked bigint NOT NULL, "
          "PRIMARY KEY (endpoint, provider, key, generation, occasion))");
    change.commit();
  }

 private:
  static constexpr const char* ended =
      "the handler ended the worker's transaction (COMMIT, ROLLBACK?); what it committed itself stays, without its "
      "mark";
  static constexpr const char* swallowed =
      "a statement of the handler failed and the handler went on; return the error, or use a savepoint";

  void ready() {
    if (!process_.is_here())
      fail("this process was forked after the effects were connected; make effects of its own in each process");
    if (!line_.is_open()) {
      open_ = false;
      connect(line_, true);
    }
  }

  /// And sees to it that its commit is synced, whatever a handler has set.
  [[nodiscard]] std::string transaction_id() {
    if (PQtransactionStatus(line_.get()) == PQTRANS_INERROR) throw bad_result{{errc::handler_failed, swallowed}};
    const rows found = line_.run(
        "SELECT pg_current_xact_id_if_assigned()::text, set_config('synchronous_commit', CASE "
        "current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)");
    return found.is_null(0, 0) ? std::string{} : found.text(0, 0);
  }

  /// A handler's calls block, as libpq's users expect; the server's statement_timeout bounds each of them.
  void lend() { PQsetnonblocking(line_.get(), 0); }
  void take_back() {
    if (line_.get() == nullptr) throw fault{"08003"};
    if (PQstatus(line_.get()) != CONNECTION_OK) {
      line_.close();
      throw fault{"08006"};
    }
    while (PGresult* left = PQgetResult(line_.get())) PQclear(left);
    PQsetnonblocking(line_.get(), 1);
    if (open_ && PQtransactionStatus(line_.get()) == PQTRANS_IDLE) throw bad_result{{errc::handler_failed, ended}};
  }

  own_process process_{};
  connection line_;
  bool open_ = false;
  std::size_t kept_ = 0;
  std::string id_{};
  transaction transaction_{line_};
};

}  // namespace detail

/// `sello::postgres::effects{"host=… dbname=…"}`: any database of yours, into which a table `sello_mark` comes. It may be the
/// inbox's own: there a busy handler holds up nobody. One connection a worker's thread.
class effects {
 public:
  using transaction = postgres::transaction;
  using session = detail::session;

  effects(const effects&) = default;  // and no move, as in SQLite
  effects& operator=(const effects&) = default;
  ~effects() = default;

  /// Throws `bad_result`. `patience` bounds each statement, the handlers' too.
  explicit effects(const std::string& conninfo, std::chrono::milliseconds patience = std::chrono::seconds{30})
      : effects{create(conninfo, patience).value()} {}
  [[nodiscard]] static result<effects> create(const std::string& conninfo,
                                              std::chrono::milliseconds patience = std::chrono::seconds{30}) {
    return detail::guarded([&]() -> result<effects> {
      detail::session{conninfo, patience}.make_table();
      return effects{std::make_shared<const std::string>(conninfo), patience};
    });
  }

  [[nodiscard]] result<std::unique_ptr<session>> connect() const noexcept {
    return detail::guarded([&] { return std::make_unique<session>(*conninfo_, patience_); });
  }
  [[nodiscard]] bool is_at(const std::string&) const noexcept { return false; }

 private:
  effects(std::shared_ptr<const std::string> conninfo, std::chrono::milliseconds patience)
      : conninfo_{std::move(conninfo)}, patience_{patience} {}
  std::shared_ptr<const std::string> conninfo_;
  std::chrono::milliseconds patience_;
};

static_assert(sello::detail::effects<effects>);

}  // namespace sello::inline v0::postgres
