// SPDX-License-Identifier: MIT
// One inbox file, open: its connections, the lock over them, its only checkpointer, and the process that may use it.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sello/inbox/detail/sqlite.hpp>
#include <sello/inbox/detail/sqlite_file.hpp>
#include <sello/inbox/detail/sqlite_schema.hpp>
#include <sello/inbox/options.hpp>

namespace sello::inline v0::sqlite::detail {

[[nodiscard]] inline std::int64_t count_of(timestamp time) noexcept { return time.time_since_epoch().count(); }
[[nodiscard]] inline timestamp time_of(std::int64_t count) noexcept {
  return timestamp{std::chrono::microseconds{count}};
}
using sello::detail::micros;

/// What was counted and is not in `source` yet.
struct tally {
  std::int64_t stored = 0;
  std::int64_t duplicates = 0;
  std::int64_t conflicts = 0;
  std::optional<std::int64_t> last_delivery{};
};

using tallies = std::map<std::int64_t, tally>;  // by source

inline constexpr std::string_view tally_sql =
    "UPDATE source SET stored = stored + ?, duplicates = duplicates + ?, conflicts = conflicts + ?, "
    "last_delivery = coalesce(?, last_delivery) WHERE id = ?";
inline void write(const tallies& counted, statement& with) {
  for (const auto& [source, seen] : counted)
    with(seen.stored, seen.duplicates, seen.conflicts, seen.last_delivery, source).run();
}

/// What waits for a worker, as this process knows it.
struct load_of_waiting {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  load_of_waiting& operator+=(load_of_waiting more) noexcept {
    rows += more.rows;
    bytes += more.bytes;
    return *this;
  }
};

/// Throws. `sure` commits are on the disk when they return; `loose` ones outlive the process, but not a power cut. Both are
/// used under `lock()`; a commit of `sure` also syncs what `loose` wrote before it. `reading` has a lock of its own.
class database {
 public:
  database(const std::string& path, inbox_options options)
      : file_{absolute(path)},
        options_{std::move(options)},
        sure_{(refuse_remote(file_.path()), file_.path()), options_.patience},
        loose_{file_.path(), options_.patience},
        reading_{file_.path(), options_.patience} {
    sure_.retry_while_busy([&] { refuse_foreign(sure_); });
    set_up(sure_, "FULL");
    migrate(sure_);
    set_up(loose_, "NORMAL");
    set_up(reading_, "NORMAL");
    reading_.execute("PRAGMA query_only=1");
    sqlite3_wal_hook(sure_.get(), &log_grew, this);
    sqlite3_wal_hook(loose_.get(), &log_grew, this);
    make_certain();
    file_.opened(sure_.get());
  }

  /// Throws `store_unavailable` in a process that was forked off the one that opened the file.
  void same_process() const {
    if (!is_own_process())
      fail("this process was forked after the inbox was opened; open it after the fork in each process");
  }

  /// Runs `work` under the lock; after a fault of the disk nothing is sure until `make_certain` succeeded.
  template <class Work>
  auto locked(const Work& work) {
    same_process();
    const std::lock_guard lock{mutex_};
    file_.require_same();
    try {
      return work();
    } catch (const fault& thrown) {
      if (thrown.is_of_disk()) certain_ = false;
      throw;
    }
  }
  template <class Work>
  auto reading(const Work& work) {
    same_process();
    const std::lock_guard lock{reading_mutex_};
    return work(reading_);
  }

  /// Everything that can be read is on the disk when this returns, and the log begins anew with the next commit: a part of
  /// it that could not be written can no longer stand before what is written next. Under the lock.
  void make_certain() {
    if (certain_) return;
    sure_.retry_while_busy([&] { checkpoint(SQLITE_CHECKPOINT_RESTART); });  // another process may be at it
    certain_ = true;
  }

  /// Under the lock. The log is kept and written over: to make it grow again costs more.
  /// A reader that stays (a shell in a transaction) can hold it up: then not again until the log is twice as long.
  void tidy(int limit) noexcept {
    if (log_pages_ < (std::max)(limit, not_before_)) return;
    const int found = log_pages_;
    try {
      checkpoint(SQLITE_CHECKPOINT_FULL);
      not_before_ = 0;
    } catch (const fault& thrown) {
      if (thrown.is_of_disk()) certain_ = false;
      not_before_ = 2 * found;
    } catch (...) {
      not_before_ = 2 * found;
    }
  }

  /// Without a sync. Under the lock.
  void write_tallies() {
    if (counted.empty()) return;
    const immediate change{loose_};
    statement with = loose_.prepare(tally_sql);
    write(counted, with);
    change.commit();
    counted.clear();
  }

  /// Waits neither for another process nor for a sync, which the first commit of a log would need; what is not written now
  /// is later. Under the lock.
  void write_tallies_if_free() noexcept {
    if (log_pages_ == 0) return;
    loose_.wait_for_locks(false);
    try {
      write_tallies();
    } catch (const fault& thrown) {
      if (thrown.is_of_disk()) certain_ = false;
    } catch (...) {  // NOLINT(bugprone-empty-catch): nothing but a count waits
    }
    loose_.wait_for_locks(true);
  }

  static constexpr int log_limit = 2000;  ///< pages; a worker tidies over it, the intake over twice as many

  [[nodiscard]] const connection& sure() const noexcept { return sure_; }
  [[nodiscard]] const connection& loose() const noexcept { return loose_; }
  [[nodiscard]] const inbox_options& options() const noexcept { return options_; }
  [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }
  [[nodiscard]] bool is_own_process() const noexcept { return file_.is_own_process(); }

  /// Syncs that `sure` waited for: one for a commit that wrote, two for a checkpoint, one for a log that begins anew.
  std::atomic<std::uint64_t> syncs{0};
  std::atomic<std::uint64_t> acknowledgements{0};
  load_of_waiting waiting{};  ///< under the lock, as all below
  tallies counted{};

 private:
  void checkpoint(int mode) {
    sure_.checkpoint(mode);
    syncs += 2;
    log_pages_ = 0;
  }

  static int log_grew(void* self, sqlite3*, const char*, int pages) {
    auto& own = *static_cast<database*>(self);
    if (pages < own.log_pages_ || own.log_pages_ == 0) ++own.syncs;  // the header of a log that began anew
    own.log_pages_ = pages;
    return SQLITE_OK;
  }

  open_file file_;
  inbox_options options_;
  connection sure_;
  connection loose_;
  connection reading_;
  std::mutex mutex_{};
  std::mutex reading_mutex_{};
  bool certain_ = false;
  int log_pages_ = 0;
  int not_before_ = 0;
};

}  // namespace sello::inline v0::sqlite::detail
