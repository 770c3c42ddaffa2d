// SPDX-License-Identifier: MIT
// The sender's side: signs a body as the sender does, for tests and local work.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <sello/verify/ed25519.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/scheme.hpp>
#include <sello/verify/verifier.hpp>

namespace sello::inline v0 {

namespace detail {

/// The code of some bytes. Both throw `bad_result` with `internal_error` if OpenSSL fails.
[[nodiscard]] inline mac code_of(const hmac_sha256& key, std::string_view before, std::string_view body) {
  const error_mark mark;
  hmac_sha256::computation computation{key};
  computation.update(before);
  computation.update(body);
  mac code{};
  if (!computation.finish(code)) throw bad_result{{errc::internal_error, "OpenSSL failed"}};
  return code;
}
[[nodiscard]] inline ed25519_signature code_of(const ed25519_private_key& key, std::string before,
                                               std::string_view body) {
  return key.sign(before.append(body));
}

/// The signer's own key: where the verifier's is public, the private one.
template <signing_scheme Scheme>
[[nodiscard]] secret signing_key(std::string_view text) {
  if constexpr (public_key_scheme<Scheme>) {
    return Scheme::private_key(text).value();
  } else {
    return key_of_secret<Scheme>(text).value();
  }
}

}  // namespace detail

/// Makes the headers that the sender would send with a body. A `const signer` may be shared by threads.
template <signing_scheme Scheme>
class signer {
  using key = std::conditional_t<public_key_scheme<Scheme>, detail::ed25519_private_key, detail::hmac_sha256>;

 public:
  /// The same secret and options as the verifier's, but the private key where the verifier has the public one; throws
  /// `bad_result` on a bad one.
  explicit signer(secret_text secret, Scheme options = {});

  /// The header lines; `{.id = …, .sent_at = …}` says which delivery this is, where the scheme has a header for it.
  /// Throws `bad_result` with `internal_error` if OpenSSL fails.
  [[nodiscard]] header_list sign(text_argument body, const message& sent = {}) const;

 private:
  std::shared_ptr<const key> key_;
  Scheme scheme_;
};

template <signing_scheme Scheme>
signer<Scheme>::signer(secret_text secret, Scheme options)
    : key_{std::make_shared<const key>(detail::signing_key<Scheme>(secret).bytes())}, scheme_{std::move(options)} {
  detail::check_options(scheme_).value();
}

template <signing_scheme Scheme>
header_list signer<Scheme>::sign(text_argument body, const message& sent) const {
  if (!key_) throw bad_result{{errc::internal_error, "a signer that was moved from"}};
  return scheme_.write(sent, detail::code_of(*key_, scheme_.signed_prefix(sent), body));
}

}  // namespace sello::inline v0
