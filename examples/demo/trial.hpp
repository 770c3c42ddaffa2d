// SPDX-License-Identifier: MIT
// One request that the demo sends, and what must come of it.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sello/sello.hpp>

namespace demo {

struct trial {
  std::string_view sender;  ///< whose endpoint it goes to
  std::string what;         ///< the event's type, or the attack
  sello::header_list headers;
  std::string body;
  std::string_view verdict = "handled";  ///< an `outcome` or an `errc`
  int status = 200;
  std::vector<std::size_t> chunks{};  ///< where not empty: sent in pieces, without a Content-Length
};

/// The value of the header of that name; it must be there.
[[nodiscard]] inline std::string value(const sello::header_list& headers, std::string_view name) {
  for (const auto& [key, text] : headers) {
    if (sello::same_header_name(key, name)) return text;
  }
  throw std::logic_error{"no header " + std::string{name}};
}

[[nodiscard]] inline sello::header_list with(sello::header_list headers, std::string_view name, std::string text) {
  for (auto& [key, old] : headers) {
    if (sello::same_header_name(key, name)) old = text;
  }
  return headers;
}

/// `body` with `from`, which it has, replaced.
[[nodiscard]] inline std::string replaced(std::string body, std::string_view from, std::string_view to) {
  return body.replace(body.find(from), from.size(), to);
}

}  // namespace demo
