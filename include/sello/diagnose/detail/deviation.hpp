// SPDX-License-Identifier: MIT
// One mistake that is undone, and what it means to each scheme.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/diagnose/cause.hpp>
#include <sello/diagnose/options.hpp>

namespace sello::inline v0::detail::diagnosis {

/// A cause, and what is wrong as the first half of a sentence.
struct deviation {
  cause why{};
  std::string what{};
  std::string_view then{};  ///< what to do, where that is not the same for each of the cause
};

/// What a key, a content, a body or a signature deviates in from what one scheme prescribes.
struct reading {
  bool possible = false;
  std::vector<deviation> from{};
};

inline constexpr std::array<signature_scheme, 3> schemes{signature_scheme::hex_hmac, signature_scheme::svix_v1,
                                                         signature_scheme::svix_v1a};
inline constexpr std::size_t of_hex = 0;
inline constexpr std::size_t of_svix = 1;
inline constexpr std::size_t of_v1a = 2;

/// One for each of `schemes`.
using readings = std::array<reading, schemes.size()>;

[[nodiscard]] inline reading proper() { return {.possible = true, .from = {}}; }
[[nodiscard]] inline reading deviates(cause why, std::string_view what) {
  return {.possible = true, .from = {{why, std::string{what}}}};
}
[[nodiscard]] inline reading impossible() { return {}; }

/// The same for every scheme.
[[nodiscard]] inline readings in_every_scheme(const reading& one) { return {one, one, one}; }

}  // namespace sello::inline v0::detail::diagnosis
