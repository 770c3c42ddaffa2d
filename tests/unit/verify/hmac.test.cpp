// SPDX-License-Identifier: MIT
#include <sello/verify/hmac.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "support/sign.hpp"

using sello::mac;
using sello::detail::equal_in_constant_time;
using sello::detail::hex_encode;
using sello::detail::hmac_sha256;

namespace {

[[nodiscard]] std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

[[nodiscard]] std::string computed(const hmac_sha256& key, std::string_view message) {
  hmac_sha256::computation computation{key};
  computation.update(message);
  mac code{};
  return computation.finish(code) ? hex_encode(code) : "failed";
}

[[nodiscard]] std::string computed(std::string_view key, std::string_view message) {
  return computed(hmac_sha256{bytes_of(key)}, message);
}

}  // namespace

TEST_CASE("HMAC-SHA256 has the answers of RFC 4231") {
  std::string counting;
  for (char byte = 1; byte <= 25; ++byte) counting += byte;

  // Test case 5 is of a truncated MAC, which is no form that is accepted here.
  CHECK(computed(std::string(20, '\x0b'), "Hi There") ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(computed("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(computed(std::string(20, '\xaa'), std::string(50, '\xdd')) ==
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  CHECK(computed(counting, std::string(50, '\xcd')) ==
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  CHECK(computed(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(computed(
            std::string(131, '\xaa'),
            "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
            "hashed before being used by the HMAC algorithm.") ==
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST_CASE("the message may come in pieces") {
  const hmac_sha256 key{bytes_of("Jefe")};
  hmac_sha256::computation computation{key};
  for (const std::string_view piece : {"what do ya ", "", "want for nothing", "?"}) computation.update(piece);
  mac code{};
  REQUIRE(computation.finish(code));
  CHECK(hex_encode(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("an empty message and an empty key have their MAC") {
  CHECK(computed("key", "") == "5d5d139563c95b5967b9bd9a8c9b233a9dedb45072794cd232dc1b74832607d0");
  CHECK(computed("", "") == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("one key gives the right MAC in every one of many computations") {
  std::mt19937 random{4231};
  const std::string secret = "reused key";
  const hmac_sha256 key{bytes_of(secret)};
  for (std::size_t i = 0; i < 1000; ++i) {
    std::string message(random() % 300, '\0');
    for (char& byte : message) byte = static_cast<char>(random() & 0xffU);
    REQUIRE(computed(key, message) == independent::hex(independent::hmac_sha256(secret, message)));
  }
}

TEST_CASE("a computation that was abandoned leaves nothing behind") {
  const hmac_sha256 key{bytes_of("Jefe")};
  for (int i = 0; i < 20; ++i) {
    {
      hmac_sha256::computation{key}.update("something else");
    }
    REQUIRE(computed(key, "what do ya want for nothing?") ==
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }
}

TEST_CASE("more computations may run at once than there are idle contexts") {
  const hmac_sha256 key{bytes_of("Jefe")};
  for (int round = 0; round < 3; ++round) {
    std::vector<hmac_sha256::computation> running;
    for (std::size_t i = 0; i < 20; ++i) running.emplace_back(key);
    for (std::size_t i = 0; i < running.size(); ++i) running[i].update(std::string(i, 'x'));
    for (std::size_t i = 0; i < running.size(); ++i) {
      mac code{};
      REQUIRE(running[i].finish(code));
      REQUIRE(hex_encode(code) == independent::hex(independent::hmac_sha256("Jefe", std::string(i, 'x'))));
    }
  }
}

TEST_CASE("one key serves many threads") {
  const std::string secret = "shared key";
  const hmac_sha256 key{bytes_of(secret)};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 12; ++t) {
    threads.emplace_back([&, t] {
      const std::string message(100 + t, static_cast<char>('a' + t));
      const std::string expected = independent::hex(independent::hmac_sha256(secret, message));
      for (int i = 0; i < 500; ++i) {
        if (computed(key, message) != expected) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("MACs are equal when all their bytes are") {
  mac a{};
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<unsigned char>(i);
  CHECK(equal_in_constant_time(a, mac{a}) == 1);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      mac b = a;
      b[i] = static_cast<unsigned char>(b[i] ^ (1U << bit));
      CHECK(equal_in_constant_time(a, b) == 0);
    }
  }
  mac opposite = a;
  for (unsigned char& byte : opposite) byte = static_cast<unsigned char>(~byte);
  CHECK(equal_in_constant_time(a, opposite) == 0);
}

TEST_CASE("SHA-256 has the answers of FIPS 180") {
  using sello::detail::sha256_hex;
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
