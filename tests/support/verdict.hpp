// SPDX-License-Identifier: MIT
// What a result says, as one text that a test can compare and a failing test shows.
#pragma once

#include <string>

#include <sello/base/result.hpp>

/// "ok", "missing_header", or "missing_header at svix-id".
template <class T, class E>
[[nodiscard]] std::string verdict(const sello::result<T, E>& answer) {
  if (answer) return "ok";
  std::string text{to_string(answer.error().code)};
  if (!answer.error().where.empty()) text.append(" at ").append(answer.error().where);
  return text;
}
