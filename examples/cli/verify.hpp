// SPDX-License-Identifier: MIT
// `sello verify`: whether a delivery is the sender's own, and what it says.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "body.hpp"
#include "command.hpp"
#include "judge.hpp"

namespace cli {

/// The headers and the body of a delivery that came.
class delivery_arguments {
 public:
  void add_to(CLI::App& app) {
    app.add_option("-H,--headers", headers_, "The headers that came: a file of lines `Name: value`, or JSON")
        ->type_name("FILE")
        ->required();
    app.add_option("-b,--body", body_, "The raw body that came, to the byte; - is the standard input")
        ->type_name("FILE")
        ->required();
    app.add_option("--at", at_, "Judge it as of this time, not as of now: RFC 3339 or Unix seconds")->type_name("TIME");
  }

  [[nodiscard]] sello::header_list headers() const {
    if (headers_ == "-" && body_ == "-")
      throw failure{wrong_usage, "headers and body cannot both come from the standard input; put one into a file"};
    return read_headers_of("--headers", headers_);
  }
  [[nodiscard]] std::string body() const { return read_file(body_); }
  [[nodiscard]] time_point at() const { return time_of("--at", at_); }

 private:
  std::string headers_;
  std::string body_;
  std::optional<std::string> at_;
};

/// What to do about a refusal, in a few words; "" where its own words say it.
[[nodiscard]] inline std::string advice(sello::errc code) {
  using sello::errc;
  if (code == errc::signature_mismatch || code == errc::malformed_signature || code == errc::missing_header)
    return "`sello diagnose` with the same arguments tries the usual causes";
  if (code == errc::timestamp_too_old || code == errc::timestamp_too_new)
    return "--at TIME judges it as of another time, such as that of its arrival";
  return {};
}

/// The text of a row `did not fit`.
[[nodiscard]] inline std::string misfits_of(const sello::record& seen) {
  std::string all;
  for (const sello::error& each : seen.misfits)
    all += (all.empty() ? "" : ", ") + std::string{to_string(each.code)} + " at " + shown(each.where);
  return all;
}

class verify final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {.name = "verify",
            .summary = "Say whether a delivery is the sender's own, and what it says",
            .text =
                "Verifies and decodes as an endpoint does. The body has to be the raw one, as it came: JSON that was "
                "parsed and "
                "written anew has other bytes. Several secrets are those of a rotation: any may have signed.",
            .examples = {{"sello verify --sender akua --headers headers.txt --body body.json",
                          "Headers and body as they came, in files:"},
                         {"sello verify --sender gu1 --headers h.txt --body b.json --secret-env OLD --secret-env NEW",
                          "During a rotation, in which one of two secrets has signed:"}}};
  }

  explicit verify(CLI::App& app) {
    sender_.add_to(app, sender_arguments::role::verifies);
    delivery_.add_to(app);
  }

  [[nodiscard]] int run(output& to) override {
    const auto headers = delivery_.headers();
    const std::string body = delivery_.body();
    const judge ask = make_judge(sender_.settings(), sender_.secrets(to), body.size());
    const judgement made = ask(headers, body, delivery_.at());
    const sello::record& seen = made.seen;
    if (to.wants_json()) {
      to.value(told(made));
    } else {
      to.pairs({{"verified", made.proven() ? cell{"yes", colour::green} : cell{"no", colour::red}},
                {"cause", seen.error ? shown(seen.message()) : ""},
                {"type", shown(seen.type)},
                {"key", shown(seen.id)},
                {"bytes", std::to_string(seen.body_size)},
                {"did not fit", seen.error ? "" : misfits_of(seen)},
                {"next", seen.error ? advice(*seen.error) : ""}});
    }
    return seen.error ? refused : all_well;
  }

 private:
  sender_arguments sender_;
  delivery_arguments delivery_;
};

}  // namespace cli
