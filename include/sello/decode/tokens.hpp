// SPDX-License-Identifier: MIT
// The tokens of a JSON text, by way of nlohmann/json: the one interface behind which a tokeniser stands.
#pragma once

// Who links the library `sello::compiled`, whose target defines this macro, has the tokeniser from there: a unit then reads
// all of nlohmann/json only if it includes it for itself, say for `event.json()`.
#ifdef SELLO_COMPILED
#include <nlohmann/json_fwd.hpp>
#else
#include <nlohmann/json.hpp>
#endif

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include <sello/decode/scan.hpp>

namespace sello::inline v0::detail {

/// What a tokeniser says of a document, in order. Each answer false ends the reading. `sent` is the token as it stands in
/// the document, a string's with its quotes. `text` is what it says, for the call; without an escape it is the part of
/// `sent` between the quotes. Positions are offsets in the document: of the bracket that opens an object or array, and
/// behind the one that closes it.
class token_sink {
 public:
  [[nodiscard]] virtual bool null() = 0;
  [[nodiscard]] virtual bool boolean(bool value) = 0;
  [[nodiscard]] virtual bool number(std::string_view sent) = 0;
  [[nodiscard]] virtual bool string(std::string_view text, std::string_view sent) = 0;
  [[nodiscard]] virtual bool key(std::string_view text, std::string_view sent) = 0;
  [[nodiscard]] virtual bool begin(bool array, std::size_t at) = 0;
  [[nodiscard]] virtual bool end(std::size_t behind) = 0;

 protected:
  token_sink() = default;
  token_sink(const token_sink&) = default;
  token_sink& operator=(const token_sink&) = default;
  ~token_sink() = default;
};

/// How the reading ended: at the end of one complete value, because the sink said so, or at what is no JSON.
enum class read_end : unsigned char { complete, stopped, malformed };

/// Reads exactly one JSON value in UTF-8 (RFC 8259), with white space around it and nothing else, into a sink. What keeps
/// one of these instead of calling it has no name that depends on how a unit has configured nlohmann/json.
using tokeniser = read_end (*)(std::string_view text, token_sink& sink);

/// The places in a document that `shortened` has come by last.
struct last_tokens {
  std::string_view string{};
  bool plain = false;  // of that string nlohmann has seen only the quotes
  std::string_view number{};
  const char* other = nullptr;  // a bracket, among others
};

/// A document, character by character, without what nlohmann need not see; it takes some nanoseconds for each character.
/// - Of each number only its last digit: so nlohmann never converts one, which would depend on the locale (one with a
///   decimal point of several bytes fails its assertion), round what is not to be rounded, and end the reading at one that
///   is beyond every `double`. What begins like a number and is none is given as a character that stands in no JSON text.
/// - Of a plain string (`plain_string_length`) only its quotes. Any other one is given whole, so that escapes, control
///   characters and UTF-8 are nlohmann's to check.
/// - Of several blanks between two tokens only the last.
class shortened {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  shortened(const char* at, const char* end, last_tokens* last) noexcept
      : at_{at}, plain_{at}, end_{end}, last_{last} {}

  [[nodiscard]] char operator*() { return at_ < plain_ ? *at_ : look(); }
  shortened& operator++() noexcept {
    ++at_;
    return *this;
  }
  [[nodiscard]] friend bool operator==(const shortened& a, const shortened& b) noexcept { return a.at_ == b.at_; }

 private:
  /// At the first character of a token, or between two.
  [[nodiscard]] char look() noexcept {
    const std::string_view rest{at_, static_cast<std::size_t>(end_ - at_)};
    if (*at_ == '"') {
      const std::size_t plain = plain_string_length(rest);
      last_->plain = plain != 0;
      last_->string = rest.substr(0, last_->plain ? plain : string_length(rest));
      plain_ = at_ + last_->string.size();
      if (last_->plain) at_ = plain_ - 2;
      return '"';
    }
    if (is_blank(*at_)) {
      while (at_ + 1 != end_ && is_blank(at_[1])) ++at_;
      return *at_;
    }
    if (*at_ != '-' && !is_digit(*at_)) {
      last_->other = at_;
      return *at_;
    }
    const std::size_t length = number_length(rest);
    constexpr std::string_view no_end = "+-.eE0123456789";
    constexpr char no_json = '\x01';
    if (length == 0 || (length < rest.size() && no_end.find(rest[length]) != no_end.npos)) return no_json;
    last_->number = rest.substr(0, length);
    plain_ = at_ + length;
    at_ = plain_ - 1;
    return *at_;
  }

