// SPDX-License-Identifier: MIT
#include <sello/verify/ed25519.hpp>

#include <openssl/err.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "support/base64.hpp"
#include "support/known_answer.hpp"

using sello::ed25519_signature;
using sello::detail::ed25519_private_key;
using sello::detail::ed25519_public_key;
using sello::detail::fault_of_public_key;
using sello::detail::hex_decode;
using sello::detail::hex_encode;

namespace {

using key_bytes = std::array<unsigned char, 32>;

[[nodiscard]] key_bytes key_of(std::string_view hex) { return hex_decode<32>(hex).value(); }

[[nodiscard]] std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

struct answer {
  std::string_view seed;
  std::string_view public_key;
  std::string message;
  std::string_view signature;
};

/// RFC 8032, 7.1, tests 1 to 3.
const std::array<answer, 3> answers{{{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                                      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                                      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                                      "c61e39701cf9b46bd25bf5f0595bbe2465"
                                      "5141438e7a100b"},
                                     {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                                      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
                                      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
                                      "458f3613d0f11d8c387b2eaeb4302aeeb0"
                                      "0d291612bb0c00"},
                                     {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                                      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "\xaf\x82",
                                      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
                                      "ae67f760984dc6594a7c15e9716ed28dc0"
                                      "27beceea1ec40a"}}};

}  // namespace

TEST_CASE("ed25519: the answers of RFC 8032") {
  for (const answer& each : answers) {
    const auto signature = hex_decode<64>(each.signature).value();
    CHECK(ed25519_public_key{key_of(each.public_key)}.verify(signature, each.message) == true);
    const ed25519_private_key key{key_of(each.seed)};
    CHECK(key.sign(each.message) == signature);
    CHECK(hex_encode(key.public_key()) == each.public_key);
    CHECK_FALSE(fault_of_public_key(key.public_key()));
  }
}

TEST_CASE("ed25519: any other bit is wrong, and leaves no error behind") {
  const answer& known = answers[2];
  const ed25519_public_key key{key_of(known.public_key)};
  const auto signature = hex_decode<64>(known.signature).value();
  for (std::size_t bit = 0; bit < 512; ++bit) {
    ed25519_signature other = signature;
    other[bit / 8] = static_cast<unsigned char>(other[bit / 8] ^ (1U << bit % 8));
    CHECK(key.verify(other, known.message) == false);
  }
  CHECK(key.verify(signature, known.message + '\0') == false);
  CHECK(key.verify(signature, "") == false);
  CHECK(key.verify(ed25519_signature{}, known.message) == false);
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("ed25519: keys under which anybody could sign are told") {
  // Right for every message under the neutral point, as OpenSSL sees it: so it must not become a key.
  ed25519_signature neutral{};
  neutral[0] = 1;
  const key_bytes neutral_key = key_of("0100000000000000000000000000000000000000000000000000000000000000");
  CHECK(ed25519_public_key{neutral_key}.verify(neutral, "nobody signed this") == true);

  for (const std::string_view front : {"00", "01", "26", "c7", "ec", "ed", "ee", "ff"}) {
    std::string rest(62, front == "00" || front == "01" ? '0' : 'f');
    if (front == "26") rest = "e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    if (front == "c7") rest = "176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    key_bytes bytes = key_of(std::string{front} + rest);
    for (const unsigned sign : {0x00U, 0x80U}) {
      bytes.back() = static_cast<unsigned char>((bytes.back() & 0x7FU) | sign);
      CAPTURE(front, sign);
      const auto fault = fault_of_public_key(bytes);
      REQUIRE(fault);
      CHECK(fault->code == sello::errc::malformed_secret);
    }
  }
  // One below p - 1, and one whose bytes are not all ones: of no small order, whatever else they are.
  CHECK_FALSE(fault_of_public_key(key_of("ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")));
  CHECK_FALSE(fault_of_public_key(key_of("edfffffffffffffffffffffffffffffffffffffffffffffffffffffffeffff7f")));
  CHECK_FALSE(fault_of_public_key(key_of("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7e")));
}

TEST_CASE("ed25519: a public key has 32 bytes") {
  for (const std::size_t size : {0U, 31U, 33U, 64U}) {
    const std::string bytes(size, 'x');
    CHECK(fault_of_public_key(bytes_of(bytes)));
    CHECK_THROWS_AS(ed25519_public_key{bytes_of(bytes)}, sello::bad_result);
  }
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("ed25519: a private key is a seed, alone or with its public key") {
  const std::string known = read_base64(known_answer::private_key.substr(5));
  const ed25519_private_key whole{bytes_of(known)};
  const ed25519_private_key seed{bytes_of(known).first(32)};
  CHECK(whole.sign("message") == seed.sign("message"));
  std::string other = known;
  other.back() = static_cast<char>(other.back() ^ 1);
  CHECK_THROWS_AS(ed25519_private_key{bytes_of(other)}, sello::bad_result);
  for (const std::size_t size : {0U, 31U, 33U, 63U, 65U}) {
    const std::string bytes(size, 'x');
    CHECK_THROWS_AS(ed25519_private_key{bytes_of(bytes)}, sello::bad_result);
  }
}
