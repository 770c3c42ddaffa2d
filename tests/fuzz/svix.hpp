// SPDX-License-Identifier: MIT
// Svix's secrets and signatures in an input.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "reference.hpp"

namespace fuzz {

inline constexpr std::string_view svix_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The keys, as the reference reads them; `fault` is what is wrong with the first bad secret.
[[nodiscard]] inline std::vector<std::string> svix_keys(const request& given, std::string& fault) {
  std::vector<std::string> keys;
  for (const auto& secret : given.secrets) {
    const auto read = reference::svix_key(secret);
    if (fault.empty()) fault = read.error;
    keys.push_back(read.key);
  }
  return keys;
}

/// Puts signatures where the input asks for them, over the id and time of the header's own family. `sign(which, bytes)` signs
/// with the first or the second key.
template <class Sign>
void fill_in_signatures(request& given, Sign sign) {
  for (auto& line : given.headers) {
    if (line.second.find('{') == std::string::npos) continue;
    const std::string family = line.first.starts_with("w") || line.first.starts_with("W") ? "webhook-" : "svix-";
    const auto first = [&](const char* name) {
      const auto found = reference::values(given.headers, family + name);
      return found.empty() ? std::string{} : reference::one_value(found.front());
    };
    const std::string signed_bytes = first("id") + "." + first("timestamp") + "." + given.body;
    const std::string code = sign(0U, signed_bytes);
    replace_all(line.second, "{mac}", reference::to_base64(code));
    replace_all(line.second, "{mac2}", reference::to_base64(sign(1U, signed_bytes)));
    replace_all(line.second, "{near}", reference::to_base64(nearly(code)));
  }
}

inline void fill_in_svix(request& given, const std::vector<std::string>& keys) {
  fill_in_signatures(given, [&](std::size_t which, const std::string& signed_bytes) {
    return reference::hmac(keys[std::min(which, keys.size() - 1)], signed_bytes);
  });
}

}  // namespace fuzz
