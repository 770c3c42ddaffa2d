// SPDX-License-Identifier: MIT
// Ownership of libpq's connections: no call waits longer than its deadline, whatever the network does.
#pragma once

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/inbox/detail/postgres_conninfo.hpp>
#include <sello/inbox/detail/postgres_values.hpp>
#include <sello/inbox/options.hpp>

namespace sello::inline v0::postgres::detail {

/// For one thread at a time. Whatever fails on the network closes it, and the next `open` makes a new one.
class connection {
 public:
  connection(std::string conninfo, std::chrono::milliseconds patience)
      : conninfo_{std::move(conninfo)}, patience_{sello::detail::bounded(patience)} {}
  connection(const connection&) = delete;  // libpq knows its address
  connection& operator=(const connection&) = delete;
  ~connection() = default;

  /// False: it is new, and its settings are the server's.
  [[nodiscard]] bool is_open() noexcept {
    if (!handle_) return false;
    // A server that said good-bye: first its words, then the end.
    for (int i = 0; i < 2; ++i) {
      pollfd readable{.fd = PQsocket(handle_.get()), .events = POLLIN, .revents = 0};
      if (::poll(&readable, 1, 0) <= 0 || PQconsumeInput(handle_.get()) != 1) break;
    }
    if (PQstatus(handle_.get()) != CONNECTION_OK) close();
    return handle_ != nullptr;
  }

  /// Throws `bad_result` with libpq's reason, which has names of hosts and users in it, and no password.
  void open() {
    begin();
    prepared_.clear();
    require_readable(conninfo_);
    handle_.reset(start());
    if (!handle_) throw std::bad_alloc{};
    for (PostgresPollingStatusType step = PGRES_POLLING_WRITING; step != PGRES_POLLING_OK;) {
      if (step == PGRES_POLLING_FAILED || PQstatus(handle_.get()) == CONNECTION_BAD) {
        std::string why = PQerrorMessage(handle_.get());
        while (!why.empty() && why.back() == '\n') why.pop_back();
        std::replace_if(why.begin(), why.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
        if (!may_be_told(why, conninfo_))
          why = "What libpq says may quote a password; look at each part of the connection string.";
        close();
        fail("cannot connect to PostgreSQL; is it running, and are host, user and database right? " + why);
      }
      await(step == PGRES_POLLING_READING ? POLLIN : POLLOUT);
      step = PQconnectPoll(handle_.get());
    }
    PQsetnonblocking(handle_.get(), 1);
    PQsetNoticeReceiver(handle_.get(), &noticed, this);
  }

  void close() noexcept { handle_.reset(); }
  /// In a process that forked: neither used nor closed, for closing would end the parent's session.
  void abandon() noexcept { static_cast<void>(handle_.release()); }
  [[nodiscard]] PGconn* get() const noexcept { return handle_.get(); }
  [[nodiscard]] std::chrono::milliseconds patience() const noexcept { return patience_; }

  /// One statement, prepared at its first use. Its deadline begins now.
  template <class... Values>
  rows run(std::string_view sql, const Values&... values) {
    begin();
    const std::string& name = prepare(sql);
    send(name, parameters{values...});
    return only_result();
  }

  /// One statement, not prepared, on a connection that a handler has: bounded all the same.
  rows run_once(const std::string& sql, const parameters& with) {
    begin();
    if (!handle_) lose("08003");
    check(PQsendQueryParams(handle_.get(), sql.c_str(), with.count(), nullptr, with.values(), with.lengths(),
                            with.formats(), 0));
    return only_result();
  }

  /// Several statements in plain text.
  void script(const std::string& sql) {
    begin();
    check(PQsendQuery(handle_.get(), sql.c_str()));
    while (next_result()) {
    }
    if (!said_.empty()) throw_fault(said_);
  }

  /// The same statement for each of `all`, sent at once, in one transaction that one commit ends; if one fails, all do.
  /// That commit is synced, even if a pooler has put the session's settings under another one.
  [[nodiscard]] std::vector<rows> pipeline(std::string_view sql, const std::vector<parameters>& all) {
    begin();
    const std::string& synced = prepare(
        "SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
        "WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true), set_config('client_min_messages', 'warning', "
        "true)");
    const std::string& name = prepare(sql);
    std::vector<rows> found;
    found.reserve(all.size());  // nothing may throw between the first message and the last answer
    check(PQenterPipelineMode(handle_.get()));
    send(synced, parameters{});
    for (const parameters& one : all) send(name, one);
    check(PQpipelineSync(handle_.get()));
    for (std::size_t i = 0; i <= all.size(); ++i) {
      auto one = next_result();
      if (!one || (said_.empty() && one->status() != PGRES_TUPLES_OK && one->status() != PGRES_COMMAND_OK))
        lose("08006");
      if (i != 0) found.push_back(*std::move(one));
      static_cast<void>(next_result());  // the null behind each
    }
    const auto end = next_result();
    if (!end || end->status() != PGRES_PIPELINE_SYNC || PQexitPipelineMode(handle_.get()) != 1) lose("08006");
    if (!said_.empty()) throw_fault(said_);
    require_standbys();
    return found;
  }

  /// Throws where the commit just now has not waited for them.
  void require_standbys() const {
    if (is_local_)
      fail(
          "somebody cancelled a commit that waited for its standby; it is here and maybe not there, so it has to be "
          "tried again. Mend the standby (pg_stat_replication), or take it out of synchronous_standby_names");
  }

  /// Waits for what the server says by itself, or for a byte on `other`, at most so long.
  void listen(int other, std::chrono::milliseconds most) {
    pollfd both[2]{{.fd = PQsocket(handle_.get()), .events = POLLIN, .revents = 0},
                   {.fd = other, .events = POLLIN, .revents = 0}};
    static_cast<void>(::poll(both, 2, static_cast<int>(most.count())));
    if (both[0].revents != 0) check(PQconsumeInput(handle_.get()));
  }

 private:
  /// With the kernel's bounds for a peer that is gone, where the owner has not set his own: for what a handler does on the
  /// handle itself. They do not notice a proxy that acknowledges and does not forward.
  [[nodiscard]] PGconn* start() const {
    const auto seconds = [&](int part) {
      return std::to_string(
          (std::max)(std::int64_t{1}, std::chrono::floor<std::chrono::seconds>(patience_).count() / part));
    };
    const std::array<std::string, 4> bounds{std::to_string(patience_.count()), seconds(3), seconds(6), "3"};
    const std::array names{"tcp_user_timeout", "keepalives_idle", "keepalives_interval",
                           "keepalives_count", "dbname",          "client_encoding"};
    std::vector<const char*> keys(names.begin(), names.end());
    std::vector<const char*> values;
    for (const std::string& one : bounds) values.push_back(one.c_str());
    values.push_back(conninfo_.c_str());  // behind them, so what it says counts
    values.push_back("UTF8");             // as all texts of deliveries are
    keys.push_back(nullptr);
    values.push_back(nullptr);
    return PQconnectStartParams(keys.data(), values.data(), 1);
  }

  /// A wait for a standby that somebody ended: PostgreSQL commits then, with no more than a warning.
  static void noticed(void* self, const PGresult* said) {
    const char* const by = PQresultErrorField(said, PG_DIAG_SOURCE_FUNCTION);
    if (by != nullptr && std::string_view{by} == "SyncRepWaitForLSN") static_cast<connection*>(self)->is_local_ = true;
  }

  void begin() noexcept {
    deadline_ = clock::now() + patience_;
    said_.clear();
    is_local_ = false;
  }

  [[nodiscard]] const std::string& prepare(std::string_view sql) {
    if (!handle_) lose("08003");
    if (const auto known = prepared_.find(sql); known != prepared_.end()) return known->second;
    const std::string name = "sello_" + std::to_string(prepared_.size());
    check(PQsendPrepare(handle_.get(), name.c_str(), std::string{sql}.c_str(), 0, nullptr));
    static_cast<void>(only_result());
    return prepared_.emplace(sql, name).first->second;
  }

  void send(const std::string& name, const parameters& with) {
    check(PQsendQueryPrepared(handle_.get(), name.c_str(), with.count(), with.values(), with.lengths(), with.formats(),
                              0));
  }

  [[nodiscard]] rows only_result() {
    auto found = next_result();
    if (!found) lose("08006");
    while (const auto more = next_result())
      if (more->is_copy()) lose("0A000");  // or it would never end
    if (found->status() != PGRES_TUPLES_OK && found->status() != PGRES_COMMAND_OK) throw_fault(found->code());
    return *std::move(found);
  }

  /// Nothing: the statement has given all.
  [[nodiscard]] std::optional<rows> next_result() {
    for (;;) {
      const int left = PQflush(handle_.get());
      if (left < 0) lose("08006");
      if (left == 0 && PQisBusy(handle_.get()) == 0) break;
      await(left == 1 ? POLLIN | POLLOUT : POLLIN);
      check(PQconsumeInput(handle_.get()));
    }
    PGresult* const found = PQgetResult(handle_.get());
    if (found == nullptr) return std::nullopt;
    rows given{found};
    if (given.status() == PGRES_FATAL_ERROR && said_.empty()) said_ = given.code();
    return given;
  }

  void await(int events) {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - clock::now());
      pollfd socket{.fd = PQsocket(handle_.get()), .events = static_cast<short>(events), .revents = 0};
      const int ready = left.count() <= 0 ? 0 : ::poll(&socket, 1, static_cast<int>(left.count()));
      if (ready > 0) return;
      if (ready < 0 && errno == EINTR) continue;
      close();
      fail(
          "PostgreSQL did not answer in time; is it overloaded, the network cut, or does it wait for a standby that is "
          "gone (wait_event SyncRep in pg_stat_activity)? The sender tries again");
    }
  }

