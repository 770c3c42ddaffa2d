// SPDX-License-Identifier: MIT
// error: sello cannot read a member of this type.*sello::decimal
// A double is no amount: 0.1 is not in it.
#include <sello/sello.hpp>

struct sale {
#ifdef SELLO_COMPILE_FAIL
  std::optional<double> total;
#else
  std::optional<sello::decimal> total;
#endif
  static constexpr std::array fields{sello::field<&sale::total>("total")};
};

bool read(std::string_view text) { return sello::decode<sale>(text).has_value(); }
