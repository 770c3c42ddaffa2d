// SPDX-License-Identifier: MIT
// sello::compiled: what only deliveries of Standard Webhooks need.
#include <sello/compiled.hpp>

namespace sello::inline v0 {

template class verification<svix_v1, standard_webhooks::provider>;
template class verifier<svix_v1, standard_webhooks::provider>;
template class receiver<standard_webhooks::verifier>;
template class verification<svix_v1a, standard_webhooks::provider>;
template class verifier<svix_v1a, standard_webhooks::provider>;
template class receiver<standard_webhooks::public_key_verifier>;
template class signer<standard_webhooks::sending_scheme>;

}  // namespace sello::inline v0
