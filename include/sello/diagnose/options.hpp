// SPDX-License-Identifier: MIT
// What is known when a delivery is diagnosed: the secrets, with what they are called, and what is expected of the sender.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <sello/base/text.hpp>
#include <sello/verify/key_ring.hpp>

namespace sello::inline v0 {

/// What a secret is called in a finding: `sello::called{"previous"}`. It is written out, so it has a type of its own: no
/// secret becomes a name by its place in a list.
struct called {
  std::string_view name{};
};

/// A secret, of which nothing but its name or its position is ever written out. Borrows both texts.
class named_secret {
 public:
  template <class T>
    requires std::convertible_to<const T&, std::string_view>
  named_secret(const T& text, called name = {}) noexcept : text_{secret_text{text}}, name_{name.name} {}
  template <class T, class U>
    requires(std::convertible_to<const T&, std::string_view> && std::convertible_to<const U&, std::string_view>)
  named_secret(const T&, const U&) = delete;  // a second text is no name: write sello::called{"current"}

  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] std::string_view name() const noexcept { return name_; }

 private:
  std::string_view text_;
  std::string_view name_;
};

/// The schemes that a diagnosis knows.
enum class signature_scheme : std::uint8_t {
  any,       ///< whichever the headers look like
  hex_hmac,  ///< Kuenta, Gu1: the hexadecimal MAC of the body
  svix_v1,   ///< Akua, Standard Webhooks: the MAC of id, time and body in base64
  svix_v1a,  ///< Standard Webhooks with public keys
};

/// What a diagnosis takes for granted.
struct diagnose_options {
  /// When the delivery came. Give it where it was kept: else an old one is said to be too old.
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
  std::chrono::seconds tolerance{300};                        ///< as the endpoint's verifier has it
  signature_scheme expected = signature_scheme::any;          ///< of the sender that is expected
  std::string_view signature_header = "X-Webhook-Signature";  ///< of `hex_hmac`, as the endpoint's verifier has it
  std::size_t in_use =
      std::numeric_limits<std::size_t>::max();  ///< so many secrets, from the first on, the endpoint has
  /// How many bytes are hashed at most: these take OpenSSL half a second with the processor's help, and two without. What is
  /// left out by it is said.
  std::size_t budget = std::size_t{768} << 20U;
};

}  // namespace sello::inline v0
