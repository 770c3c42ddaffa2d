// SPDX-License-Identifier: MIT
// error: a scheme with an option .tolerance. says
// A scheme that has the window and does not say that it signs a time would look at none.
#include <chrono>

#include <sello/sello.hpp>

struct timed : sello::hex_hmac {
#ifndef SELLO_COMPILE_FAIL
  static constexpr bool signs_time = true;
#endif
  std::chrono::seconds tolerance{300};
};

sello::verifier<timed> make() { return sello::verifier<timed>{"a secret of the sender"}; }
