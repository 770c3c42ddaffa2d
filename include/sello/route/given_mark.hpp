// SPDX-License-Identifier: MIT
// Whether something was given away, so that a change to it would come too late.
#pragma once

#include <atomic>

namespace sello::inline v0::detail {

/// Whether a router was given to a receiver or a worker. The mark goes where the router is moved to; a copy of the router
/// is another one, which was not given.
class given_mark {
 public:
  given_mark() = default;
  given_mark(const given_mark&) noexcept {}
  given_mark(given_mark&& from) noexcept : given_{from.given_.load()} {}
  given_mark& operator=(const given_mark& other) noexcept {
    if (this != &other) given_ = false;
    return *this;
  }
  given_mark& operator=(given_mark&& from) noexcept {
    given_ = from.given_.load();
    return *this;
  }
  ~given_mark() = default;
  void set() const noexcept { given_ = true; }
  explicit operator bool() const noexcept { return given_; }

 private:
  mutable std::atomic<bool> given_ = false;
};

}  // namespace sello::inline v0::detail
