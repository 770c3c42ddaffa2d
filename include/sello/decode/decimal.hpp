// SPDX-License-Identifier: MIT
// An exact decimal number, as money needs it: the text that was sent, and checked conversions to scaled integers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <sello/base/result.hpp>
#include <sello/decode/number.hpp>

namespace sello::inline v0 {

/// A JSON number kept exactly as it was sent (RFC 8259, section 6): `5000000`, `5000.10` and twenty digits alike. Never
/// passes through binary floating point. Two decimals are equal if their texts are: `5.0` is not `5.00`.
/// One that has been moved from is what it was: an amount does not become 0 behind one's back.
class decimal {
 public:
  decimal() = default;
  decimal(const decimal&) = default;
  decimal& operator=(const decimal&) = default;
  ~decimal() = default;

  /// From the text of a JSON number; `wrong_type` if it is none.
  [[nodiscard]] static result<decimal> parse(std::string text) {
    if (!detail::is_number(text)) return error{errc::wrong_type, {}};
    decimal made;
    made.text_ = std::move(text);
    return made;
  }

  /// The number as it was sent.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  /// The number times ten to the power of `digits`, e.g. `scaled(2)` gives cents: `5000.10` is 500010.
  /// `out_of_range` if that is no whole number or does not fit: nothing is ever rounded.
  [[nodiscard]] result<std::int64_t> scaled(int digits) const {
    std::int64_t value = 0;
    if (detail::scale(detail::number_parts{text_}, digits, value) != detail::fit::exact)
      return error{errc::out_of_range, {}};
    return value;
  }

  /// The number if it is whole: `scaled(0)`.
  [[nodiscard]] result<std::int64_t> integer() const { return scaled(0); }

  friend bool operator==(const decimal&, const decimal&) = default;

 private:
  std::string text_ = "0";
};

}  // namespace sello::inline v0
