// SPDX-License-Identifier: MIT
// What a handler gets to write with in PostgreSQL, and one worker's connection around it: marks, savepoints, the commit.
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
  /// the server's statement_timeout (between two of them by four times the patience, which end the transaction), and by TCP where the other end is gone; a proxy that acknowledges and forwards nothing
  /// can hold them up for ever, unlike `execute`. Null once the connection was lost.
  [[nodiscard]] PGconn* handle() const noexcept { return line_->get(); }

  /// One statement with its parameters, `$1` and so on: integers, texts, or `std::nullopt`. How many rows it changed. Throws
  /// `bad_result`, whose sentence has nothing of the values.
  template <class... Values>
  std::int64_t execute(const std::string& sql, const Values&... values) const {
    try {
      const detail::parameters with{values...};
      with.refuse_nul();
      return line_->run_once(sql, with).changed();
    } catch (const detail::fault& thrown) {
      const std::string_view code = thrown.code();
      if (code == "42501" || (!code.starts_with("42") && code != "08P01")) throw;
      throw bad_result{
          {errc::handler_failed,
           "PostgreSQL cannot read the statement: a name, its syntax ($1, not ?), or the number of its values is "
           "wrong [SQLSTATE " +
               std::string{code} + "]"}};
    }
  }

 private:
  friend class detail::session;
  explicit transaction(detail::connection& line) noexcept : line_{&line} {}
  detail::connection* line_;
};

namespace detail {

using sello::detail::mark;
using sello::detail::own_process;

inline constexpr std::string_view mark_sql =
    "INSERT INTO sello_mark(endpoint, provider, key, generation, occasion, arrived, marked) VALUES ($1::text, "
    "$2::text, "
    "$3::text, $4::bigint, $5::bigint, $6::bigint, $7::bigint) "
    "ON CONFLICT (endpoint, provider, key, generation, occasion) DO NOTHING";

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
        // What a handler has set for the session would be the next one's: where the marks are, and who writes them.
        line_.script("BEGIN READ WRITE; RESET search_path; RESET ROLE; RESET client_encoding; " + bounds(line_));
        open_ = true;
        ended_ = false;
        kept_ = 0;
        id_.clear();
      }
      line_.run("SAVEPOINT sello_effect");
      const bool fresh = line_
                             .run(mark_sql, what.endpoint, what.provider, what.key, what.generation, what.occasion,
                                  count_of(what.arrived), count_of(now))
                             .changed() == 1;
      if (fresh && id_.empty()) id_ = transaction_id();
      if (fresh) lend();
      return fresh;
    });
    if (!begun) {
      rollback();
      line_.close();  // so that the next try has a session without a past
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
        if (thrown.code() == "25P02") throw bad_result{{errc::handler_failed, swallowed}};
        end_by_handler();
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
      if (!open_ || transaction_id() != id_) end_by_handler();
      try {
        line_.run("COMMIT");
      } catch (const fault& thrown) {
        if (is_of_database(thrown.code())) throw;
        throw bad_result{
            {errc::handler_failed, "a constraint or a trigger refused the commit [SQLSTATE " + thrown.code() + "]"}};
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

  /// By the handler. What it committed so stays, and its mark with it: another try would pass for done.
  [[nodiscard]] bool was_ended() const noexcept { return ended_; }
  [[nodiscard]] bool is_open() const noexcept { return open_ && line_.get() != nullptr; }

  [[nodiscard]] result<bool> marked(const mark& what) noexcept {
    return guarded([&] {
      if (!open_) ready_anew();
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
      ready_anew();
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
    try {
      line_.script("PREPARE sello_look AS " + std::string{mark_sql} +
                   "; EXPLAIN EXECUTE sello_look('', '', '', 0, 0, 0, 0); DEALLOCATE sello_look");
    } catch (const fault& thrown) {
      if (thrown.code() == "42501" || !thrown.code().starts_with("42")) throw;
      fail("the database has a `sello_mark` that is not the table of this version's marks; rename it");
    }
    change.commit();
  }

 private:
  static constexpr const char* swallowed =
      "a statement of the handler failed and the handler went on; return the error, or use a savepoint";

  [[noreturn]] void end_by_handler() {
    ended_ = true;
    throw bad_result{
        {errc::handler_failed,
         "the handler ended the worker's transaction (COMMIT, ROLLBACK?); what it committed itself stays"}};
  }

  /// Outside of a transaction, whose beginning does the same.
  void ready_anew() {
    ready();
    line_.script("RESET search_path; RESET ROLE");
  }
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

  /// Whether another try may go well though the handler does the same: the connection, conflicts, resources, operators, disks.
  [[nodiscard]] static bool is_of_database(std::string_view code) noexcept {
    for (const std::string_view one : {"08", "40", "53", "57", "58", "XX"})
      if (code.starts_with(one)) return true;
    return false;
  }

  /// A handler's calls block, as libpq's users expect; the server's statement_timeout bounds each of them.
  void lend() { PQsetnonblocking(line_.get(), 0); }
  void take_back() {
    if (line_.get() == nullptr) throw fault{"08003"};
    if (PQstatus(line_.get()) != CONNECTION_OK) {
      line_.close();
      throw fault{"08006"};
    }
    bool unfinished = PQpipelineStatus(line_.get()) != PQ_PIPELINE_OFF;
    while (!unfinished) {
      PGresult* const left = PQgetResult(line_.get());
      if (left == nullptr) break;
      const ExecStatusType what = PQresultStatus(left);
      unfinished = what == PGRES_COPY_IN || what == PGRES_COPY_OUT || what == PGRES_COPY_BOTH;
      PQclear(left);
    }
    if (unfinished) {
      line_.close();
      throw bad_result{
          {errc::handler_failed, "the handler left a COPY or a pipeline open; end it, also when it fails"}};
    }
    PQsetnonblocking(line_.get(), 1);
    if (open_ && PQtransactionStatus(line_.get()) == PQTRANS_IDLE) end_by_handler();
  }

  own_process process_{};
  connection line_;
  bool open_ = false;
  bool ended_ = false;
  std::size_t kept_ = 0;
  std::string id_{};
  transaction transaction_{line_};
};

}  // namespace detail

}  // namespace sello::inline v0::postgres
