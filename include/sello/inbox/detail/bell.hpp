// SPDX-License-Identifier: MIT
// Wakes the workers of this process when something arrives; to ring costs nothing while nobody waits.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace sello::inline v0::detail {

class bell {
 public:
  void ring() noexcept {
    rung_.fetch_add(1);
    if (waiting_.load() == 0) return;
    const std::lock_guard lock{mutex_};
    heard_.notify_all();
  }

  /// Until the next ring after `seen`, at most so long.
  void wait(std::chrono::milliseconds most, std::uint64_t seen) noexcept {
    std::unique_lock lock{mutex_};
    waiting_.fetch_add(1);
    heard_.wait_for(lock, most, [&] { return rung_.load() != seen; });
    waiting_.fetch_sub(1);
  }

  /// To be taken before one looks for work, so that what arrives meanwhile is not slept through.
  [[nodiscard]] std::uint64_t seen() const noexcept { return rung_.load(); }

 private:
  std::atomic<std::uint64_t> rung_{0};
  std::atomic<int> waiting_{0};
  std::mutex mutex_{};
  std::condition_variable heard_{};
};

}  // namespace sello::inline v0::detail
