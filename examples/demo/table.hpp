// SPDX-License-Identifier: MIT
// The table that the demo prints: one line a delivery, with what came of it.
#pragma once

#include <chrono>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

#include "report.hpp"

namespace demo {

/// With one digit behind the point.
[[nodiscard]] inline std::string decimal(double number) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << number;
  return text.str();
}

[[nodiscard]] inline std::string microseconds(std::chrono::nanoseconds time) {
  return decimal(std::chrono::duration<double, std::micro>{time}.count());
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

inline void print(const delivery& of) {
  print_line(of.sender, of.what, of.seen.text, std::to_string(of.status), microseconds(of.seen.took()), of.note);
}

}  // namespace demo
