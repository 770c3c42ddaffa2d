// SPDX-License-Identifier: MIT
// Kuenta (credit): its envelope, and when two deliveries are the same event.
#pragma once

#include <string>
#include <string_view>

#include <sello/route/provider.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/verifier.hpp>

namespace sello::inline v0::kuenta {

class catalog;

/// `{"event", "data", "timestamp"}`. Source: Kuenta's page "Webhooks", section "Estructura del payload".
struct provider {
  static constexpr std::string_view name = "kuenta";
  static constexpr envelope_keys keys{.type = "event", .data = "data", .timestamp = "timestamp"};
  using catalog = kuenta::catalog;

  /// No delivery has an id: the SHA-256 of the body. That a retry repeats its bytes is inferred; and two events that are
  /// equal to the byte have one key. `router::identify` sets another rule.
  [[nodiscard]] static std::string idempotency_key(const signed_facts& facts, const auto&) {
    return facts.body_digest();
  }
};

using verifier = sello::verifier<hex_hmac, provider>;
using delivery = sello::delivery<hex_hmac, provider>;

}  // namespace sello::inline v0::kuenta
