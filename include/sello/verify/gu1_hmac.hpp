// SPDX-License-Identifier: MIT
// Gu1's scheme: the hexadecimal HMAC of the raw body, beside unsigned headers that are hints.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include <sello/verify/scheme.hpp>

namespace sello::inline v0 {

/// `X-Webhook-Signature: hex(HMAC-SHA256(secret, body))`. `X-Webhook-Event`, `X-Webhook-ID` and `X-Webhook-Timestamp`
/// are not signed: the first is kept as a hint that the body must not contradict, the others are not read.
/// Source: Gu1's page on webhooks, "Seguridad: Verificar Firmas de Webhook" and "Headers HTTP". That the MAC is written
/// as bare hex and that the key is the secret's text is inferred from it.
struct gu1_hmac {
  std::string signature_header = "X-Webhook-Signature";

  static constexpr std::string_view type_header = "X-Webhook-Event";

  /// `missing_header`, `malformed_header` or `malformed_signature`, each at `X-Webhook-Signature`.
  [[nodiscard]] result<claim, refusal> read(const header_view& headers) const {
    const auto [signature, event] = headers.lines(std::array<std::string_view, 2>{signature_header, type_header});
    const auto value = signature.one(signature_header);
    auto read = value ? read_signature(*value) : value.error();
    if (read) {
      read->type_header = type_header;
      const auto type = event.one(type_header);
      if (type) {
        read->type_hint = *type;
      } else if (type.error().code == errc::malformed_header) {
        read->type_hint = "";
        read->type_hint_contradictory = true;
      }
    }
    return read;
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
  [[nodiscard]] header_list write(const message& sent, const mac& code) const {
    header_list lines{{signature_header, to_hex(code)}};
    if (!sent.type.empty()) lines.emplace_back(type_header, sent.type);
    return lines;
  }
};

}  // namespace sello::inline v0
