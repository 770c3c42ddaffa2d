// SPDX-License-Identifier: MIT
// error: private
// A 2xx needs a durable record: only the barrier behind a sync mints one.
#include <sello/inbox/receipt.hpp>

sello::receipt receipt_of(sello::detail::barrier& passed) {
#ifdef SELLO_COMPILE_FAIL
  static_cast<void>(passed);
  return {sello::durable{}, sello::outcome::queued};
#else
  return {passed.mint(), sello::outcome::queued};
#endif
}
