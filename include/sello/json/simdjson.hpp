// SPDX-License-Identifier: MIT
// simdjson as the tokeniser of a router: `router.read_with(sello::simdjson_tokens)`.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sello/decode/pointer.hpp>
#include <sello/decode/scan.hpp>
#include <sello/decode/tokens.hpp>

namespace sello::inline v0 {
namespace detail {

/// Whether the text may have a half of a surrogate pair that stands alone, which not every version of simdjson refuses.
/// Whole pairs are suspected, too.
[[nodiscard]] inline bool has_escaped_surrogate(std::string_view text) noexcept {
  for (std::size_t at = text.find("\\u"); at != text.npos; at = text.find("\\u", at + 2)) {
    if (text.size() - at < 4 || ((text[at + 2] | 0x20) == 'd' && text[at + 3] >= '8')) return true;
  }
  return false;
}

/// Whether simdjson takes the whole text for one JSON value. It visits every token: UTF-8, control characters, escapes,
/// the grammar of numbers and what stands behind the value are checked. An integer beyond 64 bits, a number beyond every
/// `double`, and nesting beyond 1,024 are not for it. Its buffers, some times as large as the text, are kept by the thread
/// for the next small text.
[[nodiscard]] inline bool simdjson_takes(std::string_view text) noexcept {
  constexpr std::size_t small = 65'536;
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  simdjson::dom::element whole;
  if (text.size() > small) {
    simdjson::dom::parser once;
    return once.parse(bytes, text.size()).get(whole) == simdjson::SUCCESS;
  }
  static thread_local simdjson::dom::parser kept;
  return kept.parse(bytes, text.size()).get(whole) == simdjson::SUCCESS;
}

/// Hands the tokens of a text to a sink, which is known to be one JSON value: that is not checked again.
class known_json {
 public:
  known_json(std::string_view text, token_sink& sink) noexcept : text_{text}, sink_{&sink} {}

  [[nodiscard]] read_end read() {
    while (at_ < text_.size()) {
      if (!token()) return read_end::stopped;
    }
    return read_end::complete;
  }

 private:
  [[nodiscard]] bool token() {
    const std::string_view rest = text_.substr(at_);
    switch (rest.front()) {
      case '"': return string(rest);
      case '{':
      case '[': return sink_->begin(rest.front() == '[', at_++);
      case '}':
      case ']': return sink_->end(++at_);
      case 't': return pass(4), sink_->boolean(true);
      case 'f': return pass(5), sink_->boolean(false);
      case 'n': return pass(4), sink_->null();
      default: break;
    }
    const bool is_number = rest.front() == '-' || is_digit(rest.front());
    const std::size_t length = is_number ? number_length(rest) : 0;
    if (length != 0) return pass(length), sink_->number(rest.substr(0, length));
    ++at_;  // a blank, a comma or a colon
    return true;
  }

  [[nodiscard]] bool string(std::string_view rest) {
    const std::size_t plain = plain_string_length(rest);
    const std::string_view sent = rest.substr(0, plain != 0 ? plain : string_length(rest));
    std::string_view says = sent.substr(1, sent.size() - 2);
    if (plain == 0 && says.find('\\') != says.npos) says = unescaped_ = unescaped(says);
    pass(sent.size());
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    const bool key = at_ < text_.size() && text_[at_] == ':';  // which stands behind a key alone
    return key ? sink_->key(says, sent) : sink_->string(says, sent);
  }

  void pass(std::size_t length) noexcept { at_ += length; }

  std::string_view text_;
  token_sink* sink_;
  std::size_t at_ = 0;
  std::string unescaped_{};
};

}  // namespace detail

/// For `router.read_with`. simdjson checks that a body is JSON; what it does not take, for whatever reason, is read by
/// nlohmann/json, so that the verdict, the error and its place are the same with both. May be used by any number of threads.
struct simdjson_tokens_t {
  template <class Json>
  [[nodiscard]] static detail::read_end read(std::string_view text, detail::token_sink& sink) {
    if (text.empty() || text.starts_with("\xEF\xBB\xBF") || detail::has_escaped_surrogate(text) ||
        !detail::simdjson_takes(text))
      return detail::read_tokens<Json>(text, sink);
    return detail::known_json{text, sink}.read();
  }
};
inline constexpr simdjson_tokens_t simdjson_tokens{};

}  // namespace sello::inline v0
