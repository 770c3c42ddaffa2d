// SPDX-License-Identifier: MIT
// A shim over SQLite's own VFS that writes down what is done to the files, so that every operation can be the last one.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "inbox/power_cut_disk.hpp"

namespace power_cut {

/// While it lives it is SQLite's default VFS. Every file of the one folder that is opened meanwhile passes through to the
/// real one, and each change of it is one entry of `log()`. One at a time in a process.
class recorder {
 public:
  /// What is done instead of an operation: SQLITE_OK for nothing, else the code that SQLite gets.
  using fault_rule = std::function<int(const operation&)>;

  /// `before` is what the disk knows when it begins; files that are there and that it does not know are synced.
  explicit recorder(disk before = {})
      : before_{std::move(before)},
        names_{before_.names()},
        next_{before_.next_file()},
        real_{sqlite3_vfs_find(nullptr)} {
    shim_ = *real_;
    shim_.pNext = nullptr;
    shim_.zName = "power_cut";
    shim_.szOsFile = static_cast<int>(sizeof(file)) + real_->szOsFile;
    shim_.pAppData = this;
    shim_.xOpen = &open;
    shim_.xDelete = &remove;
    shim_.xAccess = [](sqlite3_vfs* vfs, const char* name, int flags, int* out) {
      sqlite3_vfs* real = of(vfs).real_;
      return real->xAccess(real, name, flags, out);
    };
    shim_.xFullPathname = [](sqlite3_vfs* vfs, const char* name, int size, char* out) {
      sqlite3_vfs* real = of(vfs).real_;
      return real->xFullPathname(real, name, size, out);
    };
    sqlite3_vfs_register(&shim_, 1);
  }
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;
  ~recorder() { stop(); }

  /// What is opened from now on is not seen; what is open already is.
  void stop() noexcept {
    sqlite3_vfs_unregister(&shim_);
    sqlite3_vfs_register(real_, 1);
  }

  /// How many operations there were: what is acknowledged now must be there after a cut behind them.
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return log_.size();
  }
  [[nodiscard]] const std::vector<operation>& log() const noexcept { return log_; }
  [[nodiscard]] std::size_t syncs() const noexcept { return syncs_; }

  /// The disk when the first `count` operations were done.
  [[nodiscard]] disk at(std::size_t count) const {
    disk found = before_;
    for (std::size_t i = 0; i < count; ++i) found.apply(log_[i]);
    return found;
  }
  [[nodiscard]] const disk& before() const noexcept { return before_; }

  /// Asked before each operation.
  void set_fault(fault_rule rule) {
    const std::lock_guard lock{mutex_};
    fault_ = std::move(rule);
  }

 private:
  using kind = operation::kind;

  struct file {
    sqlite3_file base;
    recorder* owner;
    int number;       // -1: not written down, SQLite's own scratch
    bool folder_too;  // the first sync of a new log or journal syncs its folder, as SQLite's unix VFS does
    sqlite3_file* real;
  };

  [[nodiscard]] static recorder& of(sqlite3_vfs* vfs) noexcept { return *static_cast<recorder*>(vfs->pAppData); }
  [[nodiscard]] static file& of(sqlite3_file* handle) noexcept { return *reinterpret_cast<file*>(handle); }
  [[nodiscard]] static sqlite3_file* real(sqlite3_file* handle) noexcept { return of(handle).real; }

