// SPDX-License-Identifier: MIT
// A file that this process has open through SQLite: that it is still the one with this name, and no parent's.
#pragma once

#if defined(__unix__) || defined(__APPLE__)
#include <sys/stat.h>
#endif

#include <algorithm>
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

/// Which file a name leads to; nothing where that cannot be said.
struct file_identity {
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  friend bool operator==(const file_identity&, const file_identity&) = default;

  [[nodiscard]] static std::optional<file_identity> of(const std::string& path) noexcept {
#if defined(__unix__) || defined(__APPLE__)
    struct stat about{};
    if (::stat(path.c_str(), &about) != 0) return std::nullopt;
    return file_identity{static_cast<std::uint64_t>(about.st_dev), static_cast<std::uint64_t>(about.st_ino)};
#else
    static_cast<void>(path);
    return std::nullopt;
#endif
  }
};

class open_file {
 public:
  /// Before it is opened. SQLite keeps its locks in a table of the process, which a forked one inherits, and the locks it
  /// does not: so what a parent had open at the fork is refused. https://www.sqlite.org/howtocorrupt.html, 2.6
  explicit open_file(std::string path) : path_{std::move(path)} {
    const auto found = file_identity::of(path_);
    if (found && all().has_of_parent(*found)) fail(inherited);
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() {
    if (file_ && process_.is_here()) all().remove(*file_);
  }

  /// Once it is open, and has its log.
  void opened() {
    file_ = file_identity::of(path_);
    log_ = file_identity::of(path_ + "-wal");
    if (file_) all().add(*file_);
  }

  /// Throws. What is written into a file without its name is lost with the process.
  void require_same() const {
    if ((file_ && file_identity::of(path_) != file_) || (log_ && file_identity::of(path_ + "-wal") != log_))
      fail(
          "the file or its -wal was moved, removed or replaced while it is open; put both back, or start the program "
          "again");
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

  std::string path_;
  sello::detail::own_process process_{};
  std::optional<file_identity> file_{};
  std::optional<file_identity> log_{};
};

}  // namespace sello::inline v0::sqlite::detail
