// SPDX-License-Identifier: MIT
// What the library `sello::compiled` has of the rest of the core, so that a unit which links it does not compile it again.
#pragma once

#include <sello/akua.hpp>
#include <sello/decode/describe.hpp>
#include <sello/gu1.hpp>
#include <sello/kuenta.hpp>
#include <sello/route/handler.hpp>
#include <sello/route/handlers.hpp>
#include <sello/route/receiver.hpp>
#include <sello/standard_webhooks.hpp>
#include <sello/verify/compiled.hpp>

// src/ has the same lines without `extern`.
#ifdef SELLO_COMPILED
namespace sello::inline v0 {

extern template result<void> detail::answer_of<>(const detail::function_ref<result<void>()>& handler);
extern template class detail::handlers<>;

extern template class verification<svix_v1, akua::provider>;
extern template class verifier<svix_v1, akua::provider>;
extern template class receiver<akua::verifier>;
extern template const detail::value_type& detail::type_of_data<akua::instrument>() noexcept;
extern template const detail::value_type& detail::type_of_data<akua::payment>() noexcept;
extern template const detail::value_type& detail::type_of_data<akua::failed_validation>() noexcept;
extern template const detail::value_type& detail::type_of_data<akua::merchant>() noexcept;

extern template class verification<gu1_hmac, gu1::provider>;
extern template class verifier<gu1_hmac, gu1::provider>;
extern template class receiver<gu1::verifier>;
extern template const detail::value_type& detail::type_of_data<gu1::kyc_validation>() noexcept;
extern template const detail::value_type& detail::type_of_data<gu1::entity_change>() noexcept;
extern template const detail::value_type& detail::type_of_data<gu1::rule_match>() noexcept;
extern template const detail::value_type& detail::type_of_data<gu1::transaction>() noexcept;

extern template class verification<hex_hmac, kuenta::provider>;
extern template class verifier<hex_hmac, kuenta::provider>;
extern template class receiver<kuenta::verifier>;
extern template const detail::value_type& detail::type_of_data<kuenta::details>() noexcept;

extern template class verification<svix_v1, standard_webhooks::provider>;
extern template class verifier<svix_v1, standard_webhooks::provider>;
extern template class receiver<standard_webhooks::verifier>;
extern template class verification<svix_v1a, standard_webhooks::provider>;
extern template class verifier<svix_v1a, standard_webhooks::provider>;
extern template class receiver<standard_webhooks::public_key_verifier>;
extern template class signer<standard_webhooks::sending_scheme>;

}  // namespace sello::inline v0
#endif
