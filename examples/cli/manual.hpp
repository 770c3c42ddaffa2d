// SPDX-License-Identifier: MIT
// The manual page, in roff, of the same text as the help.
#pragma once

#include <string>
#include <string_view>

#include <sello/version.hpp>

#include "help.hpp"

namespace cli {

class manual {
 public:
  [[nodiscard]] static std::string of(const entry& program) {
    manual made;
    made.page_ = ".\\\" SPDX-License-Identifier: MIT\n.TH SELLO 1 \"\" \"sello " SELLO_VERSION_STRING
                 "\" \"User Commands\"\n.SH NAME\nsello \\- " +
                 text(program.words.summary) + "\n.SH SYNOPSIS\n.nf\n";
    for (const entry& each : program.below) made.synopsis(each);
    made.page_ += ".fi\n.SH DESCRIPTION\n";
    made.paragraphs(program);
    made.page_ += ".SH COMMANDS\n";
    for (const entry& each : program.below) made.command(each);
    made.page_ += ".SH OPTIONS OF ALL COMMANDS\n";
    made.arguments(program);
    made.page_ += ".SH EXIT STATUS\n";
    for (std::size_t code = 0; code < exit_texts.size(); ++code)
      made.item(std::to_string(code), std::string{exit_texts[code]});
    made.page_ += ".SH ENVIRONMENT\n";
    for (const auto& [name, what] : environment_texts) made.item(std::string{name}, std::string{what});
    made.page_ += ".SH EXAMPLES\n";
    made.examples(program);
    for (const entry& each : program.below) made.all_examples(each);
    return made.page_;
  }

 private:
  /// Nothing of a text is a command of roff, and each hyphen is a minus, so that a line can be copied.
  [[nodiscard]] static std::string text(std::string_view plain) {
    std::string made;
    for (const char c : plain) {
      if (c == '\\') {
        made += "\\e";
      } else if (c == '-') {
        made += "\\-";
      } else if (c == '\'') {
        made += "\\(aq";
      } else if (c == '^') {
        made += "\\(ha";
      } else if (c == '~') {
        made += "\\(ti";
      } else if (c == '`') {
        made += "\\(ga";
      } else if (c == '"') {
        made += "\\(dq";
      } else {
        made += c;
      }
    }
    return made.starts_with('.') ? "\\&" + made : made;
  }

  void synopsis(const entry& at) {
    if (at.below.empty()) page_ += text(usage_of(at)) + '\n';
    for (const entry& each : at.below) synopsis(each);
  }

  void paragraphs(const entry& at) {
    for (const std::string& each : paragraphs_of(at.words.text)) page_ += ".PP\n" + text(each) + '\n';
  }

  void item(const std::string& name, const std::string& what) {
    page_ += ".TP\n.B " + text(name) + '\n' + text(what) + '\n';
  }

  void arguments(const entry& at) {
    for (const argument& each : arguments_of(*at.app)) item(each.name, each.text);
  }

  void command(const entry& at) {
    page_ += ".SS \"" + text(full_name(*at.app)) + "\"\n" + text(at.words.summary) + ".\n";
    paragraphs(at);
    arguments(at);
    for (const entry& each : at.below) command(each);
  }

  void examples(const entry& at) {
    for (const example& each : at.words.examples)
      page_ += ".PP\n" + text(each.what) + "\n.PP\n.RS 4\n.nf\n" + text(each.line) + "\n.fi\n.RE\n";
  }

  void all_examples(const entry& at) {
    examples(at);
    for (const entry& each : at.below) all_examples(each);
  }

  std::string page_;
};

}  // namespace cli
