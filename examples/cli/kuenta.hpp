// SPDX-License-Identifier: MIT
// `sello kuenta ...`: the webhooks of an organization at Kuenta.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sello/kuenta/subscriptions.hpp>
#include <sello/kuenta/subscriptions/httplib.hpp>
#include <sello/version.hpp>

#include "command.hpp"
#include "files.hpp"
#include "json_text.hpp"
#include "secrets.hpp"

namespace cli {

/// Where the API is, and whose webhooks are meant.
class api_arguments {
 public:
  void add_to(CLI::App& app) {
    app.add_option("--api", api_, "What stands before /v1/webhooks: https://... (default: the variable KUENTA_API)")
        ->type_name("URL")
        ->envname("KUENTA_API");
    app.add_option("--organization", organization_, "Organization-ID (default: the variable KUENTA_ORGANIZATION)")
        ->type_name("ID")
        ->envname("KUENTA_ORGANIZATION");
    app.add_option("--config-organization", config_, "Config-Organization-ID, where it is not the same")
        ->type_name("ID");
    app.add_option("--headers-file", headers_,
                   "More header lines, such as Authorization, from a file that only you read")
        ->type_name("FILE");
    app.add_option("--ca-file", ca_file_, "Whom to trust, in PEM (default: whom the system trusts)")->type_name("FILE");
    app.add_option("--timeout", timeout_, "How long to wait for the whole answer (default: 10)")->type_name("SECONDS");
    app.add_flag("--allow-http", http_, "For tests: an API, and URLs of webhooks, without TLS");
  }

  void check_tls(const std::string& option, const std::string& url) const {
    if (!http_ && !url.starts_with("https://"))
      throw failure{wrong_usage, option + " does not begin with https://; for tests there is --allow-http"};
  }

  [[nodiscard]] sello::kuenta::subscriptions open(output& to) const {
    namespace kuenta = sello::kuenta;
    if (api_.empty()) throw failure{wrong_usage, "where is the API? Give --api https://..., or set KUENTA_API"};
    if (organization_.empty())
      throw failure{wrong_usage, "whose webhooks? Give --organization ID, or set KUENTA_ORGANIZATION"};
    std::string api = api_;
    for (const std::string_view given : {"/", "/v1/webhooks"}) {  // it is added
      if (api.ends_with(given)) api.resize(api.size() - given.size());
    }
    check_tls("--api", api);
    if (timeout_ < 1 || timeout_ > 3600) throw failure{wrong_usage, "--timeout takes 1 to 3600 seconds"};
    kuenta::subscriptions_options options{
        .config_organization = config_, .allow_http_api = http_, .allow_http_url = http_};
    if (!headers_.empty()) options.headers = secret_headers(to);
    for (const auto& [name, value] : options.headers) to.hide_words(value);
    const auto is_agent = [](const auto& line) { return sello::same_header_name(line.first, "User-Agent"); };
    if (std::none_of(options.headers.begin(), options.headers.end(), is_agent))
      options.headers.emplace_back("User-Agent", "sello/" SELLO_VERSION_STRING);
    check_ca_file(ca_file_);
    const std::chrono::seconds patience{timeout_};
    const kuenta::httplib_client client{
        {.ca_file = ca_file_, .connect = patience, .write = patience, .read = patience, .whole = patience}};
    return kuenta::subscriptions{api, kuenta::organization{organization_}, client, std::move(options)};
  }

 private:
  [[nodiscard]] sello::header_list secret_headers(output& to) const {
    std::error_code ignored;
    const auto rights = std::filesystem::status(headers_, ignored).permissions();
    using std::filesystem::perms;
    if (!ignored && (rights & (perms::group_read | perms::others_read)) != perms::none)
      to.error("sello: warning: others can read " + shown(headers_) + "; chmod 600 keeps it yours");
    return read_headers_of("--headers-file", headers_);
  }

