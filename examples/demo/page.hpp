// SPDX-License-Identifier: MIT
// The demo's report as one page for a browser: no scripts, and nothing from elsewhere.
#pragma once

#include <string>
#include <string_view>

#include "report.hpp"

namespace demo {

/// `made`: when, for the reader.
[[nodiscard]] std::string page(const report& found, std::string_view made);

}  // namespace demo
