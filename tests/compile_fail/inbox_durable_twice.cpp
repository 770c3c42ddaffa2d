// SPDX-License-Identifier: MIT
// error: (deleted|cannot bind)
// One pass of the barrier for one delivery is one receipt.
#include <utility>

#include <sello/inbox/receipt.hpp>

void answer(sello::durable once) {
  const sello::receipt first{std::move(once), sello::outcome::queued};
  static_cast<void>(first);
#ifdef SELLO_COMPILE_FAIL
  const sello::durable copy{once};
  static_cast<void>(copy);
#endif
}
