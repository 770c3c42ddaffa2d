// SPDX-License-Identifier: MIT
// Kuenta's subscriptions: makes, lists, changes and removes webhooks over its API, by whatever HTTP client it is given.
#pragma once

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/printable.hpp>
#include <sello/base/result.hpp>
#include <sello/base/text.hpp>
#include <sello/kuenta/subscriptions/failure.hpp>
#include <sello/kuenta/subscriptions/http.hpp>
#include <sello/kuenta/subscriptions/url.hpp>
#include <sello/kuenta/subscriptions/webhook.hpp>
#include <sello/kuenta/subscriptions/written.hpp>
#include <sello/verify/secret.hpp>
#include <sello/verify/text_key.hpp>

namespace sello::inline v0::kuenta {

/// Set by name: `{.config_organization = "…"}`.
struct subscriptions_options {
  std::string config_organization{};  ///< for `Config-Organization-ID`, where that is not the same id
  /// More header lines for each request, such as `Authorization`: Kuenta's page names none, and shows no credentials.
  header_list headers{};
  bool allow_http_api = false;  ///< for tests: a base URL of http, where all is sent in the clear, the secret too
  bool allow_http_url = false;  ///< for tests: deliveries to a URL of http
};

/// The webhooks of an organization. Each call sends one request and waits for its answer; nothing is tried again.
/// Threads may share it if they may share the function that sends. Only `std::bad_alloc` is thrown.
/// Source: Kuenta's page "Webhooks", section "Configuración de webhooks". It documents no answer and no host: answers are
/// given as they came, and the base URL is yours to know.
class subscriptions {
 public:
  /// `base_url`: what stands before `/v1/webhooks`. Throws `bad_result` where `make` gives an error.
  subscriptions(text_argument base_url, organization whose, http_send send, subscriptions_options options = {})
      : subscriptions{make(base_url, std::move(whose), std::move(send), std::move(options)).value()} {}
  subscriptions(text_argument, http_send, subscriptions_options = {}) = delete;  // whose? add organization{id}

  /// `malformed_option` if the base URL, an id or a header cannot be meant.
  [[nodiscard]] static result<subscriptions> make(text_argument base_url, organization whose, http_send send,
                                                  subscriptions_options options = {});

  /// GET. The body is JSON of a form that is not documented.
  [[nodiscard]] result<http_answer, api_failure> list() const;

  /// POST. The body is what Kuenta answers, perhaps nothing; the new webhook's id should be in it, or in `list()`.
  [[nodiscard]] result<http_answer, api_failure> create(const new_webhook& webhook) const;

  /// PUT. Replaces the URL and the events.
  [[nodiscard]] result<http_answer, api_failure> update(text_argument id, const webhook_change& change) const;

  /// DELETE.
  [[nodiscard]] result<http_answer, api_failure> remove(text_argument id) const;

 private:
  subscriptions() = default;

  [[nodiscard]] result<std::string> target_of(std::string_view id) const;
  [[nodiscard]] result<void> check(const std::string& url, const std::vector<subscribed_event>& events) const;
  [[nodiscard]] api_failure bad_input(std::string_view method, error fault) const;
  [[nodiscard]] result<http_answer, no_answer> send(const http_request& request) const;
  [[nodiscard]] result<http_answer, api_failure> ask(std::string_view method, const std::string& target,
                                                     std::string body, std::string_view secret) const;

