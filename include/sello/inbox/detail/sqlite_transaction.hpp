// SPDX-License-Identifier: MIT
// What a handler gets to write with in SQLite, and the fence around it: only the worker ends its transaction.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <sello/inbox/detail/sqlite.hpp>

namespace sello::inline v0::sqlite {

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

  /// For code of one's own, or a library on top of SQLite. BEGIN, COMMIT, ROLLBACK, ATTACH, DETACH, pragmas that set
  /// something (but `defer_foreign_keys` and `user_version`) and changes of `sello_mark` are refused on it with SQLITE_AUTH;
  /// savepoints are not. Never close it.
  [[nodiscard]] sqlite3* handle() const noexcept { return handle_; }

  /// One statement with its parameters, all of them: integers, texts, or `std::nullopt`. How many rows it changed. Throws
  /// `bad_result`, whose sentence has nothing of the values.
  template <class... Values>
  int execute(std::string_view sql, const Values&... values) const {
    detail::statement one = prepare(sql);
    one.require_parameters(sizeof...(values));
    try {
      return one(values...).run();
    } catch (const detail::fault& thrown) {
      if (!thrown.is_of_writer()) throw;
      throw bad_result{{errc::handler_failed, thrown.error().where}};
    }
  }

 private:
  friend class detail::session;
  explicit transaction(sqlite3* handle) noexcept : handle_{handle} {}

  /// What is wrong with a statement is its author's. SQLite's words name a table, but can quote a value that was written into
  /// the statement.
  [[nodiscard]] detail::statement prepare(std::string_view sql) const {
    try {
      return {handle_, sql};
    } catch (const detail::fault& thrown) {
      if (thrown.is_denied())
        throw bad_result{
            {errc::handler_failed,
             "a handler may not begin, commit, attach, set pragmas, or change sello_mark: the worker commits"}};
      if (!thrown.is_of_statement()) throw;
      const std::string_view words = sqlite3_errmsg(handle_);
      throw bad_result{{errc::handler_failed, words.starts_with("no such table: ")
                                                  ? std::string{words} + "; make it before the worker starts"
                                                  : "SQLite cannot read the statement: a name or its syntax is wrong"}};
    }
  }
  sqlite3* handle_;
};

namespace detail {

/// Refuses, on one connection, what only the worker may do, except while it is the worker that does it. The authorizer is
/// asked when a statement is prepared, and does not see the ROLLBACK in `INSERT OR ROLLBACK`: so the commit hook refuses
/// whatever would commit after it.
class fence {
 public:
  /// Neither copied nor moved: the connection knows its address.
  explicit fence(sqlite3* around) : around_{around} {
    sqlite3_commit_hook(around, &may_commit, this);
    sqlite3_set_authorizer(around, &may_prepare, this);
  }
  fence(const fence&) = delete;
  fence& operator=(const fence&) = delete;
  ~fence() = default;

  /// While the worker's own statements are prepared and run.
  class opening {
   public:
    explicit opening(fence& owner) noexcept : owner_{&owner}, before_{std::exchange(owner.open_, true)} {}
    opening(const opening&) = delete;
    opening& operator=(const opening&) = delete;
    ~opening() { owner_->open_ = before_; }

   private:
    fence* owner_;
    bool before_;
  };

  /// False: somebody put another commit hook in its place; it is back now.
  [[nodiscard]] bool stands() noexcept { return sqlite3_commit_hook(around_, &may_commit, this) == this; }

 private:
  static int may_commit(void* self) { return static_cast<fence*>(self)->open_ ? 0 : 1; }

  static int may_prepare(void* self, int action, const char* first, const char* second, const char*, const char*) {
    if (static_cast<fence*>(self)->open_) return SQLITE_OK;
    const auto is = [](const char* text, const char* name) {
      return text != nullptr && sqlite3_stricmp(text, name) == 0;
    };
    const auto unless = [](bool denied) { return denied ? SQLITE_DENY : SQLITE_OK; };
    switch (action) {
      case SQLITE_TRANSACTION:
      case SQLITE_ATTACH:
      case SQLITE_DETACH: return SQLITE_DENY;
      case SQLITE_SAVEPOINT: return unless(second != nullptr && sqlite3_strnicmp(second, "sello_", 6) == 0);
      case SQLITE_INSERT:
      case SQLITE_UPDATE:
      case SQLITE_DELETE:
      case SQLITE_DROP_TABLE: return unless(is(first, "sello_mark"));
      case SQLITE_ALTER_TABLE:
      case SQLITE_CREATE_INDEX:
      case SQLITE_CREATE_TEMP_INDEX:
      case SQLITE_CREATE_TRIGGER:
      case SQLITE_CREATE_TEMP_TRIGGER: return unless(is(second, "sello_mark"));
      case SQLITE_PRAGMA: return unless(second == nullptr ? is(first, "wal_checkpoint") : !may_set(first));
      default: return SQLITE_OK;
    }
  }

  /// A pragma with an argument: a question about a table, or a setting that ends with the transaction or is in it.
  static bool may_set(const char* pragma) {
    constexpr std::array harmless{"table_info",      "table_xinfo", "table_list",         "index_list",
                                  "index_info",      "index_xinfo", "foreign_key_list",   "foreign_key_check",
                                  "integrity_check", "quick_check", "defer_foreign_keys", "user_version"};
    return std::any_of(harmless.begin(), harmless.end(),
                       [&](const char* name) { return sqlite3_stricmp(pragma, name) == 0; });
  }

  sqlite3* around_;
  bool open_ = false;
};

}  // namespace detail
}  // namespace sello::inline v0::sqlite
