// SPDX-License-Identifier: MIT
// The proof that a delivery is stored: without it a durable receiver has no 2xx to give.
#pragma once

#include <utility>

#include <sello/base/result.hpp>
#include <sello/route/record.hpp>

namespace sello::inline v0 {

namespace detail {
class barrier;
}

/// Says that what a store was given outlives a power cut. Only `detail::barrier` makes one, after a sync that succeeded;
/// each is good for one receipt.
class durable {
 public:
  durable(const durable&) = delete;
  durable(durable&&) noexcept = default;
  durable& operator=(const durable&) = delete;
  durable& operator=(durable&&) = delete;
  ~durable() = default;

 private:
  friend class detail::barrier;
  durable() noexcept = default;
};

/// What a durable receiver answers 200 for: `queued`, `duplicate` or `conflict`, each of them stored.
class receipt {
 public:
  receipt(durable&&, sello::outcome what) noexcept : outcome_{what} {}
  [[nodiscard]] sello::outcome outcome() const noexcept { return outcome_; }

 private:
  sello::outcome outcome_;
};

namespace detail {

/// The one place where `durable` is minted. A duplicate needs it as much as a new delivery: the row that it meets may have
/// been written by a process that died before its sync.
class barrier {
 public:
  /// `sync` gives `result<void>`: everything stored so far is on the disk, or why not.
  template <class Sync>
  [[nodiscard]] static result<barrier> pass(Sync&& sync) {
    result<void> synced = std::forward<Sync>(sync)();
    if (!synced) return synced.error();
    return barrier{};
  }

  [[nodiscard]] durable mint() const noexcept { return {}; }

 private:
  barrier() noexcept = default;
};

}  // namespace detail
}  // namespace sello::inline v0
