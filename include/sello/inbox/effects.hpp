// SPDX-License-Identifier: MIT
// What a backend gives to the worker for effects: a transaction that commits a handler's writes and their mark together.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <sello/base/result.hpp>
#include <sello/base/timestamp.hpp>

namespace sello::inline v0::detail {

/// What a delivery is, wherever it is stored: not a row's number, for an inbox that was restored or made anew must not meet
/// the marks of other deliveries.
struct mark {
  std::string endpoint{};
  std::string provider{};
  std::string key{};
  std::int64_t generation = 0;
  std::int64_t day = 0;  ///< of arrival, where the key is a digest: an equal event after its window is another one
  timestamp arrived{};   ///< of the delivery; a mark goes only after all work that is as old
};

/// A connection to the effects' database, for one thread.
///
/// `begin` opens a transaction and inserts the mark; false: this delivery has taken effect already, and no transaction is
/// open. In an open transaction it makes a savepoint. `keep` ends the savepoint, `undo` takes it back, `commit` makes all
/// that was kept durable, and is refused where the handler ended the transaction itself. `marked` only looks.
template <class S>
concept effects_session = requires(S& s, const mark& what, timestamp now, timestamp before) {
  typename S::transaction;
  { s.begin(what, now) } -> std::same_as<result<bool>>;
  { s.current() } -> std::same_as<typename S::transaction&>;
  { s.keep() } -> std::same_as<result<void>>;
  { s.undo() } -> std::same_as<void>;
  { s.commit() } -> std::same_as<result<void>>;
  { s.rollback() } -> std::same_as<void>;
  { s.marked(what) } -> std::same_as<result<bool>>;
  { s.prune(before, now) } -> std::same_as<result<std::size_t>>;
};

/// Where effects go. `is_at`: whether that is the inbox's own file, where a busy handler would starve the intake.
template <class E>
concept effects = requires(E& e, const std::string& location) {
  typename E::transaction;
  typename E::session;
  requires effects_session<typename E::session>;
  { e.connect() } -> std::same_as<result<std::unique_ptr<typename E::session>>>;
  { e.is_at(location) } -> std::same_as<bool>;
};

}  // namespace sello::inline v0::detail
