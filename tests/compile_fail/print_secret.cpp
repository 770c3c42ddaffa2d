// SPDX-License-Identifier: MIT
// error: (no match for|invalid operands)
// A secret has no text.
#include <ostream>
#include <string_view>

#include <sello/verify/secret.hpp>

void log(std::ostream& out, const sello::secret& key) {
#ifdef SELLO_COMPILE_FAIL
  out << key;
#else
  out << key.bytes().size();
#endif
}
