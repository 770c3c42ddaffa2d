// SPDX-License-Identifier: MIT
// From the command line to a command and to how the program ends.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/version.hpp>

#include "command.hpp"
#include "completion.hpp"
#include "exits.hpp"
#include "help.hpp"
#include "manual.hpp"
#include "output.hpp"

namespace cli {

class program {
 public:
  explicit program(words of) : app_{std::string{of.summary}, std::string{of.name}}, top_{&app_, std::move(of)} {
    app_.set_help_flag("-h,--help", "Show the help of the command, as `sello help COMMAND` does");
    app_.set_version_flag("--version", std::string{"sello "} + SELLO_VERSION_STRING, "Show the version");
    app_.require_subcommand(1);
    CLI::App& help = *top_.group({"help", "Show this, or the help of a command"}).app;
    help.add_option("COMMAND", about_, "The command, as in `sello help inbox list`")->type_name("");
    help.add_flag("--man", man_, "Print the manual page, in roff");
    help.add_flag("--bash-completion", completion_, "Print the completion for bash");
  }

  /// Adds `sello COMMAND`, and in the group of the last `group` `sello GROUP COMMAND`.
  template <class Command>
  program& add() {
    (in_group_ ? top_.below.back() : top_).template add<Command>(json_);
    return *this;
  }
  program& group(words of) {
    top_.group(std::move(of)).app->require_subcommand(1);
    in_group_ = true;
    return *this;
  }
  program& end_group() {
    in_group_ = false;
    return *this;
  }

  [[nodiscard]] int run(int argc, char** argv) {
    fill_closed();
    std::signal(SIGPIPE, SIG_IGN);  // a peer that hangs up is an error of that write
    output plain{std::find(argv, argv + argc, std::string_view{"--json"}) != argv + argc};
    try {
      if (argc < 2) return help(plain);
      return parse_and_run(argc, argv);
    } catch (const failure& why) {
      return fail(plain, why.how(), why.what());
    } catch (const sello::bad_result& why) {
      return fail(plain, why.error().code == sello::errc::internal_error ? broken : wrong_usage, why.error().message());
    } catch (const std::bad_alloc&) {
      return fail(plain, broken, "the memory does not suffice");
    } catch (const std::exception& why) {
      return fail(plain, broken, shown(why.what()));
    }
  }

 private:
  /// Of the standard streams one that is closed stays of no use, and no file or socket takes its number.
  static void fill_closed() noexcept {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      if (::fcntl(stream, F_GETFD) < 0) static_cast<void>(::open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY));
    }
  }

  int parse_and_run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      output to;
      to.text(help_page{to}.of(chosen()));
      return all_well;
    } catch (const CLI::CallForVersion& version) {
      output{}.line(version.what());
      return all_well;
    } catch (const CLI::ParseError& wrong) {
      throw failure{wrong_usage, sentence_of(wrong)};
    }
    output to{json_};
    const entry& at = chosen();
    if (!at.made) return help(to);
    try {
      return at.made->run(to);
    } catch (const failure& why) {
      return fail(to, why.how(), why.what());
    }
  }

  /// `help`, `help COMMAND…`, `help --man`, `help --bash-completion`.
  int help(output& to) {
    if (man_) return to.text(manual::of(top_)), all_well;
    if (completion_) return to.text(completion::of(top_)), all_well;
    const entry* at = &top_;
    for (const std::string& name : about_) {
      const auto found = std::find_if(at->below.begin(), at->below.end(),
                                      [&](const entry& each) { return each.app->get_name() == name; });
      if (found == at->below.end())
        throw failure{wrong_usage, full_name(*at->app) + " has no command " + shown(name) + "; it has " + names(*at)};
      at = &*found;
    }
    to.text(help_page{to}.of(*at));
    return all_well;
  }

  /// The command that the arguments name, as far as they were understood.
  [[nodiscard]] entry& chosen() {
    entry* at = &top_;
    for (bool deeper = true; deeper;) {
      deeper = false;
      for (entry& each : at->below) {
        if (!each.app->parsed()) continue;
        at = &each;
        deeper = true;
        break;
      }
    }
    return *at;
  }

  [[nodiscard]] static std::string names(const entry& at) {
    std::string all;
    for (const entry& each : at.below) all += (all.empty() ? "" : ", ") + each.app->get_name();
    return all;
  }

  /// What is wrong with the arguments, without what was given: that may be a secret in the wrong place.
  [[nodiscard]] std::string sentence_of(const CLI::ParseError& wrong) {
    const entry& at = chosen();
    const std::string where = "; see sello help" + full_name(*at.app).substr(full_name(app_).size());
    if (dynamic_cast<const CLI::ExtrasError*>(&wrong) != nullptr) return sentence_of_extras(at) + where;
    if (at.below.empty() && dynamic_cast<const CLI::RequiredError*>(&wrong) != nullptr && has_odd_option())
      return sentence_of_extras(at) + where;
    if (!at.below.empty() && dynamic_cast<const CLI::RequiredError*>(&wrong) != nullptr)
      return app_.remaining_size(true) > 0 ? sentence_of_extras(at) + where
                                           : full_name(*at.app) + " needs a command: " + names(at) + where;
    if (dynamic_cast<const CLI::ConversionError*>(&wrong) != nullptr) {
      constexpr std::size_t longest = 12;  // what is longer may be a secret
      const std::string_view text = wrong.what();
      const auto before = text.rfind(" = ");
      const auto name = text.rfind(' ', before == text.npos ? text.npos : before - 1);
      if (before == text.npos || name == text.npos) return "an argument was given what it cannot be" + where;
      const std::string_view value = text.substr(before + 3);
      return std::string{text.substr(name + 1, before - name - 1)} + " takes a whole number, not " +
             (value.size() <= longest ? shown(value) : "what it was given") + where;
    }
    const std::string_view text = wrong.what();
    if (const auto most = text.find(": At Most 1 "); most != text.npos)
      return std::string{text.substr(0, most)} + " is given more than once, and takes one" + where;
    return shown(text) + where;
  }

  [[nodiscard]] bool has_odd_option() const {
    const std::vector<std::string> extras = app_.remaining(true);
    return std::any_of(extras.begin(), extras.end(),
                       [](const std::string& each) { return each.size() > 1 && each.front() == '-'; });
  }

  [[nodiscard]] std::string sentence_of_extras(const entry& at) {
    const std::vector<std::string> extras = app_.remaining(true);
    for (const std::string& each : extras) {
      if (each.starts_with("--secret") || each.starts_with("--key"))
        return "secrets are not taken on the command line, where each user of this machine can read them: set "
               "SELLO_SECRET, or give --secret-env NAME or --secret-file FILE";
    }
    if (!at.below.empty() && !extras.empty() && !extras.front().starts_with('-'))
      return full_name(*at.app) + " has no such command; it has " + names(at);
    for (const std::string& each : extras) {
      if (each.size() > 1 && each.front() == '-' && each.size() < 40)
        return full_name(*at.app) + " has no option " + shown(each.substr(0, each.find('=')));
    }
    return full_name(*at.app) + " was given an argument more than it takes";
  }

  static int fail(output& to, exit_code how, const std::string& what) {
    if (what.empty()) return how;
    to.error("sello: " + what);
    try {
      if (to.wants_json()) to.value({{"error", what}}, true);
    } catch (const failure&) {
      return broken;
    }
    return how;
  }

  CLI::App app_;
  entry top_;
  std::vector<std::string> about_;
  bool man_ = false;
  bool completion_ = false;
  bool json_ = false;
  bool in_group_ = false;
};

}  // namespace cli
