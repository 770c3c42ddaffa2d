// SPDX-License-Identifier: MIT
// What a store and a worker say to each other: claims, what became of them, and what is in quarantine.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/inbox/detail/text.hpp>
#include <sello/inbox/options.hpp>
#include <sello/inbox/rows.hpp>
#include <sello/route/stored.hpp>

namespace sello::inline v0 {

namespace detail {

/// Reads what `incoming::headers` wrote.
inline void read_headers(std::string_view text, stored_fields& to) {
  for (const auto& [name, value] : read_lines(text)) {
    if (name == "message-id") {
      to.message_id = value;
    } else if (name == "sent-at") {
      to.sent_at = parse_unix_seconds(value);
    } else {
      to.hint_header = name;
      to.hint_value = value;
    }
  }
}

/// Names one claim. Whoever lost it, to the lease's end say, changes nothing any more: its token is another one's.
struct ticket {
  delivery_id id = 0;
  std::int64_t generation = 0;
  std::int64_t token = 0;
};

[[nodiscard]] inline ticket ticket_of(const stored& held) noexcept { return {held->id, held->generation, held->token}; }

struct claim_request {
  std::int64_t token = 0;  ///< random, and no other claim's
  std::size_t limit = 1;
  std::chrono::seconds lease{60};
  const std::vector<std::string>* endpoints = nullptr;  ///< null or empty: all
};

/// What became of a claimed delivery.
struct settlement {
  enum class kind : std::uint8_t {
    handled,   ///< its effect is committed: the work row goes
    ignored,   ///< nobody takes it: the work row goes
    retried,   ///< it failed: again after `delay`
    parked,    ///< set aside
    released,  ///< not tried: again after `delay`, and it counts for nothing
  };
  ticket held{};
  kind what = kind::released;
  std::chrono::microseconds delay{};
  std::optional<error> why{};  ///< kept as a `failed_try`
  bool late_mark = false;      ///< handled, but by a try before this one
};

}  // namespace detail

/// A delivery that nothing proves, kept with its headers until a verifier says otherwise.
struct quarantined {
  std::int64_t id = 0;
  std::string endpoint{};
  std::string provider{};
  timestamp arrived{};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
};

namespace detail {

/// Which suspects of each endpoint may still be kept in their minute. Safe from several threads; asks no database.
class suspect_quota {
 public:
  [[nodiscard]] bool admits(const quarantined& suspect, const quarantine_options& limits) {
    if (limits.count == 0 || suspect.body.size() > limits.bytes) return false;
    const std::int64_t minute = suspect.arrived.time_since_epoch().count() / 60'000'000;
    const std::lock_guard lock{mutex_};
    auto& [of, used] = used_[suspect.endpoint];
    if (std::exchange(of, minute) != minute) used = 0;
    if (used >= limits.per_minute) return false;
    ++used;
    return true;
  }

 private:
  std::mutex mutex_{};
  std::map<std::string, std::pair<std::int64_t, std::size_t>> used_{};
};

}  // namespace detail

}  // namespace sello::inline v0
