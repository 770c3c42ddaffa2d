// SPDX-License-Identifier: MIT
// Svix and Standard Webhooks, version v1a (ed25519): the sender signs with its private key, and the receiver has the public one.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <sello/verify/ed25519.hpp>
#include <sello/verify/scheme.hpp>
#include <sello/verify/svix_headers.hpp>
#include <sello/verify/svix_secret.hpp>

namespace sello::inline v0 {

/// The headers and the signed bytes of `svix_v1`, with signatures of ed25519. What the receiver knows makes no signature: a
/// leak of it forges nothing. Only `v1a` counts: a list that has `v1` alone is malformed, and the two never mix.
/// Source: the Standard Webhooks specification, "Signature scheme".
struct svix_v1a {
  static constexpr bool signs_id = true;
  static constexpr bool signs_time = true;
  static constexpr bool has_public_keys = true;

  /// How far the signed time may lie from now, both ways and inclusive.
  std::chrono::seconds tolerance{300};

  /// As `svix_v1` reads them. More than four `v1a` signatures are `malformed_header` too: a sender in a rotation sends two,
  /// and each costs a stranger's request as much as a hundred MACs.
  [[nodiscard]] result<claim, refusal> read(const header_view& headers) const { return in_headers::read(headers); }

  /// The public key: standard base64 of 32 bytes behind `whpk_`. `empty_secret` or `malformed_secret`, whose `where` says
  /// what is wrong, as it does for `whsec_` and `whsk_`.
  [[nodiscard]] static result<secret> key(std::string_view text) {
    constexpr detail::svix_key_form form{.version = "v1a",
                                         .prefix = "whpk_",
                                         .needed_by = "this scheme",
                                         .has_size = [](std::size_t bytes) { return bytes == 32; },
                                         .size = "; a public key of ed25519 has 32"};
    return detail::svix_key(text, form);
  }

  /// What a signer has: standard base64 behind `whsk_` of the seed's 32 bytes and then the public key's 32, as Svix writes
  /// it, or of the seed alone.
  [[nodiscard]] static result<secret> private_key(std::string_view text) {
    constexpr detail::svix_key_form form{.version = "v1a",
                                         .prefix = "whsk_",
                                         .needed_by = "a signer",
                                         .has_size = [](std::size_t bytes) { return bytes == 32 || bytes == 64; },
                                         .size = "; a signing key of ed25519 has 64, or 32 without its public half"};
    return detail::svix_key(text, form);
  }

  [[nodiscard]] std::string signed_prefix(const message& sent) const { return in_headers::signed_prefix(sent); }
  [[nodiscard]] header_list write(const message& sent, const ed25519_signature& signature) const {
    return in_headers::write(in_headers::webhook_names, sent, detail::to_base64(signature));
  }

 private:
  struct version {
    static constexpr std::string_view name = "v1a";
    [[nodiscard]] static bool add(claim& to, std::string_view text) noexcept {
      return to.add_ed25519_base64(text) || to.ed25519_signatures().size() < claim::max_ed25519_signatures;
    }
    [[nodiscard]] static bool any(const claim& read) noexcept { return !read.ed25519_signatures().empty(); }
  };
  using in_headers = detail::svix_headers<version>;
};

}  // namespace sello::inline v0
