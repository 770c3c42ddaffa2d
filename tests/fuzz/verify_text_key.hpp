// SPDX-License-Identifier: MIT
// The two schemes whose secret is text and whose signature is one header with 64 hex digits.
#pragma once

#include <algorithm>
#include <string>

#include "verify.hpp"

namespace fuzz {

/// Puts right signatures where the input asks for them.
inline void fill_in_hex(request& given) {
  const auto signature = [&](std::size_t secret) {
    return reference::to_hex(reference::hmac(given.secrets[std::min(secret, given.secrets.size() - 1)], given.body));
  };
  for (auto& line : given.headers) {
    if (line.second.find('{') == std::string::npos) continue;
    std::string upper = signature(0);
    for (char& c : upper) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c;
    replace_all(line.second, "{mac}", signature(0));
    replace_all(line.second, "{MAC}", upper);
    replace_all(line.second, "{mac2}", signature(1));
    replace_all(line.second, "{near}", reference::to_hex(nearly(reference::hmac(given.secrets.front(), given.body))));
  }
}

template <class Verifier>
void check_text_key(request& given, const sello::message& sent) {
  std::string bad;  // what is wrong with the first bad secret
  for (const auto& secret : given.secrets) {
    if (bad.empty()) bad = reference::text_key(secret).error;
  }
  const auto secrets = views_of(given.secrets);
  const auto verifier = Verifier::create(secrets);
  require_same(verdict_of(verifier), bad, "the reference's verdict on the secrets");
  if (!verifier) return;

  fill_in_hex(given);
  const auto expected = [](const request& asked) {
    return reference::verify_hex(asked.headers, asked.secrets, asked.body);
  };
  const std::string verdict = verdict_in_every_way(*verifier, given);
  require_same(verdict, expected(given), "the reference's verdict");
  if (verdict.empty()) {
    const auto proven = verifier->verify(given.headers, given.body);
    require(proven->body() == given.body, "the body as it came");
    refuse_changed_bodies(*verifier, given);
  }
  if (!given.headers.empty()) {
    const std::string& value = given.headers.front().second;
    require_same(verdict_of(verifier->verify_signature(value, given.body)),
                 reference::verify_hex_text(value, given.secrets, given.body), "the verdict on a signature alone");
  }
  sign_then_verify(*verifier, given, sent, expected);
}

}  // namespace fuzz
