// SPDX-License-Identifier: MIT
// What the others are measured by: a body parsed with nlohmann/json, and OpenSSL's HMAC.
#include <openssl/hmac.h>

#include <nlohmann/json.hpp>
#include <string>

std::string type_of(const std::string& key, const std::string& body, unsigned char* mac) {
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(body.data()),
       body.size(), mac, &size);
  return nlohmann::json::parse(body).at("type").get<std::string>();
}
