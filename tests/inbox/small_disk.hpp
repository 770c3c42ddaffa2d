// SPDX-License-Identifier: MIT
// For tests that are run as small_disk <program>: the disk that it has made.
#pragma once

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace support {

/// The small disk, empty at first, and what takes all that is left of it.
class small_disk {
 public:
  small_disk() {
    const char* place = std::getenv("SELLO_SMALL_DISK");
    if (place == nullptr) throw std::runtime_error{"run this as: small_disk <program>"};
    path_ = place;
    empty();
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() { empty(); }

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  void fill() const {
    const int to = ::open(file("filler").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::string page(4096, 'x');
    while (::write(to, page.data(), page.size()) > 0) {
    }
    ::close(to);
  }
  void make_room() const { std::filesystem::remove(file("filler")); }
  void read_only(bool on) const {
    constexpr unsigned long anew = MS_REMOUNT;
    if (::mount(nullptr, path_.c_str(), nullptr, on ? anew | MS_RDONLY : anew, "size=4m") != 0)
      throw std::runtime_error{"it cannot be mounted again"};
  }

 private:
  void empty() const {
    for (const auto& one : std::filesystem::directory_iterator{path_}) std::filesystem::remove_all(one);
  }
  std::string path_{};
};

}  // namespace support