  http_request base_{};    // without method, and with the target's beginning
  header_list private_{};  // the owner's headers, of which no word is told
  http_send send_{};
  bool allow_http_url_ = false;
};

inline result<subscriptions> subscriptions::make(text_argument base_url, organization whose, http_send send,
                                                 subscriptions_options options) {
  constexpr std::string_view id = "Organization-ID";
  constexpr std::string_view config_id = "Config-Organization-ID";
  auto url = detail::read_url("base_url", base_url, options.allow_http_api, "allow_http_api");
  if (!url) return url.error();
  if (url->rest.find('?') != url->rest.npos) return detail::bad_option("base_url", "it has a query (?)");
  if (!send) return detail::bad_option("send", "it is no function");
  if (options.config_organization.empty()) options.config_organization = whose.id;
  if (const auto fault = detail::check_plain(id, whose.id); !fault) return fault.error();
  if (const auto fault = detail::check_plain(config_id, options.config_organization); !fault) return fault.error();
  for (const auto& [name, value] : options.headers) {
    if (const auto fault = check_header_name("headers", name); !fault) return fault.error();
    for (const auto own : {id, config_id, std::string_view{"Content-Type"}, std::string_view{"Content-Length"},
                           std::string_view{"Transfer-Encoding"}, std::string_view{"Host"}})
      if (same_header_name(name, own)) return detail::bad_option("headers", name + " is not yours to set");
    if (value.empty() || sello::detail::has_control_character(value))
      return detail::bad_option("headers", name + " has no value, or one with a control character or a line break");
  }
  while (url->rest.ends_with('/')) url->rest.pop_back();
  subscriptions made;
  made.base_ = {{}, url->tls, std::move(url->host), url->port, url->rest + "/v1/webhooks", {}, {}};
  made.base_.headers = {{std::string{config_id}, std::move(options.config_organization)},
                        {std::string{id}, std::move(whose.id)}};
  made.private_ = options.headers;
  for (auto& line : options.headers) made.base_.headers.push_back(std::move(line));
  made.send_ = std::move(send);
  made.allow_http_url_ = options.allow_http_url;
  return made;
}

inline result<std::string> subscriptions::target_of(std::string_view id) const {
  auto segment = detail::path_segment("id", id);
  if (!segment) return segment.error();
  return base_.target + '/' + *segment;
}

inline result<void> subscriptions::check(const std::string& url, const std::vector<subscribed_event>& events) const {
  if (const auto parts = detail::read_url("url", url, allow_http_url_, "allow_http_url"); !parts) return parts.error();
  if (events.empty()) return detail::bad_option("events", "there is none");
  for (const auto& event : events) {
    if (const auto fault = detail::check_plain("events", event.name()); !fault) return fault;
    if (std::count(events.begin(), events.end(), event) > 1)
      return detail::bad_option("events", event.name() + " is there twice");
  }
  return {};
}

inline result<http_answer, api_failure> subscriptions::list() const { return ask("GET", base_.target, {}, {}); }

inline result<http_answer, api_failure> subscriptions::create(const new_webhook& webhook) const {
  const std::string_view secret = webhook.secret.text();
  if (const auto fault = check(webhook.url, webhook.events); !fault) return bad_input("POST", fault.error());
  if (const auto key = text_key(secret); !key) return bad_input("POST", key.error());
  if (!detail::is_utf8(secret))
    return bad_input("POST", {errc::malformed_secret, "it is not UTF-8, and JSON can carry nothing else"});
  return ask("POST", base_.target, detail::body_of(webhook.url, webhook.events, secret), secret);
}

inline result<http_answer, api_failure> subscriptions::update(text_argument id, const webhook_change& change) const {
  const auto target = target_of(id);
  if (!target) return bad_input("PUT", target.error());
  if (const auto fault = check(change.url, change.events); !fault) return bad_input("PUT", fault.error());
  return ask("PUT", *target, detail::body_of(change.url, change.events, {}), {});
}

inline result<http_answer, api_failure> subscriptions::remove(text_argument id) const {
  const auto target = target_of(id);
  if (!target) return bad_input("DELETE", target.error());
  return ask("DELETE", *target, {}, {});
}

inline api_failure subscriptions::bad_input(std::string_view method, error fault) const {
  return {trouble::bad_input, std::string{method}.append(" ").append(base_.target), std::move(fault)};
}

inline result<http_answer, no_answer> subscriptions::send(const http_request& request) const {
  try {
    return send_(request);
  } catch (const std::exception& failure) {
    return no_answer{failure.what()};
  } catch (...) {
    return no_answer{"the function that sends threw what is no std::exception"};
  }
}

inline result<http_answer, api_failure> subscriptions::ask(std::string_view method, const std::string& target,
                                                           std::string body, std::string_view secret) const {
  http_request request = base_;
  request.method = method;
  request.target = target;
  request.body = std::move(body);
  const detail::wiped after{request.body};
  if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");

  api_failure failure{{}, request.method + ' ' + target};
  auto answer = send(request);
  if (!answer) {
    failure.what = answer.error().sent ? trouble::no_answer : trouble::not_sent;
    failure.why = detail::hidden(answer.error().why, secret, private_);
    return failure;
  }
  const int hundreds = answer->status / 100;
  if (hundreds == 2) {
    if (answer->body.empty() && method != "GET") return *std::move(answer);
    const auto json = answer->json();
    if (json) return *std::move(answer);
    failure.fault = json.error();
  }
  failure.what = hundreds == 3   ? trouble::redirected
                 : hundreds == 4 ? trouble::refused
                 : hundreds == 5 ? trouble::failed
                                 : trouble::unreadable;
  failure.shown = printable(detail::hidden(answer->redacted(), secret, private_));
  failure.answer = *std::move(answer);
  return failure;
}

}  // namespace sello::inline v0::kuenta
