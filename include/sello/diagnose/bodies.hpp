// SPDX-License-Identifier: MIT
// The bodies that may have been signed: what proxies, frameworks and serialisers change, undone.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/function_ref.hpp>
#include <sello/diagnose/coding.hpp>
#include <sello/diagnose/finding.hpp>
#include <sello/diagnose/json_text.hpp>
#include <sello/diagnose/options.hpp>

namespace sello::inline v0::detail {

/// Makes the bodies one after the other, each text once; only one is in memory beside the body itself.
class body_variants {
 public:
  /// False: no more of them.
  using visitor = function_ref<bool(std::string_view text, const deviations& changes)>;

  body_variants(std::string_view body, expected_sender sender, visitor see) : body_{body}, sender_{sender}, see_{see} {}

  /// The body as it is, and if not `only_itself` all others, the likeliest first.
  void each(bool only_itself) {
    give(body_, {});
    if (only_itself) return;
    white_space();
    json();
    encodings();
  }

 private:
  static constexpr std::string_view raw = ": verify the raw bytes, before any parser or middleware has them";

  void give(std::string_view text, const deviations& changes) {
    if (goes_on_ && seen_.insert(std::hash<std::string_view>{}(text)).second) goes_on_ = see_(text, changes);
  }
  void give(const std::optional<std::string>& text, cause why, std::string_view what) {
    if (text) give(*text, {{why, std::string{what}.append(raw)}});
  }

  void white_space() {
    constexpr std::string_view white = " \t\r\n";
    constexpr std::string_view mark = "\xef\xbb\xbf";
    const std::string body{body_};
    constexpr std::string_view added = "white space was added at an end of the body";
    constexpr std::string_view cut = "a line break at the end of the body was cut off";
    if (body.ends_with('\n')) give(body.substr(0, body.size() - 1), cause::newline, added);
    give(body.substr(0, body.find_last_not_of(white) + 1), cause::newline, added);
    if (const auto begin = body.find_first_not_of(white); begin != body.npos)
      give(body.substr(begin, body.find_last_not_of(white) - begin + 1), cause::newline, added);
    give(body + '\n', cause::newline, cut);
    give(body + "\r\n", cause::newline, cut);
    give(with_line_ends(""), cause::line_ends, "the line ends of the body became CRLF");
    give(with_line_ends("\r"), cause::line_ends, "the line ends of the body became LF");
    if (body.starts_with(mark))
      give(body.substr(mark.size()), cause::byte_order_mark, "a byte order mark was put before the body");
    give(std::string{mark} + body, cause::byte_order_mark, "the byte order mark before the body was cut off");
  }

  /// Each line's end, of either kind, as a line feed behind `before`.
  [[nodiscard]] std::string with_line_ends(std::string_view before) const {
    std::string made;
    made.reserve(body_.size() + body_.size() / 16);
    for (std::size_t at = 0; at < body_.size(); ++at) {
      if (body_[at] == '\r' && body_.substr(at + 1).starts_with('\n')) continue;
      if (body_[at] == '\n') made += before;
      made += body_[at];
    }
    return made;
  }

  struct said_style {
    json_style style;
    std::string_view name;
  };

  /// The spellings of strings that this body can have.
  [[nodiscard]] static std::vector<said_style> spellings(std::string_view text) {
    using enum json_style::escape;
    const bool wide = text.find("\\u") != text.npos || std::any_of(text.begin(), text.end(), [](char c) {
                        return static_cast<unsigned char>(c) >= 0x80;
                      });
    const bool slash = text.find('/') != text.npos;
    std::vector<said_style> all{{{.escapes = keep}, ""}};
    if (text.find('\\') != text.npos) all.push_back({{.escapes = none}, ", nothing escaped"});
    if (wide && slash) all.push_back({{.escapes = ascii, .slashes = true}, ", non-ASCII and slashes escaped"});
    if (wide) all.push_back({{.escapes = ascii}, ", non-ASCII escaped"});
    if (wide) all.push_back({{.escapes = upper_ascii}, ", non-ASCII escaped in capital digits"});
    if (slash) all.push_back({{.escapes = none, .slashes = true}, ", slashes escaped"});
    if (text.find_first_of("<>&") != text.npos) all.push_back({{.escapes = html}, ", \"<\", \">\" and \"&\" escaped"});
    return all;
  }

