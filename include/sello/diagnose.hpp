// SPDX-License-Identifier: MIT
// Why a delivery does not verify: tries the usual causes on it, offline. Opt-in, not in sello.hpp.
#pragma once

#include <concepts>
#include <initializer_list>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <sello/base/text.hpp>
#include <sello/diagnose/cause.hpp>
#include <sello/diagnose/detail/answer.hpp>
#include <sello/diagnose/options.hpp>

namespace sello::inline v0 {

namespace detail {

/// Several secrets, with names or without: any range of them that is no text itself, and whose texts outlive it.
template <class R>
concept named_secret_range = !std::convertible_to<R, std::string_view> && std::ranges::input_range<R> &&
                             std::convertible_to<std::ranges::range_reference_t<R>, named_secret> &&
                             (lasting_text<std::ranges::range_reference_t<R>> ||
                              std::same_as<std::remove_cvref_t<std::ranges::range_reference_t<R>>, named_secret>);

}  // namespace detail

/// What explains that a delivery does not verify, the likeliest first; never empty. For the log, a support ticket or a shell,
/// never for the peer: an answer that says how near a forgery came helps who makes it.
///
/// The headers are those of the delivery, in any form that a verifier takes. Of a function from names to values only the names
/// that senders and proxies use can be asked. The body is what the endpoint gave to its verifier. The secrets are those of the
/// endpoint, as it has them, and whatever others may have signed: `{current, previous}`, or with names,
/// `{{current, sello::called{"current"}}, {previous, sello::called{"previous"}}}`.
///
/// Each usual mistake is undone, then each pair of them, within `budget`, and the signature is computed again: what is `proven`
/// so explains the whole mismatch. If nothing is, the faults that can be seen come first, and at the end `nothing_fits` with
/// what was tried. Throws `std::bad_alloc`, what reading the headers throws, and `bad_result` with `internal_error` if OpenSSL
/// fails; hostile input alone makes it throw nothing.
template <header_source Headers, detail::named_secret_range Secrets = std::initializer_list<named_secret>>
[[nodiscard]] std::vector<finding> diagnose(const Headers& headers, text_argument body, Secrets&& secrets,
                                            const diagnose_options& options = {}) {
  std::vector<named_secret> list;
  if constexpr (std::ranges::sized_range<Secrets>) list.reserve(std::ranges::size(secrets));
  for (auto&& each : secrets) list.push_back(named_secret{each});
  return detail::diagnosis::answer({.lines = detail::diagnosis::lines_of(headers, options.signature_header),
                                    .body = body,
                                    .secrets = std::move(list),
                                    .options = options});
}

/// The same with one secret.
template <header_source Headers>
[[nodiscard]] std::vector<finding> diagnose(const Headers& headers, text_argument body, secret_text secret,
                                            const diagnose_options& options = {}) {
  return diagnose(headers, body, {named_secret{std::string_view{secret}}}, options);
}

}  // namespace sello::inline v0
