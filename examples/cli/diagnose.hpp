// SPDX-License-Identifier: MIT
// `sello diagnose`: why a delivery does not verify.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/diagnose.hpp>

#include "command.hpp"
#include "senders.hpp"
#include "verify.hpp"

namespace cli {

/// The scheme that a sender's deliveries should have; any, where no sender is named.
[[nodiscard]] inline sello::signature_scheme scheme_of(const std::string& sender) {
  using sello::signature_scheme;
  if (sender.empty()) return signature_scheme::any;
  return with_sender(sender, []<class Sender>() {
    if constexpr (sello::public_key_scheme<typename Sender::scheme>) return signature_scheme::svix_v1a;
    if constexpr (sello::timed_scheme<typename Sender::scheme>) return signature_scheme::svix_v1;
    return signature_scheme::hex_hmac;
  });
}

/// What explains it, the likeliest first. Of the secrets the endpoint has the first `in_use`.
[[nodiscard]] inline std::vector<sello::finding> findings_of(const sender_settings& settings,
                                                             const std::vector<std::string>& secrets,
                                                             std::size_t in_use, const sello::header_list& headers,
                                                             std::string_view body, time_point now,
                                                             std::size_t budget = sello::diagnose_options{}.budget) {
  sello::diagnose_options options{.now = now, .expected = scheme_of(settings.name), .in_use = in_use, .budget = budget};
  if (settings.tolerance) options.tolerance = std::chrono::seconds{*settings.tolerance};
  if (settings.signature_header) options.signature_header = *settings.signature_header;
  return sello::diagnose(headers, body, secrets, options);
}

class diagnose final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {
        .name = "diagnose",
        .summary = "Say why a delivery does not verify, and what to do",
        .text =
            "Tries the usual causes, offline: the body written anew, a line break more or less, another secret or its "
            "text in "
            "another form, another sender's scheme, clocks, what proxies change. Prints all that fit, the likeliest "
            "first. It ends with 0 where the delivery verifies as it is. What it says is for you, never for who sent "
            "it.",
        .examples = {{"sello diagnose --sender akua --headers headers.txt --body body.json",
                      "The headers as they came, and the body that the endpoint verified:"}}};
  }

  explicit diagnose(CLI::App& app) {
    sender_.add_to(app, sender_arguments::role::diagnoses);
    delivery_.add_to(app);
    app.add_option(
           "--other-secret-env", others_,
           "The environment variable of a secret that the endpoint has not, and that may have signed; again for more")
        ->type_name("NAME")
        ->take_all()
        ->allow_extra_args(false);
  }

  [[nodiscard]] int run(output& to) override {
    const auto headers = delivery_.headers();
    const std::string body = delivery_.body();
    secret_list secrets = sender_.secrets(to);
    const std::size_t in_use = secrets.texts().size();
    for (const std::string& name : others_) secrets.add(secret_arguments::of_variable(name.c_str(), to));
    const auto found = findings_of(sender_.settings(), secrets.texts(), in_use, headers, body, delivery_.at());
    json all = json::array();
    for (const sello::finding& each : found) {
      json also = json::array();
      for (const sello::cause more : each.also) also.push_back(to_string(more));
      all.push_back({{"cause", to_string(each.cause)}, {"proven", each.proven}, {"text", each.text}, {"also", also}});
      if (!to.wants_json())
        to.line(
            to.paint(each.proven ? colour::green : colour::yellow, each.proven ? "this is it   " : "maybe        ") +
            to.paint(colour::bold, std::string{to_string(each.cause)}) + ": " + shown(each.text));
    }
    if (to.wants_json()) to.value(all);
    return found.front().cause == sello::cause::verified ? all_well : refused;
  }

 private:
  sender_arguments sender_;
  delivery_arguments delivery_;
  std::vector<std::string> others_;
};

}  // namespace cli
