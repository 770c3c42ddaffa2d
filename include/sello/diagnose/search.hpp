// SPDX-License-Identifier: MIT
// The search: every key, body and prefix, first as they are, then with one change, then with two, within a bound of work.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sello/diagnose/bodies.hpp>
#include <sello/diagnose/finding.hpp>
#include <sello/diagnose/keys.hpp>
#include <sello/diagnose/options.hpp>
#include <sello/diagnose/prefixes.hpp>
#include <sello/diagnose/signatures.hpp>
#include <sello/verify/key_ring.hpp>

namespace sello::inline v0::detail {

/// A signature that is right once these changes are undone.
struct diagnosed_match {
  std::size_t secret = 0;
  signing how = signing::plain;
  deviations changes{};
  std::optional<std::chrono::sys_seconds> sent_at{};
};

class diagnosis_search {
 public:
  diagnosis_search(const header_list& headers, std::string_view body, std::span<const diagnosed_secret> secrets,
                   const diagnose_options& options, const prefix_finder& found, signing expected)
      : body_{body},
        options_{options},
        expected_{expected},
        signature_name_{expected == signing::svix ? found.name("signature") : options.signature_header},
        signatures_{headers},
        keys_{key_reader::read(secrets)},
        prefixes_{diagnosed_prefixes(found, expected)},
        left_{options.work} {}

  /// Those with the fewest changes. Throws `bad_result` with `internal_error` if OpenSSL fails.
  [[nodiscard]] std::vector<diagnosed_match> run() {
    if (signatures_.empty()) return {};
    for (std::size_t changes = 0; changes <= most_changes && matches_.empty(); ++changes) {
      const auto see = [&](std::string_view text, const deviations& of_body) {
        return try_body(text, of_body, changes);
      };
      body_variants{body_, options_.sender, see}.each(changes == 0);
    }
    if (matches_.empty()) try_times();
    return std::move(matches_);
  }

  [[nodiscard]] bool has_signatures() const noexcept { return !signatures_.empty(); }
  /// Whether some were not tried, for there was too much to hash.
  [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }
  [[nodiscard]] std::size_t tried() const noexcept { return tried_; }

 private:
  static constexpr std::size_t most_changes = 2;

