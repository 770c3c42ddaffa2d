// SPDX-License-Identifier: MIT
// Signs a body as its sender does, with the id and the time that were given.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include <sello/sello.hpp>

#include "body.hpp"
#include "exits.hpp"
#include "senders.hpp"
#include "times.hpp"

namespace cli {

/// Characters that no other run has.
[[nodiscard]] inline std::string random_text(std::size_t size) {
  constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::random_device source;
  std::uniform_int_distribution<std::size_t> any{0, letters.size() - 1};
  std::string text;
  while (text.size() < size) text += letters[any(source)];
  return text;
}

class signature_arguments {
 public:
  void add_to(CLI::App& app) {
    app.add_option("--id", id_, "The id of the delivery, where one is signed (default: a new one)")->type_name("ID");
    app.add_option("--time", time_, "When it was sent, where that is signed: RFC 3339 or Unix seconds (default: now)")
        ->type_name("TIME");
  }

  [[nodiscard]] sello::header_list sign(const sender_settings& settings, const secret_list& secrets,
                                        std::string_view body) const {
    const std::string id = id_.value_or("msg_" + random_text(22));
    check_id(id);
    const std::string type = type_of(settings.name, body);
    const sello::message sent{.id = id, .sent_at = time_of("--time", time_), .type = type};
    return with_sender(settings.name, [&]<class Sender>() {
      using scheme = typename Sender::signing;
      return sello::signer<scheme>{secrets.texts().front(), settings.scheme<scheme>()}.sign(body, sent);
    });
  }

  /// Whether it was signed for a time that endpoints refuse.
  [[nodiscard]] bool is_far(const sender_settings& settings) const {
    const bool timed =
        with_sender(settings.name, []<class Sender>() { return sello::timed_scheme<typename Sender::scheme>; });
    const auto away = time_of("--time", time_) - std::chrono::system_clock::now();
    return timed && (away > std::chrono::minutes{5} || away < -std::chrono::minutes{5});
  }

 private:
  /// What a verifier would refuse, or a header cannot have; `send --attack` sends such ids on purpose.
  static void check_id(std::string_view id) {
    const bool plain = std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~' && c != '.'; });
    if (id.empty() || !plain)
      throw failure{
          wrong_usage,
          "--id takes ASCII letters, digits and signs but no blank and no dot: a dot ends the id in what is signed"};
  }

  std::optional<std::string> id_;
  std::optional<std::string> time_;
};

}  // namespace cli
