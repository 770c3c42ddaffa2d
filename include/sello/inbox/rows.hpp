// SPDX-License-Identifier: MIT
// What an inbox shows of its deliveries: rows, filters and counts, the same for every backend.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sello/base/error.hpp>
#include <sello/base/timestamp.hpp>

namespace sello::inline v0 {

/// Names a delivery in one inbox; never used again for another one.
using delivery_id = std::int64_t;

/// Where a delivery stands.
enum class progress : std::uint8_t {
  waiting,  ///< stored; a worker has it, or will
  handled,  ///< its effect is committed
  ignored,  ///< no handler took it
  parked,   ///< set aside: it cannot be decoded, or its handler failed too often
};

/// The exact name of the enumerator.
[[nodiscard]] constexpr std::string_view to_string(progress what) noexcept {
  switch (what) {
    case progress::waiting: return "waiting";
    case progress::handled: return "handled";
    case progress::ignored: return "ignored";
    case progress::parked: return "parked";
  }
  return "unknown";
}

/// A try that failed. Has nothing of the payload; `why.where` is printable and bounded.
struct failed_try {
  timestamp at{};
  std::int64_t generation = 0;
  error why{};
};

/// One delivery of a list.
struct delivery_row {
  delivery_id id = 0;
  std::string endpoint{};
  std::string provider{};
  std::string key{};   ///< the idempotency key, with any bytes; for a log there is `printable`
  std::string type{};  ///< as the sender wrote it; "" where it could not be read
  timestamp arrived{};
  progress state = progress::waiting;
  std::int64_t generation = 0;  ///< how often it was replayed after it had taken effect
  std::int64_t attempts = 0;    ///< tries that failed, since it was stored or replayed
  std::int64_t crashes = 0;     ///< how often the process died in its handler
  bool has_body = true;         ///< false once the body was pruned: it cannot be replayed
  std::optional<failed_try> last_failure{};
};

/// The same key with other bytes: kept, never handled.
struct conflict_row {
  timestamp arrived{};
  std::string digest{};  ///< SHA-256 of the body, in hex
  std::optional<std::string> body{};
};

/// All that is kept of one delivery. `body` is the sender's payload: not for a log.
struct delivery_details {
  delivery_row row{};
  std::optional<std::string> body{};
  std::vector<failed_try> failures{};  ///< the last ones, oldest first
  std::vector<conflict_row> conflicts{};
};

/// Which deliveries; what is empty does not limit.
struct delivery_filter {
  std::string endpoint{};
  std::string provider{};
  std::string type{};
  std::optional<progress> state{};
  delivery_id after = 0;    ///< those with a greater id: the last one of the page before
  std::size_t limit = 100;  ///< at most 10,000
};

/// Counts and times of one endpoint. The times are as the senders' dashboards show them.
struct endpoint_stats {
  std::string endpoint{};
  std::string provider{};
  std::uint64_t stored = 0;
  std::uint64_t done = 0;     ///< handled or ignored
  std::uint64_t ignored = 0;  ///< of those, how many no handler took
  std::uint64_t duplicates = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t late_marks = 0;  ///< tries that found their effect already committed, and did nothing
  std::uint64_t crashes = 0;     ///< of the deliveries that are still kept as work
  std::optional<timestamp> last_delivery{};
  std::optional<timestamp> last_success{};
  std::optional<timestamp> last_failure{};
};

/// The state of an inbox. What another process counted in its last seconds, or one before it crashed, can be missing; the
/// deliveries never are.
struct inbox_stats {
  std::uint64_t stored = 0;
  std::uint64_t waiting = 0;
  std::uint64_t waiting_bytes = 0;
  std::optional<timestamp> oldest_waiting{};
  std::uint64_t done = 0;
  std::uint64_t ignored = 0;  ///< of those, how many no handler took: of a sender that the router does not know, maybe
  std::uint64_t duplicates = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t parked = 0;
  std::uint64_t crashes = 0;
  std::uint64_t late_marks = 0;
  std::uint64_t quarantined = 0;  ///< in the ring now

  /// PostgreSQL's standbys that no commit waits for: who fails over to one of them may lose acknowledged deliveries, so name
  /// them in `synchronous_standby_names`. Where some are named, only a user with the role pg_monitor sees the others.
  std::uint64_t asynchronous_standbys = 0;

  std::uint64_t acknowledgements = 0;  ///< receipts of this process
  std::uint64_t syncs = 0;             ///< that this process waited for to give them
  std::vector<endpoint_stats> endpoints{};

  [[nodiscard]] double syncs_per_acknowledgement() const noexcept {
    return acknowledgements == 0 ? 0.0 : static_cast<double>(syncs) / static_cast<double>(acknowledgements);
  }
};

/// What a pruning removed.
struct pruned_rows {
  std::uint64_t bodies = 0;
  std::uint64_t deliveries = 0;  ///< with their keys: the same key would be new again
  std::uint64_t conflicts = 0;
};

}  // namespace sello::inline v0
