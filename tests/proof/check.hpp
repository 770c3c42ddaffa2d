// SPDX-License-Identifier: MIT
// What the proofs share: counted expectations, without a test framework that would allocate beside them.
#pragma once

#include <cstdio>
#include <string_view>

namespace proof {

/// The exit code that ctest shows as "Skipped".
inline constexpr int skipped = 77;

inline int failures = 0;
inline bool in_control = false;

/// Says what went wrong, and remembers it for `verdict`.
inline void fail(std::string_view where, std::string_view what) {
  ++failures;
  if (in_control) return;
  std::printf("FAILED %.*s: %.*s\n", static_cast<int>(where.size()), where.data(), static_cast<int>(what.size()),
              what.data());
}

inline void expect(bool holds, std::string_view where, std::string_view what) {
  if (!holds) fail(where, what);
}

/// Runs what is wrong on purpose: a check that does not fail on it proves nothing.
template <class Work>
void control(std::string_view name, Work work) {
  const int before = failures;
  in_control = true;
  work();
  in_control = false;
  const bool reported = failures > before;
  failures = before;
  std::printf("control: %-60.*s %s\n", static_cast<int>(name.size()), name.data(), reported ? "reported" : "");
  expect(reported, name, "was not reported, so what was not reported elsewhere proves nothing");
}

/// For the end of `main`.
[[nodiscard]] inline int verdict() {
  std::printf("%s\n", failures == 0 ? "proven" : "NOT PROVEN");
  return failures == 0 ? 0 : 1;
}

}  // namespace proof
