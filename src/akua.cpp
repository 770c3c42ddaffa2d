// SPDX-License-Identifier: MIT
// sello::compiled: what only deliveries of Akua need.
#include <sello/compiled.hpp>

namespace sello::inline v0 {

template class verification<svix_v1, akua::provider>;
template class verifier<svix_v1, akua::provider>;
template class receiver<akua::verifier>;
template const detail::value_type& detail::type_of_data<akua::instrument>() noexcept;
template const detail::value_type& detail::type_of_data<akua::payment>() noexcept;
template const detail::value_type& detail::type_of_data<akua::failed_validation>() noexcept;
template const detail::value_type& detail::type_of_data<akua::merchant>() noexcept;

}  // namespace sello::inline v0