  void check(int good) {
    if (good != 1) lose("08006");
  }
  /// With the server's reason, where it has given one before it went.
  [[noreturn]] void lose(const std::string& code) {
    close();
    throw fault{said_.empty() ? code : said_};
  }
  [[noreturn]] void throw_fault(const std::string& code) {
    if (PQstatus(handle_.get()) != CONNECTION_OK) lose(code);
    throw fault{code};
  }

  struct finish {
    void operator()(PGconn* handle) const noexcept { PQfinish(handle); }
  };
  std::string conninfo_;
  std::chrono::milliseconds patience_;
  clock::time_point deadline_{};
  std::string said_{};     ///< the first code of an error, since `begin`
  bool is_local_ = false;  ///< a commit has not waited for its standbys
  std::unique_ptr<PGconn, finish> handle_{};
  std::map<std::string, std::string, std::less<>> prepared_{};
};

/// A transaction of several statements; rolled back unless committed.
class transaction_scope {
 public:
  explicit transaction_scope(connection& in) : in_{&in} { in.run("BEGIN"); }
  transaction_scope(const transaction_scope&) = delete;
  transaction_scope& operator=(const transaction_scope&) = delete;
  ~transaction_scope() {
    if (in_ == nullptr || in_->get() == nullptr) return;
    try {
      in_->run("ROLLBACK");
    } catch (...) {
      in_->close();
    }
  }
  void commit() { std::exchange(in_, nullptr)->run("COMMIT"); }

 private:
  connection* in_;
};

}  // namespace sello::inline v0::postgres::detail
