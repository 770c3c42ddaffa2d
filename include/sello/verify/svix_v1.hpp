// SPDX-License-Identifier: MIT
// Svix and Standard Webhooks, version v1 (HMAC-SHA256): Akua's scheme.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <sello/verify/scheme.hpp>
#include <sello/verify/svix_headers.hpp>
#include <sello/verify/svix_secret.hpp>

namespace sello::inline v0 {

/// `svix-id`, `svix-timestamp`, `svix-signature`, or the same with `webhook-`. The signed bytes are
/// `<id>.<timestamp>.<body>`, so a delivery has a proven id, equal across retries, and a proven time.
/// Sources: Svix, "Verifying webhooks manually"; the Standard Webhooks specification, "Signature scheme".
struct svix_v1 {
  static constexpr bool signs_id = true;
  static constexpr bool signs_time = true;

  /// How far the signed time may lie from now, both ways and inclusive.
  std::chrono::seconds tolerance{300};

  /// One whole family of headers is read, never a mix; `svix-*` wins where it is complete. `missing_header`,
  /// `malformed_header` (an id with a dot, more than 16 signatures, over 8 KiB), `malformed_timestamp` or
  /// `malformed_signature` (no `v1` value of the form of a signature), at the header.
  [[nodiscard]] result<claim, refusal> read(const header_view& headers) const { return in_headers::read(headers); }

  /// Standard base64 of at least 16 bytes after one optional `whsec_`, with or without its padding; ASCII white space around
  /// it is cut off. `empty_secret` or `malformed_secret`, whose `where` says what is wrong.
  [[nodiscard]] static result<secret> key(std::string_view text) {
    constexpr detail::svix_key_form form{.version = "v1",
                                         .prefix = "whsec_",
                                         .prefix_optional = true,
                                         .needed_by = "this scheme",
                                         .has_size = [](std::size_t bytes) { return bytes >= 16; },
                                         .size = ", and needs 16 or more (Standard Webhooks: 24 to 64)"};
    return detail::svix_key(text, form);
  }

  [[nodiscard]] std::string signed_prefix(const message& sent) const { return in_headers::signed_prefix(sent); }
  [[nodiscard]] header_list write(const message& sent, const mac& code) const {
    return in_headers::write(in_headers::svix_names, sent, detail::to_base64(code));
  }
  /// The same with the names of Standard Webhooks, `webhook-id` and so on.
  [[nodiscard]] header_list write_standard(const message& sent, const mac& code) const {
    return in_headers::write(in_headers::webhook_names, sent, detail::to_base64(code));
  }

 private:
  struct version {
    static constexpr std::string_view name = "v1";
    [[nodiscard]] static bool add(claim& to, std::string_view text) noexcept {
      static_cast<void>(to.add_base64(text));
      return true;
    }
    [[nodiscard]] static bool any(const claim& read) noexcept { return !read.signatures().empty(); }
  };
  using in_headers = detail::svix_headers<version>;
};

}  // namespace sello::inline v0
