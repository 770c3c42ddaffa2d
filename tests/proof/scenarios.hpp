// SPDX-License-Identifier: MIT
// Everything that sello does, as short scenarios whose answer is one word, so that a fault can be put into each of them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace proof {

/// One thing that sello is asked to do. `run` answers `expected` when nothing fails; when something does, it may also
/// answer one of `with_fault`. Whatever failed, `run` can be called again.
struct scenario {
  std::string name;
  std::string_view expected;
  std::vector<std::string_view> with_fault;
  std::function<std::string_view()> run;
};

[[nodiscard]] std::vector<scenario> all_scenarios();

}  // namespace proof
