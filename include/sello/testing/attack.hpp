// SPDX-License-Identifier: MIT
// An attack on an endpoint: requests, the answers that they must get, and how to send them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/verify/scheme.hpp>
#include <sello/verify/signer.hpp>

namespace sello::inline v0::testing {

/// A request to the endpoint under test.
struct request {
  header_list headers{};
  std::string body{};
  std::vector<std::size_t> chunks{};  ///< where not empty: send the body in pieces of these sizes, the rest at the end
};

/// One attack: requests that are all sent, one after the other or at once, and what each must be answered with.
struct attack {
  std::string name{};
  std::vector<request> requests{};
  std::vector<int> statuses{};  ///< any of these
  bool at_once = false;
};

/// What was answered otherwise than it must be.
struct finding {
  std::string attack;
  int status;
};

/// Sends them all through `send`, which gives the status that the endpoint answered; a server that closes the connection
/// on an absurd request may be given as 400. `send` is called from several threads where an attack is `at_once`;
/// what it throws passes through. Gives what was answered otherwise than it must be: nothing, if all is well.
[[nodiscard]] inline std::vector<finding> run(const std::vector<attack>& list,
                                              const std::function<int(const request&)>& send) {
  std::vector<finding> findings;
  for (const attack& each : list) {
    std::vector<std::future<int>> answers;
    answers.reserve(each.requests.size());
    for (const request& one : each.requests)
      answers.push_back(
          std::async(each.at_once ? std::launch::async : std::launch::deferred, std::cref(send), std::cref(one)));
    for (auto& answer : answers) {
      const int status = answer.get();
      if (std::find(each.statuses.begin(), each.statuses.end(), status) == each.statuses.end())
        findings.push_back({each.name, status});
    }
  }
  return findings;
}

/// What an endpoint is attacked with. `Scheme` is the one that its verifier uses.
template <signing_scheme Scheme>
struct target {
  std::string secret{};        ///< the endpoint's own secret; where it has public keys, the private key of one
  std::string other_secret{};  ///< another one of the same form: another environment's, another customer's
  std::string body{};          ///< a good delivery's body, which the endpoint answers with 200 as often as it comes
  std::string type_key{};      ///< the envelope's key of the event type: "event" or "type"
  std::string type{};          ///< the event's type
  Scheme options{};
  std::size_t body_limit = 1'048'576;
};

namespace detail {

/// Makes requests of the sender, and of somebody who is not.
template <class Scheme>
class forger {
 public:
  explicit forger(const target<Scheme>& at)
      : at_{at}, ours_{at.secret, at.options}, theirs_{at.other_secret, at.options} {}

  [[nodiscard]] message sent_now() const { return {.id = "msg_attack", .type = at_.type}; }

  [[nodiscard]] request signed_by_us(std::string body) const {
    header_list headers = ours_.sign(body, sent_now());
    return {.headers = std::move(headers), .body = std::move(body)};
  }

  [[nodiscard]] request sent(std::chrono::system_clock::duration later) const {
    return {.headers = ours_.sign(at_.body, {.id = "msg_attack", .sent_at = sent_now().sent_at + later}),
            .body = at_.body};
  }

  [[nodiscard]] request changed(std::size_t at) const {
    request tampered = signed_by_us(at_.body);
    tampered.body[at] ^= 1;
    return tampered;
  }

  /// The header whose name ends so.
  [[nodiscard]] static std::pair<std::string, std::string>& line(request& in, std::string_view name) {
    return *std::find_if(in.headers.begin(), in.headers.end(), [&](const auto& header) {
      return header.first.size() >= name.size() &&
             same_header_name(header.first.substr(header.first.size() - name.size()), name);
    });
  }
  [[nodiscard]] static std::pair<std::string, std::string>& signature(request& in) { return line(in, "signature"); }

  template <class Change>
  [[nodiscard]] request with_signature(Change change) const {
    request tampered = signed_by_us(at_.body);
    auto& value = signature(tampered).second;
    value = change(value);
    return tampered;
  }

  template <class Change>
  [[nodiscard]] static request renamed(request in, Change change) {
    for (auto& header : in.headers)
      std::transform(header.first.begin(), header.first.end(), header.first.begin(), change);
    return in;
  }

  [[nodiscard]] static char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
  [[nodiscard]] static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

  const target<Scheme>& at_;
  signer<Scheme> ours_;
  signer<Scheme> theirs_;
};

/// A list of attacks that grows.
template <class Scheme>
class attack_builder : public forger<Scheme> {
 public:
  using forger<Scheme>::forger;

  void add_signed(std::string name, std::string body, int status = 400) {
    add("signed: " + std::move(name), status, this->signed_by_us(std::move(body)));
  }
  void add(std::string name, int status, request one) { add_all(std::move(name), {status}, {std::move(one)}); }
  void add_all(std::string name, std::vector<int> statuses, std::vector<request> all, bool at_once = false) {
    list_.push_back({std::move(name), std::move(all), std::move(statuses), at_once});
  }

  std::vector<attack> list_{};
};

}  // namespace detail

}  // namespace sello::inline v0::testing
