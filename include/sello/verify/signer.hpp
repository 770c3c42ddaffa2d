// SPDX-License-Identifier: MIT
// The sender's side: signs a body as the sender does, for tests and local work.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <sello/verify/hmac.hpp>
#include <sello/verify/scheme.hpp>
#include <sello/verify/verifier.hpp>

namespace sello::inline v0 {

/// Makes the headers that the sender would send with a body. A `const signer` may be shared by threads.
template <signing_scheme Scheme>
class signer {
 public:
  /// The same secret and options as the verifier's; throws `bad_result` on a bad one.
  explicit signer(secret_text secret, Scheme options = {})
      : key_{std::make_shared<const detail::hmac_sha256>(detail::key_of_secret<Scheme>(secret).value().bytes())},
        scheme_{std::move(options)} {
    detail::check_options(scheme_).value();
  }

  /// The header lines; `{.id = …, .sent_at = …}` says which delivery this is, where the scheme has a header for it.
  /// Throws `bad_result` with `internal_error` if OpenSSL fails.
  [[nodiscard]] header_list sign(text_argument body, const message& sent = {}) const {
    if (!key_) throw bad_result{{errc::internal_error, "a signer that was moved from"}};
    const detail::error_mark mark;
    detail::hmac_sha256::computation computation{*key_};
    computation.update(scheme_.signed_prefix(sent));
    computation.update(body);
    mac code{};
    if (!computation.finish(code)) throw bad_result{{errc::internal_error, "OpenSSL failed"}};
    return scheme_.write(sent, code);
  }

 private:
  std::shared_ptr<const detail::hmac_sha256> key_;
  Scheme scheme_;
};

}  // namespace sello::inline v0
