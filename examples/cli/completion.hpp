// SPDX-License-Identifier: MIT
// Completion for bash, made of the commands: words, the values of options where there is a list of them, and files.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

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
    return "# SPDX-License-Identifier: MIT\n# bash completion for sello, made by `sello help --bash-completion`\n"
           "_sello() {\n"
           "  local current=${COMP_WORDS[COMP_CWORD]} before='' path='' words='' i\n"
           "  [ \"$COMP_CWORD\" -gt 0 ] && before=${COMP_WORDS[COMP_CWORD - 1]}\n"
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
    words_ += "    '" + path + "') words='" + all + "' ;;\n";
  }

  /// What an option can be given, where that is a list.
  [[nodiscard]] static std::vector<std::string> choices(const std::string& option) {
    if (option == "sender") return sender_names();
    if (option == "state") return {"waiting", "handled", "ignored", "parked"};
    if (option == "event" || option == "sample") return known_types();
    return {};
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
    if (option.get_type_name() == "FILE")
      reply = "mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); compopt -o filenames 2> /dev/null";
    values_ += "    " + names + '\'' + path + " --" + name + "') " + reply + "; return ;;\n";
  }

  std::string paths_;
  std::string words_;
  std::string values_;
};

}  // namespace cli
