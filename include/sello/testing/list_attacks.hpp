// SPDX-License-Identifier: MIT
// What can be done to a list of signatures with their versions, and to signatures of ed25519.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <sello/testing/attack.hpp>
#include <sello/verify/ed25519.hpp>
#include <sello/verify/encoding.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/scheme.hpp>

namespace sello::inline v0::testing::detail {

namespace base = sello::detail;

/// Of public keys: what is said to be a signature, and what everybody could make who knows the key.
template <public_key_scheme Scheme>
void add_public_key_attacks(attack_builder<Scheme>& to) {
  const message sent = to.sent_now();
  const std::string content = to.at_.options.signed_prefix(sent) + to.at_.body;
  const base::ed25519_private_key key{Scheme::private_key(to.at_.secret).value().bytes()};
  const ed25519_signature right = key.sign(content);
  const auto claimed = [&](std::span<const unsigned char> bytes) {
    request made{.headers = to.at_.options.write(sent, right), .body = to.at_.body};
    auto& value = to.signature(made).second;
    value = value.substr(0, value.find(',') + 1) + base::to_base64(bytes);
    return made;
  };
  const auto forge = [&](std::string name, std::span<const unsigned char> bytes) {
    to.add("ed25519: " + std::move(name), 401, claimed(bytes));
  };
  to.add("ed25519: a right signature", 200, claimed(right));
  forge("zeros", ed25519_signature{});
  ed25519_signature other{1};  // right under the neutral point
  forge("the neutral point and zero", other);
  other = right;
  other[31] ^= 0x80U;
  forge("the first half negated", other);
  std::rotate(other.begin(), other.begin() + 32, other.end());
  forge("the halves swapped", other);
  // S + L is S for who does not look (RFC 8032, 5.1.7): a second signature of the same message.
  const auto order = *base::hex_decode<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  other = right;
  unsigned carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    carry += other[32 + i] + unsigned{order[i]};
    other[32 + i] = static_cast<unsigned char>(carry & 0xFFU);
    carry >>= 8U;
  }
  forge("the group's order added", other);
  forge("the body alone signed", key.sign(to.at_.body));
  forge("cut after its first half", std::span{right}.first(32));
  // Key confusion: the public key, which everybody knows, as the secret of an HMAC.
  const base::hmac_sha256 known{key.public_key()};
  base::hmac_sha256::computation computation{known};
  computation.update(content);
  mac code{};
  static_cast<void>(computation.finish(code));
  forge("an HMAC with the public key", code);
  std::copy(code.begin(), code.end(), std::copy(code.begin(), code.end(), other.begin()));
  forge("an HMAC with the public key, twice", other);
  request named = claimed(code);
  to.signature(named).second = "v1," + base::to_base64(code);
  to.add("ed25519: an HMAC with the public key, named v1", 401, named);
  request five = claimed(right);
  auto& list = to.signature(five).second;
  for (const std::string one = list; list.size() < 5 * one.size();) list += ' ' + one;
  to.add("ed25519: five signatures", 401, five);
}

/// Of a list of versions and signatures, as Svix's.
template <timed_scheme Scheme>
void add_list_attacks(attack_builder<Scheme>& to) {
  request lines = to.signed_by_us(to.at_.body);
  const std::string good = to.signature(lines).second;
  const std::string version = good.substr(0, good.find(','));
  const std::string value = good.substr(version.size() + 1);
  const auto add = [&](std::string name, int status, const std::string& list) {
    to.add(std::move(name), status, to.with_signature([&](const std::string&) { return list; }));
  };
  std::string capital = version;
  capital.front() = 'V';
  const std::string other = version == "v1" ? "v1a" : "v1";
  for (const std::string& wrong : {capital + ',', std::string{"v2,"}, other + ',', version + ",v2,", version + '.',
                                   std::string{","}, std::string{}})
    add("signature version \"" + wrong + '"', 401, wrong + value);
  add("an unknown version before the good one", 200, "v9,x " + good);
  for (const std::string separator : {" ", "\t", ",", ", ", " , "}) {
    const std::string name = '"' + separator + '"';
    add("signatures separated by " + name, 200,
        std::string{version}.append(",x").append(separator).append(good).append(separator).append("x"));
    add("version and signature separated by " + name, 200, std::string{version}.append(separator).append(value));
  }
  to.signature(lines).second = version;
  lines.headers.emplace_back(to.signature(lines).first, value);
  request turned = lines;  // not every server keeps the order of lines
  std::swap(to.signature(turned).second, turned.headers.back().second);
  to.add_all("version and signature in two lines", {200}, {lines, turned});
  add("base64 without its padding", 401, good.substr(0, good.size() - 1));
  std::string sixteen = good;
  for (int i = 0; i < 4; ++i) sixteen += ' ' + sixteen;
  add("seventeen signatures", 401, sixteen + ' ' + version + ",x");
  std::string many;
  for (int i = 0; i < 1'000'000; ++i) many += version + ",x ";
  to.add_all("a million signatures", {400, 401, 413, 431},
             {to.with_signature([&](const std::string&) { return many + good; })});
  if constexpr (public_key_scheme<Scheme>) add_public_key_attacks(to);
}

}  // namespace sello::inline v0::testing::detail
