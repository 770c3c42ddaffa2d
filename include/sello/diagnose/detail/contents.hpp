// SPDX-License-Identifier: MIT
// What may have been signed in front of the body: an id and a time from any header, or nothing.
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
#include <sello/diagnose/detail/case.hpp>
#include <sello/diagnose/detail/deviation.hpp>
#include <sello/diagnose/detail/texts.hpp>

namespace sello::inline v0::detail::diagnosis {

/// Bytes that may have been signed in front of the body.
struct content_reading {
  std::string prefix{};
  readings of{};
};

[[nodiscard]] inline bool has_line(const header_list& lines, std::string_view name) {
  return std::any_of(lines.begin(), lines.end(), [name](const auto& line) {
    return same_header_name(line.first, name) && !trimmed(line.second).empty();
  });
}

/// `svix-` or `webhook-`: the family that a verifier reads, or else the one of which there is anything.
[[nodiscard]] inline std::string_view own_family(const header_list& lines) {
  constexpr std::array<std::string_view, 3> parts{"id", "timestamp", "signature"};
  const auto count = [&](std::string_view family) {
    return std::count_if(parts.begin(), parts.end(),
                         [&](std::string_view part) { return has_line(lines, std::string{family}.append(part)); });
  };
  return count(families[1]) > count(families[0]) ? families[1] : families[0];
}

/// Names are compared as CGI writes them, too: `HTTP_SVIX_ID`.
[[nodiscard]] inline std::string normal_name(std::string_view name) {
  std::string normal{name};
  for (char& c : normal) {
    if (c == '_') c = '-';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return normal;
}

/// A text that may be the id or the time, and from where.
struct piece {
  std::string text{};
  std::optional<deviation> from{};  ///< nothing: it is where the scheme reads it
};

/// Collects them from the headers.
class content_collector {
 public:
  explicit content_collector(const question& of)
      : of_{of},
        id_name_{std::string{own_family(of.lines)} + "id"},
        time_name_{std::string{own_family(of.lines)} + "timestamp"} {
    collect_pieces(id_name_, true);
    collect_pieces(time_name_, false);
    join();
  }

  [[nodiscard]] const std::vector<content_reading>& all() const noexcept { return all_; }
  /// The id and the time as the scheme reads them.
  [[nodiscard]] const std::vector<piece>& ids() const noexcept { return ids_; }
  [[nodiscard]] const std::vector<piece>& times() const noexcept { return times_; }
  [[nodiscard]] const std::string& time_name() const noexcept { return time_name_; }

 private:
  static constexpr std::size_t most_pieces = 8;
  static constexpr std::size_t longest = 256;

  void add(std::vector<piece>& to, std::string_view text, std::optional<deviation> from) {
    if (text.empty() || text.size() > longest || to.size() == most_pieces) return;
    const auto same = [text](const piece& other) { return other.text == text; };
    if (std::none_of(to.begin(), to.end(), same)) to.push_back({std::string{text}, std::move(from)});
  }

  void collect_pieces(const std::string& own, bool id) {
    using enum cause;
    std::vector<piece>& to = id ? ids_ : times_;
    const std::string signed_in = "the " + std::string{id ? "id" : "time"} + " that was signed stands in ";
    std::vector<std::string_view> values;
    for (const auto& [name, value] : of_.lines) {
      if (same_header_name(name, own)) split_values(value, values);
    }
    const bool repeated = values.size() > 1;
    for (const std::string_view value : values) {
      add(to, value,
          repeated ? std::optional{deviation{header_repeated, own + " comes with different values"}} : std::nullopt);
    }
    for (const std::string_view value : values) {
      if (id) {
        add_changed_ids(value, own);
      } else {
        add_units(value, own);
      }
    }
    const std::string other =
        std::string{own.starts_with(families[0]) ? families[1] : families[0]} + (id ? "id" : "timestamp");
    for (const auto& [name, value] : of_.lines) {
      if (same_header_name(name, other))
        add(to, trimmed(value), deviation{families_mixed, signed_in + other + ", of the other family"});
    }
    for (const auto& [name, value] : of_.lines) {
      if (same_header_name(name, own) || same_header_name(name, other)) continue;
      const std::string said =
          signed_in + name_of_header(of_, name) + (values.empty() ? ", and " + own + " is missing" : ", not in " + own);
      const cause why =
          id ? (values.empty() ? id_elsewhere : id_changed) : (values.empty() ? time_elsewhere : time_changed);
      if (id && looks_like_id(name, value)) add(to, trimmed(value), deviation{why, said});
      if (!id) add_time_of(trimmed(value), name, why, said);
    }
  }

  /// The different values of one line, which a proxy may have joined.
  static void split_values(std::string_view line, std::vector<std::string_view>& to) {
    while (true) {
      const auto comma = line.find(',');
      const std::string_view value = trimmed(line.substr(0, comma));
      if (!value.empty() && std::find(to.begin(), to.end(), value) == to.end()) to.push_back(value);
      if (comma == line.npos) return;
      line.remove_prefix(comma + 1);
    }
  }

  [[nodiscard]] static bool looks_like_id(std::string_view name, std::string_view value) {
    const std::string normal = '-' + normal_name(name);
    value = trimmed(value);
    return normal.ends_with("-id") || normal.find("-id-") != normal.npos || normal.ends_with("id") ||
           value.starts_with("msg_") || value.starts_with("evt_");
  }

  void add_changed_ids(std::string_view value, const std::string& own) {
    const auto changed = [&](const std::string& how) {
      return deviation{cause::id_changed, own + " was changed: " + how};
    };
    if (value.size() > 2 && value.front() == '"' && value.back() == '"')
      add(ids_, value.substr(1, value.size() - 2), changed("it came into quotes"));
    if (const auto plain = form_decode(value, false)) add(ids_, *plain, changed("it was encoded with percent signs"));
    if (!value.starts_with("msg_")) add(ids_, "msg_" + std::string{value}, changed("its \"msg_\" was cut off"));
  }

  /// The same time in the other unit, and as the other senders write times.
  void add_units(std::string_view value, const std::string& own) {
    constexpr std::string_view digits = "0123456789";
    constexpr std::size_t most_digits = 11;
    if (value.find_first_not_of(digits) != value.npos) {
      if (const auto time = parse_timestamp(value))
        add(times_, seconds_of(*time),
            deviation{cause::time_changed, own + " was changed: it is no number of seconds any more"});
      return;
    }
    const auto milliseconds = [&](const char* where, const char* signed_as) {
      return deviation{cause::time_in_milliseconds, own + " has " + where + ", and " + signed_as + " were signed"};
    };
    if (value.size() > most_digits) {
      add(times_, value.substr(0, value.size() - 3), milliseconds("milliseconds", "seconds"));
    } else {
      add(times_, std::string{value} + "000", milliseconds("seconds", "milliseconds"));
    }
  }

  void add_time_of(std::string_view value, std::string_view name, cause why, const std::string& said) {
    constexpr std::string_view digits = "0123456789";
    const bool number = value.size() >= 9 && value.size() <= 13 && value.find_first_not_of(digits) == value.npos;
    if (number) add(times_, value, deviation{why, said});
    if (number && value.size() == 13) add(times_, value.substr(0, 10), deviation{why, said + " (in milliseconds)"});
    const std::string normal = normal_name(name);
    if (!number && (normal.find("time") != normal.npos || normal.find("date") != normal.npos)) {
      if (const auto time = parse_timestamp(value)) {
        add(times_, seconds_of(*time), deviation{why, said + " (as a date)"});
        add(times_, value, deviation{why, said});
      }
    }
    if (const auto at = value.find("t="); at != value.npos && normal.find("signature") != normal.npos) {
      const std::string_view rest = value.substr(at + 2);
      add(times_, rest.substr(0, rest.find_first_not_of(digits)), deviation{why, said});
    }
  }

  [[nodiscard]] static std::string seconds_of(timestamp time) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  }

  void join() {
    using enum cause;
    const reading alone = deviates(signed_otherwise, "the body alone was signed, without an id and a time before it");
    all_.push_back({"", {proper(), alone, alone}});
    for (const piece& id : ids_) {
      for (const piece& time : times_) {
        reading one{.possible = true, .from = {}};
        if (id.from) one.from.push_back(*id.from);
        if (time.from && !(id.from && same_mistake(*id.from, *time.from))) one.from.push_back(*time.from);
        if (time.from && id.from && one.from.size() == 1 && id.from->what != time.from->what)
          one.from.front().what += ", and " + time.from->what;
        all_.push_back({id.text + '.' + time.text + '.',
                        {deviates(signed_otherwise, "an id and a time were signed before the body"), one, one}});
      }
    }
    for (const piece& time : times_) {
      const reading before = deviates(signed_otherwise, "a time was signed before the body, and no id");
      for (const std::string& form :
           {time.text + '.', "v0:" + time.text + ':', time.text + ':', time.text + '\n', time.text})
        all_.push_back({form, in_every_scheme(before)});
    }
    for (const piece& id : ids_)
      all_.push_back({id.text + '.',
                      in_every_scheme(deviates(signed_otherwise, "an id was signed before the body, and no time"))});
  }

  /// One cause moved both.
  [[nodiscard]] static bool same_mistake(const deviation& id, const deviation& time) {
    using enum cause;
    return id.why == time.why || (id.why == id_elsewhere && time.why == time_elsewhere) ||
           (id.why == id_changed && time.why == time_changed);
  }

  const question& of_;
  std::string id_name_;
  std::string time_name_;
  std::vector<piece> ids_{};
  std::vector<piece> times_{};
  std::vector<content_reading> all_{};
};

}  // namespace sello::inline v0::detail::diagnosis
