// SPDX-License-Identifier: MIT
// Where handlers write in SQLite, with the marks of what took effect beside their tables.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <sello/inbox/detail/sqlite_effects_file.hpp>
#include <sello/inbox/detail/sqlite_session.hpp>
#include <sello/inbox/effects.hpp>

namespace sello::inline v0::sqlite {

/// `sello::sqlite::effects{"app.db"}`: any database of yours, into which a table `sello_mark` comes, and which is put into
/// WAL mode. Foreign keys that it declares are enforced. Not the inbox's own file, whose intake a busy handler would stop.
/// Until SQLite 3.51.3 a checkpoint that races a commit can damage a file: set `PRAGMA wal_autocheckpoint=0` on your own
/// connections to it, the worker checkpoints.
class effects {
 public:
  using transaction = sqlite::transaction;
  using session = detail::session;

  effects(const effects&) = default;  // and no move: one that was moved from would be at no file
  effects& operator=(const effects&) = default;
  ~effects() = default;

  /// Throws `bad_result`. `patience`: how long a handler waits for the write lock while another program has it.
  explicit effects(const std::string& path, std::chrono::milliseconds patience = std::chrono::seconds{5})
      : effects{create(path, patience).value()} {}
  [[nodiscard]] static result<effects> create(const std::string& path,
                                              std::chrono::milliseconds patience = std::chrono::seconds{5}) {
    return detail::guarded([&] { return effects{std::make_shared<detail::effects_file>(path, patience)}; });
  }

  [[nodiscard]] result<std::unique_ptr<session>> connect() const noexcept {
    return detail::guarded([&] { return std::make_unique<session>(file_); });
  }
  [[nodiscard]] bool is_at(const std::string& location) const noexcept {
    std::error_code ignored;
    return location == file_->path() || std::filesystem::equivalent(location, file_->path(), ignored);
  }

 private:
  explicit effects(std::shared_ptr<detail::effects_file> file) : file_{std::move(file)} {}
  std::shared_ptr<detail::effects_file> file_;
};

static_assert(sello::detail::effects<effects>);

}  // namespace sello::inline v0::sqlite
