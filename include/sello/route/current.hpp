// SPDX-License-Identifier: MIT
// A value that is replaced while others use it.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace sello::inline v0::detail {

/// A value that may be replaced while others use it: they keep the one that they have got. The lock is held for a copy of
/// a pointer. (`std::atomic<std::shared_ptr>` of libstdc++ 12 is a data race to ThreadSanitizer.)
template <class T>
class current {
 public:
  explicit current(T value) : held_{std::make_shared<const T>(std::move(value))} {}
  current(const current& other) : held_{other.get()} {}
  current& operator=(const current& other) {  // NOLINT(cert-oop54-cpp): to itself it does no harm
    set(other.get());
    return *this;
  }
  ~current() = default;

  [[nodiscard]] std::shared_ptr<const T> get() const noexcept {
    const std::lock_guard lock{mutex_};
    return held_;
  }
  void replace(T value) { set(std::make_shared<const T>(std::move(value))); }

 private:
  void set(std::shared_ptr<const T> next) noexcept {
    const std::lock_guard lock{mutex_};
    held_.swap(next);  // the old one ends outside of the lock
  }

  mutable std::mutex mutex_{};
  std::shared_ptr<const T> held_;
};

}  // namespace sello::inline v0::detail
