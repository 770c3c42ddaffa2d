// SPDX-License-Identifier: MIT
// What the threads of one worker share, and what a router is asked to do with a stored delivery.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <utility>

#include <sello/base/result.hpp>
#include <sello/inbox/detail/lease_keeper.hpp>
#include <sello/inbox/effects.hpp>
#include <sello/inbox/options.hpp>
#include <sello/inbox/store.hpp>
#include <sello/route/receiver.hpp>
#include <sello/route/transaction.hpp>

namespace sello::inline v0::detail {

/// A router that works off stored deliveries: it decodes, and gives `handled`, `ignored`, `duplicate`, or an error.
template <class R, class Transaction>
concept works = std::copyable<R> && requires(const R& r, const stored& row, const entrance<Transaction>& door) {
  { r.work(row, door) } -> std::same_as<result<outcome>>;
};

template <store Store, effects Effects, class Router>
struct workplace {
  std::shared_ptr<Store> store;
  Effects effects;
  Router router;
  worker_options options;
  std::atomic<bool> stopping{false};
  lease_keeper<Store> leases{store, options.lease};

  void check() {
    const auto refuse = [](const char* why) { throw bad_result{{errc::malformed_option, why}}; };
    const worker_options& o = options;
    if (o.threads == 0 || o.claims == 0 || o.batch == 0 || o.attempts < 1 || o.crashes < 1)
      refuse("a worker has at least one thread, claim, effect to a transaction, attempt and crash");
    if (o.lease < std::chrono::seconds{1} || o.poll.count() < 1 || o.backoff.count() < 1 || o.backoff_limit < o.backoff)
      refuse(
          "a worker's lease is at least a second, its poll and backoff a millisecond, and the backoff within its "
          "limit");
    if (effects.is_at(store->location()))
      refuse("the effects are in the inbox's own file, where a handler would stop the intake; give them another file");
    if (!options.random) {
      struct source {
        std::mutex mutex{};
        std::mt19937_64 numbers{std::random_device{}()};
      };
      options.random = [from = std::make_shared<source>()] {
        const std::lock_guard lock{from->mutex};
        return from->numbers();
      };
    }
  }

  /// Never 0, which is nobody's.
  [[nodiscard]] std::int64_t token() const { return static_cast<std::int64_t>((options.random() >> 1U) | 1U); }

  /// Doubling, with up to a half of it taken off at random, so that what failed together does not come back together.
  [[nodiscard]] std::chrono::microseconds delay(std::int64_t attempts) const {
    const std::chrono::microseconds limit{micros(options.backoff_limit)};
    std::chrono::microseconds full{micros(options.backoff)};
    for (std::int64_t i = 0; i < attempts && full < limit; ++i) full *= 2;
    full = (std::min)(full, limit);
    const auto half = static_cast<std::uint64_t>(full.count() / 2);
    return full - std::chrono::microseconds{static_cast<std::int64_t>(options.random() % (half + 1))};
  }

  void tell(const record& seen) const noexcept {
    if (!options.observer) return;
    try {
      options.observer(seen);
    } catch (...) {  // NOLINT(bugprone-empty-catch): an observer cannot change what became of the delivery
    }
  }
};

}  // namespace sello::inline v0::detail
