// SPDX-License-Identifier: MIT
// The cryptography, all of it OpenSSL's: HMAC-SHA256, keyed once and shared by all threads, and SHA-256.
#pragma once

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <sello/base/result.hpp>
#include <sello/verify/encoding.hpp>

namespace sello::inline v0 {

/// The 32 bytes of an HMAC-SHA256.
using mac = std::array<unsigned char, 32>;

namespace detail {

/// Whether OpenSSL has not been cleaned up; after that its fetches crash (seen with 3.0.19).
[[nodiscard]] inline bool openssl_is_there() noexcept { return OPENSSL_init_crypto(0, nullptr) == 1; }

/// SHA-256, fetched once: what OpenSSL's configuration becomes later does not touch it. Null if OpenSSL has none to give.
[[nodiscard]] inline const EVP_MD* sha256() noexcept {
  static std::atomic<EVP_MD*> fetched{nullptr};
  EVP_MD* algorithm = fetched.load();
  if (algorithm != nullptr || !openssl_is_there()) return algorithm;
  EVP_MD* made = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (!fetched.compare_exchange_strong(algorithm, made)) EVP_MD_free(made);
  return fetched.load();
}

/// A keyed HMAC. Setting the key costs two compressions of SHA-256 and several allocations, so it is done once: each
/// computation borrows a keyed context and restarts it. Contexts wait in a few slots that are taken by one atomic
/// exchange; where all are taken, the prototype is copied. `const` members may be called by any number of threads.
class hmac_sha256 {
  struct free_context {
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
  };
  using context = std::unique_ptr<EVP_MAC_CTX, free_context>;

 public:
  /// Throws `bad_result` with `internal_error` if OpenSSL has no HMAC-SHA256 to give.
  explicit hmac_sha256(std::span<const unsigned char> key) : prototype_{keyed(key)} {
    if (!prototype_)
      throw bad_result{{errc::internal_error, "OpenSSL has no HMAC-SHA256 to give; look at openssl.cnf and for FIPS"}};
  }
  hmac_sha256(const hmac_sha256&) = delete;
  hmac_sha256& operator=(const hmac_sha256&) = delete;
  ~hmac_sha256() {
    for (auto& slot : idle_) EVP_MAC_CTX_free(slot.load());
  }

  /// One computation. Must not outlive the key. After a failure of OpenSSL, `finish` says false.
  class computation {
   public:
    explicit computation(const hmac_sha256& key) noexcept : key_{&key}, context_{key.borrow()} {}
    computation(const computation&) = delete;
    computation(computation&&) noexcept = default;
    computation& operator=(const computation&) = delete;
    computation& operator=(computation&&) = delete;
    ~computation() { key_->give_back(std::move(context_)); }

    void update(std::string_view bytes) noexcept {
      if (context_ &&
          EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) != 1)
        context_.reset();
    }

    [[nodiscard]] bool finish(mac& out) noexcept {
      std::size_t size = 0;
      return context_ && EVP_MAC_final(context_.get(), out.data(), &size, out.size()) == 1 && size == out.size();
    }

   private:
    const hmac_sha256* key_;
    context context_;
  };

 private:
  [[nodiscard]] static context keyed(std::span<const unsigned char> key) noexcept {
    const error_mark mark;
    if (!openssl_is_there() || sha256() == nullptr) return nullptr;
    struct free_mac {
      void operator()(EVP_MAC* algorithm) const noexcept { EVP_MAC_free(algorithm); }
    };
    const std::unique_ptr<EVP_MAC, free_mac> algorithm{EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr)};
    if (!algorithm) return nullptr;
    context made{EVP_MAC_CTX_new(algorithm.get())};
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    if (!made || EVP_MAC_init(made.get(), key.data(), key.size(), params) != 1) return nullptr;
    return made;
  }

  /// OpenSSL before 3.0.3 does not restart a context without its key, and reports success
  /// (https://github.com/openssl/openssl/issues/17811): there, every computation takes a copy.
  [[nodiscard]] static bool restarts() noexcept {
    static const bool answer =
        OPENSSL_version_major() > 3 || OPENSSL_version_minor() > 0 || OPENSSL_version_patch() >= 3;
    return answer;
  }

  [[nodiscard]] context borrow() const noexcept {
    if (restarts()) {
      for (auto& slot : idle_) {
        context taken{slot.exchange(nullptr)};
        if (!taken) continue;
        if (EVP_MAC_init(taken.get(), nullptr, 0, nullptr) == 1) return taken;
        break;
      }
    }
    return context{EVP_MAC_CTX_dup(prototype_.get())};
  }

  void give_back(context used) const noexcept {
    if (!used || !restarts()) return;
    for (auto& slot : idle_) {
      EVP_MAC_CTX* empty = nullptr;
      if (slot.compare_exchange_strong(empty, used.get())) {
        static_cast<void>(used.release());  // NOLINT(bugprone-unused-return-value): the slot owns it now
        return;
      }
    }
  }

  context prototype_;
  mutable std::array<std::atomic<EVP_MAC_CTX*>, 8> idle_{};
};

/// 1 if the bytes are equal, else 0; time and memory accesses do not depend on them.
[[nodiscard]] inline unsigned equal_in_constant_time(const mac& a, const mac& b) noexcept {
  const auto difference = static_cast<unsigned>(CRYPTO_memcmp(a.data(), b.data(), a.size()));  // 0 to 255
  return (difference - 1U) >> 31U;
}

/// 64 lower-case hex digits; throws `bad_result` with `internal_error` if OpenSSL fails. A template for the sake of
/// `sello::compiled`, which has it compiled.
template <class = void>
[[nodiscard]] std::string sha256_hex(std::string_view bytes) {
  const error_mark mark;
  std::array<unsigned char, 32> digest{};
  const EVP_MD* algorithm = sha256();
  if (algorithm == nullptr || EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm, nullptr) != 1)
    throw bad_result{{errc::internal_error, "OpenSSL gave no SHA-256"}};
  return hex_encode(digest);
}

}  // namespace detail
}  // namespace sello::inline v0
