// SPDX-License-Identifier: MIT
// JSON written again, in the styles of the usual libraries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sello/base/printable.hpp>
#include <sello/decode/scan.hpp>
#include <sello/diagnose/detail/json_tokens.hpp>
#include <sello/diagnose/detail/texts.hpp>
#include <sello/verify/encoding.hpp>

namespace sello::inline v0::detail::diagnosis {

/// How a library writes JSON.
struct json_style {
  enum class blanks : std::uint8_t { none, behind, lines };        ///< `{"a":1}`; `{"a": 1}`; one line for each member
  enum class escapes : std::uint8_t { kept, none, lower, upper };  ///< of what is not ASCII: `é`, `\u00e9`, `\u00E9`
  enum class marks : std::uint8_t { none, slash, html, dotnet };   ///< what else is escaped: `\/`; `\u003c`; `\u0027`
  blanks between = blanks::none;
  std::string_view indent{};
  escapes letters = escapes::kept;
  marks others = marks::none;
  bool cents = false;  ///< `5000.1`, which a parser has made of `5000.10`, is `5000.10` again

  /// As a part of a sentence.
  [[nodiscard]] std::string described() const {
    std::string text = between == blanks::none     ? "compact"
                       : between == blanks::behind ? "with a blank behind each comma and colon"
                       : indent == "\t"            ? "indented by tabs"
                                                   : "indented by " + std::to_string(indent.size()) + " blanks";
    if (letters == escapes::none) text += ", nothing but what must be escaped";
    if (letters == escapes::lower || letters == escapes::upper) text += ", what is not ASCII escaped";
    if (others == marks::slash) text += ", slashes escaped";
    if (cents) text += ", its amounts with two decimals";
    if (others == marks::html || others == marks::dotnet) text += ", what HTML would read escaped";
    return text;
  }
};

/// Writes the tokens of one text.
class json_writer {
 public:
  /// Nothing if the text would become longer than `most`. `work` grows by what that took, in bytes that are hashed
  /// meanwhile.
  [[nodiscard]] static std::optional<std::string> write(std::span<const json_token> tokens, const json_style& style,
                                                        std::size_t most, std::size_t& work) {
    json_writer writer{style};
    for (const json_token& token : tokens) {
      writer.add(token);
      work += cost_of_token;
      if (writer.out_.size() > most) return std::nullopt;
    }
    work += cost_of_character * writer.one_by_one_;
    return std::move(writer.out_);
  }

  /// What a string says, without its quotes.
  [[nodiscard]] static std::string text_of(const json_token& token) {
    const json_style style{.letters = json_style::escapes::none};
    json_writer writer{style};
    writer.says_ = true;
    std::string_view inner = token.spelled.substr(1, token.spelled.size() - 2);
    while (!inner.empty()) inner.remove_prefix(writer.add_character(inner));
    return std::move(writer.out_);
  }

 private:
  static constexpr std::size_t cost_of_token = 32;
  static constexpr std::size_t cost_of_character = 16;

  using kind = json_token::kind;
  using blanks = json_style::blanks;
  using escapes = json_style::escapes;
  using marks = json_style::marks;

  explicit json_writer(const json_style& style) : style_{style} {}

  void add(const json_token& token) {
    if (token.is == kind::close) {
      --depth_;
      if (before_ != kind::open) line();
      out_ += token.spelled;
    } else {
      if (before_ == kind::key) {
        out_ += style_.between == blanks::none ? ":" : ": ";
      } else if (!out_.empty()) {
        if (before_ != kind::open) out_ += style_.between == blanks::behind ? ", " : ",";
        line();
      }
      if (token.is == kind::open) ++depth_;
      if (token.is == kind::key || token.is == kind::text) {
        add_string(token.spelled);
      } else {
        out_ += token.spelled;
        if (style_.cents && has_one_decimal(token.spelled)) out_ += '0';
      }
    }
    before_ = token.is;
  }

  [[nodiscard]] static bool has_one_decimal(std::string_view number) {
    return number.size() > 2 && number[number.size() - 2] == '.' && is_digit(number.back());
  }

  void line() {
    if (style_.between != blanks::lines) return;
    out_ += '\n';
    for (std::size_t i = 0; i < depth_; ++i) out_ += style_.indent;
  }

