// SPDX-License-Identifier: MIT
// The search: which mistakes, undone, make a signature right.
#pragma once

#include <vector>

#include <sello/diagnose/cause.hpp>
#include <sello/diagnose/detail/as_it_is.hpp>
#include <sello/diagnose/detail/case.hpp>

namespace sello::inline v0::detail::diagnosis {

[[nodiscard]] inline std::vector<finding> answer(const question& of) {
  std::vector<finding> found;
  for (const acceptance& accepted : hear(of).accepted) found.push_back(finding_of(of, accepted));
  if (found.empty())
    found.push_back({.cause = cause::nothing_fits,
                     .text = "no secret signed these bytes: look for the right secret, and at the raw body"});
  return found;
}

}  // namespace sello::inline v0::detail::diagnosis
