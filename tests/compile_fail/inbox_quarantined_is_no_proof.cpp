// SPDX-License-Identifier: MIT
// error: (no matching|no viable|cannot convert|could not convert)
// What is in quarantine is not proven; a verifier has to say so first.
#include <sello/akua.hpp>
#include <sello/inbox/sqlite.hpp>

auto keep(const sello::inbox_endpoint<sello::sqlite::detail::store>& endpoint, const sello::akua::verifier& verifier,
          const sello::quarantined& suspect) {
#ifdef SELLO_COMPILE_FAIL
  static_cast<void>(verifier);
  return endpoint.accept(suspect);
#else
  return endpoint.accept(*verifier.verify(suspect.headers, suspect.body, suspect.arrived));
#endif
}
