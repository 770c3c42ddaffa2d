// SPDX-License-Identifier: MIT
// What may be signed before the body: the ids and times of all headers, in every form in which senders join them.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/timestamp.hpp>
#include <sello/diagnose/coding.hpp>
#include <sello/diagnose/finding.hpp>
#include <sello/diagnose/signatures.hpp>

namespace sello::inline v0::detail {

/// The bytes before the body.
struct diagnosed_prefix {
  signing how = signing::plain;
  std::string text{};
  deviations changes{};
  std::optional<std::chrono::sys_seconds> sent_at{};
};

/// A value that may have been signed.
struct spotted {
  std::string text{};
  deviations changes{};
};

[[nodiscard]] inline std::optional<std::chrono::sys_seconds> seconds_of(std::string_view time) {
  constexpr std::size_t most_digits = 11;
  if (const auto digits = parse_unix_seconds(time); digits && time.size() <= most_digits) return digits;
  if (const auto digits = parse_unix_seconds(time)) return std::chrono::sys_seconds{digits->time_since_epoch() / 1000};
  return std::nullopt;
}

/// Looks for ids and times in the headers; `svix-*` or `webhook-*` is the family of which there is more.
class prefix_finder {
 public:
  explicit prefix_finder(const header_list& headers) : headers_{headers} {
    const auto count = [&](std::string_view family) {
      std::size_t found = 0;
      for (const std::string_view part : {"id", "timestamp", "signature"})
        found += value_of(std::string{family}.append(part)) ? 1U : 0U;
      return found;
    };
    const std::size_t svix = count("svix-");
    const std::size_t webhook = count("webhook-");
    family_ = webhook > svix ? "webhook-" : "svix-";
    has_family_ = svix + webhook > 0;
  }

  [[nodiscard]] std::string name(std::string_view part) const { return std::string{family_}.append(part); }
  [[nodiscard]] bool has_family() const noexcept { return has_family_; }

