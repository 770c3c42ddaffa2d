// SPDX-License-Identifier: MIT
// What came of all that the demo sent, kept for its page.
#pragma once

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "durable.hpp"
#include "verdict.hpp"

namespace demo {

/// One delivery, or an attack, of which the last request counts.
struct delivery {
  std::string sender;
  std::string what;  ///< the event's type, or the attack
  verdict seen;
  int status = 0;    ///< what the client was answered
  std::string note;  ///< what the handler got, or where the fault is; first, if so, what was expected instead
  bool good = false;
};

/// Deliveries of one kind.
struct section {
  std::string title;
  std::vector<delivery> deliveries{};

  [[nodiscard]] std::size_t good() const {
    return static_cast<std::size_t>(
        std::count_if(deliveries.begin(), deliveries.end(), [](const delivery& each) { return each.good; }));
  }
  [[nodiscard]] bool all_good() const { return good() == deliveries.size(); }
};

struct report {
  section known;
  section unusual;
  section hostile;
  section attacks;
  std::set<std::string> refusals{};  ///< the different texts that refused deliveries were answered with
  durable_result durable{};

  [[nodiscard]] bool one_answer() const noexcept { return refusals.size() == 1; }
  [[nodiscard]] bool good() const {
    return known.all_good() && unusual.all_good() && hostile.all_good() && attacks.all_good() && one_answer() &&
           durable.good();
  }
};

}  // namespace demo