  const char* at_;
  const char* plain_;  // up to here a character stands for itself
  const char* end_;
  last_tokens* last_;
};

/// nlohmann's callbacks, handed on. A template, as all that has nlohmann's types in it: they have other names where
/// JSON_DIAGNOSTICS and the like are set in one unit and not in another, and so has this.
template <class Json>
class nlohmann_sax {
 public:
  using number_integer_t = typename Json::number_integer_t;
  using number_unsigned_t = typename Json::number_unsigned_t;
  using number_float_t = typename Json::number_float_t;
  using string_t = typename Json::string_t;
  using binary_t = typename Json::binary_t;

  nlohmann_sax(token_sink& sink, const char* text, const last_tokens& last) noexcept
      : sink_{&sink}, text_{text}, last_{&last} {}

  bool null() { return sink_->null(); }
  bool boolean(bool value) { return sink_->boolean(value); }
  bool number_integer(number_integer_t) { return sink_->number(last_->number); }
  bool number_unsigned(number_unsigned_t) { return sink_->number(last_->number); }
  bool number_float(number_float_t, const string_t&) { return sink_->number(last_->number); }
  bool string(string_t& text) { return sink_->string(said(text), last_->string); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return sink_->begin(false, other()); }
  bool key(string_t& text) { return sink_->key(said(text), last_->string); }
  bool end_object() { return sink_->end(other() + 1); }
  bool start_array(std::size_t) { return sink_->begin(true, other()); }
  bool end_array() { return sink_->end(other() + 1); }

  template <class Exception>
  bool parse_error(std::size_t, const std::string&, const Exception&) {
    end_ = read_end::malformed;
    return false;
  }

  [[nodiscard]] read_end end() const noexcept { return end_; }

 private:
  [[nodiscard]] std::size_t other() const noexcept { return static_cast<std::size_t>(last_->other - text_); }

  /// What the last string says; `text` is what nlohmann has seen of it. An escape is longer than what it stands for.
  [[nodiscard]] std::string_view said(const string_t& text) const noexcept {
    const std::string_view sent = last_->string.substr(1, last_->string.size() - 2);
    return last_->plain || text.size() == sent.size() ? sent : std::string_view{text};
  }

  token_sink* sink_;
  const char* text_;
  const last_tokens* last_;
  read_end end_ = read_end::stopped;
};

/// In the place of nlohmann's type: the one that `sello::compiled` was compiled with.
class compiled_json;

#ifdef SELLO_COMPILED
using own_json = compiled_json;

template <class Json = own_json>
[[nodiscard]] read_end read_tokens(std::string_view text, token_sink& sink);
template <>
read_end read_tokens<compiled_json>(std::string_view text, token_sink& sink);
#else
using own_json = nlohmann::json;

/// The tokeniser that nlohmann's parser is. That would skip a byte order mark and take a NUL for the end of the text;
/// neither can stand in a JSON text, so both are refused first.
template <class Json = own_json>
[[nodiscard]] read_end read_tokens(std::string_view text, token_sink& sink) {
  if (text.starts_with("\xEF\xBB\xBF") || text.find('\0') != text.npos) return read_end::malformed;
  last_tokens last;
  const char* const end = text.data() + text.size();
  nlohmann_sax<Json> sax{sink, text.data(), last};
  // What `Json::sax_parse` does. That makes the compiler read through nlohmann's four binary formats as well, in every unit
  // with a router, for a sixth of the unit's time.
  auto input = nlohmann::detail::input_adapter(shortened{text.data(), end, &last}, shortened{end, end, &last});
  nlohmann::detail::parser<Json, decltype(input)> parser{std::move(input)};
  const bool complete = parser.sax_parse(&sax);
  return complete ? read_end::complete : sax.end();
}
#endif

}  // namespace sello::inline v0::detail
