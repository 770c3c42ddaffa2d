// SPDX-License-Identifier: MIT
// A JSON text for eyes: indented and coloured, each number as it was sent, nothing that moves a cursor.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "output.hpp"

namespace cli {

class json_text {
 public:
  json_text(std::string_view text, const output& to) : text_{text}, to_{to} {}

  /// Its lines, each behind `margin`. Of a text that is no JSON the order of its parts is the same, too.
  [[nodiscard]] std::string indented(std::string_view margin) {
    margin_ = margin;
    lines_ = margin_;
    while (skip_blanks()) part();
    return lines_ + '\n';
  }

 private:
  void part() {
    const char c = text_[at_];
    if (c == '"') return string();
    if (c == '{' || c == '[') return open(c);
    if (c == '}' || c == ']') return close(c);
    if (c == ',' || c == ':') {
      ++at_;
      lines_ += c;
      c == ',' ? new_line() : void(lines_ += ' ');
      return;
    }
    const std::size_t end = std::min(text_.find_first_of(",:{}[]\" \t\r\n", at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    at_ = end;
    lines_ += to_.paint(colour::yellow, shown(word));
  }

  void string() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2U : 1U;
    end = std::min(end + 1, text_.size());
    const std::string_view sent = text_.substr(at_, end - at_);
    at_ = end;
    const bool is_key = skip_blanks() && text_[at_] == ':';
    lines_ += to_.paint(is_key ? colour::cyan : colour::green, shown(sent));
  }

  void open(char c) {
    ++at_;
    lines_ += c;
    if (skip_blanks() && (text_[at_] == '}' || text_[at_] == ']')) {
      lines_ += text_[at_++];
      return;
    }
    ++depth_;
    new_line();
  }

  void close(char c) {
    ++at_;
    if (depth_ > 0) --depth_;
    new_line();
    lines_ += c;
  }

  void new_line() { lines_.append(1, '\n').append(margin_).append(2 * std::min<std::size_t>(depth_, 64), ' '); }

  bool skip_blanks() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    return at_ < text_.size();
  }

  std::string_view text_;
  const output& to_;
  std::string margin_{};
  std::string lines_{};
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace cli
