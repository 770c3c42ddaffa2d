// SPDX-License-Identifier: MIT
// What a command is: its words for the help, its arguments, and what it does.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "output.hpp"

namespace cli {

/// A line for a shell, and what it does.
struct example {
  std::string_view line;
  std::string_view what;
};

struct words {
  std::string_view name;
  std::string_view summary;  ///< behind the name in a list
  std::string_view text{};   ///< paragraphs, with an empty line between them
  std::vector<example> examples{};
};

/// Made with the arguments that it takes. `run` throws `failure`, or gives how the program ends.
class command {
 public:
  command() = default;
  command(const command&) = delete;
  command& operator=(const command&) = delete;
  virtual ~command() = default;

  [[nodiscard]] virtual int run(output& to) = 0;
};

/// A command with its arguments, or a group of commands.
struct entry {
  CLI::App* app;
  cli::words words;
  std::unique_ptr<command> made{};
  std::vector<entry> below{};

  /// `Command` has `static words describe()`, and is made of the `CLI::App` that has its arguments.
  template <class Command>
  void add(bool& as_json) {
    const entry& one = group(Command::describe());
    below.back().made = std::make_unique<Command>(*one.app);
    one.app->add_flag("--json", as_json, "Print JSON, for programs");
  }

  entry& group(cli::words of) {
    CLI::App* const made_app = app->add_subcommand(std::string{of.name}, std::string{of.summary});
    return below.emplace_back(entry{made_app, std::move(of)});
  }
};

}  // namespace cli