  /// Every prefix and key that make so many changes with this body. False: there is no work left.
  [[nodiscard]] bool try_body(std::string_view text, const deviations& of_body, std::size_t changes) {
    for (const diagnosed_prefix& prefix : prefixes_) {
      const std::size_t before = of_body.size() + prefix.changes.size();
      if (before > changes) continue;
      for (const diagnosed_key& key : keys_) {
        const auto of_key = deviation_of(key.how, prefix.how == signing::svix);
        if (before + (of_key ? 1U : 0U) != changes) continue;
        if (!try_one(text, of_body, prefix, key, of_key)) return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool try_one(std::string_view text, const deviations& of_body, const diagnosed_prefix& prefix,
                             const diagnosed_key& key, const std::optional<deviation>& of_key) {
    constexpr std::size_t overhead = 1024;  // what one trial costs beside the hashing, as bytes
    const std::size_t cost = text.size() + prefix.text.size() + overhead;
    if (cost > left_) is_cut_ = true;
    if (is_cut_) return false;
    left_ -= cost;
    ++tried_;
    const auto of_signature = key.shared ? right_mac(*key.shared, prefix, text) : right_ed25519(key, prefix, text);
    if (!of_signature) return true;
    deviations all = of_body;
    if (of_key) all.push_back(*of_key);
    all.insert(all.end(), of_signature->begin(), of_signature->end());
    all.insert(all.end(), prefix.changes.begin(), prefix.changes.end());
    matches_.push_back({key.secret, prefix.how, std::move(all), prefix.sent_at});
    return true;
  }

  /// How the signature that is right is written; nothing if none is.
  [[nodiscard]] std::optional<deviations> right_mac(const hmac_sha256& key, const diagnosed_prefix& prefix,
                                                    std::string_view text) const {
    if (!is_right(key, prefix.text, text, signatures_.codes())) return std::nullopt;
    std::optional<deviations> best;
    for (const auto& seen : signatures_.macs()) {
      if (is_right(key, prefix.text, text, {&seen.code, 1})) keep_fewest(best, written(seen, prefix.how));
    }
    return best;
  }

  [[nodiscard]] static bool is_right(const hmac_sha256& key, std::string_view before, std::string_view text,
                                     std::span<const mac> codes) {
    const error_mark mark;
    unsigned matches = 0;
    hmac_sha256::computation computation{key};
    computation.update(before);
    computation.update(text);
    if (!compare(computation, codes, matches)) throw bad_result{{errc::internal_error, "OpenSSL failed"}};
    return published(matches) == verdict::yes;
  }

  [[nodiscard]] std::optional<deviations> right_ed25519(const diagnosed_key& key, const diagnosed_prefix& prefix,
                                                        std::string_view text) const {
    std::optional<deviations> best;
    if (prefix.how != signing::svix || signatures_.ed25519().empty()) return best;
    const std::string message = prefix.text + std::string{text};
    const error_mark mark;
    for (const auto& seen : signatures_.ed25519()) {
      if (key.public_key->verify(seen.code, message).value_or(false)) keep_fewest(best, written(seen, prefix.how));
    }
    return best;
  }

  /// Nothing is said of how another sender writes its signatures.
  template <class Code>
  [[nodiscard]] deviations written(const seen_signature<Code>& seen, signing how) const {
    return how == expected_ ? deviations_of(seen, how, signature_name_) : deviations{};
  }

  static void keep_fewest(std::optional<deviations>& best, deviations found) {
    if (!best || found.size() < best->size()) best = std::move(found);
  }

  /// A proxy that set the time to its own: some minutes to either side, and whole hours, as a wrong time zone makes.
  void try_times() {
    constexpr std::chrono::seconds widest{300};
    constexpr int hours = 14;
    std::vector<std::chrono::seconds> steps;
    for (std::chrono::seconds step{1}; step <= widest; ++step) steps.insert(steps.end(), {-step, step});
    for (int hour = 1; hour <= hours; ++hour) {
      for (const int sign : {-1, 1}) steps.push_back(std::chrono::hours{sign * hour});
    }
    for (const diagnosed_prefix& own : prefixes_) {
      if (own.how != signing::svix || !own.changes.empty() || !own.sent_at) continue;
      const std::string id = own.text.substr(0, own.text.find('.') + 1);
      for (const std::chrono::seconds step : steps) {
        diagnosed_prefix moved = own;
        moved.sent_at = *own.sent_at + step;
        moved.text = id + std::to_string(moved.sent_at->time_since_epoch().count()) + '.';
        moved.changes = {
            {cause::time_changed, "the time that was signed is " + std::to_string(std::abs(step.count())) + " s " +
                                      (step.count() < 0 ? "before" : "after") +
                                      " that in the header: find what sets that header on the way, and let it "
                                      "through as it came"}};
        if (!try_times_keys(moved)) return;
      }
    }
  }

  [[nodiscard]] bool try_times_keys(const diagnosed_prefix& moved) {
    return std::all_of(keys_.begin(), keys_.end(), [&](const diagnosed_key& key) {
      return deviation_of(key.how, true) || try_one(body_, {}, moved, key, std::nullopt);
    });
  }

  std::string_view body_;
  const diagnose_options& options_;
  signing expected_;
  std::string signature_name_;
  seen_signatures signatures_;
  std::vector<diagnosed_key> keys_;
  std::vector<diagnosed_prefix> prefixes_;
  std::size_t left_;
  std::size_t tried_ = 0;
  bool is_cut_ = false;
  std::vector<diagnosed_match> matches_{};
};

}  // namespace sello::inline v0::detail
