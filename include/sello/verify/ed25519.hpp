// SPDX-License-Identifier: MIT
// Signatures of ed25519 (RFC 8032), all of them OpenSSL's: public keys that verify, private keys that sign.
#pragma once

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sello/base/result.hpp>
#include <sello/verify/encoding.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/secret.hpp>

namespace sello::inline v0 {

/// The 64 bytes of a signature of ed25519.
using ed25519_signature = std::array<unsigned char, 64>;

namespace detail {

inline constexpr std::size_t ed25519_key_size = 32;

struct free_pkey {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
using pkey = std::unique_ptr<EVP_PKEY, free_pkey>;

struct free_digest_context {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using digest_context = std::unique_ptr<EVP_MD_CTX, free_digest_context>;

[[nodiscard]] inline bad_result no_ed25519() {
  return bad_result{{errc::internal_error, "OpenSSL has no ed25519 to give; look at openssl.cnf and for FIPS"}};
}

/// What is wrong with 32 bytes as a public key, beyond what OpenSSL looks at. Under a key of small order a signature can be
/// right for a message that nobody signed; OpenSSL takes such keys. The eight points have these five ordinates, in whose last
/// byte the highest bit is the sign. An ordinate is less than p = 2^255 - 19 (RFC 8032, 5.1.3).
[[nodiscard]] inline std::optional<error> fault_of_public_key(std::span<const unsigned char> bytes) {
  constexpr auto ordinate = [](std::string_view hex) { return *hex_decode<ed25519_key_size>(hex); };
  constexpr std::array<std::array<unsigned char, ed25519_key_size>, 5> of_small_order{
      ordinate("0100000000000000000000000000000000000000000000000000000000000000"),
      ordinate("0000000000000000000000000000000000000000000000000000000000000000"),
      ordinate("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
      ordinate("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
      ordinate("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")};
  const auto bad = [](std::string_view why) { return error{errc::malformed_secret, std::string{why}}; };
  if (bytes.size() != ed25519_key_size) return bad("a public key of ed25519 has 32 bytes");
  std::array<unsigned char, ed25519_key_size> y{};
  std::copy(bytes.begin(), bytes.end(), y.begin());
  y.back() &= 0x7FU;
  if (std::find(of_small_order.begin(), of_small_order.end(), y) != of_small_order.end())
    return bad("it is a key of small order, under which anybody can sign");
  const bool all_ones = y.back() == 0x7FU && std::all_of(y.begin() + 1, y.end() - 1, [](auto b) { return b == 0xFFU; });
  if (all_ones && y.front() >= 0xEDU) return bad("it is no public key of ed25519");
  return std::nullopt;
}

/// A key that verifies. `const` members may be called by any number of threads.
class ed25519_public_key {
 public:
  /// Throws `bad_result` with `internal_error` if OpenSSL has no ed25519 to give.
  explicit ed25519_public_key(std::span<const unsigned char> bytes) : key_{made(bytes)} {
    if (!key_) throw no_ed25519();
  }

  /// Whether the key's owner signed the message; nothing if OpenSSL failed. It finds its ed25519 anew each time: what the host
  /// makes of its configuration later decides whether it does. Where memory runs out in the middle, it says wrong.
  [[nodiscard]] std::optional<bool> verify(const ed25519_signature& signature,
                                           std::string_view message) const noexcept {
    if (!openssl_is_there()) return std::nullopt;
    const digest_context context{EVP_MD_CTX_new()};
    if (!context ||
        EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key_.get(), nullptr) != 1)
      return std::nullopt;
    const int answer = EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                        reinterpret_cast<const unsigned char*>(message.data()), message.size());
    if (answer == 1) return true;
    return answer == 0 ? std::optional{false} : std::nullopt;
  }

 private:
  [[nodiscard]] static pkey made(std::span<const unsigned char> bytes) noexcept {
    const error_mark mark;
    if (!openssl_is_there()) return nullptr;
    return pkey{EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, bytes.data(), bytes.size())};
  }

  pkey key_;
};

/// A key that signs. `const` members may be called by any number of threads.
class ed25519_private_key {
 public:
  /// The seed's 32 bytes, alone or with the public key's behind them. Throws `bad_result`: with `malformed_secret` if the
  /// halves do not belong together or there are other bytes, with `internal_error` if OpenSSL has no ed25519 to give.
  explicit ed25519_private_key(std::span<const unsigned char> bytes) : key_{made(bytes)} {
    if (!key_) throw no_ed25519();
    const auto own = public_key();
    if (bytes.size() > own.size() && !std::equal(own.begin(), own.end(), bytes.begin() + own.size(), bytes.end()))
      throw bad_result{{errc::malformed_secret, "its second half is not the public key of the first"}};
  }

  /// Throws `bad_result` with `internal_error` if OpenSSL fails.
  [[nodiscard]] ed25519_signature sign(std::string_view message) const {
    const error_mark mark;
    ed25519_signature signature{};
    std::size_t size = signature.size();
    const digest_context context{EVP_MD_CTX_new()};
    if (!context ||
        EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key_.get(), nullptr) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &size, reinterpret_cast<const unsigned char*>(message.data()),
                       message.size()) != 1 ||
        size != signature.size())
      throw bad_result{{errc::internal_error, "OpenSSL failed"}};
    return signature;
  }

  /// Throws `bad_result` with `internal_error` if OpenSSL fails.
  [[nodiscard]] std::array<unsigned char, ed25519_key_size> public_key() const {
    const error_mark mark;
    std::array<unsigned char, ed25519_key_size> bytes{};
    std::size_t size = bytes.size();
    if (EVP_PKEY_get_raw_public_key(key_.get(), bytes.data(), &size) != 1 || size != bytes.size())
      throw bad_result{{errc::internal_error, "OpenSSL failed"}};
    return bytes;
  }

 private:
  [[nodiscard]] static pkey made(std::span<const unsigned char> bytes) {
    const error_mark mark;
    if (bytes.size() != ed25519_key_size && bytes.size() != 2 * ed25519_key_size)
      throw bad_result{
          {errc::malformed_secret, "a signing key of ed25519 has 64 bytes, or 32 without its public half"}};
    if (!openssl_is_there()) return nullptr;
    return pkey{EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, bytes.data(), ed25519_key_size)};
  }

  pkey key_;
};

}  // namespace detail
}  // namespace sello::inline v0
