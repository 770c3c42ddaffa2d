// SPDX-License-Identifier: MIT
// error: private
// A delivery is a proof: only a verifier makes one.
#include <string_view>

#include <sello/sello.hpp>

void settle(std::string_view body) {
  [[maybe_unused]] const sello::claim claimed;
#ifdef SELLO_COMPILE_FAIL
  const sello::akua::delivery forged{body, claimed};
  static_cast<void>(forged);
#endif
  static_cast<void>(body);
}
