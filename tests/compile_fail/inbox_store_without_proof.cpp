// SPDX-License-Identifier: MIT
// error: (no matching|no viable)
// Only a proven delivery is stored.
#include <string_view>

#include <sello/akua.hpp>
#include <sello/inbox/sqlite.hpp>

auto keep(const sello::inbox_endpoint<sello::sqlite::detail::store>& endpoint, const sello::akua::delivery& proven) {
#ifdef SELLO_COMPILE_FAIL
  return endpoint.accept(proven.body());
#else
  return endpoint.accept(proven);
#endif
}
