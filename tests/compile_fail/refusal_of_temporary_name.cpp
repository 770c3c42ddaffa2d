// SPDX-License-Identifier: MIT
// error: deleted
// What a scheme says of a header points at the header's name: at a string that is gone, if it is made on the spot.
#include <string>

#include <sello/sello.hpp>

sello::refusal refuse(const std::string& prefix) {
#ifdef SELLO_COMPILE_FAIL
  return {sello::errc::missing_header, prefix + "-Signature"};
#else
  static_cast<void>(prefix);
  return {sello::errc::missing_header, "X-Signature"};
#endif
}
