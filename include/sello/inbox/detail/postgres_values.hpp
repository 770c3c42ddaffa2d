// SPDX-License-Identifier: MIT
// What goes to PostgreSQL and what comes back: parameters, rows, and codes as sentences.
#pragma once

#include <libpq-fe.h>

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/inbox/detail/guarded.hpp>

namespace sello::inline v0::postgres::detail {

using sello::detail::guarded;
using clock = std::chrono::steady_clock;

/// What a code of PostgreSQL's means for the person who has to mend it. The server's own message is not used: it can quote
/// values. https://www.postgresql.org/docs/15/errcodes-appendix.html
[[nodiscard]] inline std::string_view advice(std::string_view code) noexcept {
  if (code == "53100") return "the disk of PostgreSQL is full; make room, the sender tries again";
  if (code == "53300") return "PostgreSQL has no connection left; raise max_connections or use fewer programs";
  if (code == "42501") return "this user may not do that; grant it, or connect as the owner of the tables";
  if (code == "25006")
    return "the server is read-only, a standby or by default_transaction_read_only; connect to one that is not";
  if (code == "55P03") return "a lock was not to be had in time; find who holds it";
  if (code == "57014")
    return "PostgreSQL cancelled a statement that took too long, or somebody did; see what it waited for";
  if (code == "40P01" || code == "40001") return "PostgreSQL took this transaction back for the sake of another";
  if (code == "25P03")
    return "a handler left its transaction idle for more than four times the patience; do slow work outside of it";
  if (code == "26000" || code == "42P05")
    return "a prepared statement is not where it was made; is there a pooler in between that lends a connection for a "
           "transaction only? Connect to PostgreSQL itself, or for a session";
  if (code == "08P01") return "the number of values is not that of the statement's parameters";
  if (code == "25P02" || code == "25P01") return "the transaction was ended by something else";
  if (code == "23505")
    return "a number that the inbox gave a row is taken; after a restore set the sequences of its tables (setval)";
  if (code == "42P01") return "a table is missing; was it dropped while this program runs?";
  if (code.starts_with("57P") || code.starts_with("08"))
    return "PostgreSQL went away; it is connected to again by itself";
  if (code.starts_with("53")) return "PostgreSQL lacks memory or disk; look at its log";
  if (code.starts_with("58") || code.starts_with("XX")) return "PostgreSQL failed inside; look at its log and its disk";
  return "PostgreSQL refused";
}

/// A code of PostgreSQL's, thrown. After one of these on a connection that is lost, nobody knows whether a commit happened.
class fault : public bad_result {
 public:
  explicit fault(std::string code)
      : bad_result{{errc::store_unavailable, std::string{advice(code)} + " [SQLSTATE " + code + "]"}},
        code_{std::move(code)} {}
  [[nodiscard]] const std::string& code() const noexcept { return code_; }

 private:
  std::string code_;
};

[[noreturn]] inline void fail(std::string sentence) {
  throw bad_result{{errc::store_unavailable, std::move(sentence)}};
}

/// Bytes, as opposed to text.
struct blob {
  std::string_view bytes;
};

/// The parameters of one statement; texts and blobs are borrowed.
class parameters {
 public:
  template <class... Values>
  explicit parameters(const Values&... values) {
    texts_.reserve(sizeof...(values));
    (add(values), ...);
  }
  /// A handler's: libpq would cut the text there.
  void refuse_nul() const {
    for (const std::string& text : texts_)
      if (text.find('\0') != text.npos)
        throw bad_result{
            {errc::handler_failed, "a text has a NUL, which PostgreSQL cannot keep; store it as bytes, or refuse it"}};
  }
  [[nodiscard]] int count() const noexcept { return static_cast<int>(values_.size()); }
  [[nodiscard]] const char* const* values() const noexcept { return values_.data(); }
  [[nodiscard]] const int* lengths() const noexcept { return lengths_.data(); }
  [[nodiscard]] const int* formats() const noexcept { return formats_.data(); }

 private:
  template <std::integral Value>
  void add(Value value) {
    if constexpr (std::is_signed_v<Value>) {
      texts_.push_back(std::to_string(static_cast<std::int64_t>(value)));
    } else {
      texts_.push_back(std::to_string(static_cast<std::uint64_t>(value)));
    }
    push(texts_.back(), 0);
  }
  void add(std::string_view text) {
    texts_.emplace_back(text);  // libpq wants an end
    push(texts_.back(), 0);
  }
  void add(const char* text) {
    if (text == nullptr) {
      add(std::nullopt);
    } else {
      add(std::string_view{text});
    }
  }
  void add(std::nullptr_t) { add(std::nullopt); }
  void add(std::nullopt_t) {
    values_.push_back(nullptr);
    lengths_.push_back(0);
    formats_.push_back(0);
  }
  void add(blob value) { push(value.bytes, 1); }
  template <class Value>
  void add(const std::optional<Value>& value) {
    if (value) return add(*value);
    add(std::nullopt);
  }
  void push(std::string_view bytes, int format) {
    values_.push_back(bytes.data() == nullptr ? "" : bytes.data());
    lengths_.push_back(static_cast<int>(bytes.size()));
    formats_.push_back(format);
  }

  std::vector<std::string> texts_{};
  std::vector<const char*> values_{};
  std::vector<int> lengths_{};
  std::vector<int> formats_{};
};

/// What a statement gave.
class rows {
 public:
  explicit rows(PGresult* handle) : handle_{handle} {}
  [[nodiscard]] int size() const noexcept { return PQntuples(handle_.get()); }
  [[nodiscard]] bool is_null(int row, int column) const noexcept {
    return PQgetisnull(handle_.get(), row, column) == 1;
  }
  [[nodiscard]] std::int64_t integer(int row, int column) const noexcept {
    const std::string_view digits = view(row, column);
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  [[nodiscard]] std::string text(int row, int column) const { return std::string{view(row, column)}; }
  /// A `bytea`.
  [[nodiscard]] std::string bytes(int row, int column) const {
    std::size_t size = 0;
    const std::unique_ptr<unsigned char, free_memory> plain{
        PQunescapeBytea(reinterpret_cast<const unsigned char*>(PQgetvalue(handle_.get(), row, column)), &size)};
    if (!plain) throw std::bad_alloc{};
    return {reinterpret_cast<const char*>(plain.get()), size};
  }
  /// How many rows a statement without RETURNING changed.
  [[nodiscard]] std::int64_t changed() const noexcept { return std::atoll(PQcmdTuples(handle_.get())); }
  [[nodiscard]] ExecStatusType status() const noexcept { return PQresultStatus(handle_.get()); }
  [[nodiscard]] bool is_copy() const noexcept {
    return status() == PGRES_COPY_IN || status() == PGRES_COPY_OUT || status() == PGRES_COPY_BOTH;
  }
  [[nodiscard]] std::string code() const {
    const char* code = PQresultErrorField(handle_.get(), PG_DIAG_SQLSTATE);
    return code == nullptr ? "08006" : code;
  }

 private:
  [[nodiscard]] std::string_view view(int row, int column) const noexcept {
    return {PQgetvalue(handle_.get(), row, column), static_cast<std::size_t>(PQgetlength(handle_.get(), row, column))};
  }
  struct clear {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
  };
  struct free_memory {
    void operator()(unsigned char* memory) const noexcept { PQfreemem(memory); }
  };
  std::unique_ptr<PGresult, clear> handle_;
};

}  // namespace sello::inline v0::postgres::detail
