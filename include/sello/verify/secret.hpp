// SPDX-License-Identifier: MIT
// Key bytes that are wiped when they go: OpenSSL's allocator cleanses them, nothing prints them.
#pragma once

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>

#include <sello/version.hpp>

namespace sello::inline v0 {

namespace detail {

/// While it lives, OpenSSL's failures are ours: at its end the thread's queue of them is as it was. The host finds its own
/// there, with `SSL_get_error` for one.
class error_mark {
 public:
  error_mark() noexcept { ERR_set_mark(); }
  error_mark(const error_mark&) = delete;
  error_mark& operator=(const error_mark&) = delete;
  ~error_mark() { ERR_pop_to_mark(); }
};

}  // namespace detail

/// Overwrites bytes that held a secret, in a way that no compiler removes.
inline void wipe(std::span<unsigned char> bytes) noexcept { OPENSSL_cleanse(bytes.data(), bytes.size()); }

/// The key of a sender, as bytes. Move-only, without comparison and without `operator<<`.
class secret {
 public:
  /// Copies the bytes; wiping the original is the caller's affair. Throws `std::bad_alloc`.
  explicit secret(std::span<const unsigned char> bytes) : secret{bytes.data(), bytes.size()} {}
  explicit secret(std::string_view text) : secret{text.data(), text.size()} {}

  /// Lives as long as the secret; empty once it was moved from.
  [[nodiscard]] std::span<const unsigned char> bytes() const noexcept {
    return {bytes_.get(), bytes_ ? bytes_.get_deleter().size : 0};
  }

 private:
  struct clear_free {
    std::size_t size = 0;
    void operator()(unsigned char* bytes) const noexcept { OPENSSL_clear_free(bytes, size); }
  };

  secret(const void* bytes, std::size_t size) : bytes_{allocated(size), clear_free{size}} {
    if (!bytes_) throw std::bad_alloc{};
    if (size != 0) std::memcpy(bytes_.get(), bytes, size);
  }

  [[nodiscard]] static unsigned char* allocated(std::size_t size) noexcept {
    const detail::error_mark mark;
    return static_cast<unsigned char*>(OPENSSL_malloc(size + 1));
  }

  std::unique_ptr<unsigned char, clear_free> bytes_;
};

}  // namespace sello::inline v0
