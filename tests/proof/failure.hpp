// SPDX-License-Identifier: MIT
// Makes the n-th call of something fail, for every n, in every scenario.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "check.hpp"
#include "scenarios.hpp"

namespace proof {

/// Something that can fail: it asks at each call whether this is the one.
struct failure_point {
  const char* name;
  bool as_bad_text = false;  // its failure cannot be told from a text that is no base64
  std::size_t calls = 0;
  std::size_t fail_at = 0;  // 0: never

  [[nodiscard]] bool fails() noexcept { return ++calls == fail_at; }
};

/// The scenario under way, for whoever ends the program.
inline const char* under_way = "nothing";
inline std::size_t under_way_call = 0;

/// Runs a scenario with the n-th call of one thing failing, for n from 1 until there are no more calls. `live` says how
/// many blocks of memory are in use. Gives how many faults were put in.
template <class Live>
[[nodiscard]] std::size_t fail_each_call(const scenario& of, failure_point& point, Live live) {
  under_way = of.name.c_str();
  const auto say = [&](std::size_t n, std::string_view what) {
    fail(of.name, std::string{point.name} + " failed at call " + std::to_string(n) + ": " + std::string{what});
  };
  for (std::size_t n = 1;; ++n) {
    under_way_call = n;
    if (of.run() != of.expected) say(0, "another answer without any fault");
    const std::size_t live_before = live();
    point.calls = 0;
    point.fail_at = n;
    const std::string_view answer = of.run();
    const bool failed = point.calls >= n;
    point.fail_at = 0;
    if (!failed) return n - 1;
    const auto& allowed = of.with_fault;
    const bool known = answer == of.expected || std::find(allowed.begin(), allowed.end(), answer) != allowed.end();
    const bool refused = answer == "signature_mismatch" || answer == "malformed_signature" ||
                         answer == "malformed_secret" || answer == "401";
    if (!known && !(point.as_bad_text && refused)) say(n, answer);
    if (of.run() != of.expected) say(n, "and afterwards the answer is another one");
    if (live() != live_before) say(n, "and memory leaked: " + std::to_string(live() - live_before) + " blocks");
  }
}

/// For programs that end in `std::terminate`: says where.
inline void say_where_it_ended() {
  std::set_terminate([] {
    std::printf("FAILED %s: the program was ended at call %zu\n", under_way, under_way_call);
    std::fflush(stdout);
    std::_Exit(1);
  });
}

/// Runs all scenarios with all points, and prints how many faults each point had.
template <class Points, class Live>
void fail_everything(Points& points, Live live) {
  say_where_it_ended();
  const std::vector<scenario> scenarios = all_scenarios();
  for (const scenario& each : scenarios) expect(each.run() == each.expected, each.name, each.run());
  for (failure_point* point : points) {
    std::size_t faults = 0;
    for (const scenario& each : scenarios) faults += fail_each_call(each, *point, live);
    std::printf("%-24s %6zu faults in %zu scenarios\n", point->name, faults, scenarios.size());
    expect(faults != 0, point->name, "is never called: nothing was shown");
  }
}

}  // namespace proof
