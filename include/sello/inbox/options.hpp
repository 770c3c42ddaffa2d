// SPDX-License-Identifier: MIT
// What can be set on an inbox, on an endpoint and on a worker.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sello/base/timestamp.hpp>
#include <sello/route/provider.hpp>
#include <sello/route/record.hpp>

namespace sello::inline v0 {

namespace detail {

/// A span of time as it is counted. From nothing to 200 years, which is for ever, and no sum with it overflows.
template <class Duration>
[[nodiscard]] constexpr std::int64_t micros(Duration span) noexcept {
  constexpr std::chrono::hours for_ever = std::chrono::days{365 * 200};
  if (span < Duration::zero()) return 0;
  return (span > for_ever ? std::chrono::microseconds{for_ever}
                          : std::chrono::duration_cast<std::chrono::microseconds>(span))
      .count();
}

/// A wait that no sum overflows: an hour at most.
[[nodiscard]] constexpr std::chrono::milliseconds bounded(std::chrono::milliseconds wait) noexcept {
  constexpr std::chrono::milliseconds longest = std::chrono::hours{1};
  return wait > longest ? longest : wait;
}

/// A count as every database takes it.
[[nodiscard]] constexpr std::int64_t countable(std::size_t count) noexcept {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  return std::cmp_less(count, most) ? static_cast<std::int64_t>(count) : most;
}

}  // namespace detail

/// Set by name: `sqlite::inbox inbox{"inbox.db", {.waiting_limit = 10'000}};`
struct inbox_options {
  /// Over this many waiting deliveries, or bytes of them, new ones are answered 503: the sender keeps them.
  std::size_t waiting_limit = 1'000'000;
  std::size_t waiting_bytes_limit = std::size_t{4} << 30U;

  /// How long after its arrival the body of a delivery that is done is kept, for replays; and a delivery in quarantine.
  std::chrono::seconds body_retention = std::chrono::days{30};

  /// How long a store waits for a write lock that another process holds, before it says `store_unavailable`; at most an hour.
  std::chrono::milliseconds patience{5000};

  /// The time of arrivals, retries and retentions. For tests.
  std::function<timestamp()> clock = [] {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  };
};

/// A ring for deliveries with well formed headers and a signature that does not match: the sender's own, maybe, under a
/// secret that was rotated. They are answered 401 all the same. Each endpoint has a ring of its own; its oldest give way.
struct quarantine_options {
  std::size_t count = 0;  ///< 0: there is no ring
  std::size_t bytes = 4'194'304;
  std::size_t per_minute = 60;  ///< more in one minute are dropped: a stranger fills no disk
};

/// Set by name: `inbox.endpoint("akua", {.body_limit = 65'536})`.
struct endpoint_options {
  /// The owner's rule for idempotency keys, in place of the provider's. From signed bytes alone. Where it throws, or gives nothing,
  /// the delivery is stored under the provider's key all the same: so the same event must always have it throw, or never.
  std::function<std::string(const signed_facts&)> identify = nullptr;

  /// A larger body is refused before it is hashed. In bytes, at most 256 MiB.
  std::size_t body_limit = 1'048'576;

  /// As in `receiver_options`.
  std::string request_id_header{};
  std::function<void(const record&)> observer = nullptr;

  /// How long a key is known. Nothing: the provider's `key_retention`, else 90 days where the sender gives ids, and 3 days
  /// where the key is the digest of the body, since a later equal body is another event. An equal key that is no digest has no
  /// second effect either while its mark is kept (`worker.prune`).
  std::optional<std::chrono::seconds> key_retention{};

  /// Deliveries with an equal key are handled one at a time, the oldest first. An empty key is none. A long
  /// queue of one key holds up no other. What comes again after the window of its digest, or is replayed, has the place of
  /// its first arrival.
  std::function<std::string(const signed_facts&)> serial_by = nullptr;
  /// Whether one that is parked holds up those behind it.
  bool parked_blocks = true;

  quarantine_options quarantine{};
};

/// Set by name: `worker worker{inbox, effects, router, {.threads = 2}};`
struct worker_options {
  std::size_t threads = 1;

  /// How long a claim is good. A worker that died is taken over after it; while a handler runs it is renewed, also of one
  /// that hangs. What a worker does not begin in time another one may take, and neither doubles it.
  std::chrono::seconds lease{60};

  /// After so many failed tries a delivery is parked; after so many deaths of the process in its handler, too.
  std::int64_t attempts = 12;
  std::int64_t crashes = 3;

  /// Before the second try; doubling, with jitter, up to `backoff_limit`.
  std::chrono::milliseconds backoff{1000};
  std::chrono::milliseconds backoff_limit{3'600'000};

  /// Only these; empty: all of the inbox, so give them where two programs work off one inbox: what a router does not know is
  /// done as ignored. A name that no endpoint has takes nothing: those that have deliveries are in `stats().endpoints`.
  std::vector<std::string> endpoints{};

  /// How many deliveries one claim takes, at most 10,000, and how many effects one transaction commits. More than one effect:
  /// each has a savepoint of its own, they share the sync and the write lock.
  std::size_t claims = 4;
  std::size_t batch = 1;

  /// How long an idle thread waits before it looks again, at most an hour; what arrives in this process wakes it at once.
  std::chrono::milliseconds poll{250};

  /// Called after each try, on its thread. What it throws is dropped.
  std::function<void(const record&)> observer = nullptr;

  /// 64 random bits, for tokens and jitter. For tests.
  std::function<std::uint64_t()> random = nullptr;
};

}  // namespace sello::inline v0
