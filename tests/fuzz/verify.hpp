// SPDX-License-Identifier: MIT
// From headers to a verdict, for any scheme: what sello says must be what the reference says, however it is asked.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/verify/delivery.hpp>
#include <sello/verify/signer.hpp>
#include <sello/verify/verifier.hpp>

#include "fuzz.hpp"
#include "reference.hpp"

namespace fuzz {

using time_point = std::chrono::system_clock::time_point;

[[nodiscard]] inline time_point time_of(std::int64_t unix_seconds) {
  return time_point{std::chrono::seconds{unix_seconds}};
}

/// "" for accepted, else the name of the error.
template <class T, class E>
[[nodiscard]] std::string verdict_of(const sello::result<T, E>& answer) {
  return answer ? std::string{} : std::string{to_string(answer.error().code)};
}

[[nodiscard]] inline std::vector<std::string_view> views_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

/// Asks in every way that there is, and gives the one verdict.
template <class Verifier>
[[nodiscard]] std::string verdict_in_every_way(const Verifier& verifier, const request& given) {
  const time_point now = time_of(given.now);
  const std::string verdict = verdict_of(verifier.verify(given.headers, given.body, now));
  require_same(verdict_of(verifier.check(given.headers, given.body, now)), verdict, "check says what verify says");

  const auto upper = [](std::string name) {
    for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return name;
  };
  std::multimap<std::string, std::string, std::greater<>> other_order;
  for (const auto& [name, value] : given.headers) other_order.emplace(upper(name), value);
  require_same(verdict_of(verifier.verify(other_order, given.body, now)), verdict, "the order of names says nothing");

  std::multimap<std::string, std::string> sorted;
  for (const auto& [name, value] : given.headers) sorted.emplace(upper(name), value);
  require_same(verdict_of(verifier.verify(sorted, given.body, now)), verdict, "case and container say nothing");

  std::string own = given.body;
  const auto owned = verifier.verify_owned(given.headers, std::move(own), now);
  require_same(verdict_of(owned), verdict, "a body of its own says nothing");
  if (owned) require(owned->body() == given.body, "the owned body is what was given");

  auto running = verifier.begin(given.headers, now);
  std::string streamed = verdict_of(running);
  if (running) {
    std::string_view rest = given.body;
    for (std::size_t step = hash_of(rest); !rest.empty(); step = step / 7 + 1) {
      const std::string_view piece = rest.substr(0, 1 + step % rest.size());
      running->update(piece);
      rest.remove_prefix(piece.size());
    }
    const auto proven = running->finish();
    if (proven) require(proven->body() == given.body, "the proven body is what was fed");
    streamed = verdict_of(proven);
  }
  require_same(streamed, verdict, "pieces say what the whole says");
  return verdict;
}

/// An accepted body with any one byte changed, added or taken away is refused.
template <class Verifier>
void refuse_changed_bodies(const Verifier& verifier, const request& given) {
  const auto refused = [&](const std::string& body) {
    const auto answer = verifier.check(given.headers, body, time_of(given.now));
    require_same(verdict_of(answer), "signature_mismatch", "a changed body is refused");
  };
  const std::size_t hash = hash_of(given.body);
  const auto flip = static_cast<char>(1 + hash % 255);
  const bool small = given.body.size() <= 16;
  for (std::size_t i = 0; i < (small ? given.body.size() : 2); ++i) {
    std::string body = given.body;
    char& byte = body[small ? i : (hash / 255 + i) % body.size()];
    byte = static_cast<char>(byte ^ flip);
    refused(body);
  }
  refused(given.body + flip);
  refused(given.body + '\0');
  refused(flip + given.body);
  if (!given.body.empty()) refused(given.body.substr(0, given.body.size() - 1));
}

/// What sello signs, sello and the reference accept; with another byte in the body neither does.
template <class Verifier, class ReferenceVerdict>
void sign_then_verify(const Verifier& verifier, const request& given, const sello::message& sent,
                      ReferenceVerdict reference_verdict) {
  const sello::signer<typename Verifier::scheme_type> signer{given.secrets.back()};
  request made = given;
  made.headers = signer.sign(given.body, sent);
  require_same(verdict_of(verifier.verify(made.headers, made.body, time_of(made.now))), "", "signed, so accepted");
  require_same(reference_verdict(made), "", "signed, so accepted by the reference");
  refuse_changed_bodies(verifier, made);
}

}  // namespace fuzz
