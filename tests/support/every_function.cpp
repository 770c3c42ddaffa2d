// SPDX-License-Identifier: MIT
// Every inline function of the core, and every member of its class templates, compiled whether used or not: a line that
// no other program even compiles is counted as one that does not run. This is never run.
#include <sello/sello.hpp>

#include <sello/diagnose.hpp>
#include <sello/testing/attacks.hpp>

namespace sello {

template class result<int>;
template class result<int, refusal>;
template class result<void>;

template class verifier<svix_v1, akua::provider>;
template class verifier<hex_hmac, kuenta::provider>;
template class verifier<gu1_hmac, gu1::provider>;
template class delivery<svix_v1, akua::provider>;
template class delivery<hex_hmac, kuenta::provider>;
template class delivery<gu1_hmac, gu1::provider>;
template class receiver<akua::verifier>;
template class receiver<kuenta::verifier>;
template class receiver<gu1::verifier>;
template class signer<svix_v1>;
template class signer<hex_hmac>;
template class signer<gu1_hmac>;

template struct event<akua::payment_capture_cleared>;
template struct event<kuenta::credit_disbursed>;
template struct event<gu1::kyc_validation_rejected>;
template class open_enum<gu1::validation_status>;

}  // namespace sello
