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
#include "help.hpp"
#include "judge.hpp"
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
            "first. It ends with 0 where the delivery verifies as it is, and the named sender's content is read. What "
            "it says is for you, never for who sent "
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
    if (!sender_.settings().name.empty()) {
      with_sender(sender_.settings().name, [&]<class Sender>() {
        static_cast<void>(sender_.settings().scheme<typename Sender::scheme>());  // throws for what it does not have
      });
    }
    for (const std::string& name : others_) secrets.add(secret_arguments::of_variable(name.c_str(), to));
    const auto found = findings_of(sender_.settings(), secrets.texts(), in_use, headers, body, delivery_.at());
    const bool verified = found.front().cause == sello::cause::verified;
    const json content = verified && !sender_.settings().name.empty() ? content_of(headers, body, secrets) : json{};
    json all = json::array();
    for (const sello::finding& each : found) {
      std::string text = each.text;
      if (each.cause == sello::cause::nothing_fits && others_.empty())
        text += "; --other-secret-env NAME tries one that may have signed";
      json also = json::array();
      for (const sello::cause more : each.also) also.push_back(to_string(more));
      all.push_back({{"cause", to_string(each.cause)}, {"proven", each.proven}, {"text", text}, {"also", also}});
      if (!to.wants_json()) print(to, each.proven, to_string(each.cause), text);
    }
    if (to.wants_json()) {
      if (!content.is_null()) all.front()["content"] = content;
      to.value(all);
    } else if (!content.is_null()) {
      print(to, true, content["error"].get<std::string>(),
            "it is the sender's own, and its content is refused: " + content["message"].get<std::string>());
    }
    return verified && content.is_null() ? all_well : refused;
  }

 private:
  /// What `verify` says of a body that is proven and refused; null where it is taken.
  [[nodiscard]] json content_of(const sello::header_list& headers, std::string_view body,
                                const secret_list& secrets) const {
    const judgement made = make_judge(sender_.settings(), secrets, body.size())(headers, body, delivery_.at());
    return made.seen.error && made.proven() ? told(made) : json{};
  }

  static void print(output& to, bool proven, std::string_view cause, std::string_view text) {
    const std::string name{cause};
    const std::string sure = proven ? "this is it   " : "maybe        ";
    std::string lines = wrapped(name + ": " + shown(text), sure.size(), output::columns());
    lines.replace(0, sure.size() + name.size(),
                  to.paint(proven ? colour::green : colour::yellow, sure) + to.paint(colour::bold, name));
    to.text(lines);
  }

  sender_arguments sender_;
  delivery_arguments delivery_;
  std::vector<std::string> others_;
};

}  // namespace cli
