// SPDX-License-Identifier: MIT
// What a backend gives to the inbox and to the worker; SQLite and PostgreSQL are two of them.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/inbox/detail/incoming.hpp>
#include <sello/inbox/options.hpp>
#include <sello/inbox/receipt.hpp>
#include <sello/inbox/rows.hpp>
#include <sello/inbox/stored.hpp>

namespace sello::inline v0::detail {

/// A store. Every call is safe from several threads, never throws, and gives `store_unavailable` with a sentence where the
/// database does not answer. Time is the store's: the injected clock in SQLite, the server's own in PostgreSQL; so calls
/// have durations, and no points in time.
///
/// `open` refuses what is not safe to open. `put` returns when the delivery is durable: its receipt comes from a `barrier`
/// behind a sync. `claim`, `start` and `settle` need no sync, because losing one of them costs work and no effect.
///
/// PostgreSQL fits the same way: `open` makes the pool and the schema, `put` takes a free connection (or joins a pipeline),
/// and is durable by `synchronous_commit=on`; `claim` is `FOR UPDATE SKIP LOCKED` with `synchronous_commit=off`; `idle`
/// waits for a NOTIFY or the time. The inbox, the endpoint, the worker, `incoming`, `stored` and all rows exist once.
template <class S>
concept store = requires(S& s, const std::string& location, const inbox_options& options, const incoming& arrived,
                         const claim_request& wanted, const ticket& held, std::chrono::seconds lease,
                         std::optional<ticket> left, std::span<const settlement> settled, const delivery_filter& filter,
                         delivery_id id, const quarantined& suspect, const quarantine_options& ring,
                         std::chrono::milliseconds most, std::uint64_t seen) {
  { S::open(location, options) } -> std::same_as<result<std::shared_ptr<S>>>;
  { s.now() } -> std::same_as<timestamp>;
  { s.location() } -> std::convertible_to<const std::string&>;
  // The intake.
  { s.put(arrived) } -> std::same_as<result<receipt>>;
  { s.quarantine(suspect, ring) } -> std::same_as<result<void>>;
  // The worker. `start` renews the lease and notes that the handler runs, and that the one of `left` has returned; false:
  // the claim was lost; `holds` only looks. A claim of a row that was running when its lease ended counts a crash. `settle` gives how many
  // claims were lost. `idle` waits at most so long for something that arrived after `news` was asked; `wake` ends all waits.
  { s.claim(wanted) } -> std::same_as<result<std::vector<stored>>>;
  { s.start(held, lease, left) } -> std::same_as<result<bool>>;
  { s.holds(held) } -> std::same_as<result<bool>>;
  { s.settle(settled) } -> std::same_as<result<std::size_t>>;
  { s.news() } -> std::same_as<std::uint64_t>;
  { s.idle(most, seen) } -> std::same_as<void>;
  { s.wake() } -> std::same_as<void>;
  // The owner. `replay`: parked ones go back to work as they are (if the effect was committed after all, its mark is
  // met); those that are done get the next generation. By a filter it leaves alone what has taken effect, unless the filter
  // names that state, knows no limit, and gives how many. `oldest_work` is the occasion of the oldest work row,
  // or the arrival of its delivery where it has none: marks from before it are nobody's.
  { s.stats() } -> std::same_as<result<inbox_stats>>;
  { s.list(filter) } -> std::same_as<result<std::vector<delivery_row>>>;
  { s.show(id) } -> std::same_as<result<delivery_details>>;
  { s.replay(filter) } -> std::same_as<result<std::size_t>>;
  { s.replay(id) } -> std::same_as<result<void>>;
  { s.park(id) } -> std::same_as<result<void>>;
  { s.prune() } -> std::same_as<result<pruned_rows>>;
  { s.oldest_work() } -> std::same_as<result<std::optional<timestamp>>>;
  // The quarantine, in order of arrival. `dismiss`: false, it is gone already.
  { s.suspects(id) } -> std::same_as<result<std::optional<quarantined>>>;
  { s.dismiss(id) } -> std::same_as<result<bool>>;
};

}  // namespace sello::inline v0::detail
