// SPDX-License-Identifier: MIT
// sello::compiled: the verify wing.
#include <sello/verify/compiled.hpp>

namespace sello::inline v0 {

template std::string detail::sha256_hex<>(std::string_view bytes);

template class verification<hex_hmac, any_provider>;
template class verification<gu1_hmac, any_provider>;
template class verification<svix_v1, any_provider>;
template class verification<svix_v1a, any_provider>;

template class verifier<hex_hmac>;
template class verifier<gu1_hmac>;
template class verifier<svix_v1>;
template class verifier<svix_v1a>;

template class signer<hex_hmac>;
template class signer<gu1_hmac>;
template class signer<svix_v1>;
template class signer<svix_v1a>;

}  // namespace sello::inline v0
