// SPDX-License-Identifier: MIT
// Where handlers write in PostgreSQL, with the marks of what took effect beside their tables.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <sello/inbox/detail/postgres_session.hpp>
#include <sello/inbox/effects.hpp>

namespace sello::inline v0::postgres {

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
