// SPDX-License-Identifier: MIT
// The demo's durable part: a process with an inbox that is killed in the middle of its work, and what is left then.
#pragma once

#include <string>

namespace demo {

/// Prints what an outage of the database costs, then kills and counts; whether nothing was lost and nothing doubled.
[[nodiscard]] bool show_durable();

/// The process that is killed: `demo --durable <folder> <die at>`. The handler of that call stops in the middle of its work,
/// and says so; 0: none does.
[[nodiscard]] int run_durable(const std::string& folder, int die_at);

}  // namespace demo
