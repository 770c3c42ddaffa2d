// SPDX-License-Identifier: MIT
// What the library `sello::compiled` has of the verify wing, so that a unit which links it does not compile it again.
#pragma once

#include <string>
#include <string_view>

#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/signer.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/svix_v1a.hpp>
#include <sello/verify/verification.hpp>
#include <sello/verify/verifier.hpp>

// src/verify.cpp has the same lines without `extern`.
#ifdef SELLO_COMPILED
namespace sello::inline v0 {

extern template std::string detail::sha256_hex<>(std::string_view bytes);

extern template class verification<hex_hmac, any_provider>;
extern template class verification<gu1_hmac, any_provider>;
extern template class verification<svix_v1, any_provider>;
extern template class verification<svix_v1a, any_provider>;

extern template class verifier<hex_hmac>;
extern template class verifier<gu1_hmac>;
extern template class verifier<svix_v1>;
extern template class verifier<svix_v1a>;

extern template class signer<hex_hmac>;
extern template class signer<gu1_hmac>;
extern template class signer<svix_v1>;
extern template class signer<svix_v1a>;

}  // namespace sello::inline v0
#endif
