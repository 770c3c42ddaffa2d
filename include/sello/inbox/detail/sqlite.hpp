// SPDX-License-Identifier: MIT
// Ownership of SQLite's connections: how they wait, checkpoint and commit.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <sello/inbox/detail/sqlite_statement.hpp>
#include <sello/inbox/options.hpp>

namespace sello::inline v0::sqlite::detail {

/// For one thread at a time.
class connection {
 public:
  /// Throws `bad_result`. Waits `patience` for a lock that another connection holds.
  connection(const std::string& path, std::chrono::milliseconds patience, int flags = 0)
      : patience_{sello::detail::bounded(patience)} {
    if (sqlite3_threadsafe() == 0) fail("this SQLite was built for one thread; link another libsqlite3");
    if (sqlite3_libversion_number() < 3'035'000) fail("this SQLite is older than 3.35; link a newer libsqlite3");
    sqlite3* made = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &made,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | flags, nullptr);
    handle_.reset(made);
    if (code != SQLITE_OK) throw fault{made == nullptr ? code : sqlite3_extended_errcode(made)};
    if (sqlite3_db_readonly(made, "main") == 1) throw fault{SQLITE_READONLY};  // opened all the same, to be read
    sqlite3_extended_result_codes(made, 1);
    wait_for_locks(true);
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() = default;

  [[nodiscard]] sqlite3* get() const noexcept { return handle_.get(); }
  [[nodiscard]] statement prepare(std::string_view sql) const { return statement{get(), sql}; }
  int execute(std::string_view sql) const { return prepare(sql).run(); }
  void execute_all(const char* script) const {
    if (sqlite3_exec(get(), script, nullptr, nullptr, nullptr) != SQLITE_OK)
      throw fault{sqlite3_extended_errcode(get())};
  }
  /// The first column of the first row; "" if there is none.
  [[nodiscard]] std::string ask(std::string_view sql) const {
    statement question = prepare(sql);
    return question.step() ? question.text(0) : std::string{};
  }
  [[nodiscard]] std::int64_t ask_integer(std::string_view sql) const {
    statement question = prepare(sql);
    return question.step() ? question.integer(0) : 0;
  }
  /// Whether it waits for `patience`, or is refused at once.
  void wait_for_locks(bool yes) const noexcept {
    sqlite3_busy_handler(get(), yes ? &wait : nullptr, const_cast<connection*>(this));
  }
  /// For what SQLite does not wait for by itself; as long as `patience`.
  template <class Work>
  void retry_while_busy(const Work& work) const {
    const auto until = std::chrono::steady_clock::now() + patience_;
    for (;;) {
      try {
        return work();
      } catch (const fault& thrown) {
        const auto now = std::chrono::steady_clock::now();
        if (!thrown.is_busy() || now >= until) throw;
        std::this_thread::sleep_for(std::chrono::microseconds{500 + now.time_since_epoch().count() % 1500});
      }
    }
  }
  /// FULL or RESTART, whole or a fault. Both take the write lock first; where it is not to be had SQLite would go on as
  /// PASSIVE, which may not run beside a commit: so it is interrupted there, and has copied nothing.
  void checkpoint(int mode) const {
    int in_log = 0;
    int copied = 0;
    checkpointing_ = true;
    const int code = sqlite3_wal_checkpoint_v2(get(), nullptr, mode, &in_log, &copied);
    checkpointing_ = false;
    if (code != SQLITE_OK)
      throw fault{(code & 0xff) == SQLITE_INTERRUPT ? SQLITE_BUSY : sqlite3_extended_errcode(get())};
    if (in_log < 0 || in_log != copied)  // below 0: there is no log
      fail("the log could not be written back whole; a reader or a writer holds it, try again");
  }

  [[nodiscard]] bool in_transaction() const noexcept { return sqlite3_get_autocommit(get()) == 0; }

  /// Prepared once.
  void begin() const { run(begin_, "BEGIN IMMEDIATE"); }
  void commit() const { run(commit_, "COMMIT"); }

  /// In a process that forked: neither used nor closed, for closing would take the parent's locks and its log.
  void abandon() noexcept { static_cast<void>(handle_.release()); }

 private:
  void run(std::optional<statement>& prepared, std::string_view sql) const {
    if (!prepared) prepared.emplace(prepare(sql));
    prepared->run();
  }

  /// Short, even naps: SQLite's own grow to 100 ms, and let whoever waits longest starve.
  static int wait(void* self, int tries) {
    const auto& own = *static_cast<connection*>(self);
    if (std::chrono::milliseconds{tries} >= own.patience_) {
      if (own.checkpointing_) sqlite3_interrupt(own.get());
      return 0;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return 1;
  }

  struct close {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
  };
  std::chrono::milliseconds patience_;
  mutable bool checkpointing_ = false;
  std::unique_ptr<sqlite3, close> handle_{};
  mutable std::optional<statement> begin_{};
  mutable std::optional<statement> commit_{};
};

/// A write transaction from its first statement on (a read that becomes a write is refused at once, whatever the
/// patience); rolled back unless committed.
class immediate {
 public:
  explicit immediate(const connection& owner) : owner_{&owner} { owner.begin(); }
  immediate(const immediate&) = delete;
  immediate& operator=(const immediate&) = delete;
  ~immediate() {
    if (!owner_->in_transaction()) return;
    try {
      owner_->execute("ROLLBACK");
    } catch (...) {  // NOLINT(bugprone-empty-catch): the next BEGIN says it again
    }
  }
  void commit() const { owner_->commit(); }

 private:
  const connection* owner_;
};

}  // namespace sello::inline v0::sqlite::detail
