// SPDX-License-Identifier: MIT
// `sello sign`: the header lines that the sender would send with a body.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "body.hpp"
#include "command.hpp"
#include "signature.hpp"

namespace cli {

class sign final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {.name = "sign",
            .summary = "Print the header lines with which a sender signs a body",
            .text =
                "The body is signed as it is, to the byte. For standard_webhooks_v1a the secret is the private key, "
                "whsk_...",
            .examples = {
                {"sello sign --sender akua --body body.json > headers.txt", "The headers of a delivery, in a file:"},
                {"curl -H @headers.txt --data-binary @body.json http://127.0.0.1:8080/webhooks/akua",
                 "Send it with curl:"}}};
  }

  explicit sign(CLI::App& app) {
    sender_.add_to(app, sender_arguments::role::signs);
    body_.add_to(app);
    signature_.add_to(app);
  }

  [[nodiscard]] int run(output& to) override {
    const std::string body = body_.read(sender_.settings().name);
    const auto headers = signature_.sign(sender_.settings(), sender_.secrets(to), body);
    if (to.wants_json()) {
      json lines = json::object();
      for (const auto& [name, value] : headers) lines[name] = value;
      to.value({{"sender", sender_.settings().name}, {"headers", lines}});
    } else {
      for (const auto& [name, value] : headers) to.line(shown(name) + ": " + shown(value));
    }
    return all_well;
  }

 private:
  sender_arguments sender_;
  body_arguments body_;
  signature_arguments signature_;
};

}  // namespace cli
