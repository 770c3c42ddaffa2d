// SPDX-License-Identifier: MIT
// How long the stages of a delivery took: as bars, each with its numbers.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "../table.hpp"
#include "html.hpp"

namespace demo::html {

using std::chrono::nanoseconds;

struct stage {
  std::string_view name;
  nanoseconds verdict::* time;
};

inline constexpr std::array<stage, 4> stages{{{"verify", &verdict::verifying},
                                              {"decode", &verdict::decoding},
                                              {"handle", &verdict::handling},
                                              {"store", &verdict::storing}}};

[[nodiscard]] inline std::string percent(double part) { return decimal(std::clamp(100 * part, 0.0, 100.0)) + '%'; }

/// A piece of a bar.
[[nodiscard]] inline std::string piece(std::string_view kind, double part) {
  return std::string{"<i class=\""}.append(kind).append("\" style=\"width:").append(percent(part)).append("\"></i>");
}

/// The bar alone; `whole` fills it. The numbers stand beside it.
[[nodiscard]] inline std::string bar(const verdict& seen, nanoseconds whole) {
  std::string pieces;
  for (const stage& each : stages) {
    const auto time = seen.*each.time;
    if (time != nanoseconds{})
      pieces += piece(each.name, static_cast<double>(time.count()) / static_cast<double>(whole.count()));
  }
  return std::string{"<span class=\"bar"}
      .append(seen.took() > whole ? " long" : "")
      .append("\" aria-hidden=\"true\">")
      .append(pieces)
      .append("</span>");
}

/// The time of a delivery, its bar, and beneath them the time of each stage that it came to.
[[nodiscard]] inline std::string timed_bar(const verdict& seen, nanoseconds whole) {
  std::string parts;
  for (const stage& each : stages) {
    if (seen.*each.time == nanoseconds{}) continue;
    parts.append(parts.empty() ? "" : " ")
        .append(element("span", "", std::string{each.name} + ' ' + microseconds(seen.*each.time)));
  }
  if (parts.empty()) return quiet("not measured");
  return element("div", "time", element("span", "number", microseconds(seen.took())) + bar(seen, whole)) +
         element("div", "parts quiet", parts);
}

[[nodiscard]] inline std::string legend() {
  std::string keys;
  for (const stage& each : stages) keys += element("span", "", element("i", each.name, "") + std::string{each.name});
  return element("div", "legend", keys);
}

/// The middle of each stage's times, of deliveries of which there is at least one.
[[nodiscard]] inline verdict median(const std::vector<verdict>& of) {
  verdict middle;
  for (const stage& each : stages) {
    std::vector<nanoseconds> times;
    for (const verdict& one : of) times.push_back(one.*each.time);
    const auto at = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), at, times.end());
    middle.*each.time = *at;
  }
  return middle;
}

/// What nineteen of twenty stay below: the bars' full width, so that one slow delivery does not flatten the rest.
[[nodiscard]] inline nanoseconds usual_time(const std::vector<const demo::section*>& all) {
  std::vector<nanoseconds> times{nanoseconds{1'000}};
  for (const demo::section* part : all)
    for (const delivery& each : part->deliveries) times.push_back(each.seen.took());
  const auto at = times.begin() + static_cast<std::ptrdiff_t>(times.size() * 19 / 20);
  std::nth_element(times.begin(), at, times.end());
  return std::max(*at, nanoseconds{1'000});
}

}  // namespace demo::html
