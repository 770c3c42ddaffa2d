// SPDX-License-Identifier: MIT
// A disk that forgets: what was written and not synced is kept apart, and a power cut takes any part of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace power_cut {

/// One thing that a program had the operating system do. A file is a number, so that one that was deleted and one that was
/// made anew under its name are two.
struct operation {
  enum class kind : unsigned char {
    create,       ///< a name in the folder
    write,        ///< `data` at `offset`
    truncate,     ///< to `offset` bytes
    sync,         ///< of one file
    failed_sync,  ///< of one file, answered with an error
    remove,       ///< a name from the folder
    sync_folder,  ///< all names
  };
  kind what{};
  int file = -1;
  std::int64_t offset = 0;
  std::string data{};
  std::string name{};

  [[nodiscard]] bool is_of_folder() const noexcept { return what == kind::create || what == kind::remove; }
};

/// What becomes of the operations that were not synced.
struct fate {
  enum class kind : unsigned char {
    kept,       ///< all: as if the process was killed and the power stayed
    dropped,    ///< none
    first,      ///< the first `count` of them, in the order of the program
    torn,       ///< all but the last write, and of that one its first `count` sectors
    scattered,  ///< each sector and each name for itself, by the toss of a coin; `count` is the seed
    only,       ///< those whose file's name ends with `suffix`, and all names
  };
  kind what = kind::dropped;
  std::size_t count = 0;
  std::size_t sector = 512;
  std::string suffix{};
};

/// Names and contents.
using files = std::map<std::string, std::string>;

/// What is on the disk, and what is on its way there.
class disk {
 public:
  disk() = default;

  /// All of it synced.
  explicit disk(const files& contents) {
    for (const auto& [name, bytes] : contents) {
      names_[name] = next_;
      contents_[next_++] = bytes;
    }
  }

  void apply(const operation& done, bool failed_sync_loses = true) {
    using kind = operation::kind;
    switch (done.what) {
      case kind::create: next_ = std::max(next_, done.file + 1); [[fallthrough]];
      case kind::remove:
      case kind::write:
      case kind::truncate: pending_.push_back(done); break;
      case kind::sync:
        settle([&](const operation& one) { return !one.is_of_folder() && one.file == done.file; }, true);
        break;
      case kind::failed_sync:
        // Linux marks the pages clean: the program reads them, and no later sync writes them.
        if (failed_sync_loses)
          settle([&](const operation& one) { return !one.is_of_folder() && one.file == done.file; }, false);
        break;
      case kind::sync_folder: settle([](const operation& one) { return one.is_of_folder(); }, true); break;
    }
  }

  /// The files as they are found when the power is back.
  [[nodiscard]] files after(const fate& cut) const {
    disk left = *this;
    left.pending_.clear();
    std::mt19937_64 coin{cut.count};
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      const operation& one = pending_[i];
      switch (cut.what) {
        case fate::kind::kept: left.settle(one); break;
        case fate::kind::dropped: break;
        case fate::kind::first:
          if (i < cut.count) left.settle(one);
          break;
        case fate::kind::torn:
          if (i + 1 < pending_.size() || one.what != operation::kind::write) {
            left.settle(one);
          } else {
            for (const auto& [piece, number] : sectors(one, cut.sector))
              if (number < cut.count) left.settle(piece);
          }
          break;
        case fate::kind::scattered:
          if (one.what == operation::kind::write) {
            for (const auto& [piece, number] : sectors(one, cut.sector))
              if (coin() % 2 == 0) left.settle(piece);
          } else if (coin() % 2 == 0) {
            left.settle(one);
          }
          break;
        case fate::kind::only:
          if (one.is_of_folder() || name_of(one.file).ends_with(cut.suffix)) left.settle(one);
          break;
      }
    }
    files found;
    for (const auto& [name, file] : left.names_) found[name] = left.contents_[file];
    return found;
  }

  [[nodiscard]] const std::vector<operation>& pending() const noexcept { return pending_; }

  /// Into how many sectors the last unsynced operation can be torn; 0 if it is no write.
  [[nodiscard]] std::size_t last_sectors(std::size_t sector) const {
    if (pending_.empty() || pending_.back().what != operation::kind::write) return 0;
    return sectors(pending_.back(), sector).size();
  }

  /// The names as the program sees them.
  [[nodiscard]] std::map<std::string, int> names() const {
    disk left = *this;
    for (const operation& one : pending_) left.settle(one);
    return left.names_;
  }

  [[nodiscard]] int next_file() const noexcept { return next_; }

 private:
  [[nodiscard]] static std::vector<std::pair<operation, std::size_t>> sectors(const operation& whole,
                                                                              std::size_t sector) {
    std::vector<std::pair<operation, std::size_t>> pieces;
    for (std::size_t at = 0; at < whole.data.size();) {
      const std::size_t place = static_cast<std::size_t>(whole.offset) + at;
      const std::size_t size = std::min(sector - place % sector, whole.data.size() - at);
      operation piece = whole;
      piece.offset = static_cast<std::int64_t>(place);
      piece.data = whole.data.substr(at, size);
      pieces.emplace_back(std::move(piece), pieces.size());
      at += size;
    }
    return pieces;
  }

  [[nodiscard]] std::string name_of(int file) const {
    for (const auto& [name, number] : names())
      if (number == file) return name;
    return {};
  }

  void settle(const operation& one) {
    using kind = operation::kind;
    if (one.what == kind::create) {
      names_[one.name] = one.file;
    } else if (one.what == kind::remove) {
      names_.erase(one.name);
    } else {
      std::string& bytes = contents_[one.file];
      const auto offset = static_cast<std::size_t>(one.offset);
      if (one.what == kind::truncate) {
        bytes.resize(offset);
      } else {
        if (bytes.size() < offset + one.data.size()) bytes.resize(offset + one.data.size());
        bytes.replace(offset, one.data.size(), one.data);
      }
    }
  }

  template <class Chosen>
  void settle(const Chosen& chosen, bool written) {
    std::vector<operation> left;
    for (operation& one : pending_) {
      if (!chosen(one)) {
        left.push_back(std::move(one));
      } else if (written) {
        settle(one);
      }
    }
    pending_ = std::move(left);
  }

  std::map<std::string, int> names_{};
  std::map<int, std::string> contents_{};
  std::vector<operation> pending_{};
  int next_ = 0;
};

[[nodiscard]] inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream from{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{from}, std::istreambuf_iterator<char>{}};
}

/// A folder of its own, gone with the object. In memory where there is a place for it: what is on it is reopened often.
class folder {
 public:
  explicit folder(const files& contents = {}) {
    const std::filesystem::path memory{"/dev/shm"};
    std::string name =
        (std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path()) / "power_cut_XXXXXX";
    path_ = ::mkdtemp(name.data());
    for (const auto& [file, bytes] : contents) std::ofstream{path_ / file, std::ios::binary} << bytes;
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace power_cut
