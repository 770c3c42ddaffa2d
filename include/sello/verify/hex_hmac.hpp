// SPDX-License-Identifier: MIT
// One header with the hexadecimal HMAC-SHA256 of the raw body: Kuenta's scheme, and many others'.
#pragma once

#include <string>
#include <string_view>

#include <sello/verify/scheme.hpp>

namespace sello::inline v0 {

/// `hex(HMAC-SHA256(secret, body))` in one header, without a prefix. Nothing signed says which delivery this is or when
/// it was sent: whoever has seen a delivery can send it again for ever, so handle each idempotency key once.
/// Source: Kuenta's page "Webhooks", section "Verificación de firmas".
struct hex_hmac {
  /// Kuenta's documentation does not name its header: look at a delivery, and set this if it differs.
  std::string signature_header = "X-Webhook-Signature";

  /// `missing_header`, `malformed_header` or `malformed_signature`, each at the header's name.
  [[nodiscard]] result<claim, refusal> read(const header_view& headers) const {
    const auto value = headers.one(signature_header);
    if (!value) return value.error();
    return read_signature(*value);
  }

  /// A signature that the caller has already taken from its header: its `single_value`.
  [[nodiscard]] result<claim, refusal> read_signature(std::string_view text) const {
    return claim::from_hex(text, signature_header);
  }

  /// The secret's bytes as they are, see `text_key`. `empty_secret` or `malformed_secret`, whose `where` says what is wrong.
  [[nodiscard]] static result<secret> key(std::string_view text) { return text_key(text); }

  /// `malformed_option` where the header's name is none.
  [[nodiscard]] result<void> check() const { return check_header_name("signature_header", signature_header); }

  [[nodiscard]] std::string signed_prefix(const message&) const { return {}; }
  [[nodiscard]] header_list write(const message&, const mac& code) const { return {{signature_header, to_hex(code)}}; }
};

}  // namespace sello::inline v0
