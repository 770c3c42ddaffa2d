// SPDX-License-Identifier: MIT
// The table that the demo prints: one line a delivery, with what came of it.
#pragma once

#include <chrono>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

#include <sello/sello.hpp>

namespace demo {

/// What the receiver's observer was told of one delivery, kept.
struct verdict {
  std::string text = "none";  ///< an `outcome` or an `errc`
  std::string where;
  int status = 0;
  std::chrono::nanoseconds took{};
  std::string handler_got;

  verdict() = default;
  verdict(const sello::record& seen, std::string handler_got_)
      : text{seen.error ? to_string(*seen.error) : to_string(seen.outcome.value())},
        where{seen.where},
        status{seen.status},
        took{seen.verifying + seen.decoding + seen.handling},
        handler_got{std::move(handler_got_)} {}
};

[[nodiscard]] inline std::string microseconds(std::chrono::nanoseconds time) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << std::chrono::duration<double, std::micro>{time}.count();
  return text.str();
}

inline void print_line(std::string_view sender, std::string_view what, std::string_view verdict,
                       std::string_view status, std::string_view time, std::string_view note) {
  std::cout << std::left << std::setw(8) << sender << std::setw(46) << what << std::setw(21) << verdict << std::setw(8)
            << status << std::right << std::setw(12) << time << "  " << note.substr(0, 60) << '\n';
}

inline void print_title(std::string_view title) {
  std::cout << '\n' << title << "\n\n";
  print_line("sender", "event or attack", "verdict", "status", "microseconds",
             "what the handler got, or where the fault is");
}

}  // namespace demo