  void json() {
    static constexpr std::array<said_style, 5> layouts{
        {{{}, "compact"},
         {{.item = ", ", .colon = ": "}, "with a blank behind each comma and colon"},
         {{.colon = ": ", .indent = "  "}, "indented by 2"},
         {{.colon = ": ", .indent = "    "}, "indented by 4"},
         {{.colon = ": ", .indent = "\t"}, "indented by tabs"}}};
    const auto strings = spellings(body_);
    const auto rewrite = [&](std::string_view text, cause why, std::string_view what) {
      for (const said_style& spelling : strings) {
        for (said_style layout : layouts) {
          if (!goes_on_) return;
          layout.style.escapes = spelling.style.escapes;
          layout.style.slashes = spelling.style.slashes;
          const auto made = rewritten_json(text, layout.style);
          if (!made) break;
          give(made, why, std::string{what}.append(layout.name).append(spelling.name));
        }
      }
    };
    for (const said_style& spelling : strings)
      give(respelled(spelling.style), cause::json_rewritten,
           std::string{"the strings of the JSON were written anew, and were signed"}.append(spelling.name));
    rewrite(body_, cause::json_rewritten, "the JSON was parsed and written anew, and was signed ");
    for (const auto order : orders()) {
      if (const auto made = reordered_json(body_, order))
        rewrite(*made, cause::json_reordered,
                "the JSON was parsed and written anew with its members in another order, and was signed in the "
                "documented order, ");
    }
  }

  /// The strings in another spelling, and all between them as it is.
  [[nodiscard]] std::optional<std::string> respelled(const json_style& style) const {
    if (style.escapes == json_style::escape::keep) return std::nullopt;
    std::string made;
    json_tokens tokens{body_};
    std::size_t copied = 0;
    for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
      if (token.size() < 2 || token.front() != '"' || token.back() != '"') continue;
      made += body_.substr(copied, tokens.begin() + 1 - copied);
      json_string_writer{style, made}.write(token.substr(1, token.size() - 2));
      copied = tokens.end() - 1;
    }
    return made += body_.substr(copied);
  }

  /// The documented orders of the senders' envelopes.
  [[nodiscard]] std::vector<std::span<const std::string_view>> orders() const {
    static constexpr std::array<std::string_view, 3> kuenta{"event", "data", "timestamp"};
    static constexpr std::array<std::string_view, 2> akua{"type", "data"};
    static constexpr std::array<std::string_view, 4> gu1{"event", "timestamp", "organizationId", "payload"};
    static constexpr std::array<std::string_view, 3> standard{"type", "timestamp", "data"};
    switch (sender_) {
      case expected_sender::kuenta: return {kuenta};
      case expected_sender::akua: return {akua};
      case expected_sender::gu1: return {gu1};
      case expected_sender::standard_webhooks: return {standard};
      case expected_sender::any: break;
    }
    return {kuenta, akua, gu1, standard};
  }

  void encodings() {
    const auto in_form = [&](std::string_view text) {
      const std::string decoded = form_decode(text);
      if (decoded != text)
        give(decoded, cause::form_encoding, "the body came form-encoded, and was signed before that");
    };
    in_form(body_);
    if (const auto sign = body_.find('='); sign < 64) in_form(body_.substr(sign + 1));
    give(form_encode(body_), cause::form_encoding, "the body was form-decoded on the way, and was signed encoded");
    if (const auto made = loose_base64_decode(body_); made && !made->empty())
      give(made, cause::base64_body,
           "the body came in base64, as API gateways give it on, and was signed as it was before: decode it first, "
           "then");
    if (body_.size() <= (std::size_t{1} << 30U))
      give(to_base64({reinterpret_cast<const unsigned char*>(body_.data()), body_.size()}), cause::base64_body,
           "the body was decoded from base64 on the way, and was signed encoded");
    give(latin1_of_utf8(body_), cause::charset, "the body was taken for Latin-1 and written in UTF-8");
    give(utf8_of_latin1(body_), cause::charset, "the body was taken for UTF-8 and written in Latin-1");
    give(json_unquoted(body_), cause::json_quoted, "the body was written as a JSON string once more");
  }

  std::string_view body_;
  expected_sender sender_;
  visitor see_;
  std::set<std::size_t> seen_{};
  bool goes_on_ = true;
};

}  // namespace sello::inline v0::detail
