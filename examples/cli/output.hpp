// SPDX-License-Identifier: MIT
// What the program prints: tables or JSON, colours on a terminal alone, nothing that moves a cursor, and no secret.
#pragma once

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <sello/base/printable.hpp>
#include <sello/kuenta/subscriptions/hidden.hpp>

#include "exits.hpp"

namespace cli {

using json = nlohmann::ordered_json;

enum class colour { none, green, red, yellow, cyan, grey, bold };

/// Text from elsewhere, whole, as a part of one line: `printable`, which cuts what is long, piece by piece.
[[nodiscard]] inline std::string shown(std::string_view text) {
  constexpr std::size_t piece = 48;  // each byte may become four
  std::string line;
  while (!text.empty()) {
    std::size_t end = std::min(piece, text.size());
    for (int back = 0; back < 3 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80; ++back)
      --end;  // not within a character
    line += sello::printable(text.substr(0, end));
    text.remove_prefix(end);
  }
  return line;
}

/// The same for a text of several lines.
[[nodiscard]] inline std::string shown_lines(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines += shown(text.substr(0, end)) + '\n';
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

/// How many columns a printable text takes, near enough: its characters.
[[nodiscard]] inline std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

struct cell {
  std::string text{};
  cli::colour colour = colour::none;

  cell(std::string text_, cli::colour colour_ = colour::none) : text{std::move(text_)}, colour{colour_} {}
  cell(const char* text_) : text{text_} {}
};
using row = std::vector<cell>;

/// Safe from several threads; each call comes out in one piece.
class output {
 public:
  explicit output(bool as_json = false) : json_{as_json} {
    const char* const none = std::getenv("NO_COLOR");
    const char* const terminal = std::getenv("TERM");
    colours_ = !as_json && is_terminal() && (none == nullptr || *none == '\0') &&
               (terminal == nullptr || std::string_view{terminal} != "dumb");
  }

  /// From now on this text is not printed, whoever says it: a peer may send a secret back.
  void hide(std::string_view secret) {
    const std::lock_guard lock{guard_};
    for (const std::string_view prefix : {"", "whsec_", "whsk_"}) {
      if (!secret.starts_with(prefix) || secret.size() < prefix.size() + 8) continue;
      const std::string_view key = secret.substr(prefix.size());
      hidden_.emplace_back(key);
      constexpr std::string_view blanks = " \t\r\n";  // a peer may have cut them
      const std::size_t end = key.find_last_not_of(blanks) + 1;
      const std::size_t begin = std::min(key.find_first_not_of(blanks), end);
      if (end - begin >= 8) hidden_.emplace_back(key.substr(begin, end - begin));
    }
  }

  /// The same for each word of a header's value, or of another text that has a secret somewhere.
  void hide_words(std::string_view value) {
    const std::lock_guard lock{guard_};
    sello::kuenta::detail::each_private_word(value, [&](std::string_view word) { hidden_.emplace_back(word); });
  }

  [[nodiscard]] bool wants_json() const noexcept { return json_; }
  [[nodiscard]] static bool is_terminal() noexcept { return ::isatty(STDOUT_FILENO) == 1; }

  /// How wide lines of prose are: as the terminal, else 80.
  [[nodiscard]] static std::size_t columns() noexcept {
    constexpr std::size_t least = 40;
    winsize size{};
    const bool known = is_terminal() && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= least;
    return known ? size.ws_col : 80;
  }

  [[nodiscard]] std::string paint(colour how, const std::string& text) const {
    static constexpr const char* codes[] = {"", "32", "31", "33", "36", "90", "1"};
    if (!colours_ || how == colour::none || text.empty()) return text;
    return std::string{"\033["} + codes[static_cast<std::size_t>(how)] + 'm' + text + "\033[0m";
  }

  void text(const std::string& lines) { write(STDOUT_FILENO, without_secrets(lines)); }
  void line(const std::string& one) { text(one + '\n'); }
  void error(const std::string& one) { write(STDERR_FILENO, without_secrets(one + '\n')); }
  /// Exactly these.
  void bytes(std::string_view all) { write(STDOUT_FILENO, all); }

  /// On one line, or indented for who reads it; ASCII alone, so that nothing in it reaches a terminal.
  void value(const json& made, bool one_line = false) {
    line(made.dump(one_line ? -1 : 2, ' ', true, json::error_handler_t::replace));
  }

  /// The first row is the heading.
  void table(const std::vector<row>& rows) {
    std::vector<std::size_t> widths;
    for (const row& each : rows) {
      widths.resize(std::max(widths.size(), each.size()));
      for (std::size_t i = 0; i < each.size(); ++i) widths[i] = std::max(widths[i], width(each[i].text));
    }
    std::string lines;
    for (const row& each : rows) {
      for (std::size_t i = 0; i < each.size(); ++i) {
        lines += paint(&each == &rows.front() ? colour::bold : each[i].colour, each[i].text);
        if (i + 1 < each.size()) lines.append(widths[i] - width(each[i].text) + 2, ' ');
      }
      lines += '\n';
    }
    text(lines);
  }

  /// Names and values; a row with an empty value is left out.
  void pairs(const std::vector<std::pair<std::string, cell>>& all) {
    std::size_t longest = 0;
    for (const auto& [name, value] : all) longest = std::max(longest, width(name));
    std::string lines;
    for (const auto& [name, value] : all) {
      if (value.text.empty()) continue;
      lines += paint(colour::grey, name) + std::string(longest - width(name) + 2, ' ');
      lines += paint(value.colour, value.text) + '\n';
    }
    text(lines);
  }

 private:
  [[nodiscard]] std::string without_secrets(std::string_view all) {
    const std::lock_guard lock{guard_};
    return without_keys(sello::kuenta::detail::hidden(all, hidden_, "[secret]"));
  }

  /// Where one was given in the place of a file, say, it is known by its form alone.
  [[nodiscard]] static std::string without_keys(std::string all) {
    constexpr std::string_view base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    for (const std::string_view prefix : {"whsec_", "whsk_"}) {
      for (std::size_t at = all.find(prefix); at != all.npos; at = all.find(prefix, at + 1)) {
        const std::size_t key = at + prefix.size();
        const std::size_t end = std::min(all.find_first_not_of(base64, key), all.size());
        if (end - key >= 8) all.replace(at, end - at, "[secret]");
      }
    }
    return all;
  }

  void write(int to, std::string_view all) {
    const std::lock_guard lock{writing_};
    while (!all.empty()) {
      const ssize_t size = ::write(to, all.data(), all.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0 && to == STDERR_FILENO) return;
      if (size < 0) throw failure{broken, errno == EPIPE ? "" : "the output cannot be written; is the disk full?"};
      all.remove_prefix(static_cast<std::size_t>(size));
    }
  }

  bool json_;
  bool colours_;
  std::mutex guard_;
  std::mutex writing_;
  std::vector<std::string> hidden_;
};

}  // namespace cli
