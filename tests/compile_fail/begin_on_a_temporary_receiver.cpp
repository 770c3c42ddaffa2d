// SPDX-License-Identifier: MIT
// error: deleted
// An intake keeps a pointer to its receiver, so the receiver must outlive it.
#include <sello/sello.hpp>

void handle(const sello::kuenta::verifier& verifier, const sello::router& router, const sello::header_list& headers) {
#ifdef SELLO_COMPILE_FAIL
  auto incoming = sello::receiver{verifier, router}.begin(headers);
#else
  const sello::receiver receiver{verifier, router};
  auto incoming = receiver.begin(headers);
#endif
  static_cast<void>(incoming.finish());
}
