// SPDX-License-Identifier: MIT
// Attacks on an endpoint of one's own, sent over HTTP, and what must be answered.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/testing/attacks.hpp>

#include "http.hpp"
#include "output.hpp"
#include "senders.hpp"
#include "signature.hpp"

namespace cli {

namespace detail {

/// A secret of the sender's form that nobody has.
template <class Sender>
[[nodiscard]] std::string other_secret() {
  constexpr bool is_text = !sello::timed_scheme<typename Sender::scheme>;
  if constexpr (is_text) return random_text(40);
  // 32 random letters and digits are 24 bytes of base64, 43 and a padding are 32.
  if constexpr (sello::public_key_scheme<typename Sender::scheme>) return "whsk_" + random_text(42) + "A=";
  return "whsec_" + random_text(32);
}

}  // namespace detail

/// What the library knows to try, signed for now. Without a secret the list is there for its names.
[[nodiscard]] inline std::vector<sello::testing::attack> attacks_on(const sender_settings& settings, std::string body,
                                                                    std::string secret, std::size_t body_limit) {
  if (body.size() < 2) throw failure{wrong_usage, "attacks need a body that the endpoint answers with 200"};
  return with_sender(settings.name, [&]<class Sender>() {
    using scheme = typename Sender::signing;
    const std::string type = type_of(settings.name, body);
    return sello::testing::attacks(
        sello::testing::target<scheme>{.secret = secret.empty() ? detail::other_secret<Sender>() : secret,
                                       .other_secret = detail::other_secret<Sender>(),
                                       .body = body,
                                       .type_key = std::string{Sender::provider::keys.type},
                                       .type = type,
                                       .options = settings.scheme<scheme>(),
                                       .body_limit = body_limit});
  });
}

/// A durable inbox parks what is proven and cannot be read, and answers 200.
inline void forgive_unread(std::vector<sello::testing::attack>& all) {
  for (auto& each : all) {
    const bool is_signed = each.name.starts_with("signed: ") || each.name.starts_with("truncated");
    const bool for_content = std::find(each.statuses.begin(), each.statuses.end(), 400) != each.statuses.end();
    if (is_signed && for_content) each.statuses.push_back(200);
  }
}

/// Those that have one of these texts in their name, or that alone whose whole name it is.
[[nodiscard]] inline std::vector<sello::testing::attack> chosen_attacks(std::vector<sello::testing::attack> all,
                                                                        const std::vector<std::string>& wanted) {
  std::vector<bool> chosen(all.size());
  for (const std::string& name : wanted) {
    const auto is_whole = [&](const auto& each) { return shown(each.name) == name; };
    const bool whole = std::any_of(all.begin(), all.end(), is_whole);
    bool found = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (whole ? !is_whole(all[i]) : shown(all[i].name).find(name) == name.npos) continue;
      chosen[i] = found = true;
    }
    if (found) continue;
    std::string names;
    for (const auto& each : all) names += "\n  " + shown(each.name);
    throw failure{wrong_usage, "there is no attack with \"" + shown(name) + "\" in its name; there are" + names};
  }
  std::vector<sello::testing::attack> kept;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (chosen[i]) kept.push_back(std::move(all[i]));
  }
  return kept;
}

/// Sends them, and prints each with what was answered.
inline int run_attacks(output& to, const http_client& client, const std::vector<sello::testing::attack>& list) {
  json all = json::array();
  std::size_t findings = 0;
  for (const auto& attack : list) {
    std::atomic<int> last = 0;
    std::atomic<bool> away = false;
    const auto wrong = sello::testing::run({attack}, [&](const sello::testing::request& request) {
      const auto answer = client.post(request.headers, request.body, request.chunks);
      if (!answer && !answer.error().connected) away = true;
      return last = answer ? answer->status : 400;  // who hangs up on an absurd request has refused it
    });
    if (away)
      throw failure{unreachable,
                    "no connection to the endpoint; does it run, and did it survive \"" + shown(attack.name) + "\"?"};
    const int status = wrong.empty() ? last.load() : wrong.front().status;
    std::string due;
    for (const int each : attack.statuses) due += (due.empty() ? "" : " or ") + std::to_string(each);
    findings += wrong.empty() ? 0U : 1U;
    if (to.wants_json()) {
      all.push_back({{"attack", attack.name}, {"status", status}, {"due", attack.statuses}, {"as_due", wrong.empty()}});
      continue;
    }
    constexpr std::size_t names = 56;
    const std::string name = shown(attack.name);
    const std::string gap(names > width(name) ? names - width(name) : 1, ' ');
    to.line(name + gap +
            (wrong.empty() ? to.paint(colour::green, std::to_string(status))
                           : to.paint(colour::red, std::to_string(status) + "  WRONG: it must be " + due)));
  }
  if (to.wants_json()) {
    to.value({{"attacks", all.size()}, {"findings", findings}, {"answers", all}});
  } else {
    to.line(std::to_string(list.size()) + " attacks, " + std::to_string(findings) + " findings" +
            (findings == 0
                 ? ""
                 : "; is the body one that the endpoint answers with 200? Where it stores what is signed before it "
                   "reads it, as a durable inbox does, say --durable"));
  }
  return findings == 0 ? all_well : refused;
}

}  // namespace cli
