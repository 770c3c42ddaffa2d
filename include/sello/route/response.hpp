// SPDX-License-Identifier: MIT
// What a receiver answers: the HTTP status of each failure, and one line for the peer.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <sello/base/error.hpp>

namespace sello::inline v0 {

/// The header lines of an answer: a range of pairs of name and value, all of them constants, so that refusing a stranger
/// allocates nothing. Room for two; a third line is dropped.
class response_headers {
 public:
  using line = std::pair<std::string_view, std::string_view>;

  constexpr response_headers(std::initializer_list<line> lines) : size_{(std::min)(lines.size(), lines_.size())} {
    std::copy_n(lines.begin(), size_, lines_.begin());
  }

  [[nodiscard]] constexpr const line* begin() const noexcept { return lines_.data(); }
  [[nodiscard]] constexpr const line* end() const noexcept { return lines_.data() + size_; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  [[nodiscard]] constexpr const line& operator[](std::size_t index) const { return lines_.at(index); }
  [[nodiscard]] constexpr const line& front() const noexcept { return lines_.front(); }

  friend bool operator==(const response_headers&, const response_headers&) = default;

 private:
  std::array<line, 2> lines_{};
  std::size_t size_;
};

/// What to answer. The body is one line, the same for every cause of refusal: the cause is for the log, not for the peer.
struct response {
  int status = 500;
  response_headers headers{{"Content-Type", "text/plain; charset=utf-8"}};
  std::string body = "refused\n";

  friend bool operator==(const response&, const response&) = default;
};

/// The HTTP status of a failure: 401 where nothing proves who sent it, 400 where it is not what the sender documents,
/// 413 over the limit, 422 where trying again is of no use, and 5xx where the sender should try again.
[[nodiscard]] constexpr int http_status(errc code) noexcept {
  if (code <= errc::signature_mismatch) return 401;
  if (code <= errc::header_body_mismatch) return 400;
  switch (code) {
    case errc::body_too_large: return 413;
    case errc::bad_request: return 400;  // or what the server says
    case errc::permanent_failure: return 422;
    case errc::store_unavailable: return 503;
    default: return 500;
  }
}

}  // namespace sello::inline v0
