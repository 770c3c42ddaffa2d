// SPDX-License-Identifier: MIT
// Group commit over several connections: whoever finds one free writes at once; only when all are busy do requests wait, and
// the next one that is free takes all of them.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

namespace sello::inline v0::postgres::detail {

/// As `group`, with several that write at once, each at a place of its own.
template <class Request>
class crew {
 public:
  crew(std::size_t places, std::size_t most) : most_{most} {
    for (std::size_t i = places; i > 0; --i) free_.push_back(i - 1);
  }

  /// Returns when a batch with `own` was written. `write` gets a place that nobody else has, says whether it was of use, and
  /// must not throw. What was of no use is taken last, so that one that cannot connect does not get every request.
  template <class Write>
  void join(Request& own, const Write& write) {
    seat mine{&own};
    std::unique_lock lock{mutex_};
    if (free_.empty()) {
      waiting_.push_back(&mine);
      mine.turn.wait(lock, [&] { return mine.done || mine.leads; });
      if (mine.done) return;
    } else {
      mine.place = free_.back();
      free_.pop_back();
    }
    std::vector<Request*> requests{&own};
    std::vector<seat*> others;
    try {
      take(requests, others);
    } catch (...) {  // no memory: alone, then
      requests.resize(1);
      waiting_.insert(waiting_.begin(), others.begin(), others.end());
      others.clear();
    }
    lock.unlock();
    const bool useful = write(mine.place, std::span<Request* const>{requests});
    lock.lock();
    for (seat* one : others) {
      one->done = true;
      one->turn.notify_one();  // under the lock: afterwards it may be gone
    }
    if (waiting_.empty()) {
      free_.insert(useful ? free_.end() : free_.begin(), mine.place);
    } else {
      seat* const next = waiting_.front();
      waiting_.erase(waiting_.begin());
      next->place = mine.place;
      next->leads = true;
      next->turn.notify_one();
    }
  }

 private:
  struct seat {
    Request* request;
    std::size_t place = 0;
    bool done = false;
    bool leads = false;
    std::condition_variable turn{};
  };

  void take(std::vector<Request*>& requests, std::vector<seat*>& others) {
    const std::size_t count = (std::min)(waiting_.size(), most_ - 1);
    others.assign(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    for (seat* one : others) requests.push_back(one->request);
  }

  std::size_t most_;
  std::mutex mutex_{};
  std::vector<std::size_t> free_{};
  std::vector<seat*> waiting_{};
};

}  // namespace sello::inline v0::postgres::detail
