// SPDX-License-Identifier: MIT
// error: deleted
// Each copy of a secret would have to be wiped as well.
#include <utility>

#include <sello/verify/secret.hpp>

sello::secret take(sello::secret& key) {
#ifdef SELLO_COMPILE_FAIL
  return key;
#else
  return std::move(key);
#endif
}
