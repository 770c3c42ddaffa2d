// SPDX-License-Identifier: MIT
// A delivery that comes back out of a store: the proof, once more, of what was let in.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/inbox/detail/text.hpp>
#include <sello/inbox/rows.hpp>

namespace sello::inline v0 {

namespace detail {
class shelf;

/// The columns of a claimed delivery.
struct stored_fields {
  delivery_id id = 0;
  std::int64_t generation = 0;
  std::int64_t token = 0;  ///< of the claim
  std::string endpoint{};
  std::string provider{};
  std::string key{};
  std::int64_t day = 0;  ///< as `incoming::day`
  std::string type{};
  timestamp arrived{};
  std::string message_id{};
  std::optional<std::chrono::sys_seconds> sent_at{};
  std::string hint_header{};
  std::string hint_value{};
  std::string body{};
  std::int64_t attempts = 0;
  std::int64_t crashes = 0;
};
}  // namespace detail

/// A claimed delivery. Only a store makes one, from what was stored of a proof: whoever can write the store is trusted. A
/// quarantined delivery is another type, and never becomes one but through a verifier.
class stored {
 public:
  [[nodiscard]] const detail::stored_fields* operator->() const noexcept { return &fields_; }
  [[nodiscard]] const detail::stored_fields& operator*() const noexcept { return fields_; }

 private:
  friend class detail::shelf;
  explicit stored(detail::stored_fields fields) : fields_{std::move(fields)} {}

  detail::stored_fields fields_;
};

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

/// The second, private place where a proof is minted; for the stores.
class shelf {
 public:
  [[nodiscard]] static stored take(stored_fields fields) { return stored{std::move(fields)}; }
};

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

}  // namespace sello::inline v0
