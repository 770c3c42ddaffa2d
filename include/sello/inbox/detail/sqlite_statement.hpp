// SPDX-License-Identifier: MIT
// Ownership of SQLite's statements, and its codes as sentences.
#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <sello/base/result.hpp>
#include <sello/inbox/detail/guarded.hpp>

namespace sello::inline v0::sqlite::detail {

using sello::detail::guarded;

/// What a code means for the person who has to mend it. SQLite's own message is not used: it can quote values.
[[nodiscard]] inline std::string_view advice(int code) noexcept {
  if (code == SQLITE_CONSTRAINT_COMMITHOOK)
    return "something ended the worker's transaction before (INSERT OR ROLLBACK?), so nothing more is written";
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
  [[nodiscard]] bool is_denied() const noexcept { return (code_ & 0xff) == SQLITE_AUTH; }
  [[nodiscard]] bool is_of_statement() const noexcept { return (code_ & 0xff) == SQLITE_ERROR; }
  /// What is written is at fault, and no other try of it goes better.
  [[nodiscard]] bool is_of_writer() const noexcept {
    const int code = code_ & 0xff;
    return is_constraint() || is_of_statement() || code == SQLITE_MISMATCH || code == SQLITE_TOOBIG;
  }
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
    if (made == nullptr) throw bad_result{{errc::handler_failed, "the statement is empty"}};
    if (!is_empty(owner, sql.substr(static_cast<std::size_t>(behind - sql.data()))))
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
  void bind(int position, const char* text) {
    if (text == nullptr) {
      bind(position, std::nullopt);
    } else {
      bind(position, std::string_view{text});
    }
  }
  void bind(int position, std::nullptr_t) { bind(position, std::nullopt); }
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
    const int before = sqlite3_total_changes(owner_);
    while (step()) {
    }
    return sqlite3_total_changes(owner_) == before ? 0 : sqlite3_changes(owner_);
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
  /// Blanks and comments.
  [[nodiscard]] static bool is_empty(sqlite3* owner, std::string_view sql) noexcept {
    if (sql.find_first_not_of(" \t\r\n;") == sql.npos) return true;
    sqlite3_stmt* made = nullptr;
    const int code = sqlite3_prepare_v3(owner, sql.data(), static_cast<int>(sql.size()), 0, &made, nullptr);
    sqlite3_finalize(made);
    return code == SQLITE_OK && made == nullptr;
  }
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

}  // namespace sello::inline v0::sqlite::detail
