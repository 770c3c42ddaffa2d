// SPDX-License-Identifier: MIT
// Every call of OpenSSL that can fail does so once: the linker puts the functions below between sello and OpenSSL, and
// the n-th call of each fails, for all n, in every scenario; then every allocation that OpenSSL itself makes. The answer is an
// error or the documented exception, never an accepted forgery, a leak or the end of the program, and the next delivery
// is handled.
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/signer.hpp>
#include <sello/verify/svix_v1a.hpp>
#include <sello/verify/verifier.hpp>

#include "failure.hpp"

namespace {

proof::failure_point mac_fetch{"EVP_MAC_fetch"};
proof::failure_point md_fetch{"EVP_MD_fetch"};
proof::failure_point mac_new{"EVP_MAC_CTX_new"};
proof::failure_point mac_init{"EVP_MAC_init"};
proof::failure_point mac_dup{"EVP_MAC_CTX_dup"};
proof::failure_point mac_update{"EVP_MAC_update"};
proof::failure_point mac_final{"EVP_MAC_final"};
proof::failure_point mac_final_short{"EVP_MAC_final, short"};
proof::failure_point digest{"EVP_Digest"};
proof::failure_point decode_block{"EVP_DecodeBlock", true};
proof::failure_point public_key{"EVP_PKEY_new_raw_public_key_ex"};
proof::failure_point private_key{"EVP_PKEY_new_raw_private_key_ex"};
proof::failure_point raw_public_key{"EVP_PKEY_get_raw_public_key"};
proof::failure_point md_new{"EVP_MD_CTX_new"};
proof::failure_point verify_init{"EVP_DigestVerifyInit_ex"};
proof::failure_point verify{"EVP_DigestVerify"};
proof::failure_point sign_init{"EVP_DigestSignInit_ex"};
proof::failure_point sign{"EVP_DigestSign"};
proof::failure_point malloc_called{"CRYPTO_malloc"};
proof::failure_point allocation{"allocation in OpenSSL"};
std::size_t live_blocks = 0;

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier): the linker's names
extern "C" {

EVP_MAC* __real_EVP_MAC_fetch(OSSL_LIB_CTX* library, const char* name, const char* properties);
EVP_MAC* __wrap_EVP_MAC_fetch(OSSL_LIB_CTX* library, const char* name, const char* properties);
EVP_MAC* __wrap_EVP_MAC_fetch(OSSL_LIB_CTX* library, const char* name, const char* properties) {
  return mac_fetch.fails() ? nullptr : __real_EVP_MAC_fetch(library, name, properties);
}

EVP_MD* __real_EVP_MD_fetch(OSSL_LIB_CTX* library, const char* name, const char* properties);
EVP_MD* __wrap_EVP_MD_fetch(OSSL_LIB_CTX* library, const char* name, const char* properties);
EVP_MD* __wrap_EVP_MD_fetch(OSSL_LIB_CTX* library, const char* name, const char* properties) {
  return md_fetch.fails() ? nullptr : __real_EVP_MD_fetch(library, name, properties);
}

EVP_MAC_CTX* __real_EVP_MAC_CTX_new(EVP_MAC* algorithm);
EVP_MAC_CTX* __wrap_EVP_MAC_CTX_new(EVP_MAC* algorithm);
EVP_MAC_CTX* __wrap_EVP_MAC_CTX_new(EVP_MAC* algorithm) {
  return mac_new.fails() ? nullptr : __real_EVP_MAC_CTX_new(algorithm);
}

int __real_EVP_MAC_init(EVP_MAC_CTX* context, const unsigned char* key, std::size_t size, const OSSL_PARAM* params);
int __wrap_EVP_MAC_init(EVP_MAC_CTX* context, const unsigned char* key, std::size_t size, const OSSL_PARAM* params);
int __wrap_EVP_MAC_init(EVP_MAC_CTX* context, const unsigned char* key, std::size_t size, const OSSL_PARAM* params) {
  return mac_init.fails() ? 0 : __real_EVP_MAC_init(context, key, size, params);
}

EVP_MAC_CTX* __real_EVP_MAC_CTX_dup(const EVP_MAC_CTX* context);
EVP_MAC_CTX* __wrap_EVP_MAC_CTX_dup(const EVP_MAC_CTX* context);
EVP_MAC_CTX* __wrap_EVP_MAC_CTX_dup(const EVP_MAC_CTX* context) {
  return mac_dup.fails() ? nullptr : __real_EVP_MAC_CTX_dup(context);
}

int __real_EVP_MAC_update(EVP_MAC_CTX* context, const unsigned char* bytes, std::size_t size);
int __wrap_EVP_MAC_update(EVP_MAC_CTX* context, const unsigned char* bytes, std::size_t size);
int __wrap_EVP_MAC_update(EVP_MAC_CTX* context, const unsigned char* bytes, std::size_t size) {
  return mac_update.fails() ? 0 : __real_EVP_MAC_update(context, bytes, size);
}

int __real_EVP_MAC_final(EVP_MAC_CTX* context, unsigned char* out, std::size_t* size, std::size_t capacity);
int __wrap_EVP_MAC_final(EVP_MAC_CTX* context, unsigned char* out, std::size_t* size, std::size_t capacity);
int __wrap_EVP_MAC_final(EVP_MAC_CTX* context, unsigned char* out, std::size_t* size, std::size_t capacity) {
  if (mac_final.fails()) return 0;
  const int answer = __real_EVP_MAC_final(context, out, size, capacity);
  if (mac_final_short.fails()) {  // as HMAC-SHA1 would
    *size = 20;
    std::fill(out + *size, out + capacity, static_cast<unsigned char>(0));
  }
  return answer;
}

int __real_EVP_Digest(const void* bytes, std::size_t count, unsigned char* out, unsigned* size, const EVP_MD* type,
                      ENGINE* engine);
int __wrap_EVP_Digest(const void* bytes, std::size_t count, unsigned char* out, unsigned* size, const EVP_MD* type,
                      ENGINE* engine);
int __wrap_EVP_Digest(const void* bytes, std::size_t count, unsigned char* out, unsigned* size, const EVP_MD* type,
                      ENGINE* engine) {
  return digest.fails() ? 0 : __real_EVP_Digest(bytes, count, out, size, type, engine);
}

int __real_EVP_DecodeBlock(unsigned char* out, const unsigned char* text, int size);
int __wrap_EVP_DecodeBlock(unsigned char* out, const unsigned char* text, int size);
int __wrap_EVP_DecodeBlock(unsigned char* out, const unsigned char* text, int size) {
  return decode_block.fails() ? -1 : __real_EVP_DecodeBlock(out, text, size);
}

EVP_PKEY* __real_EVP_PKEY_new_raw_public_key_ex(OSSL_LIB_CTX* library, const char* type, const char* properties,
                                                const unsigned char* key, std::size_t size);
EVP_PKEY* __wrap_EVP_PKEY_new_raw_public_key_ex(OSSL_LIB_CTX* library, const char* type, const char* properties,
                                                const unsigned char* key, std::size_t size);
EVP_PKEY* __wrap_EVP_PKEY_new_raw_public_key_ex(OSSL_LIB_CTX* library, const char* type, const char* properties,
                                                const unsigned char* key, std::size_t size) {
  return public_key.fails() ? nullptr : __real_EVP_PKEY_new_raw_public_key_ex(library, type, properties, key, size);
}

EVP_PKEY* __real_EVP_PKEY_new_raw_private_key_ex(OSSL_LIB_CTX* library, const char* type, const char* properties,
                                                 const unsigned char* key, std::size_t size);
EVP_PKEY* __wrap_EVP_PKEY_new_raw_private_key_ex(OSSL_LIB_CTX* library, const char* type, const char* properties,
                                                 const unsigned char* key, std::size_t size);
EVP_PKEY* __wrap_EVP_PKEY_new_raw_private_key_ex(OSSL_LIB_CTX* library, const char* type, const char* properties,
                                                 const unsigned char* key, std::size_t size) {
  return private_key.fails() ? nullptr : __real_EVP_PKEY_new_raw_private_key_ex(library, type, properties, key, size);
}

int __real_EVP_PKEY_get_raw_public_key(const EVP_PKEY* key, unsigned char* out, std::size_t* size);
int __wrap_EVP_PKEY_get_raw_public_key(const EVP_PKEY* key, unsigned char* out, std::size_t* size);
int __wrap_EVP_PKEY_get_raw_public_key(const EVP_PKEY* key, unsigned char* out, std::size_t* size) {
  return raw_public_key.fails() ? 0 : __real_EVP_PKEY_get_raw_public_key(key, out, size);
}

EVP_MD_CTX* __real_EVP_MD_CTX_new();
EVP_MD_CTX* __wrap_EVP_MD_CTX_new();
EVP_MD_CTX* __wrap_EVP_MD_CTX_new() { return md_new.fails() ? nullptr : __real_EVP_MD_CTX_new(); }

int __real_EVP_DigestVerifyInit_ex(EVP_MD_CTX* context, EVP_PKEY_CTX** key_context, const char* digest_name,
                                   OSSL_LIB_CTX* library, const char* properties, EVP_PKEY* key,
                                   const OSSL_PARAM* params);
int __wrap_EVP_DigestVerifyInit_ex(EVP_MD_CTX* context, EVP_PKEY_CTX** key_context, const char* digest_name,
                                   OSSL_LIB_CTX* library, const char* properties, EVP_PKEY* key,
                                   const OSSL_PARAM* params);
int __wrap_EVP_DigestVerifyInit_ex(EVP_MD_CTX* context, EVP_PKEY_CTX** key_context, const char* digest_name,
                                   OSSL_LIB_CTX* library, const char* properties, EVP_PKEY* key,
                                   const OSSL_PARAM* params) {
  if (verify_init.fails()) return 0;
  return __real_EVP_DigestVerifyInit_ex(context, key_context, digest_name, library, properties, key, params);
}

int __real_EVP_DigestVerify(EVP_MD_CTX* context, const unsigned char* signature, std::size_t signature_size,
                            const unsigned char* bytes, std::size_t size);
int __wrap_EVP_DigestVerify(EVP_MD_CTX* context, const unsigned char* signature, std::size_t signature_size,
                            const unsigned char* bytes, std::size_t size);
int __wrap_EVP_DigestVerify(EVP_MD_CTX* context, const unsigned char* signature, std::size_t signature_size,
                            const unsigned char* bytes, std::size_t size) {
  return verify.fails() ? -1 : __real_EVP_DigestVerify(context, signature, signature_size, bytes, size);
}

int __real_EVP_DigestSignInit_ex(EVP_MD_CTX* context, EVP_PKEY_CTX** key_context, const char* digest_name,
                                 OSSL_LIB_CTX* library, const char* properties, EVP_PKEY* key,
                                 const OSSL_PARAM* params);
int __wrap_EVP_DigestSignInit_ex(EVP_MD_CTX* context, EVP_PKEY_CTX** key_context, const char* digest_name,
                                 OSSL_LIB_CTX* library, const char* properties, EVP_PKEY* key,
                                 const OSSL_PARAM* params);
int __wrap_EVP_DigestSignInit_ex(EVP_MD_CTX* context, EVP_PKEY_CTX** key_context, const char* digest_name,
                                 OSSL_LIB_CTX* library, const char* properties, EVP_PKEY* key,
                                 const OSSL_PARAM* params) {
  if (sign_init.fails()) return 0;
  return __real_EVP_DigestSignInit_ex(context, key_context, digest_name, library, properties, key, params);
}

int __real_EVP_DigestSign(EVP_MD_CTX* context, unsigned char* signature, std::size_t* signature_size,
                          const unsigned char* bytes, std::size_t size);
int __wrap_EVP_DigestSign(EVP_MD_CTX* context, unsigned char* signature, std::size_t* signature_size,
                          const unsigned char* bytes, std::size_t size);
int __wrap_EVP_DigestSign(EVP_MD_CTX* context, unsigned char* signature, std::size_t* signature_size,
                          const unsigned char* bytes, std::size_t size) {
  return sign.fails() ? 0 : __real_EVP_DigestSign(context, signature, signature_size, bytes, size);
}

void* __real_CRYPTO_malloc(std::size_t size, const char* file, int line);
void* __wrap_CRYPTO_malloc(std::size_t size, const char* file, int line);
void* __wrap_CRYPTO_malloc(std::size_t size, const char* file, int line) {
  return malloc_called.fails() ? nullptr : __real_CRYPTO_malloc(size, file, line);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier)

namespace {

void* allocate(std::size_t size, const char*, int) {
  if (allocation.fails()) return nullptr;
  void* block = std::malloc(size);
  if (block != nullptr) ++live_blocks;
  return block;
}

void* reallocate(void* block, std::size_t size, const char*, int) {
  if (allocation.fails()) return nullptr;
  void* moved = std::realloc(block, size);
  if (block == nullptr && moved != nullptr) ++live_blocks;
  return moved;
}

void release(void* block, const char*, int) {
  if (block != nullptr) --live_blocks;
  std::free(block);
}

/// A verification of ed25519 that could not be made is no verdict: neither that of a forgery, nor that of the next key.
void public_keys_are_undecided() {
  constexpr std::string_view key = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
  constexpr std::string_view other_key = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
  const sello::header_list headers =
      sello::signer<sello::svix_v1a>{"whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc="}.sign("{}");
  const auto expect = [&](const sello::verifier<sello::svix_v1a>& keys, std::string_view body, std::size_t call,
                          std::string_view expected) {
    for (proof::failure_point* point : {&md_new, &verify_init, &verify}) {
      point->calls = 0;
      point->fail_at = call;
      const auto answer = keys.verify(headers, body);
      point->fail_at = 0;
      proof::expect((answer ? "ok" : to_string(answer.error().code)) == expected, point->name, "another verdict");
    }
  };
  const sello::verifier<sello::svix_v1a> one{key};
  expect(one, "{}", 1, "internal_error");
  expect(one, "[]", 1, "internal_error");
  const sello::verifier<sello::svix_v1a> two{{other_key, key}};
  expect(two, "{}", 1, "ok");
  expect(two, "{}", 2, "internal_error");
  expect(two, "[]", 1, "internal_error");
}

}  // namespace

int main() {
  if (CRYPTO_set_mem_functions(allocate, reallocate, release) != 1) {
    proof::fail("CRYPTO_set_mem_functions", "came too late");
    return proof::verdict();
  }
  const auto live = [] {
    ERR_clear_error();
    return live_blocks;
  };
  // SHA-256 is fetched once in a program: its failure is seen before all else, and does not stay.
  md_fetch.fail_at = 1;
  for (const std::string_view expected : {"internal_error", "ok"}) {
    const auto made = sello::verifier<sello::hex_hmac>::create("s3cret-of-it");
    proof::expect((made ? "ok" : to_string(made.error().code)) == expected, md_fetch.name, "another answer");
  }
  proof::expect(md_fetch.calls == 2, md_fetch.name, "is not called once, and again where it failed");
  proof::control("a verifier that does not ask whether there is a MAC", [&] {
    const std::array<unsigned char, 32> key{1};
    const sello::detail::hmac_sha256 keyed{key};
    const proof::scenario trusting{"trusting", "signature_mismatch", {"internal_error"}, [&keyed] {
                                     sello::detail::hmac_sha256::computation computation{keyed};
                                     sello::mac expected{};
                                     static_cast<void>(computation.finish(expected));
                                     return expected == sello::mac{} ? "ok" : "signature_mismatch";
                                   }};
    static_cast<void>(proof::fail_each_call(trusting, mac_final, live));
  });
  proof::control("a leak", [&] {
    std::array<void*, 2> lost{};  // so that LeakSanitizer has nothing to report, and this check alone has
    const proof::scenario leaks{"leaks", "ok", {"bad_alloc"}, [&lost] {
                                  void*& block = lost[0] == nullptr ? lost[0] : lost[1];
                                  block = OPENSSL_malloc(1);
                                  void* more = OPENSSL_malloc(1);
                                  if (block == nullptr || more == nullptr) {
                                    OPENSSL_free(more);
                                    return "bad_alloc";
                                  }
                                  OPENSSL_free(std::exchange(block, nullptr));
                                  OPENSSL_free(more);
                                  return "ok";
                                }};
    static_cast<void>(proof::fail_each_call(leaks, allocation, live));
    for (void* block : lost) OPENSSL_free(block);
  });
  std::array points{&mac_fetch,       &mac_new,     &mac_init,     &mac_dup,    &mac_update,  &mac_final,
                    &mac_final_short, &digest,      &decode_block, &public_key, &private_key, &raw_public_key,
                    &md_new,          &verify_init, &verify,       &sign_init,  &sign,        &malloc_called,
                    &allocation};
  public_keys_are_undecided();
  proof::fail_everything(points, live);
  return proof::verdict();
}