  std::string api_;
  std::string organization_;
  std::string config_;
  std::string headers_;
  std::string ca_file_;
  int timeout_ = 10;
  bool http_ = false;
};

namespace detail {

[[nodiscard]] inline exit_code ends_with(const sello::kuenta::api_failure& why) {
  using sello::kuenta::trouble;
  switch (why.what) {
    case trouble::bad_input: return wrong_usage;
    case trouble::not_sent:
    case trouble::no_answer: return unreachable;
    default: return refused;
  }
}

/// The form of an answer is not documented, so it is shown as it came, without secrets.
inline int print(output& to, const sello::result<sello::kuenta::http_answer, sello::kuenta::api_failure>& answer) {
  if (!answer) throw failure{ends_with(answer.error()), answer.error().message()};
  const std::string body = answer->redacted();
  if (to.wants_json()) {
    json read = json::parse(body, nullptr, false);
    to.value({{"status", answer->status}, {"answer", read.is_discarded() ? json(body) : std::move(read)}});
  } else {
    to.line(to.paint(colour::green, std::to_string(answer->status)));
    if (!body.empty()) to.text(json_text{body, to}.indented(""));
  }
  return all_well;
}

/// The URL and the events of a webhook.
class webhook_arguments {
 public:
  void add_to(CLI::App& app) {
    app.add_option("--url", url_, "Where deliveries go: https://...")->type_name("URL")->required();
    app.add_option("-e,--event", events_,
                   "An event of the catalog, as `sello events --sender kuenta` lists them; again for more")
        ->type_name("TYPE")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("--other-event", others_, "An event that the catalog does not have; again for more")
        ->type_name("TYPE")
        ->take_all()
        ->allow_extra_args(false);
    app.add_flag("--all-events", all_, "Every event of the catalog");
  }

  [[nodiscard]] const std::string& url() const noexcept { return url_; }
  [[nodiscard]] std::vector<sello::kuenta::subscribed_event> events() const {
    using sello::kuenta::subscribed_event;
    std::vector<subscribed_event> made;
    if (all_) made = sello::kuenta::every_event();
    for (const std::string& each : events_) {
      auto named = subscribed_event::named(each);
      if (!named)
        throw failure{wrong_usage, named.error().message() + "; if Kuenta has it all the same, say --other-event"};
      made.push_back(*std::move(named));
    }
    for (const std::string& each : others_) made.emplace_back(sello::kuenta::other_event{each});
    if (made.empty()) throw failure{wrong_usage, "which events? Give --event TYPE, or --all-events"};
    return made;
  }

 private:
  std::string url_;
  std::vector<std::string> events_;
  std::vector<std::string> others_;
  bool all_ = false;
};

}  // namespace detail

class kuenta_list final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {
        .name = "list",
        .summary = "List the webhooks",
        .text = {},
        .examples = {{"sello kuenta list --api https://api.example --organization org_1", "All of an organization:"}}};
  }
  explicit kuenta_list(CLI::App& app) { api_.add_to(app); }
  [[nodiscard]] int run(output& to) override { return detail::print(to, api_.open(to).list()); }

 private:
  api_arguments api_;
};

class kuenta_create final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {.name = "create",
            .summary = "Make a webhook, with a secret of yours",
            .text = {},
            .examples = {{"sello kuenta create --url https://shop.example/webhooks/kuenta --event credit.disbursed",
                          "For one event, with the secret of SELLO_SECRET:"}}};
  }
  explicit kuenta_create(CLI::App& app) {
    api_.add_to(app);
    webhook_.add_to(app);
    secret_.add_to(app, false);
  }
  [[nodiscard]] int run(output& to) override {
    const auto api = api_.open(to);
    api_.check_tls("--url", webhook_.url());
    const secret_list secrets = secret_.read(to);
    return detail::print(
        to, api.create({.url = webhook_.url(), .events = webhook_.events(), .secret = secrets.texts().front()}));
  }

 private:
  api_arguments api_;
  detail::webhook_arguments webhook_;
  secret_arguments secret_;
};

class kuenta_update final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {.name = "update",
            .summary = "Replace the URL and the events of a webhook; its secret stays",
            .text = {},
            .examples = {{"sello kuenta update wh_1 --url https://shop.example/webhooks/kuenta --all-events",
                          "For all events from now on:"}}};
  }
  explicit kuenta_update(CLI::App& app) {
    app.add_option("ID", id_, "The webhook's id")->type_name("")->required();
    api_.add_to(app);
    webhook_.add_to(app);
  }
  [[nodiscard]] int run(output& to) override {
    api_.check_tls("--url", webhook_.url());
    return detail::print(to, api_.open(to).update(id_, {.url = webhook_.url(), .events = webhook_.events()}));
  }

 private:
  std::string id_;
  api_arguments api_;
  detail::webhook_arguments webhook_;
};

class kuenta_delete final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {.name = "delete",
            .summary = "Remove a webhook",
            .text = {},
            .examples = {{"sello kuenta delete wh_1", "With KUENTA_API and KUENTA_ORGANIZATION set:"}}};
  }
  explicit kuenta_delete(CLI::App& app) {
    app.add_option("ID", id_, "The webhook's id")->type_name("")->required();
    api_.add_to(app);
  }
  [[nodiscard]] int run(output& to) override { return detail::print(to, api_.open(to).remove(id_)); }

 private:
  std::string id_;
  api_arguments api_;
};

}  // namespace cli
