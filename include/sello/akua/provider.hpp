// SPDX-License-Identifier: MIT
// Akua (card payments, delivered by Svix): its envelope, and when two deliveries are the same event.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include <sello/route/provider.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/verifier.hpp>

namespace sello::inline v0::akua {

class catalog;

/// `{"type", "data"}`, without an id or a time: both are in the signed headers. Source: Akua's page "Webhooks".
struct provider {
  static constexpr std::string_view name = "akua";
  static constexpr envelope_keys keys{.type = "type", .data = "data"};
  static constexpr bool needs_message_id = true;
  static constexpr std::chrono::days key_retention{
      90};  ///< so long Svix keeps a message, and can send it again by hand
  /// The id of the webhook's configuration (`wbk-…`), unsigned: for the log.
  static constexpr std::string_view webhook_header = "x-webhook-id";
  /// With a failure, stops the retries of this message. Source: Svix, https://docs.svix.com/receiving/delivery-control
  static constexpr std::pair<std::string_view, std::string_view> abort_header{"webhook-delivery", "abort-message"};
  using catalog = akua::catalog;

  /// `svix-id`: equal across the retries of one message, and signed. (`x-webhook-id` names the webhook's configuration.)
  [[nodiscard]] static std::string idempotency_key(const signed_facts& facts, const auto&) {
    return std::string{facts.message_id};
  }
};

using verifier = sello::verifier<svix_v1, provider>;
using delivery = sello::delivery<svix_v1, provider>;

}  // namespace sello::inline v0::akua
