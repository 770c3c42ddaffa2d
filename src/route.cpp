// SPDX-License-Identifier: MIT
// sello::compiled: from a proof to a handler, for every sender.
#include <sello/compiled.hpp>

namespace sello::inline v0 {

template result<void> detail::answer_of<>(const detail::function_ref<result<void>()>& handler);
template class detail::handlers<>;

}  // namespace sello::inline v0
