// SPDX-License-Identifier: MIT
// error: deleted
// A receiver without an inbox has no transaction for such handlers.
#include <sello/akua.hpp>
#include <sello/inbox/postgres.hpp>

void receive(const sello::postgres::inbox& inbox, const sello::basic_router<sello::postgres::transaction>& router) {
#ifdef SELLO_COMPILE_FAIL
  static_cast<void>(inbox);
  const sello::receiver receiver{sello::akua::verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, router};
#else
  static_cast<void>(router);
  const sello::receiver receiver{sello::akua::verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
                                 inbox.endpoint("akua")};
#endif
}
