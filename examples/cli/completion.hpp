// SPDX-License-Identifier: MIT
// Completion for bash, made of the commands: words, the values of options where there is a list of them, and files.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "attack.hpp"
#include "command.hpp"
#include "help.hpp"
#include "samples.hpp"
#include "senders.hpp"

namespace cli {

class completion {
 public:
  [[nodiscard]] static std::string of(const entry& program) {
    completion made;
    made.read(program, "");
    made.read_help(program, " help");
    return "# SPDX-License-Identifier: MIT\n# bash completion for sello, made by `sello help --bash-completion`\n"
           "_sello() {\n"
           "  local current=${COMP_WORDS[COMP_CWORD]} before='' path='' words='' i\n"
           "  [ \"$COMP_CWORD\" -gt 0 ] && before=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "  # bash makes three words of --sender=akua\n"
           "  [ \"$current\" = = ] && current=''\n"
           "  [ \"$before\" = = ] && before=${COMP_WORDS[COMP_CWORD - 2]}\n"
           "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
           "    case \"$path ${COMP_WORDS[i]}\" in\n"
           "      " +
           made.paths_ +
           ") path+=\" ${COMP_WORDS[i]}\" ;;\n"
           "    esac\n"
           "  done\n"
           "  case \"$path $before\" in\n" +
           made.values_ +
           "  esac\n"
           "  case $path in\n" +
           made.words_ +
           "  esac\n"
           "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
           "  if [ ${#COMPREPLY[@]} -eq 0 ] && [[ $current != -* ]]; then\n"
           "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
           "    compopt -o filenames 2> /dev/null\n"
           "  fi\n"
           "}\n"
           "complete -F _sello sello\n";
  }

 private:
  /// `sello help` and `sello help GROUP` have the names of commands behind them.
  void read_help(const entry& at, const std::string& path) {
    std::string all;
    for (const entry& each : at.below) all += each.app->get_name() + ' ';
    for (const entry& each : at.below) {
      if (each.below.empty()) continue;
      paths_ += " | '" + path + ' ' + each.app->get_name() + '\'';
      read_help(each, path + ' ' + each.app->get_name());
    }
    words_ += "    '" + path + "') words+='" + all + "' ;;\n";
  }

  void read(const entry& at, const std::string& path) {
    std::string all;
    for (const entry& each : at.below) {
      all += each.app->get_name() + ' ';
      const std::string below = path + ' ' + each.app->get_name();
      paths_ += (paths_.empty() ? "'" : " | '") + below + '\'';
      read(each, below);
    }
    for (const CLI::Option* const each : at.app->get_options()) {
      if (each->get_positional() || each->get_group().empty()) continue;
      for (const std::string& name : each->get_lnames()) {
        all += "--" + name + ' ';
      }
      if (each->get_items_expected_max() > 0) value(*each, path);
    }
    words_ += "    '" + path + "') words='" + all + "' ;;" + (path == " help" ? "&\n" : "\n");
  }

  /// What an option can be given, where that is a list.
  [[nodiscard]] static std::vector<std::string> choices(const std::string& option) {
    if (option == "sender") return sender_names();
    if (option == "state") return {"waiting", "handled", "ignored", "parked"};
    if (option == "attack") return plain_attacks();
    if (option == "event" || option == "sample") return known_types();
    return {};
  }

  /// The names of attacks that have no mark in them of which a shell makes something.
  [[nodiscard]] static std::vector<std::string> plain_attacks() {
    std::vector<std::string> names;
    for (const char* const sender : {"kuenta", "akua"}) {
      const std::string type = with_sender(sender, []<class Sender>() { return types_of<Sender>().front(); });
      for (const auto& each : attacks_on({.name = sender}, sample(sender, type), {}, 1'048'576)) {
        const bool plain = std::all_of(each.name.begin(), each.name.end(), [](char c) {
          return c == ' ' || c == '-' || c == ':' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                 (c >= 'A' && c <= 'Z');
        });
        if (plain && std::find(names.begin(), names.end(), each.name) == names.end()) names.push_back(each.name);
      }
    }
    return names;
  }

  /// What stands behind an option that takes something.
  void value(const CLI::Option& option, const std::string& path) {
    std::string names;
    for (const std::string& name : option.get_snames()) names += "'" + path + " -" + name + "' | ";
    const std::string name = option.get_lnames().front();
    std::string all;
    for (const std::string& each : choices(name)) all += each + ' ';
    std::string reply = "COMPREPLY=()";
    if (!all.empty()) reply = "mapfile -t COMPREPLY < <(compgen -W '" + all + "' -- \"$current\")";
    if (name == "attack") {
      all.clear();
      for (const std::string& each : choices(name)) all += '\'' + each + "' ";
      reply = R"(local name plain=${current//\\/}; plain=${plain#\'}; plain=${plain#\"}; for name in )" + all +
              R"--(; do [[ $name == "$plain"* ]] && COMPREPLY+=("$(printf %q "$name")"); done)--";
    }
    if (option.get_type_name() == "DIRECTORY")
      reply = "mapfile -t COMPREPLY < <(compgen -d -- \"$current\"); compopt -o filenames 2> /dev/null";
    if (option.get_type_name() == "FILE")
      reply = "mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); compopt -o filenames 2> /dev/null";
    values_ += "    " + names + '\'' + path + " --" + name + "') " + reply + "; return ;;\n";
  }

  std::string paths_;
  std::string words_;
  std::string values_;
};

}  // namespace cli
