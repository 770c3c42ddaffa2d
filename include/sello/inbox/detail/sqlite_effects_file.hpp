// SPDX-License-Identifier: MIT
// The file of the effects, as the sessions of one process share it: one writes at a time, and one checkpoints.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include <sello/inbox/detail/sqlite.hpp>
#include <sello/inbox/detail/sqlite_database.hpp>
#include <sello/inbox/detail/sqlite_schema.hpp>

namespace sello::inline v0::sqlite::detail {

/// SQLite has one writer: so the sessions take turns here, and do not ask the file again and again.
class effects_file {
 public:
  /// Throws `bad_result`.
  explicit effects_file(const std::string& location)
      : path{absolute(location)}, keeper_{(refuse_remote(path), path), patience} {
    set_up(keeper_, "FULL");
    if (keeper_.ask("SELECT name FROM main.sqlite_schema WHERE name = 'sello_mark'").empty())
      keeper_.execute(
          "CREATE TABLE IF NOT EXISTS main.sello_mark(endpoint TEXT NOT NULL, provider TEXT NOT NULL, key TEXT NOT "
          "NULL, "
          "generation INTEGER NOT NULL, day INTEGER NOT NULL, arrived INTEGER NOT NULL, marked INTEGER NOT NULL, "
          "PRIMARY KEY(endpoint, provider, key, generation, day)) WITHOUT ROWID");
    sync_once();
    certain = true;
  }
  effects_file(const effects_file&) = delete;
  effects_file& operator=(const effects_file&) = delete;
  ~effects_file() {
    if (process_id() != owner) keeper_.abandon();
  }

  void same_process() const {
    if (process_id() != owner)
      fail("this process was forked after the effects were opened; open effects of its own in each process");
  }

  /// After a fault of the disk: what can be read is written to the file itself, and the log begins anew. With `turn`.
  void make_certain() {
    if (certain) return;
    keeper_.retry_while_busy([&] { checkpoint(SQLITE_CHECKPOINT_RESTART); });
    certain = true;
  }

  /// With `turn`, outside of transactions: so no commit of this process races it.
  void tidy() noexcept {
    if (log_pages < (std::max)(1000, not_before_)) return;
    const int found = log_pages;
    static_cast<void>(guarded([&] { checkpoint(SQLITE_CHECKPOINT_FULL); }));
    not_before_ = log_pages == 0 ? 0 : 2 * found;
  }

  static constexpr std::chrono::milliseconds patience{5000};
  std::string path;
  std::int64_t owner = process_id();
  std::mutex turn{};
  bool certain = false;  ///< with `turn`
  int log_pages = 0;     ///< with `turn`

 private:
  /// A mark that is read may be a dead process's, not yet on the disk: then work would be dropped for an effect that a power
  /// cut can still take. A commit syncs the whole log, and needs no reader to leave, as a checkpoint would.
  void sync_once() {
    const immediate change{keeper_};
    keeper_.execute("INSERT INTO main.sello_mark VALUES ('', '', '', 0, 0, 0, 0) ON CONFLICT DO NOTHING");
    keeper_.execute("DELETE FROM main.sello_mark WHERE endpoint = ''");
    change.commit();
  }

  void checkpoint(int mode) {
    keeper_.checkpoint(mode);
    log_pages = 0;
  }

  connection keeper_;
  int not_before_ = 0;
};

}  // namespace sello::inline v0::sqlite::detail
