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
#include <sello/inbox/detail/postgres_marks.hpp>
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
      if (code == "53100") is_full_ = true;
      for (const std::string_view of_server : {"25", "26", "40", "42501", "53", "55", "57", "58", "XX"})
        if (code.starts_with(of_server)) throw;
      if (code.starts_with("08") && code != "08P01") throw;
      if (code.starts_with("22") || code.starts_with("23") || code.starts_with("P0"))
        throw bad_result{
            {errc::handler_failed,
             "a value does not fit, or a constraint or a trigger refused it [SQLSTATE " + std::string{code} + "]"}};
      if (!code.starts_with("42") && code != "08P01")
        throw bad_result{
            {errc::handler_failed, "PostgreSQL refused the statement [SQLSTATE " + std::string{code} + "]"}};
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
  mutable bool is_full_ = false;  ///< `execute` met a full disk
};

namespace detail {

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
        // What a handler has set for the session would be the next one's: where the marks are, and who writes them.
        line_.script("BEGIN READ WRITE; RESET search_path; RESET ROLE; RESET client_encoding; " + bounds(line_));
        open_ = true;
        ended_ = false;
        kept_ = 0;
        id_.clear();
      }
      line_.run("SAVEPOINT sello_effect");
      const bool fresh = insert_mark(line_, what, now);
      if (fresh && id_.empty()) id_ = transaction_id();
      transaction_.is_full_ = false;
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
        if (thrown.code() == "26000") {
          line_.close();  // the others are gone as well
          throw bad_result{{errc::handler_failed, deallocated}};
        }
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
        const std::string& code = thrown.code();
        if (line_.get() == nullptr || is_of_database(code)) throw;
        const bool is_refused = !code.starts_with("40") && code != "57014";
        throw bad_result{
            {errc::handler_failed, is_refused ? "a constraint or a trigger refused the commit [SQLSTATE " + code + "]"
                                              : "the commit failed: " + thrown.error().where}};
      }
      open_ = false;
      line_.require_standbys();
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
  [[nodiscard]] bool met_full_disk() const noexcept { return transaction_.is_full_; }
  [[nodiscard]] bool is_open() const noexcept { return open_ && line_.get() != nullptr; }

  [[nodiscard]] result<bool> marked(const mark& what) noexcept {
    return guarded([&] {
      if (!open_) ready_anew();
      return has_mark(line_, what);
    });
  }

  /// Who wrote the mark may have died while it waited for them: a commit of ours waits for all that is before it.
  [[nodiscard]] result<void> reach_standbys() noexcept {
    return guarded([&] {
      ready_anew();
      if (line_.run("SELECT current_setting('synchronous_standby_names') <> ''").text(0, 0) != "t") return;
      static_cast<void>(line_.pipeline("SELECT pg_logical_emit_message(true, 'sello', '')", {parameters{}}));
    });
  }

  [[nodiscard]] result<std::size_t> prune(std::string_view endpoint, timestamp before,
                                          timestamp marked_before) noexcept {
    return guarded([&] {
      ready_anew();
      return prune_marks(line_, endpoint, count_of(before), count_of(marked_before));
    });
  }
  /// For who makes the table at the first opening.
  void make_table() { make_marks(line_); }

 private:
  static constexpr const char* swallowed =
      "a statement of the handler failed and the handler went on; return the error, or use a savepoint";
  static constexpr const char* deallocated =
      "the worker's prepared statements are gone: the handler said DEALLOCATE ALL, or a pooler lends the connection";

  [[noreturn]] void end_by_handler() {
    ended_ = true;
    throw bad_result{
        {errc::handler_failed,
         "the handler ended the worker's transaction (COMMIT, ROLLBACK?); what it committed itself stays"}};
  }

  /// Outside of a transaction, whose beginning does the same.
  void ready_anew() {
    ready();
    line_.script("RESET search_path; RESET ROLE; " + bounds(line_));
  }
  void ready() {
    if (!process_.is_here())
      fail("this process was forked after the effects were connected; make effects of its own in each process");
    if (!line_.is_open()) {
      open_ = false;
      try {
        connect(line_, true);
      } catch (...) {
        line_.close();
        throw;
      }
    }
  }

  /// And sees to it that its commit is synced, whatever a handler has set.
  [[nodiscard]] std::string transaction_id() {
    if (PQtransactionStatus(line_.get()) == PQTRANS_INERROR) throw bad_result{{errc::handler_failed, swallowed}};
    const rows found = line_.run(
        "SELECT pg_current_xact_id_if_assigned()::text, set_config('synchronous_commit', CASE "
        "current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true), "
        "set_config('client_min_messages', 'warning', true)");
    return found.is_null(0, 0) ? std::string{} : found.text(0, 0);
  }

  /// Whether all would fail now: resources, operators, disks. A conflict or a slow trigger is of this delivery alone, and
  /// what fails so each time is to be parked in the end.
  [[nodiscard]] static bool is_of_database(std::string_view code) noexcept {
    for (const std::string_view one : {"08", "53", "57P", "58", "XX"})
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
