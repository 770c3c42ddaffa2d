// SPDX-License-Identifier: MIT
// What the body may have been before something changed it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/diagnose/detail/deviation.hpp>
#include <sello/diagnose/detail/json_styles.hpp>
#include <sello/diagnose/detail/json_tokens.hpp>
#include <sello/diagnose/detail/json_writer.hpp>
#include <sello/diagnose/detail/key_order.hpp>
#include <sello/diagnose/detail/texts.hpp>

namespace sello::inline v0::detail::diagnosis {

/// Bytes that may have been signed.
struct body_reading {
  std::string bytes{};
  std::vector<deviation> from{};
};

/// Collects what differs from all that is there already: of two explanations that lead to the same bytes the first is kept.
class body_collector {
 public:
  /// Keeps `most` bytes at most, all bodies together, and takes no more than `most_work` of what `work` counts.
  body_collector(std::string_view body, std::size_t most, std::size_t most_work) : most_{most}, most_work_{most_work} {
    all_.push_back({std::string{body}, {}});
  }

  /// Each single mistake undone.
  void collect() {
    const std::string body = all_.front().bytes;
    add_line_breaks(body, {});
    add_mark(body);
    add_json(body);
    if (has_room()) add_codings(body);
  }

  /// A second mistake at the ends of the lines, on top of the others.
  void collect_pairs() {
    const std::size_t singles = all_.size();
    for (std::size_t i = 1; i < singles && has_room(); ++i) add_pair(i);
  }

  /// The first one is the body as it is.
  [[nodiscard]] const std::vector<body_reading>& all() const noexcept { return all_; }
  /// What making them took, in bytes that are hashed meanwhile.
  [[nodiscard]] std::size_t work() const noexcept { return work_; }
  /// How many were not kept, for there is not so much room, or not made, for it would take too long.
  [[nodiscard]] std::size_t left_out() const noexcept { return left_out_; }

 private:
  using deviations = std::vector<deviation>;

  /// Whether more is worth to be made: once something was too long, nothing of the kind is.
  [[nodiscard]] bool has_room() const noexcept { return !full_; }

  void add(std::string bytes, deviations from) {
    worked(bytes.size());
    const auto same = [&](const body_reading& other) { return other.bytes == bytes; };
    if (std::any_of(all_.begin(), all_.end(), same)) return;
    if (bytes.size() > most_ - std::min(most_, used_)) {
      ++left_out_;
      full_ = true;
      return;
    }
    used_ += bytes.size();
    all_.push_back({std::move(bytes), std::move(from)});
  }

  void worked(std::size_t more) {
    work_ += more;
    if (work_ <= most_work_ || full_) return;
    ++left_out_;
    full_ = true;
  }

  [[nodiscard]] static deviations with(deviations before, cause why, std::string what) {
    before.insert(before.begin(), {why, std::move(what)});
    return before;
  }

  void add_line_breaks(std::string_view body, const deviations& before) {
    using enum cause;
    const bool alone = before.empty();
    const bool json = !alone && is_json(before.front().why);
    for (const std::string_view end : {"\r\n", "\n"}) {
      if (body.ends_with(end))
        add(std::string{body.substr(0, body.size() - end.size())},
            with(before, newline_added, "a line break was added at the end of the body"));
    }
    if (alone) add(std::string{stripped(body)}, {{newline_added, "white space was added around the body"}});
    for (const std::string_view end : {"\n", "\r\n"})
      add(std::string{body}.append(end),
          with(before, newline_cut, "the line break at the end of the body was cut off"));
    const std::string lines = with_line_feeds(body);
    if (alone) add(lines, {{line_endings_changed, "the line ends of the body were changed from LF to CRLF"}});
    if (alone || json)
      add(with_both(lines),
          with(before, line_endings_changed, "the line ends of the body were changed from CRLF to LF"));
  }

  [[nodiscard]] static bool is_json(cause why) { return why == cause::json_rewritten || why == cause::keys_reordered; }

  [[nodiscard]] static std::string with_line_feeds(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') out += text[i];
    }
    return out;
  }

