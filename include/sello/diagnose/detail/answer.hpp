// SPDX-License-Identifier: MIT
// The answer to a question: what verifies as it is, or what explains that nothing does, in order.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <sello/base/timestamp.hpp>
#include <sello/diagnose/cause.hpp>
#include <sello/diagnose/detail/advice.hpp>
#include <sello/diagnose/detail/as_it_is.hpp>
#include <sello/diagnose/detail/case.hpp>
#include <sello/diagnose/detail/hints.hpp>
#include <sello/diagnose/detail/search.hpp>

namespace sello::inline v0::detail::diagnosis {

/// Gives the headers back the names that the sender's have: `svix_id`, `HTTP_SVIX_ID`, `X-Original-Svix-Id` where there is no `svix-id`.
/// Whether there were such. A name that only ends in another one's is another one, where the whole family is not found so.
[[nodiscard]] inline bool give_names_back(question& of) {
  const auto wants = plausible(of);
  const auto find = [&](std::string_view wanted) {
    return std::find_if(of.lines.begin(), of.lines.end(), [&](const auto& line) {
      const std::string name = normal_name(line.first);
      return !same_header_name(line.first, wanted) &&
             (name == wanted || name.ends_with(std::string{"-"}.append(wanted)));
    });
  };
  const auto add = [&](const std::vector<std::string>& names) {
    header_list added;
    for (const std::string& name : names) {
      if (has_line(of.lines, name)) continue;
      const auto at = find(name);
      if (at == of.lines.end()) return false;
      added.emplace_back(name, at->second);
    }
    of.lines.insert(of.lines.end(), added.begin(), added.end());
    return !added.empty();
  };
  const bool hex = std::find(wants.begin(), wants.end(), of_hex) != wants.end();
  const bool svix = std::find(wants.begin(), wants.end(), of_svix) != wants.end();
  if (has_line(of.lines, of.options.signature_header) && hex) return false;
  for (const std::string_view family : families) {
    const auto called = [&](std::string_view part) { return std::string{family}.append(part); };
    if (svix && add({called("id"), called("timestamp"), called("signature")})) return true;
  }
  return hex && add({normal_name(of.options.signature_header)});
}

class answerer {
 public:
  explicit answerer(const question& of) : of_{of} {}

  [[nodiscard]] std::vector<finding> run() {
    said_ = hear(of_);
    if (add_accepted(of_, {})) return std::move(found_);
    question renamed = of_;
    if (give_names_back(renamed)) {
      before_ = {{cause::headers_renamed, "the names of the headers were changed on their way"}};
      said_ = hear(renamed);
      if (add_accepted(renamed, before_)) return std::move(found_);
    }
    search explaining{renamed};
    for (explanation& each : explaining.run()) add(renamed, std::move(each));
    put_in_order();
    if (found_.empty()) add_what_is_seen(renamed, explaining);
    return std::move(found_);
  }

 private:
  static constexpr std::size_t most = 16;

  bool add_accepted(const question& of, const std::vector<deviation>& mistakes) {
    for (const acceptance& accepted : said_.accepted) {
      finding one = finding_of(of, accepted);
      if (!mistakes.empty()) {
        if (one.cause != cause::verified) one.also.insert(one.also.begin(), one.cause);
        one.text = one.cause == cause::verified
                       ? sentence(mistakes) + " (" + name_of_secret(of, accepted.secret) + ")"
                       : mistakes.front().what + ", and " + one.text + "; " + std::string{advice(mistakes.front().why)};
        one.cause = mistakes.front().why;
      }
      found_.push_back(std::move(one));
    }
    return !found_.empty();
  }

  void add(const question& of, explanation each) {
    std::vector<deviation> mistakes = before_;
    mistakes.insert(mistakes.end(), each.mistakes.begin(), each.mistakes.end());
    if (each.mistakes.empty()) mistakes.push_back(refusal_of(each));
    if (of.options.expected != signature_scheme::any && of.options.expected != schemes[each.scheme])
      mistakes.insert(mistakes.begin(), other_scheme(of, schemes[each.scheme]));
    finding one{.cause = mistakes.front().why, .secret = each.secret + 1, .proven = true};
    for (std::size_t i = 1; i < mistakes.size(); ++i) one.also.push_back(mistakes[i].why);
    one.text = sentence(mistakes);
    const bool other_time = std::any_of(mistakes.begin(), mistakes.end(), [](const deviation& made) {
      return made.why >= cause::time_in_milliseconds && made.why <= cause::signed_otherwise;
    });
    if (schemes[each.scheme] != signature_scheme::hex_hmac && !other_time) add_window(of, one);
    one.text += " (" + name_of_secret(of, each.secret) + ")";
    if (std::find(found_.begin(), found_.end(), one) == found_.end()) found_.push_back(std::move(one));
  }

  /// Says that the time in the header lies outside the window, too.
  static void add_window(const question& of, finding& to) {
    const std::string name = std::string{own_family(of.lines)} + "timestamp";
    const auto sent_at =
        parse_unix_seconds(header_view{of.lines}.lines(std::array<std::string_view, 1>{name})[0].first());
    std::chrono::seconds age{};
    const auto outside = sent_at ? outside_window(of, *sent_at, age) : std::nullopt;
    constexpr std::chrono::sys_seconds first_in_milliseconds{std::chrono::seconds{100'000'000'000}};
    if (!outside || *sent_at >= first_in_milliseconds) return;
    to.also.push_back(*outside);
    to.text += beside_window(age);
  }

  /// The MAC is right as it is, and the verifier says no.
  [[nodiscard]] deviation refusal_of(const explanation& each) const {
    for (const auto& refused : said_.refusals) {
      if (refused.scheme != schemes[each.scheme] || refused.secret != each.secret) continue;
      if (refused.by_secret)
        return {cause::secret_refused,
                "the signature is right, but the verifier refuses the secret, " + refused.why.message()};
      if (refused.why.code == errc::malformed_timestamp)
        return {cause::time_in_milliseconds,
                "the signature is right, but the time is no number of seconds; 13 digits are milliseconds"};
      return {cause::header_refused,
              "the signature is right, but the verifier refuses a header, " + refused.why.message()};
    }
    return {cause::header_refused, "the signature is right, but the verifier refuses the headers"};
  }

  /// The fewest mistakes first, then the likeliest.
  void put_in_order() {
    const auto place = [](const finding& one) { return std::tuple{one.also.size(), one.cause, one.secret}; };
    std::sort(found_.begin(), found_.end(), [&](const finding& a, const finding& b) {
      return std::tuple{place(a), a.text} < std::tuple{place(b), b.text};
    });
    if (found_.size() > most) found_.resize(most);
  }

  void add_what_is_seen(const question& of, const search& explaining) {
    hint_collector hints{of, said_, explaining.codes()};
    found_ = hints.take();
    if (!before_.empty()) found_.push_back({.cause = before_.front().why, .text = sentence(before_)});
    put_in_order();
    if (explaining.codes().all().empty() || of_.secrets.empty()) return;
    found_.push_back(
        {.cause = cause::nothing_fits,
         .text =
             "none of the usual mistakes explains it: most often it was signed with a secret that is not here, another "
             "endpoint's or an older one; or the body was changed otherwise, as in its numbers, or it is a forgery; " +
             explaining.tried()});
  }

  const question& of_;
  std::vector<deviation> before_{};
  hearing said_{};
  std::vector<finding> found_{};
};

[[nodiscard]] inline std::vector<finding> answer(const question& of) { return answerer{of}.run(); }

}  // namespace sello::inline v0::detail::diagnosis