  void add_string(std::string_view spelled) {
    const bool plain = plain_string_length(spelled) == spelled.size() &&
                       (style_.others == marks::none || spelled.find_first_of("/<>&'+`") == spelled.npos);
    if (style_.letters == escapes::kept || plain) {
      out_ += spelled;
      return;
    }
    one_by_one_ += spelled.size();
    out_ += '"';
    spelled = spelled.substr(1, spelled.size() - 2);
    while (!spelled.empty()) spelled.remove_prefix(add_character(spelled));
    out_ += '"';
  }

  /// Writes the first character; gives its length in the text.
  [[nodiscard]] std::size_t add_character(std::string_view text) {
    if (text.front() != '\\') {
      const character read = first_character(text);
      if (read.code == character::invalid) {
        out_ += text.front();
      } else {
        add_code(read.code, text.substr(0, read.size));
      }
      return read.size;
    }
    constexpr std::string_view escaped = "\"\\/bfnrt";
    constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
    const std::size_t at = text.size() < 2 ? escaped.npos : escaped.find(text[1]);
    if (at != escaped.npos) {
      add_code(static_cast<unsigned char>(meant[at]), meant.substr(at, 1));
      return 2;
    }
    const std::optional<char32_t> unit = unit_of(text);
    if (!unit) {
      out_ += text.front();
      return 1;
    }
    constexpr std::size_t size = 6;
    if (*unit >= 0xd800 && *unit < 0xdc00) {
      const auto low = unit_of(text.substr(size));
      if (low && *low >= 0xdc00 && *low < 0xe000) {
        add_code(0x1'0000 + ((*unit - 0xd800) << 10U) + (*low - 0xdc00), {});
        return 2 * size;
      }
    }
    add_code(*unit, {});
    return size;
  }

  /// The code unit of `\uXXXX` in front.
  [[nodiscard]] static std::optional<char32_t> unit_of(std::string_view text) {
    if (text.size() < 6 || !text.starts_with("\\u")) return std::nullopt;
    const auto bytes = hex_decode<2>(text.substr(2, 4));
    if (!bytes) return std::nullopt;
    return static_cast<char32_t>((*bytes)[0] << 8U | (*bytes)[1]);
  }

  /// A character, and its bytes where they are at hand.
  void add_code(char32_t code, std::string_view bytes) {
    constexpr std::string_view short_codes = "\b\f\n\r\t\"\\";
    constexpr std::string_view short_names = "bfnrt\"\\";
    const char c = code < 0x80 ? static_cast<char>(code) : '\0';
    const auto at = short_codes.find(c);
    const bool has_short_code = code < 0x80 && at != short_codes.npos && (c != '"' || style_.others != marks::dotnet);
    const bool spelled = !says_ || is_surrogate(code);
    if (spelled && has_short_code) {
      out_.append("\\").append(1, short_names[at]);
    } else if (spelled && c == '/' && style_.others == marks::slash) {
      out_ += "\\/";
    } else if (spelled && is_escaped(code)) {
      add_escape(code);
    } else if (bytes.empty()) {
      append_utf8(out_, code);
    } else {
      out_ += bytes;
    }
  }

  [[nodiscard]] static bool is_surrogate(char32_t code) { return code >= 0xd800 && code < 0xe000; }

  /// Whether the style writes it as `\uXXXX`.
  [[nodiscard]] bool is_escaped(char32_t code) const {
    const bool letters = style_.letters == escapes::lower || style_.letters == escapes::upper;
    if (code < 0x20 || is_surrogate(code) || (letters && code >= 0x80)) return true;
    if (style_.others == marks::none || style_.others == marks::slash) return false;
    if (code == 0x2028 || code == 0x2029 || code == '<' || code == '>' || code == '&') return true;
    return style_.others == marks::dotnet && (code == '"' || code == '\'' || code == '+' || code == '`');
  }

  void add_escape(char32_t code) {
    if (code > 0xffff) {
      add_escape(0xd800 + ((code - 0x1'0000) >> 10U));
      code = 0xdc00 + ((code - 0x1'0000) & 0x3ffU);
    }
    const std::string_view digits = style_.letters == escapes::upper ? "0123456789ABCDEF" : "0123456789abcdef";
    out_ += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U}) out_ += digits[(code >> shift) & 0xfU];
  }

  const json_style& style_;
  std::string out_{};
  bool says_ = false;           // what the string says is written, and not how it is spelled
  std::size_t one_by_one_ = 0;  // bytes of strings that were not copied as they are
  std::size_t depth_ = 0;
  kind before_ = kind::open;
};

}  // namespace sello::inline v0::detail::diagnosis
