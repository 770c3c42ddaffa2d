// SPDX-License-Identifier: MIT
// The body of a delivery as an argument: a file, the standard input, or a sample of an event.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>

#include <sello/sello.hpp>

#include "files.hpp"
#include "samples.hpp"

namespace cli {

class body_arguments {
 public:
  void add_to(CLI::App& app) {
    app.add_option("-b,--body", file_, "The body: a file, sent as it is to the byte; - is the standard input")
        ->type_name("FILE");
    app.add_option("-e,--event", event_, "Take a sample of this event as the body; `sello events` lists them")
        ->type_name("TYPE");
  }

  [[nodiscard]] bool given() const noexcept { return file_ || event_; }

  [[nodiscard]] std::string read(const std::string& sender) const {
    if (file_ && event_) throw failure{wrong_usage, "give --body or --event, not both"};
    if (event_) return sample(sender, *event_);
    if (!file_)
      throw failure{wrong_usage, "there is no body: give --body FILE (- is the standard input), or --event TYPE"};
    return read_file(*file_);
  }

 private:
  std::optional<std::string> file_;
  std::optional<std::string> event_;
};

/// The type that a body says it has; "" where it says none.
[[nodiscard]] inline std::string type_of(const std::string& sender, std::string_view body) {
  return with_sender(sender, [&]<class Sender>() -> std::string {
    const auto read = sello::raw_json::parse(body);
    if (!read) return {};
    const auto type = read->at('/' + std::string{Sender::provider::keys.type});
    if (!type) return {};
    const auto text = type->json();
    return text.is_string() ? text.template get<std::string>() : std::string{};
  });
}

}  // namespace cli
