// SPDX-License-Identifier: MIT
// Whether this is the process in which something was made, or one that was forked off it.
#pragma once

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

#include <cstdint>

namespace sello::inline v0::detail {

[[nodiscard]] inline std::int64_t process_id() noexcept {
#if defined(__unix__) || defined(__APPLE__)
  return static_cast<std::int64_t>(::getpid());
#else
  return 0;
#endif
}

/// What a forked process has of threads, locks, files and connections are the parent's: it neither uses nor ends them.
class own_process {
 public:
  [[nodiscard]] bool is_here() const noexcept { return process_id() == made_in_; }

 private:
  std::int64_t made_in_ = process_id();
};

}  // namespace sello::inline v0::detail
