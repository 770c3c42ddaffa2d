// SPDX-License-Identifier: MIT
// Signatures made without sello: OpenSSL's one-shot HMAC, its ed25519, and its base64.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace independent {

using mac = std::array<unsigned char, 32>;

[[nodiscard]] inline mac hmac_sha256(std::string_view key, std::string_view message) {
  mac code{};
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
       message.size(), code.data(), nullptr);
  return code;
}

[[nodiscard]] inline std::string hex(const mac& code) {
  std::string text;
  for (const unsigned char byte : code) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(byte));
    text += two;
  }
  return text;
}

[[nodiscard]] inline std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  text.pop_back();
  return text;
}

/// The hex signature of a body, as Kuenta and Gu1 make it.
[[nodiscard]] inline std::string hex_signature(std::string_view secret, std::string_view body) {
  return hex(hmac_sha256(secret, body));
}

/// "v1,<base64>" over `<id>.<timestamp>.<body>`, with the raw bytes of the key.
[[nodiscard]] inline std::string svix_signature(std::string_view key, std::string_view id, std::string_view timestamp,
                                                std::string_view body) {
  std::string signed_bytes{id};
  signed_bytes.append(".").append(timestamp).append(".").append(body);
  const mac code = hmac_sha256(key, signed_bytes);
  return "v1," + base64({reinterpret_cast<const char*>(code.data()), code.size()});
}

/// "v1a,<base64>" over `<id>.<timestamp>.<body>`, with the seed of a key of ed25519.
[[nodiscard]] inline std::string v1a_signature(std::string_view seed, std::string_view id, std::string_view timestamp,
                                               std::string_view body) {
  std::string signed_bytes{id};
  signed_bytes.append(".").append(timestamp).append(".").append(body);
  EVP_PKEY* key =
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.data()), 32);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::string code(64, '\0');
  std::size_t size = code.size();
  EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key);
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(code.data()), &size,
                 reinterpret_cast<const unsigned char*>(signed_bytes.data()), signed_bytes.size());
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return "v1a," + base64(code);
}

}  // namespace independent