  [[nodiscard]] static std::string with_both(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
      if (c == '\n') out += '\r';
      out += c;
    }
    return out;
  }

  void add_mark(std::string_view body) {
    if (body.starts_with(byte_order_mark)) {
      add(std::string{body.substr(byte_order_mark.size())},
          {{cause::byte_order_mark_added, "a byte order mark was put in front of the body"}});
    } else {
      add(std::string{byte_order_mark}.append(body),
          {{cause::byte_order_mark_cut, "the byte order mark in front of the body was cut off"}});
    }
  }

  void add_json(std::string_view body) {
    if (!has_room()) return;
    const auto tokens = json_splitter::split(body);
    if (!tokens) return;
    add_event(*tokens);
    const std::string anew = "the JSON of the body was written anew; it was signed ";
    const auto write = [&](const std::vector<json_token>& list, const json_style& style, cause why,
                           const std::string& what) {
      constexpr std::size_t growth = 8;  // more than any escape makes of a character
      if (!has_room()) return;
      if (auto text = json_writer::write(list, style, growth * body.size() + 4096, work_)) {
        add(*std::move(text), {{why, what + style.described()}});
      } else {
        ++left_out_;
      }
    };
    for (const json_style& style : json_styles) write(*tokens, style, cause::json_rewritten, anew);
    for (const key_order& order : documented_orders) {
      for (const bool all_levels : {false, true}) {
        if (!has_room()) return;
        constexpr std::size_t cost_of_key = 64;
        worked(cost_of_key * tokens->size());
        const auto sorted = key_sorter::sort(*tokens, order, all_levels);
        if (!sorted) continue;
        for (std::size_t i = 0; i < json_styles.size(); ++i) {
          if (i < common_styles || json_styles[i].letters == json_style::escapes::kept)
            write(*sorted, json_styles[i], cause::keys_reordered,
                  "the keys of the body stand in another order than the sender documents; it was signed ");
        }
      }
    }
  }

  /// The body in the event that an API gateway makes of a request (AWS, "Lambda proxy integrations").
  void add_event(const std::vector<json_token>& tokens) {
    using kind = json_token::kind;
    std::size_t depth = 0;
    std::optional<json_token> body;
    bool coded = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].is == kind::open) ++depth;
      if (tokens[i].is == kind::close) --depth;
      if (depth != 1 || tokens[i].is != kind::key) continue;
      const json_token& value = tokens[i + 1];
      if (tokens[i].spelled == "\"body\"" && value.is == kind::text) body = value;
      if (tokens[i].spelled == "\"isBase64Encoded\"") coded = value.spelled == "true";
    }
    if (!body) return;
    std::optional<std::string> bytes = json_writer::text_of(*body);
    if (coded) bytes = base64_bytes(*bytes);
    if (bytes) add(*std::move(bytes), {{cause::body_in_event, "the body is a part of the JSON event of a gateway"}});
  }

  void add_codings(std::string_view body) {
    using enum cause;
    if (auto text = form_decode(body, true)) {
      if (text->ends_with('='))
        add(text->substr(0, text->size() - 1), {{body_form_encoded, "the body was made a form"}});
      if (const auto equals = body.find('='); equals != body.npos) {
        if (auto value = form_decode(body.substr(equals + 1), true))
          add(*std::move(value), {{body_form_encoded, "the body became the value in a form"}});
      }
      add(*std::move(text), {{body_form_encoded, "the body was encoded as a form is"}});
    }
    if (auto text = form_decode(body, false))
      add(*std::move(text), {{body_form_encoded, "the body was encoded with percent signs"}});
    if (auto bytes = base64_bytes(body)) add(*std::move(bytes), {{body_in_base64, "the body was encoded in base64"}});
    if (auto text = unquoted(body)) add(*std::move(text), {{body_quoted, "the whole body was made one JSON string"}});
    if (auto text = utf8_of_utf16(body)) add(*std::move(text), {{character_set_changed, "the body was made UTF-16"}});
    add_character_sets(body);
    const std::string form = form_encode(body);
    for (const std::string_view key : {"", "payload=", "data=", "body="})
      add(std::string{key}.append(form), {{body_form_decoded, "the body was a form, which was decoded"}});
    constexpr std::size_t longest = std::size_t{1} << 30U;  // OpenSSL counts in int
    if (body.size() < longest) add(base64_text(body), {{body_out_of_base64, "the body was base64, which was decoded"}});
  }

  /// What a JSON string says that is the whole body.
  [[nodiscard]] static std::optional<std::string> unquoted(std::string_view body) {
    body = stripped(body);
    if (!body.starts_with('"') || string_length(body) != body.size()) return std::nullopt;
    const json_token token{json_token::kind::text, body};
    return json_writer::text_of(token);
  }

  void add_character_sets(std::string_view body) {
    constexpr std::size_t cost_of_character = 16;
    worked(cost_of_character * body.size());
    std::string latin;  // of which UTF-8 was made
    std::string utf8;   // which was taken for Latin-1
    bool made = true;
    for (std::size_t at = 0; at < body.size();) {
      const character read = first_character(body.substr(at));
      made = made && read.code <= 0xff;
      latin += static_cast<char>(static_cast<unsigned char>(read.code & 0xffU));
      append_utf8(utf8, static_cast<unsigned char>(body[at]));
      for (std::size_t i = 1; i < read.size; ++i) append_utf8(utf8, static_cast<unsigned char>(body[at + i]));
      at += read.size;
    }
    if (made)
      add(std::move(latin),
          {{cause::character_set_changed, "the bytes of the body were taken for Latin-1 and made UTF-8"}});
    add(std::move(utf8), {{cause::character_set_changed, "the characters of the body were made Latin-1"}});
  }

  void add_pair(std::size_t index) {
    using enum cause;
    const body_reading one = all_[index];  // a copy, for the list grows
    const cause why = one.from.front().why;
    if (is_json(why) || why == byte_order_mark_added || why == byte_order_mark_cut || why == body_in_base64 ||
        why == body_quoted || why == body_form_encoded)
      add_line_breaks(one.bytes, one.from);
  }

  std::size_t most_;
  std::size_t most_work_;
  std::size_t work_ = 0;
  std::size_t used_ = 0;
  std::size_t left_out_ = 0;
  bool full_ = false;
  std::vector<body_reading> all_{};
};

}  // namespace sello::inline v0::detail::diagnosis
