// SPDX-License-Identifier: MIT
// error: a scheme that says signs_time has a data member
// Without a tolerance the signed time would never be looked at.
#include <chrono>

#include <sello/sello.hpp>

struct scheme : sello::hex_hmac {
  static constexpr bool signs_time = true;
#ifndef SELLO_COMPILE_FAIL
  std::chrono::seconds tolerance{300};
#endif
};

bool configured() { return sello::verifier<scheme>::create("s3cret-of-it").has_value(); }
