// SPDX-License-Identifier: MIT
// Group commit: whoever finds nobody writing writes for all who wait, at once, and the others get what it wrote.
#pragma once

#include <condition_variable>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace sello::inline v0::detail {

/// `Request` is what one caller wants written, and what became of it; `write` is called with whole batches, never by two
/// threads at once, and must not throw. Nobody waits for more to come.
template <class Request>
class group {
 public:
  /// Returns when a batch with `own` was written. Throws `std::bad_alloc`, and then nothing was written.
  template <class Write>
  void join(Request& own, const Write& write) {
    seat mine{&own};
    std::unique_lock lock{mutex_};
    waiting_.push_back(&mine);
    if (led_) {
      mine.turn.wait(lock, [&] { return mine.done || mine.leads; });
      if (mine.done) return;
    }
    led_ = true;
    const std::vector<seat*> taken = std::exchange(waiting_, {});
    lock.unlock();
    write(std::span<seat* const>{taken});
    lock.lock();
    for (seat* one : taken) {
      one->done = true;
      if (one != &mine) one->turn.notify_one();  // under the lock: afterwards it may be gone
    }
    led_ = !waiting_.empty();
    if (!led_) return;
    waiting_.front()->leads = true;
    waiting_.front()->turn.notify_one();
  }

  /// One caller's place.
  struct seat {
    Request* request;
    bool done = false;
    bool leads = false;
    std::condition_variable turn{};
  };

 private:
  std::mutex mutex_{};
  std::vector<seat*> waiting_{};
  bool led_ = false;
};

}  // namespace sello::inline v0::detail
