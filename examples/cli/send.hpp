// SPDX-License-Identifier: MIT
// `sello send`: a signed delivery to a URL, or attacks on an endpoint of one's own.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "attack.hpp"
#include "body.hpp"
#include "command.hpp"
#include "files.hpp"
#include "http.hpp"
#include "signature.hpp"

namespace cli {

class send final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {
        .name = "send",
        .summary = "Send a signed delivery to a URL, or attack an endpoint of your own",
        .text =
            "Prints what the endpoint answers, and succeeds if that is 2xx. The certificate of https is checked; no "
            "redirect is followed.\n\n"
            "--all-attacks sends what strangers and broken senders send: forged, changed, replayed, badly written, too "
            "large; "
            "some hundred requests, each with the answer that it must get. --attack NAME sends those whose name has "
            "NAME in it; "
            "--list-attacks lists them. The delivery has to be one that the endpoint answers with 200 as often as it "
            "comes; one that keeps what is signed, as a durable inbox does, keeps those that are good. Attack "
            "what is yours: for a host that is not this machine, say --own-endpoint.",
        .examples = {
            {"sello send --sender akua --event payment.capture.cleared http://127.0.0.1:8080/webhooks/akua",
             "A sample, signed and sent:"},
            {"sello send --sender akua --body body.json https://shop.example/webhooks/akua", "A body of your own:"},
            {"sello send --sender akua --body body.json --attack 'another secret' http://127.0.0.1:8080/webhooks/akua",
             "Break it: signed with another secret, which must be refused:"},
            {"sello send --sender akua --body body.json --all-attacks http://127.0.0.1:8080/webhooks/akua",
             "All that the endpoint must withstand:"}}};
  }

  explicit send(CLI::App& app) {
    app.add_option("URL", url_, "Where to: http:// or https://")->type_name("");
    sender_.add_to(app, sender_arguments::role::signs);
    body_.add_to(app);
    signature_.add_to(app);
    app.add_option("--header", more_, "One more header line, `Name: value`, which nothing signs; again for more")
        ->type_name("LINE")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("--ca-file", ca_file_, "Whom to trust with https, in PEM (default: whom the system trusts)")
        ->type_name("FILE");
    app.add_option("--timeout", timeout_, "How long to wait for the whole answer (default: 15)")->type_name("SECONDS");
    app.add_option("--attack", attacks_, "Send the attacks that have this in their name; again for more")
        ->type_name("NAME")
        ->take_all()
        ->allow_extra_args(false);
    app.add_flag("--all-attacks", all_, "Send all attacks");
    app.add_flag("--list-attacks", list_, "Print the names of the attacks, and send nothing");
    app.add_flag("--own-endpoint", own_, "The endpoint is mine: attack it, though it is not on this machine");
    app.add_flag("--durable", durable_,
                 "The endpoint stores before it reads, as a durable inbox does: it may answer 200 to what is signed "
                 "and cannot be read");
    app.add_option("--body-limit", limit_, "The largest body that the endpoint takes, for attacks (default: 1048576)")
        ->type_name("BYTES");
  }

  [[nodiscard]] int run(output& to) override {
    if (list_) return list(to);
    if (url_.empty()) throw failure{wrong_usage, "there is no URL; see sello help send"};
    if (timeout_ < 1 || timeout_ > 3600) throw failure{wrong_usage, "--timeout takes 1 to 3600 seconds"};
    const http_client client{url_, ca_file_, std::chrono::seconds{timeout_}};
    const std::string body = body_.read(sender_.settings().name);
    const secret_list secrets = sender_.secrets(to);
    if (all_ || !attacks_.empty()) return attack(to, client, body, secrets);

    auto headers = signature_.sign(sender_.settings(), secrets, body);
    for (const std::string& line : more_) {
      for (auto& each : read_headers(line, "--header")) {
        to.hide_words(each.second);
        headers.push_back(std::move(each));
      }
    }
    const auto answer = client.post(headers, body);
    if (!answer) throw failure{unreachable, shown(url_) + ": " + answer.error().why};
    const bool taken = answer->status >= 200 && answer->status < 300;
    if (to.wants_json()) {
      to.value({{"status", answer->status},
                {"accepted", taken},
                {"milliseconds", answer->took.count()},
                {"body", answer->body}});
    } else {
      to.pairs({{"status", {std::to_string(answer->status), taken ? colour::green : colour::red}},
                {"took", std::to_string(answer->took.count()) + " ms"},
                {"says", shown(answer->body.substr(0, answer->body.find_last_not_of("\r\n") + 1))},
                {"next", taken ? "" : next(answer->status)}});
    }
    return taken ? all_well : refused;
  }

 private:
  int list(output& to) const {
    json all = json::array();
    const std::string& name = sender_.settings().name;
    const std::string body = body_.given() ? body_.read(name) : sample(name, first_type(name));
    for (const auto& each : attacks_on(sender_.settings(), body, {}, limit_)) {
      all.push_back(each.name);
      if (!to.wants_json()) to.line(shown(each.name));
    }
    if (to.wants_json()) to.value(all);
    return all_well;
  }

  [[nodiscard]] static std::string first_type(const std::string& name) {
    return with_sender(name, []<class Sender>() { return types_of<Sender>().front(); });
  }

  int attack(output& to, const http_client& client, const std::string& body, const secret_list& secrets) const {
    if (!client.is_loopback() && !own_)
      throw failure{wrong_usage, "attacks are for an endpoint of your own; if this one is yours, say --own-endpoint"};
    auto list = attacks_on(sender_.settings(), body, secrets.texts().front(), limit_);
    if (durable_) forgive_unread(list);
    if (!all_) list = chosen_attacks(std::move(list), attacks_);
    return attacking{to, client}.run(list);
  }

  [[nodiscard]] std::string next(int status) const {
    if (status == 401 && signature_.is_far(sender_.settings()))
      return "--time is outside the window of five minutes that endpoints have; leave it out, or compare the secrets";
    if (status == 401)
      return "the endpoint found no signature of its own secret; compare the secrets, then look at its log";
    if (status == 404) return "nothing is mounted at that path; look at the URL";
    if (status == 400 || status == 422)
      return "the signature is right, the content is not taken; look at the endpoint's log";
    if (status >= 500) return "the endpoint failed; look at its log";
    if (status >= 300 && status < 400) return "a redirect is not followed; give the URL that it leads to";
    return "look at the endpoint's log";
  }

  std::string url_;
  sender_arguments sender_;
  body_arguments body_;
  signature_arguments signature_;
  std::vector<std::string> more_;
  std::string ca_file_;
  int timeout_ = 15;
  std::vector<std::string> attacks_;
  bool all_ = false;
  bool list_ = false;
  bool own_ = false;
  bool durable_ = false;
  std::int64_t limit_ = 1'048'576;
};

}  // namespace cli
