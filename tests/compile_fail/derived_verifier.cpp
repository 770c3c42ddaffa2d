// SPDX-License-Identifier: MIT
// error: a receiver takes a sello::verifier
// A receiver asks the verifier itself: what a class derived from it checks besides would be passed by.
#include <sello/sello.hpp>

struct strict : sello::akua::verifier {
  using verifier::verifier;
};

bool make(const sello::router& router) {
#ifdef SELLO_COMPILE_FAIL
  const sello::receiver<strict> receiver{strict{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, router};
#else
  const sello::receiver receiver{sello::akua::verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, router};
#endif
  return receiver.body_limit() > 0;
}
