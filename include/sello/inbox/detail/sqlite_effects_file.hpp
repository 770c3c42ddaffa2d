// SPDX-License-Identifier: MIT
// The file of the effects, as the sessions of one process share it: one writes at a time, and one checkpoints.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <sello/inbox/detail/sqlite.hpp>
#include <sello/inbox/detail/sqlite_database.hpp>
#include <sello/inbox/detail/sqlite_file.hpp>
#include <sello/inbox/detail/sqlite_schema.hpp>

namespace sello::inline v0::sqlite::detail {

/// SQLite has one writer: so the sessions take turns here, and do not ask the file again and again.
class effects_file {
 public:
  /// Throws `bad_result`.
  effects_file(const std::string& location, std::chrono::milliseconds patience_)
      : patience{patience_}, file_{absolute(location)}, keeper_{(refuse_remote(path()), path()), patience} {
    set_up(keeper_, "FULL");
    // A handler of another process may have the file for longer than one waits: then it is done at the first use.
    try {
      prepare();
    } catch (const fault& thrown) {
      if (!thrown.is_busy()) throw;
    }
    file_.opened(keeper_.get());
  }
  effects_file(const effects_file&) = delete;
  effects_file& operator=(const effects_file&) = delete;
  ~effects_file() {
    if (!is_own_process()) keeper_.abandon();
  }

  /// Throws `store_unavailable` in a process that was forked off the one that opened the file, and where it lost its name.
  void require_same() const {
    if (!is_own_process())
      fail("this process was forked after the effects were opened; open them after the fork in each process");
    file_.require_same();
  }
  [[nodiscard]] bool is_own_process() const noexcept { return file_.is_own_process(); }
  [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }

  /// The table of the marks, and each of them on the disk: before the first session.
  void prepare() {
    const std::lock_guard lock{preparing_};
    if (prepared_) return;
    if (!keeper_.ask("SELECT name FROM main.sqlite_schema WHERE name = 'sello_mark'").empty() &&
        keeper_.ask_integer(
            "SELECT count(*) FROM pragma_table_info('sello_mark') WHERE name IN ('endpoint', 'provider', 'key', "
            "'generation', 'occasion', 'arrived', 'marked')") != 7)
      fail("the file has a `sello_mark` that is not the table of this version's marks; rename it");
    if (keeper_.ask("SELECT name FROM main.sqlite_schema WHERE name = 'sello_mark'").empty())
      keeper_.execute(
          "CREATE TABLE IF NOT EXISTS main.sello_mark(endpoint TEXT NOT NULL, provider TEXT NOT NULL, key TEXT NOT "
          "NULL, "
          "generation INTEGER NOT NULL, occasion INTEGER NOT NULL, arrived INTEGER NOT NULL, marked INTEGER NOT NULL, "
          "PRIMARY KEY(endpoint, provider, key, generation, occasion)) WITHOUT ROWID");
    sync_once();
    prepared_ = true;
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

  /// Throws in a handler, which has its turn already and would wait for itself.
  [[nodiscard]] std::unique_lock<std::mutex> take_turn() {
    if (holder == std::this_thread::get_id())
      throw bad_result{{errc::handler_failed, "a handler cannot use its worker; do that outside of it"}};
    return std::unique_lock{turn};
  }

  const std::chrono::milliseconds patience;
  std::mutex turn{};
  std::atomic<std::thread::id> holder{};  ///< of `turn`, while a transaction is open
  bool certain = true;                    ///< with `turn`
  int log_pages = 0;                      ///< with `turn`

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

  open_file file_;
  connection keeper_;
  std::mutex preparing_{};
  bool prepared_ = false;
  int not_before_ = 0;
};

}  // namespace sello::inline v0::sqlite::detail
