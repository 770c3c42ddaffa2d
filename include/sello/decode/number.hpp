// SPDX-License-Identifier: MIT
// Numbers by value, from their text and without binary floating point: as integers, scaled, and which are beyond a double.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <sello/decode/scan.hpp>

namespace sello::inline v0::detail {

[[nodiscard]] constexpr bool is_number(std::string_view text) noexcept {
  return !text.empty() && number_length(text) == text.size();
}

/// A number of JSON in its parts: its digits, as if they stood side by side, and where the decimal point is among them.
class number_parts {
 public:
  /// `text` must be a number, and outlive this.
  constexpr explicit number_parts(std::string_view text) noexcept : negative_{text.starts_with('-')} {
    if (negative_) text.remove_prefix(1);
    const auto exponent_at = text.find_first_of("eE");
    const std::string_view mantissa = text.substr(0, exponent_at);
    const auto dot = mantissa.find('.');
    whole_ = mantissa.substr(0, dot);
    if (dot != mantissa.npos) fraction_ = mantissa.substr(dot + 1);
    point_ = static_cast<std::int64_t>(whole_.size());
    if (exponent_at == text.npos) return;
    // Farther than any text is long and any `int` reaches, yet no sum with it overflows.
    constexpr std::int64_t too_far = 100'000'000'000'000'000;
    std::int64_t exponent = 0;
    for (const char c : text.substr(exponent_at + 1)) {
      if (is_digit(c)) exponent = exponent < too_far ? exponent * 10 + (c - '0') : too_far;
    }
    point_ += text[exponent_at + 1] == '-' ? -exponent : exponent;
  }

  [[nodiscard]] constexpr bool negative() const noexcept { return negative_; }
  [[nodiscard]] constexpr std::int64_t size() const noexcept {
    return static_cast<std::int64_t>(whole_.size() + fraction_.size());
  }
  /// How many digits stand before the decimal point; may be negative, or more than there are.
  [[nodiscard]] constexpr std::int64_t point() const noexcept { return point_; }
  /// The value of the digit at `index`; behind the last one there are zeros.
  [[nodiscard]] constexpr unsigned digit(std::int64_t index) const noexcept {
    if (index >= size()) return 0;
    const auto at = static_cast<std::size_t>(index);
    const char c = at < whole_.size() ? whole_[at] : fraction_[at - whole_.size()];
    return static_cast<unsigned>(c - '0');
  }

 private:
  bool negative_;
  std::string_view whole_{};
  std::string_view fraction_{};
  std::int64_t point_ = 0;
};

/// How a number becomes an integer: exactly, cut off towards zero, not at all.
enum class fit : unsigned char { exact, cut, too_large };

/// The number times ten to the power of `digits`, its fraction cut off; where it is too large `to` is left as it is.
template <std::integral Int>
[[nodiscard]] constexpr fit scale(const number_parts& number, int digits, Int& to) noexcept {
  // The digit at `i` counts ten to the power of `units - 1 - i`.
  const std::int64_t units = number.point() + digits;
  using limits = std::numeric_limits<Int>;
  constexpr auto most = static_cast<std::uint64_t>((limits::max)());
  const std::uint64_t limit = !number.negative() ? most : limits::is_signed ? most + 1 : 0;
  std::uint64_t size = 0;
  for (std::int64_t i = 0; i < units; ++i) {
    if (i >= number.size() && size == 0) break;  // zero stays zero, however large its exponent
    const unsigned digit = number.digit(i);
    if (digit > limit || size > limit / 10 || size * 10 > limit - digit) return fit::too_large;
    size = size * 10 + digit;
  }
  fit how = fit::exact;
  for (std::int64_t i = units < 0 ? 0 : units; i < number.size(); ++i) {
    if (number.digit(i) != 0) how = fit::cut;
  }
  to = static_cast<Int>(number.negative() ? 0 - size : size);
  return how;
}

/// Whether a number is so large that the nearest `double` is infinite (IEEE 754: from 2^1024 - 2^970 on).
[[nodiscard]] constexpr bool is_beyond_double(std::string_view text) noexcept {
  constexpr std::string_view limit =
      "1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775872070963302864166"
      "9"
      "2887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622"
      "8"
      "42914819860834936475292719074168444365510704342711559699508093042880177904174497792";
  constexpr std::size_t shortest = 5;  // 1e309
  if (text.size() < shortest || (text.size() < limit.size() && text.find_first_of("eE") == text.npos)) return false;
  const number_parts number{text};
  std::int64_t first = 0;
  while (first < number.size() && number.digit(first) == 0) ++first;
  if (first == number.size()) return false;
  constexpr auto width = static_cast<std::int64_t>(limit.size());
  if (number.point() - first != width) return number.point() - first > width;
  for (std::int64_t i = 0; i < width; ++i) {
    const auto of_limit = static_cast<unsigned>(limit[static_cast<std::size_t>(i)] - '0');
    if (number.digit(first + i) != of_limit) return number.digit(first + i) > of_limit;
  }
  return true;
}

}  // namespace sello::inline v0::detail
