// SPDX-License-Identifier: MIT
// error: discards qualifiers|not marked const|as .this. argument
// Who has a receiver to receive with, as the servers do, cannot change its secrets.
#include <sello/sello.hpp>

void rotate(sello::receiver<sello::kuenta::verifier>& receiver, const sello::kuenta::verifier& next) {
#ifdef SELLO_COMPILE_FAIL
  const auto& shared = receiver;
  shared.replace(next);
#else
  receiver.replace(next);
#endif
}
