// SPDX-License-Identifier: MIT
// The demo's durable part: a process with an inbox that is killed in the middle of its work, and what is left then.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "verdict.hpp"

namespace demo {

/// A database that is away for a while, and what became of the events sent meanwhile.
struct outage {
  std::chrono::seconds away{};
  std::size_t sent = 0;
  std::size_t answered = 0;
  std::size_t effects = 0;
  bool loses = false;               ///< whether it lasts longer than the sender tries
  std::vector<int> answered_try{};  ///< of each event, from 1 on; 0: none, so it is gone
  std::vector<verdict> stored{};    ///< what the observer was told of those that were answered

  [[nodiscard]] bool good() const noexcept { return effects == answered && (loses || answered == sent); }
};

struct durable_result {
  bool tried = false;    ///< not without SQLite
  std::string failed{};  ///< why it did not come to its end
  std::vector<outage> outages{};
  std::size_t kills = 0;
  std::size_t deliveries = 0;  ///< each answered with 200 in the end
  std::size_t answers = 0;     ///< of 200: a fifth of the deliveries is sent once more
  std::size_t effects = 0;
  std::size_t different = 0;  ///< effects, each counted once

  [[nodiscard]] std::size_t lost() const noexcept { return deliveries - different; }
  [[nodiscard]] std::size_t doubled() const noexcept { return effects - different; }

  /// Nothing was lost, and nothing doubled.
  [[nodiscard]] bool good() const {
    return failed.empty() && lost() == 0 && doubled() == 0 &&
           std::all_of(outages.begin(), outages.end(), [](const outage& each) { return each.good(); });
  }
};

/// Finds and prints what an outage of the database costs, then kills and counts.
[[nodiscard]] durable_result show_durable();

/// The process that is killed: `demo --durable <folder> <die at>`. The handler of that call stops in the middle of its work,
/// and says so; 0: none does.
[[nodiscard]] int run_durable(const std::string& folder, int die_at);

}  // namespace demo