  /// The ids, the header's own first.
  [[nodiscard]] std::vector<spotted> ids() const {
    std::vector<spotted> all;
    look("id", all, [&](std::string_view value, const deviations& changes) {
      const auto id = single_value(value);
      add(all, id, changes);
      const auto changed = [&](std::string_view text) {
        add(all, text, with(changes, id_changed("changed its spelling")));
      };
      for (std::size_t at = 0; at < value.size();) {  // a proxy has joined several, or put quotes around it
        const auto end = std::min(value.find_first_of(",; \"'", at), value.size());
        if (end > at) changed(value.substr(at, end - at));
        at = end + 1;
      }
      changed(form_decode(value));
      std::string other{id};
      std::transform(other.begin(), other.end(), other.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      changed(other);
    });
    return all;
  }

  /// The times as text, the header's own first.
  [[nodiscard]] std::vector<spotted> times() const {
    std::vector<spotted> all;
    look("timestamp", all, [&](std::string_view value, const deviations& changes) {
      for (std::size_t at = 0; at <= value.size();) {
        const auto end = std::min(value.find_first_of(",;= ", at), value.size());
        add_time(all, value.substr(at, end - at), changes);
        at = end + 1;
      }
      add_time(all, value, changes);
    });
    return all;
  }

 private:
  static constexpr std::size_t most = 16;
  static constexpr std::size_t longest = 128;

  [[nodiscard]] const std::string* value_of(std::string_view header) const {
    const auto found = std::find_if(headers_.begin(), headers_.end(), [&](const auto& line) {
      return same_header_name(line.first, header) && !line.second.empty();
    });
    return found == headers_.end() ? nullptr : &found->second;
  }

  static deviations with(deviations changes, deviation more) {
    if (changes.empty()) changes.push_back(std::move(more));
    return changes;
  }

  static deviation id_changed(std::string_view what) {
    return {cause::id_changed,
            "something between the sender and you " + std::string{what} +
                " of the id: find the proxy or the framework that rewrites that header, and let it through as it came"};
  }

  /// The family's own header, then the other family's, then all others.
  template <class See>
  void look(std::string_view part, std::vector<spotted>& all, See see) const {
    const std::string own = name(part);
    const bool is_there = value_of(own) != nullptr;
    for (const auto& [header, value] : headers_) {
      if (same_header_name(header, own)) see(std::string_view{value}, deviations{});
    }
    for (const bool of_family : {true, false}) {
      for (const auto& [header, value] : headers_) {
        if (same_header_name(header, own) || is_svix_name(header, part) != of_family || value.size() > longest)
          continue;
        if (all.size() < most) see(std::string_view{value}, {elsewhere(part, own, header, is_there, of_family)});
      }
    }
  }

  static deviation elsewhere(std::string_view part, std::string_view own, std::string_view header, bool is_there,
                             bool of_family) {
    const std::string stands = said_name(header);
    const bool is_id = part == "id";
    if (of_family)
      return {cause::headers_mixed,
              std::string{is_id ? "the id" : "the time"} + " that was signed stands in " + stands +
                  " among headers of the other family: send one whole family, svix-* or webhook-*"};
    if (!is_there)
      return {cause::header_renamed, std::string{own} + " is not there, and what was signed stands in " + stands +
                                         ": let nothing in front of you rename or strip it"};
    return {is_id ? cause::id_changed : cause::time_changed,
            std::string{own} + " was changed on the way, and what was signed stands in " + stands +
                ": find the proxy that sets that header, and let it through as it came"};
  }

  static void add(std::vector<spotted>& all, std::string_view text, const deviations& changes) {
    if (text.empty() || text.size() > longest || all.size() >= most) return;
    if (std::none_of(all.begin(), all.end(), [&](const spotted& each) { return each.text == text; }))
      all.push_back({std::string{text}, changes});
  }

  static void add_time(std::vector<spotted>& all, std::string_view value, const deviations& changes) {
    constexpr std::size_t milliseconds = 12;  // more digits than seconds have
    const auto unit = [&](std::string_view what) {
      return with(changes, {cause::time_unit, std::string{what} + ": this scheme signs and sends Unix seconds"});
    };
    const auto changed = with(changes, {cause::time_changed,
                                        "something between the sender and you wrote the time in another form than was "
                                        "signed: let that header through as it came"});
    value = trimmed(value);
    const std::string_view whole = value.substr(0, value.find('.'));
    if (parse_unix_seconds(value) && value.size() >= 9) {
      if (value.size() < milliseconds) {
        add(all, value, changes);
        add(all, std::string{value} + "000", unit("the sender signed milliseconds and wrote seconds"));
      } else {
        add(all, value, unit("the sender signed and wrote milliseconds"));
        add(all, value.substr(0, value.size() - 3), unit("the header has milliseconds where seconds were signed"));
      }
    } else if (parse_unix_seconds(whole) && whole.size() >= 9) {
      add(all, whole, changed);
    } else if (const auto time = parse_timestamp(value)) {
      add(all, std::to_string(std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count()), changed);
    }
  }

  const header_list& headers_;
  std::string_view family_;
  bool has_family_ = false;
};

/// All prefixes, those without a change first. `expected`: how the delivery should be signed.
[[nodiscard]] inline std::vector<diagnosed_prefix> diagnosed_prefixes(const prefix_finder& found, signing expected) {
  std::vector<diagnosed_prefix> all;
  const auto ids = found.ids();
  const auto times = found.times();
  const auto add = [&](signing how, std::string text, deviations changes, const spotted* time, std::string_view other) {
    if (how != expected)
      changes.push_back({cause::other_scheme, "it is signed as another sender signs, " + std::string{other}});
    all.push_back({how, std::move(text), std::move(changes), time == nullptr ? std::nullopt : seconds_of(time->text)});
  };
  for (const spotted& time : times) {
    for (const spotted& id : ids) {
      if (id.text == time.text) continue;
      deviations changes = id.changes;
      changes.insert(changes.end(), time.changes.begin(), time.changes.end());
      add(signing::svix, id.text + '.' + time.text + '.', std::move(changes), &time,
          "by Svix or Standard Webhooks: let this address take svix_v1's deliveries, or find out who sends here");
    }
  }
  add(signing::plain, {}, {}, nullptr,
      "by an HMAC over the body alone as Kuenta and Gu1 do: give this address that sender's verifier, or find out who "
      "sends here");
  for (const spotted& time : times) {
    add(signing::time_dot, time.text + '.', {}, &time,
        "over the time, a dot and the body as Stripe does: write a scheme of your own for it");
    add(signing::v0_time, "v0:" + time.text + ':', {}, &time,
        "over \"v0\", the time and the body as Slack does: write a scheme of your own for it");
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.changes.size() < b.changes.size(); });
  return all;
}

}  // namespace sello::inline v0::detail
