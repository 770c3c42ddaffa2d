// SPDX-License-Identifier: MIT
// A JSON text as a list of its tokens, each as it is spelled: what is needed to write it in another style.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <sello/decode/scan.hpp>

namespace sello::inline v0::detail::diagnosis {

/// A brace, a bracket, a string or another scalar. Commas and colons follow from the others.
struct json_token {
  enum class kind : std::uint8_t { open, close, key, text, scalar };
  kind is{};
  std::string_view spelled{};
};

inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// Splits one JSON text. It keeps the spelling of each number, which no parser does that makes numbers of them.
class json_splitter {
 public:
  static constexpr std::size_t max_depth = 64;

  /// The tokens, which point into the text; nothing if it is no object or array, or a deeper one. Strings are not checked.
  [[nodiscard]] static std::optional<std::vector<json_token>> split(std::string_view text) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    json_splitter splitter{text};
    if (!splitter.run()) return std::nullopt;
    return std::move(splitter.tokens_);
  }

 private:
  explicit json_splitter(std::string_view text) : rest_{text} {}

  [[nodiscard]] bool run() {
    skip_blanks();
    if (rest_.empty() || (rest_.front() != '{' && rest_.front() != '[')) return false;
    do {
      if (!step()) return false;
      skip_blanks();
    } while (!open_.empty());
    return rest_.empty();
  }

  /// A value, with its key and what closes behind it.
  [[nodiscard]] bool step() {
    if (rest_.empty()) return false;
    const bool first = open_.empty() || tokens_.back().is == json_token::kind::open;
    if (!open_.empty() && rest_.front() == (open_.back() == '{' ? '}' : ']')) {
      add(json_token::kind::close, 1);
      open_.pop_back();
      return true;
    }
    if (!first && !take(',')) return false;
    if (!open_.empty() && open_.back() == '{') {
      if (!add_string(json_token::kind::key) || !take(':')) return false;
    }
    return value();
  }

  [[nodiscard]] bool value() {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    if (c == '{' || c == '[') {
      if (open_.size() == max_depth) return false;
      open_.push_back(c);
      add(json_token::kind::open, 1);
      return true;
    }
    if (c == '"') return add_string(json_token::kind::text);
    for (const std::string_view word : {"true", "false", "null"}) {
      if (rest_.starts_with(word)) {
        add(json_token::kind::scalar, word.size());
        return true;
      }
    }
    const std::size_t length = number_length(rest_);
    if (length == 0) return false;
    add(json_token::kind::scalar, length);
    return true;
  }

  [[nodiscard]] bool add_string(json_token::kind kind) {
    if (rest_.empty() || rest_.front() != '"') return false;
    const std::size_t length = string_length(rest_);
    if (length == rest_.npos) return false;
    add(kind, length);
    return true;
  }

  void add(json_token::kind kind, std::size_t length) {
    tokens_.push_back({kind, rest_.substr(0, length)});
    rest_.remove_prefix(length);
  }

  /// With the blanks around it.
  [[nodiscard]] bool take(char c) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    skip_blanks();
    return true;
  }

  void skip_blanks() {
    std::size_t blanks = 0;
    while (blanks < rest_.size() && is_blank(rest_[blanks])) ++blanks;
    rest_.remove_prefix(blanks);
  }

  std::string_view rest_;
  std::vector<json_token> tokens_{};
  std::vector<char> open_{};
};

}  // namespace sello::inline v0::detail::diagnosis
