// SPDX-License-Identifier: MIT
// What a backend gives to the worker for effects: a transaction that commits a handler's writes and their mark together.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sello/base/result.hpp>
#include <sello/base/timestamp.hpp>

namespace sello::inline v0::detail {

/// What a delivery is, wherever it is stored: not a row's number, for an inbox that was restored or made anew must not meet
/// the marks of other deliveries.
struct mark {
  std::string endpoint{};
  std::string provider{};
  std::string key{};
  std::int64_t generation = 0;  ///< of a replay; else 0
  /// What tells events of one key apart, in microseconds since 1970: of a digest the window in which it arrived, for an equal
  /// event after it is another one; of a replay its moment, negative, for an inbox made anew may have lost count of them; else 0.
  std::int64_t occasion = 0;
  timestamp arrived{};  ///< of the delivery; a mark goes only after all work that is as old
};

/// A connection to the effects' database, for one thread. Nothing throws.
///
/// `begin` opens a transaction, or a savepoint in the one that is open, and inserts the mark; false: this delivery has taken
/// effect already, durably, and nothing was begun. Then either `keep` or `undo` ends the savepoint. `commit` makes all that
/// was kept durable; where it fails, the marks say later what was. `is_open`: there is a transaction; an `undo` that finds
/// its savepoint gone ends it, and all that was kept in it is lost. `keep` and `commit` refuse what a handler has ended
/// itself, with `handler_failed`; `was_ended`: it was, and may have committed its mark so. `met_full_disk`: a
/// handler could not write for want of room, for which it is not to blame. `marked` only looks. `reach_standbys`: outside
/// of a transaction; what was met is wherever a commit waits to be.
///
/// `prune` removes an endpoint's marks whose occasion, or else the delivery's arrival, is before the first time, if they were
/// made before the second: a delivery may have arrived again since, and its work row has the occasion alone.
template <class S>
concept effects_session = requires(S& s, const mark& what, std::string_view endpoint, timestamp time) {
  typename S::transaction;
  { s.begin(what, time) } -> std::same_as<result<bool>>;
  { s.current() } -> std::same_as<typename S::transaction&>;
  { s.is_open() } -> std::same_as<bool>;
  { s.was_ended() } -> std::same_as<bool>;
  { s.met_full_disk() } -> std::same_as<bool>;
  { s.keep() } -> std::same_as<result<void>>;
  { s.undo() } -> std::same_as<void>;
  { s.commit() } -> std::same_as<result<void>>;
  { s.rollback() } -> std::same_as<void>;
  { s.reach_standbys() } -> std::same_as<result<void>>;
  { s.marked(what) } -> std::same_as<result<bool>>;
  { s.prune(endpoint, time, time) } -> std::same_as<result<std::size_t>>;
};

/// Where effects go. `is_at`: whether that is the inbox's own file, where a busy handler would starve the intake.
template <class E>
concept effects = std::copyable<E> && requires(const E& e, const std::string& location) {
  typename E::transaction;
  typename E::session;
  requires effects_session<typename E::session>;
  { e.connect() } -> std::same_as<result<std::unique_ptr<typename E::session>>>;
  { e.is_at(location) } -> std::same_as<bool>;
};

}  // namespace sello::inline v0::detail
