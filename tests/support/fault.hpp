// SPDX-License-Identifier: MIT
// Errors as one line of text, so that a failed check shows what was said.
#pragma once

#include <string>

#include <sello/base/error.hpp>

namespace support {

/// `wrong_type /data/amount`; the root's place is empty: `wrong_type`.
[[nodiscard]] inline std::string line(const sello::error& fault) {
  return std::string{to_string(fault.code)} + (fault.where.empty() ? "" : " ") + fault.where;
}

/// The error's line, or `none`.
template <class Result>
[[nodiscard]] std::string fault(const Result& result) {
  return result ? "none" : line(result.error());
}

}  // namespace support
