// SPDX-License-Identifier: MIT
// How long a server waits for a request, and how much it reads of one that it has refused.
#pragma once

#include <chrono>
#include <cstddef>

namespace sello::inline v0::server {

/// Set by name: `{.body = 10s}`. Each time is for a whole part of a request, however slowly its bytes come.
struct patience {
  std::chrono::milliseconds head{30'000};
  std::chrono::milliseconds body{30'000};

  /// A peer that still sends when a connection closes loses the answer to a reset (RFC 9112, 9.6). So what is refused is
  /// read on and dropped before the answer or after it, or both, each time up to this, in bytes;
  std::size_t drained = 16'777'216;
  /// and for so long.
  std::chrono::milliseconds draining{5'000};
};

namespace detail {

/// Counts what is read and dropped after a refusal.
class drain {
 public:
  explicit drain(const patience& waits) : left_{waits.drained}, until_{clock::now() + waits.draining} {}

  /// Whether to read on, now that so many more bytes came.
  [[nodiscard]] bool goes_on(std::size_t bytes) noexcept {
    left_ -= bytes < left_ ? bytes : left_;
    return left_ != 0 && clock::now() < until_;
  }

 private:
  using clock = std::chrono::steady_clock;

  std::size_t left_;
  clock::time_point until_;
};

}  // namespace detail

}  // namespace sello::inline v0::server
