// SPDX-License-Identifier: MIT
// `sello events`: the events of each sender's catalog, and a sample of each.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "samples.hpp"
#include "senders.hpp"

namespace cli {

class events final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {.name = "events",
            .summary = "List the events that each sender documents, with the keys of their data",
            .text = "A key with a star is required. Senders add events: one that is not here is no error.",
            .examples = {{"sello events --sender akua", "The events of one sender:"},
                         {"sello events --sender akua --sample payment.capture.cleared > body.json",
                          "A body to sign and to send:"}}};
  }

  explicit events(CLI::App& app) {
    app.add_option("-s,--sender", sender_, "Those of this sender alone")
        ->type_name("NAME")
        ->check([](const std::string& name) {
          for (const std::string& known : sender_names()) {
            if (known == name) return std::string{};
          }
          return "it is one of " + sender_arguments::listed(sender_names());
        });
    app.add_option("--sample", sample_, "Print a body of this event, as its sender documents it; needs --sender")
        ->type_name("TYPE");
  }

  [[nodiscard]] int run(output& to) override {
    if (sample_) {
      if (sender_.empty())
        throw failure{wrong_usage, "--sample needs --sender: two senders may have events of one name"};
      to.bytes(sample(sender_, *sample_));
      if (output::is_terminal()) to.line("");
      return all_well;
    }
    std::vector<row> rows{{"sender", "event", "keys of the data"}};
    json all = json::array();
    each_sender([&]<class Sender>() {
      if (!sender_.empty() && sender_ != Sender::name) return;
      Sender::provider::catalog::for_each([&]<class Event>() {
        std::string line;
        json keys = json::array();
        for (const auto& field : Event::fields) {
          const bool required = !field.type->optional;
          line += (line.empty() ? "" : " ") + std::string{field.key} + (required ? "*" : "");
          keys.push_back({{"key", field.key}, {"required", required}});
          if (field.fallback.empty()) continue;
          line += " or " + std::string{field.fallback} + (required ? "*" : "");
          keys.back()["or"] = field.fallback;
        }
        rows.push_back({std::string{Sender::name}, cell{std::string{Event::type}, colour::cyan}, line});
        all.push_back({{"sender", Sender::name}, {"type", Event::type}, {"keys", keys}});
      });
    });
    if (to.wants_json()) {
      to.value(all);
    } else if (rows.size() == 1) {
      to.line(sender_ + " fixes no events: each service that follows the specification has its own");
    } else {
      to.table(rows);
    }
    return all_well;
  }

 private:
  std::string sender_;
  std::optional<std::string> sample_;
};

}  // namespace cli
