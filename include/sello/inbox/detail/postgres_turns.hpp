// SPDX-License-Identifier: MIT
// Deliveries of one serial key in PostgreSQL: those behind another one stay out of the claims' sight until it is their turn.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/inbox/detail/postgres_connection.hpp>

namespace sello::inline v0::postgres::detail {

/// As in SQLite: what is found behind another one is due 2^62 microseconds later, and the next of its key comes back when
/// one is done or parked. Who hides sees all that was settled, for it waits for them and they for it: else the last of a key
/// could be hidden just after what it waited for is gone. Whose row is locked is left for the next time.
inline constexpr std::string_view some_are_behind_sql =
    "SELECT 1 FROM (SELECT delivery, generation, source, serial_key FROM sello.work WHERE serial_key IS NOT NULL AND "
    "state = 0 AND due <= (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) ORDER BY due LIMIT 512) w "
    "WHERE EXISTS (SELECT 1 FROM sello.work o WHERE o.serial_key IS NOT NULL AND (o.state = 0 OR o.parked_blocks <> 0) "
    "AND o.source = w.source AND o.serial_key = w.serial_key AND "
    "(o.delivery, o.generation) < (w.delivery, w.generation)) LIMIT 1";
inline constexpr std::string_view hide_sql =
    "WITH first AS MATERIALIZED (SELECT delivery, generation, source, serial_key FROM sello.work WHERE serial_key IS "
    "NOT NULL AND state = 0 AND due <= (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) ORDER BY due "
    "LIMIT 512 FOR UPDATE SKIP LOCKED) "
    "UPDATE sello.work w SET due = w.due + 4611686018427387904, token = 0 FROM first f WHERE "
    "(w.delivery, w.generation) = (f.delivery, f.generation) AND EXISTS (SELECT 1 FROM sello.work o WHERE "
    "o.serial_key IS NOT NULL AND (o.state = 0 OR o.parked_blocks <> 0) AND o.source = f.source AND "
    "o.serial_key = f.serial_key AND (o.delivery, o.generation) < (f.delivery, f.generation))";
inline constexpr std::string_view show_next_sql =
    "UPDATE sello.work SET due = due - 4611686018427387904 WHERE due >= 4611686018427387904 AND "
    "(delivery, generation) IN (SELECT delivery, generation FROM sello.work WHERE serial_key IS NOT NULL AND "
    "(state = 0 OR parked_blocks <> 0) AND source = $1::bigint AND serial_key = $2::text AND state = 0 AND "
    "due >= 4611686018427387904 ORDER BY delivery, generation LIMIT 1)";

/// False: the first that are due wait for nobody.
[[nodiscard]] inline bool hide(connection& in) {
  if (in.run(some_are_behind_sql).size() == 0) return false;
  transaction_scope change{in};
  in.run("SELECT pg_advisory_xact_lock(7307199622215)");
  const bool any = in.run(hide_sql).changed() != 0;
  change.commit();
  return any;
}

/// In the transaction in which one of each key was done or parked, behind all that changed.
inline void show_next(connection& in, const std::vector<std::pair<std::int64_t, std::string>>& keys) {
  if (keys.empty()) return;
  in.run("SELECT pg_advisory_xact_lock_shared(7307199622215)");
  for (const auto& [source, serial_key] : keys) in.run(show_next_sql, source, serial_key);
}

}  // namespace sello::inline v0::postgres::detail
