// SPDX-License-Identifier: MIT
// The search: which mistakes, undone, make a signature right. One at a time, then two.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/timestamp.hpp>
#include <sello/diagnose/cause.hpp>
#include <sello/diagnose/detail/bodies.hpp>
#include <sello/diagnose/detail/case.hpp>
#include <sello/diagnose/detail/codes.hpp>
#include <sello/diagnose/detail/contents.hpp>
#include <sello/diagnose/detail/deviation.hpp>
#include <sello/diagnose/detail/hints.hpp>
#include <sello/diagnose/detail/keys.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/secret.hpp>

namespace sello::inline v0::detail::diagnosis {

/// A signature that became right.
struct explanation {
  std::size_t secret = 0;
  std::size_t scheme = 0;
  std::vector<deviation> mistakes{};
};

/// Goes through keys, contents and bodies, and compares each MAC with all signatures that came.
class search {
 public:
  explicit search(const question& of)
      : of_{of},
        codes_{of},
        contents_{of},
        bodies_{of.body, of.options.budget / 8, of.options.budget / 2},
        schemes_{plausible(of)} {
    key_collector keys;
    keys.collect(of);
    keys_ = keys.take();
  }

  [[nodiscard]] const code_collector& codes() const noexcept { return codes_; }

  /// As few mistakes as explain it.
  [[nodiscard]] std::vector<explanation> run() {
    if (codes_.all().empty()) return {};
    sweep(0);
    if (found_.empty()) {
      bodies_.collect();
      spent_ += bodies_.work();
      sweep(1);
    }
    if (found_.empty()) {
      const std::size_t before = bodies_.work();
      bodies_.collect_pairs();
      spent_ += bodies_.work() - before;
      sweep(2);
    }
    if (found_.empty()) shift_time();
    return std::move(found_);
  }

  /// What was tried, for the case that nothing fits.
  [[nodiscard]] std::string tried() const {
    const std::size_t left_out = left_out_ + bodies_.left_out();
    return std::to_string(tried_) + " combinations of " + std::to_string(keys_.size()) + " readings of the secrets, " +
           std::to_string(contents_.all().size()) + " of id and time and " + std::to_string(bodies_.all().size()) +
           " of the body were tried" +
           (left_out == 0 ? "" : ", and at least " + std::to_string(left_out) + " more were left out by the budget");
  }

 private:
  static constexpr long long most_seconds = 900;
  static constexpr long long most_hours = 14;
  static constexpr std::size_t cost_of_one = 512;  // in bytes, beside those that are hashed

  /// All combinations of so many mistakes; those of the body first, then of the key, then of the content.
  void sweep(std::size_t mistakes) {
    const auto& bodies = bodies_.all();
    for (std::size_t i = 1; i <= bodies.size(); ++i) {
      const body_reading& body = bodies[i % bodies.size()];
      if (body.from.size() > mistakes) continue;
      for (const content_reading& content : contents_.all()) {
        for (const key_reading& key : keys_) {
          if (fewest(key, content, body) == mistakes) attempt(key, content, body);
        }
      }
    }
  }

  /// In the scheme that explains it with the fewest mistakes; more than any, if none can.
  [[nodiscard]] std::size_t fewest(const key_reading& key, const content_reading& content,
                                   const body_reading& body) const {
    std::size_t least = std::numeric_limits<std::size_t>::max();
    for (const std::size_t scheme : schemes_) {
      if (!key.of[scheme].possible || !content.of[scheme].possible) continue;
      least = std::min(least, key.of[scheme].from.size() + content.of[scheme].from.size() + body.from.size());
    }
    return least;
  }

  void attempt(const key_reading& key, const content_reading& content, const body_reading& body) {
    const std::size_t cost = content.prefix.size() + body.bytes.size() + cost_of_one;
    if (cost > of_.options.budget - std::min(of_.options.budget, spent_)) {
      ++left_out_;
      return;
    }
    spent_ += cost;
    ++tried_;
    if (key.open) {
      const std::string message = content.prefix + body.bytes;
      compare(key, content, body, [&](const code_reading& came) {
        const auto right = came.open ? key.open->verify(*came.open, message) : false;
        if (!right) throw failure_of_openssl();
        return *right;
      });
      return;
    }
    hmac_sha256::computation computation{*key.shared};
    computation.update(content.prefix);
    computation.update(body.bytes);
    mac code{};
    if (!computation.finish(code)) throw failure_of_openssl();
    compare(key, content, body, [&](const code_reading& came) {
      mac beginning{};
      std::copy_n(code.begin(), came.size, beginning.begin());
      return !came.open && equal_in_constant_time(beginning, came.code) != 0;
    });
    wipe(code);
  }

  [[nodiscard]] static bad_result failure_of_openssl() { return bad_result{{errc::internal_error, "OpenSSL failed"}}; }

  template <class Fits>
  void compare(const key_reading& key, const content_reading& content, const body_reading& body, Fits fits) {
    for (const code_reading& came : codes_.all()) {
      if (fits(came)) explain(key, content, body, came);
    }
  }

  /// By the scheme that needs the fewest mistakes.
  void explain(const key_reading& key, const content_reading& content, const body_reading& body,
               const code_reading& came) {
    std::optional<explanation> best;
    for (const std::size_t scheme : schemes_) {
      if (!key.of[scheme].possible || !content.of[scheme].possible || !came.of[scheme].possible) continue;
      explanation one{key.secret, scheme, {}};
      for (const auto* from : {&key.of[scheme].from, &content.of[scheme].from, &body.from, &came.of[scheme].from})
        one.mistakes.insert(one.mistakes.end(), from->begin(), from->end());
      if (!best || one.mistakes.size() < best->mistakes.size()) best = std::move(one);
    }
    if (best) found_.push_back(*std::move(best));
  }

  /// A time that was changed by some seconds, and stands nowhere any more.
  void shift_time() {
    if (contents_.ids().empty() || contents_.times().empty()) return;
    const auto time = parse_unix_seconds(contents_.times().front().text);
    if (!time) return;
    for (long long shift = 1; shift <= most_seconds; ++shift) {
      if (shifted(*time, shift)) return;
    }
    for (long long hours = 1; hours <= most_hours; ++hours) {  // of a zone
      if (shifted(*time, hours * 3600)) return;
    }
  }

  bool shifted(std::chrono::sys_seconds time, long long seconds) {
    const body_reading& body = bodies_.all().front();
    for (const long long by : {seconds, -seconds}) {
      const std::string said = std::to_string(seconds) + (by > 0 ? " s later" : " s earlier");
      const reading one =
          deviates(cause::time_changed, contents_.time_name() + " was changed, what was signed is " + said);
      const auto signed_at = std::to_string(time.time_since_epoch().count() + by);
      const content_reading content{contents_.ids().front().text + '.' + signed_at + '.', {impossible(), one, one}};
      for (const key_reading& key : keys_) {
        if (fewest(key, content, body) == 1) attempt(key, content, body);
      }
    }
    return !found_.empty();
  }

  const question& of_;
  code_collector codes_;
  content_collector contents_;
  body_collector bodies_;
  std::vector<std::size_t> schemes_;
  std::vector<key_reading> keys_{};
  std::vector<explanation> found_{};
  std::size_t spent_ = 0;
  std::size_t tried_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace sello::inline v0::detail::diagnosis
