// SPDX-License-Identifier: MIT
// error: (freshness|no matching|no viable)
// A replay is known by its key, and an old delivery is no reason to lose it.
#include <chrono>

#include <sello/inbox/sqlite.hpp>

auto endpoint(const sello::sqlite::inbox& inbox) {
#ifdef SELLO_COMPILE_FAIL
  return inbox.endpoint("kuenta", {.freshness = std::chrono::seconds{300}});
#else
  return inbox.endpoint("kuenta", {.body_limit = 65'536});
#endif
}
