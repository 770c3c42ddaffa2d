// SPDX-License-Identifier: MIT
// A VFS of SQLite's for tests: counts syncs, and fails them and writes when told to. Everything else is the default VFS's.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstring>

namespace support {

class sync_vfs {
 public:
  static inline std::atomic<int> syncs{0};
  /// So many syncs succeed from now on, and then all fail; negative: none fails.
  static inline std::atomic<int> good{-1};
  /// What every write gives from now on: a code of SQLite's; SQLITE_OK: as it is.
  static inline std::atomic<int> write_code{SQLITE_OK};

  sync_vfs() {
    under_ = sqlite3_vfs_find(nullptr);
    vfs_ = *under_;
    vfs_.zName = "sello-sync";
    vfs_.szOsFile = static_cast<int>(sizeof(file)) + under_->szOsFile;
    vfs_.pAppData = under_;
    vfs_.xOpen = &open;
    sqlite3_vfs_register(&vfs_, 1);
    syncs = 0;
    good = -1;
    write_code = SQLITE_OK;
  }
  sync_vfs(const sync_vfs&) = delete;
  sync_vfs& operator=(const sync_vfs&) = delete;
  ~sync_vfs() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(under_, 1);
  }

 private:
  struct file {
    sqlite3_file base;
    sqlite3_file* real;
  };
  static sqlite3_file* real(sqlite3_file* of) { return reinterpret_cast<file*>(of)->real; }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* to, int flags, int* out) {
    auto* own = reinterpret_cast<file*>(to);
    auto* under = static_cast<sqlite3_vfs*>(vfs->pAppData);
    own->real = reinterpret_cast<sqlite3_file*>(own + 1);
    own->base.pMethods = nullptr;
    const int code = under->xOpen(under, name, own->real, flags, out);
    if (own->real->pMethods != nullptr) own->base.pMethods = &methods();
    return code;
  }
  static int sync(sqlite3_file* of, int flags) {
    ++syncs;
    if (good == 0) return SQLITE_IOERR_FSYNC;
    if (good > 0) --good;
    return real(of)->pMethods->xSync(real(of), flags);
  }
  static const sqlite3_io_methods& methods() {
    static const sqlite3_io_methods all = [] {
      sqlite3_io_methods m{};
      m.iVersion = 2;
      m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
      m.xRead = [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
        return real(f)->pMethods->xRead(real(f), to, n, at);
      };
      m.xWrite = [](sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
        const int told = write_code;
        return told != SQLITE_OK ? told : real(f)->pMethods->xWrite(real(f), from, n, at);
      };
      m.xTruncate = [](sqlite3_file* f, sqlite3_int64 n) { return real(f)->pMethods->xTruncate(real(f), n); };
      m.xSync = &sync;
      m.xFileSize = [](sqlite3_file* f, sqlite3_int64* n) { return real(f)->pMethods->xFileSize(real(f), n); };
      m.xLock = [](sqlite3_file* f, int lock) { return real(f)->pMethods->xLock(real(f), lock); };
      m.xUnlock = [](sqlite3_file* f, int lock) { return real(f)->pMethods->xUnlock(real(f), lock); };
      m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
        return real(f)->pMethods->xCheckReservedLock(real(f), out);
      };
      m.xFileControl = [](sqlite3_file* f, int what, void* with) {
        return real(f)->pMethods->xFileControl(real(f), what, with);
      };
      m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
      m.xDeviceCharacteristics = [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); };
      m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** to) {
        return real(f)->pMethods->xShmMap(real(f), page, size, extend, to);
      };
      m.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
        return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
      };
      m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
      m.xShmUnmap = [](sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
      return m;
    }();
    return all;
  }

  sqlite3_vfs* under_ = nullptr;
  sqlite3_vfs vfs_{};
};

}  // namespace support
