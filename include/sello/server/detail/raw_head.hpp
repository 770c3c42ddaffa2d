// SPDX-License-Identifier: MIT
// Where the head of a request ends, and what in it two readers may read differently; for a server that reads bytes itself.
#pragma once

#include <cstddef>
#include <string_view>

#include <sello/server/detail/refusals.hpp>

namespace sello::inline v0::server::detail {

/// Looks at a head line by line while it comes. Stricter than most parsers: a bare line feed or carriage return, a line
/// that goes on in the next (obs-fold), a blank before a colon and a NUL are faults (RFC 9112, 2.2 and 5).
class raw_head {
 public:
  static constexpr std::size_t limit = 32'768;  ///< in bytes

  /// `bytes`: all that came of this head so far, and perhaps what follows it. False: more of it must come.
  [[nodiscard]] bool complete(std::string_view bytes) noexcept {
    while (size_ == 0 && why_.status == 0) {
      const auto end = bytes.find('\n', line_);
      if (end == bytes.npos || end >= limit) {
        if (bytes.size() >= limit) why_ = {431, "head"};
        break;
      }
      look_at(bytes.substr(line_, end - line_), end + 1);
    }
    return size_ != 0 || why_.status != 0;
  }

  /// Of the whole head, with the empty line at its end; 0 where there is a fault.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const fault& why() const noexcept { return why_; }

  /// The target in the first line, as far as that can be read.
  [[nodiscard]] static std::string_view target(std::string_view bytes) noexcept {
    bytes = bytes.substr(0, bytes.find('\r'));
    const auto begin = bytes.find(' ');
    const auto end = bytes.rfind(" HTTP/");
    if (begin == bytes.npos || end == bytes.npos || end <= begin) return {};
    return bytes.substr(begin + 1, end - begin - 1);
  }

 private:
  /// `line`: without its line feed. `next`: where the next one begins.
  void look_at(std::string_view line, std::size_t next) noexcept {
    using namespace std::string_view_literals;
    if (!line.ends_with('\r')) {
      why_ = {400, "a bare line feed"};
      return;
    }
    line.remove_suffix(1);
    if (line.find_first_of("\r\0"sv) != line.npos) {
      why_ = {400, "a control character in the head"};
    } else if (line_ == 0) {
      line_ = next;  // of the request itself: for the parser
    } else if (line.empty()) {
      size_ = next;
    } else if (!is_token(line.substr(0, line.find(':'))) || line.find(':') == line.npos) {
      why_ = {400, "a header's name"};
    } else {
      line_ = next;
    }
  }

  std::size_t line_ = 0;  ///< where the line begins that has not come whole
  std::size_t size_ = 0;
  fault why_{};
};

}  // namespace sello::inline v0::server::detail
