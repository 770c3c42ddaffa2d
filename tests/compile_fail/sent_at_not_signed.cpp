// SPDX-License-Identifier: MIT
// error: constraints not satisfied
// Gu1 signs no time of sending, so its deliveries have none.
#include <chrono>

#include <sello/sello.hpp>

std::chrono::sys_seconds time_of(const sello::gu1::delivery& gu1, const sello::akua::delivery& akua) {
#ifdef SELLO_COMPILE_FAIL
  static_cast<void>(akua);
  return gu1.sent_at();
#else
  static_cast<void>(gu1);
  return akua.sent_at();
#endif
}
