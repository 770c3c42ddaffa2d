// SPDX-License-Identifier: MIT
// error: two members of a described struct have the same key
// The second one would always be empty.
#include <array>
#include <string>

#include <sello/sello.hpp>

struct bill {
  std::string amount{};
  std::string fee{};
#ifdef SELLO_COMPILE_FAIL
  static constexpr std::array fields{sello::field<&bill::amount>("amount"), sello::field<&bill::fee>("amount")};
#else
  static constexpr std::array fields{sello::field<&bill::amount>("amount"), sello::field<&bill::fee>("fee")};
#endif
};

bool read(const std::string& text) { return sello::decode<bill>(text).has_value(); }
