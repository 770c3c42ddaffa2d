// SPDX-License-Identifier: MIT
// sello::compiled: what only deliveries of Kuenta need.
#include <sello/compiled.hpp>

namespace sello::inline v0 {

template class verification<hex_hmac, kuenta::provider>;
template class verifier<hex_hmac, kuenta::provider>;
template class receiver<kuenta::verifier>;
template const detail::value_type& detail::type_of_data<kuenta::details>() noexcept;

}  // namespace sello::inline v0
