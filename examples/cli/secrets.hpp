// SPDX-License-Identifier: MIT
// Secrets: from the environment or a file, never from the command line, wiped at the end, and hidden in all output.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sello/verify/secret.hpp>

#include "exits.hpp"
#include "output.hpp"

namespace cli {

inline void wipe(std::string& text) { sello::wipe({reinterpret_cast<unsigned char*>(text.data()), text.size()}); }

/// Some secrets, each as the sender's dashboard shows it.
class secret_list {
 public:
  secret_list() = default;
  secret_list(const secret_list&) = delete;
  secret_list(secret_list&&) = default;
  secret_list& operator=(const secret_list&) = delete;
  secret_list& operator=(secret_list&&) = delete;
  ~secret_list() {
    for (std::string& each : texts_) wipe(each);
  }

  void add(std::string text) { texts_.push_back(std::move(text)); }
  [[nodiscard]] const std::vector<std::string>& texts() const noexcept { return texts_; }

 private:
  std::vector<std::string> texts_;
};

/// The options that say where secrets are. What they are given is never printed: it may be the secret itself, by mistake.
class secret_arguments {
 public:
  static constexpr const char* default_name = "SELLO_SECRET";

  void add_to(CLI::App& app, bool several) {
    const std::string more = several ? "; again for each live secret of a rotation" : "";
    auto* const names =
        app.add_option("--secret-env", names_,
                       "The environment variable that has the secret" + more + " (default: " + default_name + ")");
    auto* const files = app.add_option("--secret-file", files_,
                                       "A file that has the secret; one line break at its end is no part of it" + more);
    names->type_name("NAME")->take_all()->allow_extra_args(false);
    files->type_name("FILE")->take_all()->allow_extra_args(false);
    several_ = several;
  }

  /// Throws `failure` where there is none, or more than are taken.
  [[nodiscard]] secret_list read(output& to) const {
    secret_list found;
    for (const std::string& name : names_) found.add(of_variable(name.c_str(), to));
    for (const std::string& path : files_) found.add(of_file(path));
    if (found.texts().empty()) {
      const char* const value = std::getenv(default_name);
      if (value == nullptr || *value == '\0')
        throw failure{wrong_usage, std::string{default_name} + (value == nullptr ? " is not set" : " is empty") +
                                       ": give it the secret (export " + default_name +
                                       "=...), or say --secret-env NAME or --secret-file FILE"};
      found.add(value);
    }
    if (!several_ && found.texts().size() > 1)
      throw failure{wrong_usage, "a delivery is signed with one secret; give --secret-env or --secret-file once"};
    for (const std::string& each : found.texts()) to.hide(each);
    return found;
  }

  /// The secret of an environment variable that was named.
  [[nodiscard]] static std::string of_variable(const char* name, output& to) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0')
      throw failure{wrong_usage, "the variable " + (is_name(name) ? std::string{name} : "that was named") +
                                     (value == nullptr ? " is not set" : " is empty") +
                                     "; give the name of an environment variable, not the secret"};
    to.hide(value);
    return value;
  }

 private:
  /// As those of environment variables are, and no secret is.
  [[nodiscard]] static bool is_name(std::string_view text) {
    constexpr std::size_t longest = 40;
    return !text.empty() && text.size() <= longest && text.find_first_of("0123456789") != 0 &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == text.npos;
  }

  [[nodiscard]] static std::string of_file(const std::string& path) {
    std::error_code ignored;
    std::ifstream file{path, std::ios::binary};
    if (!file || std::filesystem::is_directory(path, ignored))
      throw failure{wrong_usage, "the file that --secret-file names cannot be read; it takes a path, not the secret"};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    if (text.empty()) throw failure{wrong_usage, "the file that --secret-file names is empty"};
    const std::string_view line = text.starts_with("export ") ? std::string_view{text}.substr(7) : text;
    const std::size_t equals = std::min(line.find('='), line.size());
    constexpr std::size_t shortest_name = 3;
    if (equals >= shortest_name && equals + 1 < line.size() && line[equals + 1] != '=' &&
        is_name(line.substr(0, equals)))
      throw failure{wrong_usage, "the file that --secret-file names has " + std::string{line.substr(0, equals + 1)} +
                                     " before the secret, as a file of variables has: keep the secret alone in it, or "
                                     "load the variables and say --secret-env " +
                                     std::string{line.substr(0, equals)}};
    return text;
  }

  std::vector<std::string> names_;
  std::vector<std::string> files_;
  bool several_ = false;
};

}  // namespace cli
