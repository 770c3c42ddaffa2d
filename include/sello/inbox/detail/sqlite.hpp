// SPDX-License-Identifier: MIT
// Ownership of SQLite's connections and statements, and its codes as sentences.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>

#include <sello/base/result.hpp>
#include <sello/inbox/detail/guarded.hpp>

namespace sello::inline v0::sqlite::detail {

using sello::detail::guarded;

/// What a code means for the person who has to mend it. SQLite's own message is not used: it can quote values.
[[nodiscard]] inline std::string_view advice(int code) noexcept {
  switch (code & 0xff) {
    case SQLITE_BUSY: return "another program holds the file's write lock; find it, and let it commit sooner";
    case SQLITE_FULL: return "the disk is full; make room, the sender tries again";
    case SQLITE_READONLY: return "the file or its folder may not be written; mend its owner or its mode";
    case SQLITE_CANTOPEN: return "the file cannot be opened; does its folder exist, and may this user write there?";
    case SQLITE_CORRUPT: return "the file is damaged; keep a copy of it and of its -wal, and restore a backup";
    case SQLITE_NOTADB: return "the file is no SQLite database; give another path";
    case SQLITE_IOERR: return "the disk failed; look at the kernel's log, and do not trust this disk";
    case SQLITE_PERM: return "the file may not be read or written; mend its mode";
    case SQLITE_TOOBIG: return "a text or a body is over SQLite's limit; lower the body limit";
    case SQLITE_CONSTRAINT: return "a constraint refuses the row; is there one of yours on the table?";
    case SQLITE_NOMEM: return "there is no memory";
    case SQLITE_PROTOCOL: return "the locks of the WAL do not answer; is the file on a network file system?";
    default: return "SQLite refused";
  }
}

[[nodiscard]] inline error failure(int code) {
  std::string text{advice(code)};
  text.append(" [SQLite ").append(std::to_string(code)).append(": ").append(sqlite3_errstr(code)).append("]");
  return {errc::store_unavailable, std::move(text)};
}

/// A code of SQLite, thrown.
class fault : public bad_result {
 public:
  explicit fault(int code) : bad_result{failure(code)}, code_{code} {}
  /// After it, what was written may not be on the disk.
  [[nodiscard]] bool is_of_disk() const noexcept { return (code_ & 0xff) == SQLITE_IOERR; }
  [[nodiscard]] bool is_constraint() const noexcept { return (code_ & 0xff) == SQLITE_CONSTRAINT; }
  [[nodiscard]] bool is_busy() const noexcept { return (code_ & 0xff) == SQLITE_BUSY; }

 private:
  int code_;
};

[[noreturn]] inline void fail(std::string sentence) {
  throw bad_result{{errc::store_unavailable, std::move(sentence)}};
}

/// Bytes, as opposed to text.
struct blob {
  std::string_view bytes;
};

class statement {
 public:
  statement(sqlite3* owner, std::string_view sql) : owner_{owner} {
    sqlite3_stmt* made = nullptr;
    const char* behind = nullptr;
    const int code =
        sqlite3_prepare_v3(owner, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &made, &behind);
    handle_.reset(made);
    if (code != SQLITE_OK) throw fault{sqlite3_extended_errcode(owner)};
    if (sql.substr(static_cast<std::size_t>(behind - sql.data())).find_first_not_of(" \t\r\n;") != sql.npos)
      throw bad_result{
          {errc::handler_failed, "behind a statement stands more, which would not run: execute each alone"}};
  }

  statement(const statement&) = delete;
  statement(statement&&) noexcept = default;
  statement& operator=(const statement&) = delete;
  statement& operator=(statement&&) noexcept = default;
  ~statement() = default;

  /// Binds all parameters, in order. Texts and blobs are borrowed until the next call.
  template <class... Values>
  statement& operator()(const Values&... values) {
    sqlite3_reset(handle_.get());
    [[maybe_unused]] int position = 0;
    (bind(++position, values), ...);
    return *this;
  }

  /// SQLite takes one that is not given for NULL.
  void require_parameters(std::size_t given) const {
    const auto wanted = static_cast<std::size_t>(sqlite3_bind_parameter_count(handle_.get()));
    if (given != wanted)
      throw bad_result{{errc::handler_failed, "the statement has " + std::to_string(wanted) + " parameters, and " +
                                                  std::to_string(given) + " values were given"}};
  }

  /// One parameter, from 1 on; after a call without any.
  template <std::integral Value>
  void bind(int position, Value value) {
    if (!in_range(value))
      throw bad_result{{errc::handler_failed, "an integer over 2^63-1 does not fit into SQLite; give it as a text"}};
    check(sqlite3_bind_int64(handle_.get(), position, static_cast<sqlite3_int64>(value)));
  }
  void bind(int position, std::string_view text) {
    const char* data = text.data() == nullptr ? "" : text.data();
    check(sqlite3_bind_text64(handle_.get(), position, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  }
  void bind(int position, blob value) {
    const char* data = value.bytes.data() == nullptr ? "" : value.bytes.data();
    check(sqlite3_bind_blob64(handle_.get(), position, data, value.bytes.size(), SQLITE_STATIC));
  }
  void bind(int position, std::nullopt_t) { check(sqlite3_bind_null(handle_.get(), position)); }
  template <class Value>
  void bind(int position, const std::optional<Value>& value) {
    if (value) {
      bind(position, *value);
    } else {
      bind(position, std::nullopt);
    }
  }

  /// True: there is a row.
  bool step() {
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    sqlite3_reset(handle_.get());
    if (code != SQLITE_DONE) throw fault{sqlite3_extended_errcode(owner_)};
    return false;
  }

  /// To its end; how many rows it changed.
  int run() {
    while (step()) {
    }
    return sqlite3_changes(owner_);
  }

  void reset() noexcept { sqlite3_reset(handle_.get()); }

  [[nodiscard]] std::int64_t integer(int column) const noexcept { return sqlite3_column_int64(handle_.get(), column); }
  [[nodiscard]] bool is_null(int column) const noexcept {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
  }
  /// Valid until the next step.
  [[nodiscard]] std::string_view bytes(int column) const noexcept {
    const void* data = sqlite3_column_blob(handle_.get(), column);
    const int size = sqlite3_column_bytes(handle_.get(), column);
    return data == nullptr ? std::string_view{}
                           : std::string_view{static_cast<const char*>(data), static_cast<std::size_t>(size)};
  }
  [[nodiscard]] std::string text(int column) const { return std::string{bytes(column)}; }

 private:
  template <class Value>
  [[nodiscard]] static constexpr bool in_range(Value value) noexcept {
    if constexpr (std::is_signed_v<Value> || sizeof(Value) < sizeof(sqlite3_int64)) {
      return true;
    } else {
      return value <= static_cast<Value>((std::numeric_limits<sqlite3_int64>::max)());
    }
  }
  void check(int code) const {
    if (code != SQLITE_OK) throw fault{code};
  }
  struct finalize {
    void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
  };
  sqlite3* owner_;
  std::unique_ptr<sqlite3_stmt, finalize> handle_{};
};

/// For one thread at a time.
class connection {
 public:
  /// Throws `bad_result`. Waits `patience` for a lock that another connection holds.
  connection(const std::string& path, std::chrono::milliseconds patience, int flags = 0) : patience_{patience} {
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
