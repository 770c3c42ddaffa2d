// SPDX-License-Identifier: MIT
// Keeps the claims of handlers that run: a slow one is not taken for one whose process died.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/inbox/detail/own_process.hpp>
#include <sello/inbox/stored.hpp>

namespace sello::inline v0::detail {

/// Renews each running handler's lease three times in its span, from a thread of its own, for as long as the process lives:
/// so a lease that ends while its handler runs says that the process went, or lost its store for that long.
template <class Store>
class lease_keeper {
 public:
  /// The place of one lane, whose handlers run one after the other.
  class seat {
   public:
    explicit seat(lease_keeper& owner) : owner_{&owner} {
      const std::lock_guard lock{owner.mutex_};
      owner.seats_.push_back(this);
    }
    seat(const seat&) = delete;
    seat& operator=(const seat&) = delete;
    ~seat() {
      if (!owner_->process_.is_here()) return;
      const std::lock_guard lock{owner_->mutex_};
      std::erase(owner_->seats_, this);
    }

    /// Notes in the store that the handler of `next` runs, and that the one before it has returned. False: the claim was
    /// lost.
    [[nodiscard]] result<bool> start(const ticket& next) noexcept {
      const std::lock_guard lock{mutex_};
      auto ours = owner_->store_->start(next, owner_->lease_, running_);
      if (ours) running_ = *ours ? std::optional{next} : std::nullopt;
      return ours;
    }
    void leave() noexcept {
      const std::lock_guard lock{mutex_};
      running_.reset();
    }

   private:
    friend class lease_keeper;
    void renew() noexcept {
      const std::lock_guard lock{mutex_};
      if (!running_) return;
      const auto ours = owner_->store_->start(*running_, owner_->lease_, std::nullopt);
      if (ours && !*ours) running_.reset();  // another's by now
    }

    lease_keeper* owner_;
    std::mutex mutex_{};
    std::optional<ticket> running_{};
  };

  lease_keeper(std::shared_ptr<Store> store, std::chrono::seconds lease)
      : store_{std::move(store)}, lease_{(std::min)(lease, std::chrono::seconds{std::chrono::days{365 * 200}})} {}
  lease_keeper(const lease_keeper&) = delete;
  lease_keeper& operator=(const lease_keeper&) = delete;
  ~lease_keeper() { stop(); }

  /// Nothing if it runs. Throws `std::system_error`.
  void start() {
    const std::lock_guard lock{mutex_};
    if (thread_) return;
    stopping_ = false;
    thread_ = std::make_unique<std::thread>([this] { run(); });
  }
  void stop() noexcept {
    if (!process_.is_here()) {
      // Forked: the thread is the parent's, and so may be the lock; and what it waits for would wait for it to be destroyed.
      static_cast<void>(thread_.release());
      static_cast<void>(stopped_.release());
      return;
    }
    {
      const std::lock_guard lock{mutex_};
      if (!thread_) return;
      stopping_ = true;
    }
    stopped_->notify_all();
    thread_->join();
    thread_.reset();
  }

 private:
  void run() noexcept {
    std::unique_lock lock{mutex_};
    while (!stopped_->wait_for(lock, std::chrono::milliseconds{lease_} / 3, [this] { return stopping_; }))
      for (seat* one : seats_) one->renew();
  }

  own_process process_{};
  std::shared_ptr<Store> store_;
  std::chrono::seconds lease_;
  std::mutex mutex_{};
  std::unique_ptr<std::condition_variable> stopped_ = std::make_unique<std::condition_variable>();
  std::vector<seat*> seats_{};
  bool stopping_ = false;
  std::unique_ptr<std::thread> thread_{};
};

}  // namespace sello::inline v0::detail
