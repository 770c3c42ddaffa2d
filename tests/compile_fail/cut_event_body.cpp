// SPDX-License-Identifier: MIT
// error: deleted
// An event's body is what was signed; what a handler needs of it is a `substr`.
#include <cstddef>

#include <sello/sello.hpp>

std::size_t rest(sello::unknown_event& event) {
#ifdef SELLO_COMPILE_FAIL
  event.body.remove_prefix(1);
  return event.body.size();
#else
  return event.body.substr(1).size();
#endif
}
