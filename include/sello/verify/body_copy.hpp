// SPDX-License-Identifier: MIT
// A copy of a body that somebody else may write into: what is proven is then what is handled.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include <sello/version.hpp>

namespace sello::inline v0::detail {

/// For one body, which must not outlive it. A small one costs no allocation, so that a stranger's costs none.
class body_copy {
 public:
  static constexpr std::size_t small = 4096;

  // NOLINTNEXTLINE(modernize-use-equals-default,cppcoreguidelines-pro-type-member-init): the small bytes are not written
  body_copy() noexcept {}
  body_copy(const body_copy&) = delete;
  body_copy& operator=(const body_copy&) = delete;
  ~body_copy() = default;

  /// To be called once. Throws `std::bad_alloc`.
  [[nodiscard]] std::string_view take(std::string_view body) {
    if (body.size() > small) return large_ = body;
    if (!body.empty()) std::memcpy(small_.data(), body.data(), body.size());
    return {small_.data(), body.size()};
  }

 private:
  std::array<char, small> small_;
  std::string large_{};
};

}  // namespace sello::inline v0::detail
