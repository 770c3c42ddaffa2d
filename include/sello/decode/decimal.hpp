// SPDX-License-Identifier: MIT
// An exact decimal number, as money needs it: the text that was sent, and checked conversions to scaled integers.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <sello/base/result.hpp>

namespace sello::inline v0 {

/// A JSON number kept exactly as it was sent (RFC 8259, section 6): `5000000`, `5000.10` and twenty digits alike. Never
/// passes through binary floating point. Two decimals are equal if their texts are: `5.0` is not `5.00`.
class decimal {
 public:
  decimal() = default;

  /// From the text of a JSON number; `wrong_type` if it is none.
  [[nodiscard]] static result<decimal> parse(std::string text) {
    if (!is_number(text)) return error{errc::wrong_type, {}};
    decimal made;
    made.text_ = std::move(text);
    return made;
  }

  /// The number as it was sent.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  /// The number times ten to the power of `digits`, e.g. `scaled(2)` gives cents: `5000.10` is 500010.
  /// `out_of_range` if that is no whole number or does not fit: nothing is ever rounded.
  [[nodiscard]] result<std::int64_t> scaled(int digits) const {
    const parts number = split(text_);
    const bool negative = text_.starts_with('-');
    std::int64_t value = 0;
    // The digit at `i` counts ten to the power of `number.point - 1 - i + digits`; `shift` is where the units are.
    const std::int64_t shift = number.point + digits;
    const auto count = static_cast<std::int64_t>(number.digits.size());
    for (std::int64_t i = 0; i < count || i < shift; ++i) {
      const int digit = i < count ? number.digits[static_cast<std::size_t>(i)] - '0' : 0;
      if (i >= shift) {
        if (digit != 0) return error{errc::out_of_range, {}};
      } else if (!append(value, negative ? -digit : digit)) {
        return error{errc::out_of_range, {}};
      } else if (i >= count && value == 0) {
        break;  // zero stays zero, however large its exponent
      }
    }
    return value;
  }

  /// The number if it is whole: `scaled(0)`.
  [[nodiscard]] result<std::int64_t> integer() const { return scaled(0); }

  friend bool operator==(const decimal&, const decimal&) = default;

 private:
  struct parts {
    std::string digits;      // without sign, point and exponent
    std::int64_t point = 0;  // how many of the digits stand before the decimal point, after the exponent
  };

  [[nodiscard]] static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

  [[nodiscard]] static bool is_number(std::string_view text) noexcept {
    const auto digits = [&] {
      std::size_t count = 0;
      while (count < text.size() && is_digit(text[count])) ++count;
      text.remove_prefix(count);
      return count;
    };
    if (text.starts_with('-')) text.remove_prefix(1);
    const bool zero = text.starts_with('0');
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      if (digits() == 0) return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
      text.remove_prefix(1);
      if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
      if (digits() == 0) return false;
    }
    return text.empty();
  }

  [[nodiscard]] static parts split(std::string_view text) {
    // Farther than any text is long and any `int` reaches, yet no sum with it overflows.
    constexpr std::int64_t too_far = 100'000'000'000'000'000;
    parts number;
    const auto exponent_at = text.find_first_of("eE");
    for (const char c : text.substr(0, exponent_at)) {
      if (is_digit(c)) number.digits += c;
    }
    const std::string_view mantissa = text.substr(0, exponent_at);
    const auto dot = mantissa.find('.');
    const auto fraction = dot == mantissa.npos ? 0 : mantissa.size() - dot - 1;
    number.point = static_cast<std::int64_t>(number.digits.size() - fraction);
    if (exponent_at != text.npos) {
      const std::string_view exponent = text.substr(exponent_at + 1);
      std::int64_t size = 0;
      for (const char c : exponent) {
        if (is_digit(c)) size = size < too_far ? size * 10 + (c - '0') : too_far;
      }
      number.point += exponent.starts_with('-') ? -size : size;
    }
    return number;
  }

  /// `value * 10 + digit`, if that fits.
  [[nodiscard]] static bool append(std::int64_t& value, int digit) noexcept {
    using limits = std::numeric_limits<std::int64_t>;
    if (value > (limits::max)() / 10 || value < (limits::min)() / 10) return false;
    value *= 10;
    if ((digit > 0 && value > (limits::max)() - digit) || (digit < 0 && value < (limits::min)() - digit)) return false;
    value += digit;
    return true;
  }

  std::string text_ = "0";
};

}  // namespace sello::inline v0
