// SPDX-License-Identifier: MIT
// SHA-256 by OpenSSL, for the idempotency key of senders that give a delivery no id.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <string>
#include <string_view>

#include <sello/detail/hex.hpp>
#include <sello/result.hpp>

namespace sello::inline v0::detail {

/// 64 lower-case hex digits; throws `bad_result` with `internal_error` if OpenSSL fails.
[[nodiscard]] inline std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw bad_result{{errc::internal_error, "SHA-256"}};
  return hex_encode(digest);
}

}  // namespace sello::inline v0::detail
