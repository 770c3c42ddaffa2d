// SPDX-License-Identifier: MIT
// Gu1 (identity checks): its envelope, and when two deliveries are the same event.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include <sello/decode/pointer.hpp>
#include <sello/route/provider.hpp>
#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/verifier.hpp>

namespace sello::inline v0::gu1 {

class catalog;

/// `{"event", "timestamp", "organizationId", "payload"}`. Source: Gu1's page on webhooks, "Estructura del Payload".
struct provider {
  static constexpr std::string_view name = "gu1";
  static constexpr envelope_keys keys{
      .type = "event", .data = "payload", .timestamp = "timestamp", .organization = "organizationId"};
  /// The id of the webhook's configuration, unsigned: for the log.
  static constexpr std::string_view webhook_header = "X-Webhook-ID";
  using catalog = gu1::catalog;

  /// For "kyc.…" events the type, a colon and the validation's id: by these two Gu1 tells duplicates, too. For the other
  /// families, where one entity or transaction has many events of one type, the SHA-256 of the body; that their retries
  /// repeat the bytes is inferred. `router::identify` sets another rule.
  template <class Data>
  [[nodiscard]] static std::string idempotency_key(const signed_facts& facts, const Data& data) {
    if constexpr (requires { data.validation_id; }) {
      return key_of(facts.type, data.validation_id);
    } else if constexpr (std::is_same_v<Data, undescribed>) {
      if (facts.type.starts_with("kyc.")) {
        for (const char* id : {"/payload/validationId", "/payload/id"}) {
          if (const auto found = detail::string_at(facts.body, id)) return key_of(facts.type, *found);
        }
      }
      return facts.body_digest();
    } else {
      return facts.body_digest();
    }
  }

 private:
  /// The first colon ends the type: one within it is escaped, so that no two pairs have one key.
  [[nodiscard]] static std::string key_of(std::string_view type, std::string_view id) {
    std::string key;
    for (const char c : type) {
      if (c == ':' || c == '%') {
        key.append(c == ':' ? "%3A" : "%25");
      } else {
        key += c;
      }
    }
    return key.append(":").append(id);
  }
};

using verifier = sello::verifier<gu1_hmac, provider>;
using delivery = sello::delivery<gu1_hmac, provider>;

}  // namespace sello::inline v0::gu1
