// SPDX-License-Identifier: MIT
// sello::compiled: what only deliveries of Gu1 need.
#include <sello/compiled.hpp>

namespace sello::inline v0 {

template class verification<gu1_hmac, gu1::provider>;
template class verifier<gu1_hmac, gu1::provider>;
template class receiver<gu1::verifier>;
template const detail::value_type& detail::type_of_data<gu1::kyc_validation>() noexcept;
template const detail::value_type& detail::type_of_data<gu1::entity_change>() noexcept;
template const detail::value_type& detail::type_of_data<gu1::rule_match>() noexcept;
template const detail::value_type& detail::type_of_data<gu1::transaction>() noexcept;

}  // namespace sello::inline v0
