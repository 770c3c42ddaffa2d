// SPDX-License-Identifier: MIT
// A file that this process has open through SQLite: that it is still the one with this name, and no parent's.
#pragma once

#include <sqlite3.h>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/stat.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sello/inbox/detail/own_process.hpp>
#include <sello/inbox/detail/sqlite.hpp>

namespace sello::inline v0::sqlite::detail {

/// Which file a name leads to.
struct file_identity {
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  friend bool operator==(const file_identity&, const file_identity&) = default;
};

/// What a file's system says of a name.
struct named_file {
  std::optional<file_identity> identity{};  ///< nothing: there is none, or that cannot be said
  bool readable = true;                     ///< false: this user may not even ask
  std::uint64_t names = 0;                  ///< hard links
  bool is_file = true;                      ///< false: a folder, a device

  [[nodiscard]] static named_file of(const std::string& path) noexcept {
#if defined(__unix__) || defined(__APPLE__)
    struct stat about{};
    if (::stat(path.c_str(), &about) != 0) return {.readable = errno == ENOENT || errno == ENOTDIR};
    return {
        .identity = file_identity{static_cast<std::uint64_t>(about.st_dev), static_cast<std::uint64_t>(about.st_ino)},
        .names = static_cast<std::uint64_t>(about.st_nlink),
        .is_file = S_ISREG(about.st_mode)};
#else
    static_cast<void>(path);
    return {};
#endif
  }
};

class open_file {
 public:
  /// Before it is opened. SQLite keeps its locks in a table of the process, which a forked one inherits, and the locks it
  /// does not: so what a parent had open at the fork is refused. https://www.sqlite.org/howtocorrupt.html, 2.6
  explicit open_file(std::string path) : path_{std::move(path)} {
    if (path_.starts_with("file:")) fail("a URI can switch off locks and syncs; give the path of the file");
    const named_file found = named_file::of(path_);
    if (found.identity && all().has_of_parent(*found.identity)) fail(inherited);
    if (!found.is_file) fail("the path leads to a folder or a device; give the path of a file in a folder");
    // Each name would have a log of its own. 2.3 of the same page
    if (found.names > 1)
      fail("the file has a second name (a hard link), under which it could be opened too; remove one");
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() {
    if (files_[0].identity && process_.is_here()) all().remove(*files_[0].identity);
  }

  /// Once it is open, and has its log.
  void opened(sqlite3* with) {
    const char* name = sqlite3_db_filename(with, "main");  // where links lead to, as its log's
    if (name == nullptr || *name == '\0') return;          // no file
    files_[0].name = name;
    files_[1].name = sqlite3_filename_wal(name);
    files_[2].name = files_[0].name + "-shm";
    for (file& one : files_) one.identity = named_file::of(one.name).identity;
    if (files_[0].identity) all().add(*files_[0].identity);
  }

  /// Throws. What is written into a file without its name is lost with the process, and without its -shm two processes
  /// have two logs.
  void require_same() const {
    for (const file& one : files_) {
      if (!one.identity) continue;
      const named_file found = named_file::of(one.name);
      if (found.identity == one.identity) continue;
      if (!found.readable)
        fail("the folder of the file can no longer be read by this user; mend its mode or its owner");
      fail(
          "the file, its -wal or its -shm was moved, removed or replaced while it is open; put it back, or start all "
          "programs again that have it open");
    }
  }

  [[nodiscard]] bool is_own_process() const noexcept { return process_.is_here(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  static constexpr const char* inherited =
      "this process was forked while the file was open, and has its parent's locks of it in memory; open it after the "
      "fork in each process, and not before it";

  class registry {
   public:
    void add(const file_identity& file) {
      const auto lock = locked();
      files_.emplace_back(file, sello::detail::own_process{});
    }
    void remove(const file_identity& file) noexcept {
      static_cast<void>(guarded([&] {
        const auto lock = locked();
        const auto found = std::find_if(files_.begin(), files_.end(),
                                        [&](const auto& one) { return one.first == file && one.second.is_here(); });
        if (found != files_.end()) files_.erase(found);
      }));
    }
    [[nodiscard]] bool has_of_parent(const file_identity& file) {
      const auto lock = locked();
      return std::any_of(files_.begin(), files_.end(),
                         [&](const auto& one) { return one.first == file && !one.second.is_here(); });
    }

   private:
    /// A fork may have copied it locked, for ever.
    [[nodiscard]] std::unique_lock<std::mutex> locked() {
      std::unique_lock lock{mutex_, std::defer_lock};
      for (int naps = 0; !lock.try_lock(); ++naps) {
        if (naps == 1000) fail(inherited);
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
      }
      return lock;
    }
    std::mutex mutex_{};
    std::vector<std::pair<file_identity, sello::detail::own_process>> files_{};
  };
  /// Never destroyed: an inbox may be static.
  [[nodiscard]] static registry& all() {
    static auto* const one = new registry;
    return *one;
  }

  struct file {
    std::string name{};
    std::optional<file_identity> identity{};
  };
  std::string path_;
  sello::detail::own_process process_{};
  std::array<file, 3> files_{};
};

}  // namespace sello::inline v0::sqlite::detail
