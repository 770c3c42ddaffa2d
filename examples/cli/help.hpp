// SPDX-License-Identifier: MIT
// The program's help, made of its commands: for a terminal, and what a manual has to say too.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command.hpp"
#include "exits.hpp"

namespace cli {

/// What an option or an argument is called, and what it does.
struct argument {
  std::string name;
  std::string text;
  bool positional = false;
  bool required = false;
};

/// "sello inbox list", from the program on.
[[nodiscard]] inline std::string full_name(const CLI::App& app) {
  const CLI::App* const parent = app.get_parent();
  return (parent != nullptr ? full_name(*parent) + ' ' : "") + app.get_name();
}

/// What stands at a place comes before what has a name.
[[nodiscard]] inline std::vector<argument> arguments_of(const CLI::App& app) {
  std::vector<argument> all;
  std::vector<argument> named;
  for (const CLI::Option* const each : app.get_options()) {
    if (each == app.get_help_ptr() && app.get_parent() != nullptr) continue;
    argument made{.name = {},
                  .text = each->get_description(),
                  .positional = each->get_positional(),
                  .required = each->get_required()};
    if (made.positional) {
      made.name = each->get_name(true) + (each->get_items_expected_max() > 1 ? "..." : "");
      all.push_back(std::move(made));
      continue;
    }
    for (const std::string& name : each->get_snames()) made.name += '-' + name + ", ";
    for (const std::string& name : each->get_lnames()) made.name += "--" + name;
    if (each->get_items_expected_max() > 0) made.name += ' ' + each->get_type_name();
    named.push_back(std::move(made));
  }
  for (argument& each : named) all.push_back(std::move(each));
  return all;
}

/// "sello verify --sender NAME --headers FILE [BODY] [OPTIONS]"
[[nodiscard]] inline std::string usage_of(const entry& at) {
  std::string line = full_name(*at.app);
  if (!at.below.empty()) return line + " COMMAND [OPTIONS]";
  const std::vector<argument> all = arguments_of(*at.app);
  for (const argument& each : all) {
    if (each.positional || !each.required) continue;
    line += ' ' + each.name.substr(each.name.find("--"));
  }
  line += " [OPTIONS]";
  for (const argument& each : all) {
    if (each.positional) line += each.required ? ' ' + each.name : " [" + each.name + ']';
  }
  return line;
}

/// The paragraph in lines of at most `columns`, each behind `margin`. What is indented stays as it is.
[[nodiscard]] inline std::string wrapped(std::string_view paragraph, std::size_t margin, std::size_t columns = 80) {
  std::string lines;
  std::string line;
  std::istringstream all{std::string{paragraph}};
  for (std::string word; all >> word;) {
    if (!line.empty() && margin + line.size() + 1 + word.size() > columns) {
      lines += std::string(margin, ' ') + line + '\n';
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return lines + std::string(margin, ' ') + line + '\n';
}

[[nodiscard]] inline std::vector<std::string> paragraphs_of(std::string_view text) {
  std::vector<std::string> all;
  while (!text.empty()) {
    const std::size_t end = text.find("\n\n");
    all.emplace_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 2);
  }
  return all;
}

/// The help for a terminal.
class help_page {
 public:
  explicit help_page(const output& to) : to_{to} {}

  [[nodiscard]] std::string of(const entry& at) {
    page_ = wrapped(full_name(*at.app) + ": " + std::string{at.words.summary}, 0);
    heading("Usage");
    page_ += "  " + usage_of(at) + '\n';
    const auto paragraphs = paragraphs_of(at.words.text);
    for (const std::string& each : paragraphs) page_ += '\n' + wrapped(each, 0);
    commands(at);
    arguments(at);
    examples(at);
    if (at.app->get_parent() == nullptr) ends();
    return page_;
  }

 private:
  void heading(const std::string& text) { page_ += '\n' + to_.paint(colour::bold, text) + '\n'; }

  void item(const std::string& name, const std::string& text, std::size_t margin) {
    const bool beside = name.size() + 4 <= margin;
    page_ += "  " + to_.paint(colour::cyan, name) + (beside ? std::string(margin - name.size() - 2, ' ') : "\n");
    const std::string lines = wrapped(text, margin);
    page_ += beside ? lines.substr(margin) : lines;
  }

  void commands(const entry& at) {
    if (at.below.empty()) return;
    heading("Commands");
    for (const entry& each : at.below) item(each.app->get_name(), std::string{each.words.summary}, 14);
    page_ += "\n`sello help" + (at.app->get_parent() == nullptr ? "" : ' ' + at.app->get_name()) +
             " COMMAND` says what each takes.\n";
  }

  void arguments(const entry& at) {
    const auto all = arguments_of(*at.app);
    if (all.empty()) return;
    heading("Arguments and options");
    for (const argument& each : all) item(each.name, each.text, 28);
  }

  void examples(const entry& at) {
    if (at.words.examples.empty()) return;
    heading("Examples");
    for (const example& each : at.words.examples) {
      page_ += wrapped(each.what, 2);
      page_ += "    " + to_.paint(colour::green, std::string{each.line}) + '\n';
    }
  }

  void ends() {
    heading("Environment");
    for (const auto& [name, text] : environment_texts) item(std::string{name}, std::string{text}, 23);
    heading("It ends with");
    for (std::size_t code = 0; code < exit_texts.size(); ++code)
      item(std::to_string(code), std::string{exit_texts[code]}, 6);
  }

  const output& to_;
  std::string page_{};
};

}  // namespace cli
