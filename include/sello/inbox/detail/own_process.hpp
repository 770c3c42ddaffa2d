// SPDX-License-Identifier: MIT
// Whether this is the process in which something was made, or one that was forked off it.
#pragma once

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

#include <cstdint>

namespace sello::inline v0::detail {

/// What a forked process has of threads, locks, files and connections are the parent's: it neither uses nor ends them.
class own_process {
 public:
  [[nodiscard]] bool is_here() const noexcept { return current() == made_in_; }

 private:
  [[nodiscard]] static std::int64_t current() noexcept {
#if defined(__unix__) || defined(__APPLE__)
    return static_cast<std::int64_t>(::getpid());
#else
    return 0;
#endif
  }

  std::int64_t made_in_ = current();
};

}  // namespace sello::inline v0::detail
