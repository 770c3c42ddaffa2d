// SPDX-License-Identifier: MIT
// A service that follows Standard Webhooks: its envelope, its verifiers, and when two deliveries are the same event.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <sello/route/event.hpp>
#include <sello/route/provider.hpp>
#include <sello/verify/signer.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/svix_v1a.hpp>
#include <sello/verify/verifier.hpp>

namespace sello::inline v0::standard_webhooks {

/// `{"type", "timestamp", "data"}`, with the id and the time of sending in the signed headers `webhook-id` and
/// `webhook-timestamp`. Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
///
/// It knows no events. A program that hears two such services gives each a provider of its own, so that types of the same
/// name stay apart: `struct provider : sello::standard_webhooks::provider { static constexpr std::string_view name = "x"; };`
struct provider {
  static constexpr std::string_view name = "standard_webhooks";
  static constexpr envelope_keys keys{.type = "type", .data = "data", .timestamp = "timestamp"};
  static constexpr bool needs_message_id = true;
  /// The specification wants retries over several days and replays by hand, and names no end; the services that run on Svix
  /// can send a message again for 90 days.
  static constexpr std::chrono::days key_retention{90};
  using catalog = catalog_of<>;

  /// `webhook-id`: signed, and the same however often a message is sent. The specification names it as the idempotency key.
  [[nodiscard]] static std::string idempotency_key(const signed_facts& facts, const auto&) {
    return std::string{facts.message_id};
  }
};

/// With the secret that the service and you share: `whsec_…`.
using verifier = sello::verifier<svix_v1, provider>;
using delivery = sello::delivery<svix_v1, provider>;

/// With the service's public key: `whpk_…`.
using public_key_verifier = sello::verifier<svix_v1a, provider>;
using public_key_delivery = sello::delivery<svix_v1a, provider>;

/// The name of an event: `struct invoice_paid : invoice, sello::standard_webhooks::of_type<"invoice.paid"> {};`
template <text_literal Type>
struct of_type : named<Type> {
  using provider = standard_webhooks::provider;
};

/// For tests: what `svix_v1` signs, in the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
struct sending_scheme : svix_v1 {
  [[nodiscard]] header_list write(const message& sent, const mac& code) const { return write_standard(sent, code); }
};
using signer = sello::signer<sending_scheme>;
using private_key_signer = sello::signer<svix_v1a>;

}  // namespace sello::inline v0::standard_webhooks
