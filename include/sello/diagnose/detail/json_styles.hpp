// SPDX-License-Identifier: MIT
// The styles in which the usual libraries write JSON.
#pragma once

#include <array>
#include <cstddef>

#include <sello/diagnose/detail/json_writer.hpp>

namespace sello::inline v0::detail::diagnosis {

/// The styles, those of the commonest libraries first. JavaScript, Go and Java write compact; Python with blanks and all in
/// ASCII; PHP escapes slashes, too; Go and .NET what HTML would read.
inline constexpr auto json_styles = [] {
  using b = json_style::blanks;
  using e = json_style::escapes;
  using m = json_style::marks;
  return std::array<json_style, 35>{{{b::none},
                                     {b::behind},
                                     {b::none, "", e::none},
                                     {b::none, "", e::lower, m::slash},
                                     {b::behind, "", e::lower},
                                     {b::none, "", e::lower},
                                     {b::behind, "", e::none},
                                     {b::none, "", e::none, m::slash},
                                     {b::none, "", e::none, m::html},
                                     {b::none, "", e::upper, m::dotnet},
                                     {b::none, "", e::upper},
                                     {b::lines, "  "},
                                     {b::lines, "    "},
                                     {b::lines, "\t"},
                                     {b::lines, "  ", e::none},
                                     {b::lines, "    ", e::none},
                                     {b::lines, "\t", e::none},
                                     {b::lines, "  ", e::lower},
                                     {b::lines, "    ", e::lower},
                                     {b::lines, "\t", e::lower},
                                     {b::lines, "    ", e::lower, m::slash},
                                     {b::lines, "    ", e::none, m::slash},
                                     {b::lines, "  ", e::lower, m::slash},
                                     {b::lines, "  ", e::none, m::html},
                                     {b::lines, "  ", e::upper, m::dotnet},
                                     {b::behind, "", e::upper},
                                     {b::behind, "", e::lower, m::slash},
                                     {b::behind, "", e::none, m::slash},
                                     {b::behind, "", e::none, m::html},
                                     {b::none, "", e::lower, m::html},
                                     {b::lines, "  ", e::upper},
                                     {b::none, "", e::kept, m::none, true},
                                     {b::none, "", e::none, m::none, true},
                                     {b::behind, "", e::kept, m::none, true},
                                     {b::behind, "", e::lower, m::none, true}}};
}();
inline constexpr std::size_t common_styles = 7;

}  // namespace sello::inline v0::detail::diagnosis
