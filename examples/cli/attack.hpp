// SPDX-License-Identifier: MIT
// Attacks on an endpoint of one's own, sent over HTTP, and what must be answered.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
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
                                                                    std::string secret, std::int64_t body_limit) {
  constexpr std::size_t longest = 16'384;  // it is sent once for each of its bytes
  if (body.size() < 2) throw failure{wrong_usage, "attacks need a body that the endpoint answers with 200"};
  if (body.size() > longest)
    throw failure{wrong_usage, "the body has " + std::to_string(body.size()) + " bytes; attacks take one of at most " +
                                   std::to_string(longest) + ", for they send it cut at each byte"};
  const std::int64_t least = static_cast<std::int64_t>(body.size()) + 16;
  constexpr std::int64_t most = 33'554'432;  // ten times that is sent, too
  if (body_limit < least || body_limit > most)
    throw failure{wrong_usage, "--body-limit takes " + std::to_string(least) + ", which this body needs, to " +
                                   std::to_string(most) + " bytes"};
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
                                       .body_limit = static_cast<std::size_t>(body_limit)});
  });
}

/// Whether one of these is due.
[[nodiscard]] inline bool is_due(const sello::testing::attack& of, int status) {
  return std::find(of.statuses.begin(), of.statuses.end(), status) != of.statuses.end();
}

/// Whether it is signed and refused for its content alone. A durable inbox parks such, and answers 200.
[[nodiscard]] inline bool is_unread(const sello::testing::attack& of) {
  return (of.name.starts_with("signed: ") || of.name.starts_with("truncated")) && is_due(of, 400);
}

inline void forgive_unread(std::vector<sello::testing::attack>& all) {
  for (auto& each : all) {
    if (is_unread(each)) each.statuses.push_back(200);
  }
}

/// Whether an HTTP server may hang up without an answer: on an absurd head, and on a body that is too large. All else is for
/// the endpoint's own program, which has to survive it.
[[nodiscard]] inline bool may_hang_up(const sello::testing::attack& of) {
  return is_due(of, 431) || (is_due(of, 413) && !is_due(of, 400)) || of.name == "signature of bytes above ASCII";
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

/// Sends attacks one after the other, and prints what was answered.
class attacking {
 public:
  attacking(output& to, const http_client& client) : to_{to}, client_{client} {}

  int run(const std::vector<sello::testing::attack>& list) {
    for (const auto& attack : list) {
      if (!send(attack, list.size() > 1)) break;
      last_ = shown(attack.name);
    }
    if (to_.wants_json()) {
      json all{{"attacks", answers_.size()}, {"findings", findings_}, {"answers", answers_}};
      if (!stopped_.empty()) all["stopped"] = stopped_;
      to_.value(all);
    } else {
      to_.line(std::to_string(answers_.size()) + " attacks, " + std::to_string(findings_) + " findings" +
               (findings_ == 0 || !only_unread_ ? ""
                                                : "; where the endpoint stores what is signed before it reads it, as a "
                                                  "durable inbox does, say --durable"));
      if (!stopped_.empty()) to_.line(stopped_);
    }
    return findings_ == 0 ? all_well : refused;
  }

 private:
  /// Whether to go on.
  bool send(const sello::testing::attack& attack, bool several) {
    std::mutex guard;
    int last = 0;
    std::optional<no_answer> silent;  // the first
    const auto wrong = sello::testing::run({attack}, [&](const sello::testing::request& request) {
      const auto answer = client_.post(request.headers, request.body, request.chunks);
      const std::lock_guard lock{guard};
      if (answer) return last = answer->status;
      if (!silent || (!silent->connected && answer.error().connected)) silent = answer.error();
      const bool hung_up = answer.error().connected && !answer.error().late;
      return hung_up && may_hang_up(attack) ? attack.statuses.front() : 0;
    });
    const bool away = silent && !silent->connected;
    if (away && last_.empty()) throw failure{unreachable, shown(client_.origin()) + ": " + silent->why};
    if (away) {
      stopped_ =
          "stopped: there is no connection any more (" + silent->why + "); did the endpoint survive \"" + last_ + "\"?";
    } else if (!wrong.empty() && several && attack.name == "a good delivery") {
      stopped_ = "stopped: the good delivery got " + text_of(wrong.front().status, silent) +
                 ", not 200: mend that first; do the URL, the secret and the body suit the endpoint?";
    }
    const int status = wrong.empty() ? (silent ? 0 : last) : wrong.front().status;
    add(attack, status, silent, wrong.empty());
    const bool unread = std::all_of(wrong.begin(), wrong.end(), [](const auto& each) { return each.status == 200; });
    if (!wrong.empty() && !(is_unread(attack) && unread)) only_unread_ = false;
    return stopped_.empty();
  }

  [[nodiscard]] static std::string text_of(int status, const std::optional<no_answer>& silent) {
    if (status != 0 || !silent) return std::to_string(status);
    return !silent->connected ? "no connection" : silent->late ? "no answer in time" : "hung up";
  }

  void add(const sello::testing::attack& attack, int status, const std::optional<no_answer>& silent, bool as_due) {
    findings_ += as_due ? 0U : 1U;
    json told{{"attack", attack.name}, {"status", status}, {"due", attack.statuses}, {"as_due", as_due}};
    const std::string text = text_of(status, silent);
    if (status == 0) {
      told["status"] = nullptr;
      told["no_answer"] = text;
    }
    answers_.push_back(std::move(told));
    if (to_.wants_json()) return;
    std::string due;
    for (const int each : attack.statuses) due += (due.empty() ? "" : " or ") + std::to_string(each);
    constexpr std::size_t names = 56;
    const std::string name = shown(attack.name);
    const std::string gap(names > width(name) ? names - width(name) : 1, ' ');
    to_.line(
        name + gap +
        (as_due ? to_.paint(colour::green, text)
                : to_.paint(colour::red, text + "  WRONG: it must be " + (status == 0 ? "answered with " : "") + due)));
  }

  output& to_;
  const http_client& client_;
  json answers_ = json::array();
  std::size_t findings_ = 0;
  bool only_unread_ = true;
  std::string last_{};
  std::string stopped_{};
};

}  // namespace cli
