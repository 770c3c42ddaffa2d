// SPDX-License-Identifier: MIT
// Whether something was given away, so that a change to it would come too late.
#pragma once

#include <atomic>

namespace sello::inline v0::detail {

/// Whether a router was given to a receiver or a worker. A copy of the router was not.
class given_mark {
 public:
  given_mark() = default;
  given_mark(const given_mark&) noexcept {}
  given_mark& operator=(const given_mark&) noexcept {  // NOLINT(cert-oop54-cpp): any assignment is another router
    given_ = false;
    return *this;
  }
  ~given_mark() = default;
  void set() const noexcept { given_ = true; }
  explicit operator bool() const noexcept { return given_; }

 private:
  mutable std::atomic<bool> given_ = false;
};

}  // namespace sello::inline v0::detail