  /// Does it and writes it down, in one order for all threads.
  template <class Work>
  int note(operation what, const Work& work) {
    const std::lock_guard lock{mutex_};
    if (fault_) {
      if (const int code = fault_(what); code != SQLITE_OK) {
        if (what.what == kind::sync) {
          what.what = kind::failed_sync;
          log_.push_back(std::move(what));
        }
        return code;
      }
    }
    const int code = work();
    if (code != SQLITE_OK) return code;
    if (what.what == kind::sync) ++syncs_;
    log_.push_back(std::move(what));
    return SQLITE_OK;
  }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* handle, int flags, int* out) noexcept {
    recorder& self = of(vfs);
    file& made = *new (handle) file{.base = {}, .owner = &self, .number = -1, .folder_too = false, .real = nullptr};
    made.real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(handle) + sizeof(file));
    std::memset(made.real, 0, static_cast<std::size_t>(self.real_->szOsFile));
    const bool tracked = name != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) == 0;
    const bool existed = tracked && std::filesystem::exists(name);
    const int code = self.real_->xOpen(self.real_, name, made.real, flags, out);
    if (made.real->pMethods == nullptr) return code;  // and SQLite does not close it
    made.base.pMethods = methods();
    if (code != SQLITE_OK || !tracked) return code;
    const std::lock_guard lock{self.mutex_};
    const std::string base = std::filesystem::path{name}.filename();
    const auto known = self.names_.find(base);
    if (known != self.names_.end()) {
      made.number = known->second;
      return code;
    }
    made.number = self.next_++;
    self.names_[base] = made.number;
    operation created{.what = kind::create, .file = made.number, .name = base};
    if (existed) {  // from before: on the disk
      self.before_.apply(created);
      self.before_.apply({.what = kind::write, .file = made.number, .data = read_file(name)});
      self.before_.apply({.what = kind::sync, .file = made.number});
      self.before_.apply({.what = kind::sync_folder});
    } else {
      made.folder_too = (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
      self.log_.push_back(std::move(created));
    }
    return code;
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) noexcept {
    recorder& self = of(vfs);
    const std::string base = std::filesystem::path{name}.filename();
    const int code = self.note({.what = kind::remove, .name = base}, [&] {
      const int done = self.real_->xDelete(self.real_, name, 0);
      if (done == SQLITE_OK) self.names_.erase(base);
      return done;
    });
    if (code == SQLITE_OK && sync_folder != 0) return self.note({.what = kind::sync_folder}, [] { return SQLITE_OK; });
    return code;
  }

  static const sqlite3_io_methods* methods() noexcept {
    static const sqlite3_io_methods all = [] {
      sqlite3_io_methods m{};
      m.iVersion = 2;
      m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
      m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
        return real(f)->pMethods->xRead(real(f), to, size, at);
      };
      m.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
        const auto work = [&] { return real(f)->pMethods->xWrite(real(f), from, size, at); };
        if (of(f).number < 0) return work();
        return of(f).owner->note({.what = kind::write,
                                  .file = of(f).number,
                                  .offset = at,
                                  .data = {static_cast<const char*>(from), static_cast<std::size_t>(size)}},
                                 work);
      };
      m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
        const auto work = [&] { return real(f)->pMethods->xTruncate(real(f), size); };
        if (of(f).number < 0) return work();
        return of(f).owner->note({.what = kind::truncate, .file = of(f).number, .offset = size}, work);
      };
      m.xSync = [](sqlite3_file* f, int flags) {
        const auto work = [&] { return real(f)->pMethods->xSync(real(f), flags); };
        file& one = of(f);
        if (one.number < 0) return work();
        const int code = one.owner->note({.what = kind::sync, .file = one.number}, work);
        if (code == SQLITE_OK && std::exchange(one.folder_too, false))
          return one.owner->note({.what = kind::sync_folder}, [] { return SQLITE_OK; });
        return code;
      };
      m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); };
      m.xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); };
      m.xUnlock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); };
      m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
        return real(f)->pMethods->xCheckReservedLock(real(f), out);
      };
      m.xFileControl = [](sqlite3_file* f, int op, void* arg) {
        return real(f)->pMethods->xFileControl(real(f), op, arg);
      };
      m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
      m.xDeviceCharacteristics = [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); };
      m.xShmMap = [](sqlite3_file* f, int region, int size, int extend, void volatile** out) {
        return real(f)->pMethods->xShmMap(real(f), region, size, extend, out);
      };
      m.xShmLock = [](sqlite3_file* f, int at, int count, int flags) {
        return real(f)->pMethods->xShmLock(real(f), at, count, flags);
      };
      m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
      m.xShmUnmap = [](sqlite3_file* f, int drop) { return real(f)->pMethods->xShmUnmap(real(f), drop); };
      return m;
    }();
    return &all;
  }

  disk before_;
  std::map<std::string, int> names_;
  int next_;
  sqlite3_vfs* real_;
  sqlite3_vfs shim_{};
  mutable std::mutex mutex_{};
  std::vector<operation> log_{};
  std::atomic<std::size_t> syncs_{0};
  fault_rule fault_{};
};

/// Every way in which the cut behind this disk's last operation is tried.
[[nodiscard]] inline std::vector<fate> fates(const disk& at, std::size_t seeds = 4) {
  std::vector<fate> all{{.what = fate::kind::kept}, {.what = fate::kind::dropped}};
  const std::size_t count = at.pending().size();
  for (std::size_t i = 1; i < count; ++i) all.push_back({.what = fate::kind::first, .count = i});
  for (const std::size_t sector : {std::size_t{512}, std::size_t{4096}})
    for (std::size_t i = 1; i < at.last_sectors(sector); ++i)
      all.push_back({.what = fate::kind::torn, .count = i, .sector = sector});
  if (count == 0) return all;
  for (std::size_t seed = 0; seed < seeds; ++seed) all.push_back({.what = fate::kind::scattered, .count = seed});
  for (const char* suffix : {".db", "-wal"}) all.push_back({.what = fate::kind::only, .suffix = suffix});
  return all;
}

}  // namespace power_cut
