// SPDX-License-Identifier: MIT
// error: deleted
// A delivery that owns its body takes it along when it goes.
#include <string>
#include <string_view>

#include <sello/sello.hpp>

std::size_t size_of(const sello::akua::delivery& delivery) {
#ifdef SELLO_COMPILE_FAIL
  const std::string_view body = delivery.owned().body();
#else
  const auto owned = delivery.owned();
  const std::string_view body = owned.body();
#endif
  return body.size();
}
