// SPDX-License-Identifier: MIT
// Deliveries of one serial key in SQLite: those behind another one stay out of the claims' sight until it is their turn.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sello/inbox/detail/sqlite_database.hpp>

namespace sello::inline v0::sqlite::detail {

/// An older one of the serial key of `w` is not done; parked ones count where the owner says so.
inline constexpr std::string_view has_older_sql =
    "EXISTS (SELECT 1 FROM work o INDEXED BY work_older WHERE o.serial_key IS NOT NULL AND "
    "(o.state = 0 OR o.parked_blocks) AND o.source = w.source AND o.serial_key = w.serial_key AND "
    "(o.delivery, o.generation) < (w.delivery, w.generation))";

/// Another one of its serial key is claimed, which may be a younger one if the first was parked and came back.
inline constexpr std::string_view has_claimed_sql =
    "EXISTS (SELECT 1 FROM work o INDEXED BY work_claimed WHERE o.serial_key IS NOT NULL AND o.token <> 0 AND "
    "o.state = 0 AND o.source = w.source AND o.serial_key = w.serial_key AND o.due > ?1)";

/// A claim that skips what has to wait would look at a long queue of one key each time. So what is found behind another one
/// is due 2^62 microseconds later, and the next of its key comes back, with its place among the others, when one is done or
/// parked. All of it under the write lock, in the transactions of the claim and of the settlement.
class turns {
 public:
  explicit turns(const connection& loose)
      : hide_{loose.prepare(
            std::string{"UPDATE work SET due = due + 4611686018427387904, token = 0 WHERE (delivery, generation) IN "
                        "(SELECT w.delivery, w.generation FROM (SELECT delivery, generation, source, serial_key FROM "
                        "work INDEXED BY work_turn WHERE serial_key IS NOT NULL AND state = 0 AND due <= ? ORDER BY "
                        "due LIMIT 256) w WHERE "}
                .append(has_older_sql)
                .append(")"))} {}

  /// Of the first that are due; false: none of them is behind another one.
  [[nodiscard]] bool hide(std::int64_t now) { return hide_(now).run() != 0; }

 private:
  statement hide_;
};

/// One of this key is done, or parked: the next one is due as it was. It may be sent back, if a parked one blocks it.
inline void show_next(const connection& in, std::int64_t source, std::string_view serial_key) {
  in.prepare(
        "UPDATE work SET due = due - 4611686018427387904 WHERE (delivery, generation) IN (SELECT delivery, generation "
        "FROM work INDEXED BY work_older WHERE serial_key IS NOT NULL AND (state = 0 OR parked_blocks) AND source = ? "
        "AND serial_key = ? AND state = 0 AND due >= 4611686018427387904 ORDER BY delivery, generation LIMIT 1)")(
        source, serial_key)
      .run();
}

}  // namespace sello::inline v0::sqlite::detail
