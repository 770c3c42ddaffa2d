// SPDX-License-Identifier: MIT
// error: a second text is no name: write sello::called
// A verifier takes {{current, previous}}; here that would be a secret and its name, and the name is written out.
#include <sello/diagnose.hpp>

auto asked(const sello::header_list& headers, const char* current, const char* previous) {
#ifdef SELLO_COMPILE_FAIL
  return sello::diagnose(headers, "{}", {{current, previous}});
#else
  return sello::diagnose(headers, "{}", {current, previous});
#endif
}

auto named(const sello::header_list& headers, const char* current) {
  return sello::diagnose(headers, "{}", {{current, sello::called{"current"}}});
}
