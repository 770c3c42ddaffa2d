// SPDX-License-Identifier: MIT
// The owner's side of an inbox in PostgreSQL: what is in it, replays and parking.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/inbox/detail/postgres_database.hpp>
#include <sello/inbox/detail/postgres_turns.hpp>
#include <sello/inbox/detail/text.hpp>
#include <sello/inbox/rows.hpp>

namespace sello::inline v0::postgres::detail {

[[noreturn]] inline void no_such(delivery_id id, std::string_view why) {
  throw bad_result{{errc::malformed_option, "delivery " + std::to_string(id) + std::string{why}}};
}

/// `d` a delivery, `s` its source. The state stands in the text, for the index of those that are parked.
[[nodiscard]] inline rows filtered(connection& from, std::string sql, const delivery_filter& filter,
                                   std::string_view else_states, std::size_t most) {
  sql +=
      " WHERE d.id > $1::bigint AND ($2::text = '' OR s.endpoint = $2::text) AND ($3::text = '' OR s.provider = "
      "$3::text) AND ($4::text = '' OR d.type = $4::text)";
  if (filter.state) {
    sql += " AND d.state = " + std::to_string(static_cast<int>(*filter.state));
  } else {
    sql += else_states;
  }
  return from.run(sql += " ORDER BY d.id LIMIT $5::bigint", filter.after, filter.endpoint, filter.provider,
                  sello::detail::storable(filter.type, 256), (std::min)(filter.limit, most));
}

[[nodiscard]] inline failed_try read_failure(const rows& from, int row, int column) {
  return {.at = time_of(from.integer(row, column)),
          .generation = from.integer(row, column + 1),
          .why = {static_cast<errc>(from.integer(row, column + 2)), from.text(row, column + 3)}};
}

[[nodiscard]] inline std::vector<delivery_row> list(connection& from, const delivery_filter& filter) {
  std::string sql =
      "SELECT d.id, s.endpoint, s.provider, d.key, d.type, d.arrived, d.state, d.generation, coalesce(w.attempts, 0), "
      "coalesce(w.crashes, 0), (d.body IS NOT NULL)::int, f.id, f.at, f.generation, f.code, f.place FROM "
      "sello.delivery d "
      "JOIN sello.source s ON s.id = d.source "
      "LEFT JOIN sello.work w ON w.delivery = d.id AND w.generation = d.generation "
      "LEFT JOIN LATERAL (SELECT * FROM sello.failure WHERE delivery = d.id ORDER BY id DESC LIMIT 1) f ON true";
  const rows all = filtered(from, std::move(sql), filter, "", 10'000);
  std::vector<delivery_row> found;
  for (int i = 0; i < all.size(); ++i) {
    delivery_row& row = found.emplace_back(delivery_row{.id = all.integer(i, 0),
                                                        .endpoint = all.text(i, 1),
                                                        .provider = all.text(i, 2),
                                                        .key = sello::detail::restored(all.text(i, 3)),
                                                        .type = sello::detail::restored(all.text(i, 4)),
                                                        .arrived = time_of(all.integer(i, 5)),
                                                        .state = static_cast<progress>(all.integer(i, 6)),
                                                        .generation = all.integer(i, 7),
                                                        .attempts = all.integer(i, 8),
                                                        .crashes = all.integer(i, 9),
                                                        .has_body = all.integer(i, 10) != 0});
    if (!all.is_null(i, 11)) row.last_failure = read_failure(all, i, 12);
  }
  return found;
}

[[nodiscard]] inline delivery_details show(connection& from, delivery_id id) {
  const auto row = list(from, {.after = id - 1, .limit = 1});
  if (row.empty() || row.front().id != id) no_such(id, " is not in this inbox");
  delivery_details details{.row = row.front()};
  const rows body = from.run("SELECT body FROM sello.delivery WHERE id = $1::bigint AND body IS NOT NULL", id);
  if (body.size() == 1) details.body = body.bytes(0, 0);
  const rows failures =
      from.run("SELECT at, generation, code, place FROM sello.failure WHERE delivery = $1::bigint ORDER BY id", id);
  for (int i = 0; i < failures.size(); ++i) details.failures.push_back(read_failure(failures, i, 0));
  const rows others = from.run(
      "SELECT arrived, encode(digest, 'hex'), body FROM sello.conflict WHERE delivery = $1::bigint ORDER BY id", id);
  for (int i = 0; i < others.size(); ++i) {
    details.conflicts.push_back({.arrived = time_of(others.integer(i, 0)), .digest = others.text(i, 1)});
    if (!others.is_null(i, 2)) details.conflicts.back().body = others.bytes(i, 2);
  }
  return details;
}

/// What waits or is parked; false: it does neither by now. What is parked goes back as it is, so that its mark, if its effect
/// was committed after all, still counts.
[[nodiscard]] inline bool replay_work(connection& in, delivery_id id) {
  const rows back = in.run(
      "UPDATE sello.work SET state = 0, due = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, attempts = 0, "
      "crashes = 0, running = 0, token = 0 WHERE delivery = $1::bigint AND (state = 1 OR token = 0 OR "
      "due <= (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)",
      id);
  if (back.changed() == 0) return false;
  in.run("UPDATE sello.delivery SET state = 0 WHERE id = $1::bigint", id);
  return true;
}

/// The next generation of what is done; false: it has one by now, or no body.
[[nodiscard]] inline bool replay_done(connection& in, delivery_id id, std::int64_t seen) {
  return in.run(
               "WITH next AS (UPDATE sello.delivery SET generation = generation + 1, state = 0 WHERE id = $1::bigint "
               "AND generation = $2::bigint AND state IN (1, 2) AND body IS NOT NULL RETURNING id, generation, source, "
               "length(body) AS size, "
               "serial_key, parked_blocks, "
               "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now) "
               "INSERT INTO sello.work(delivery, generation, source, state, due, occasion, size, serial_key, "
               "parked_blocks) "
               "SELECT id, generation, source, 0, now, -now, size, serial_key, parked_blocks FROM next RETURNING "
               "delivery",
               id, seen)
             .size() == 1;
}

/// In a transaction: a delivery that was seen in this state, which a worker may have changed since.
[[nodiscard]] inline bool replay(connection& in, delivery_id id, progress state, std::int64_t generation) {
  const bool is_work = state == progress::waiting || state == progress::parked;
  return is_work ? replay_work(in, id) : replay_done(in, id, generation);
}

/// The delivery is locked before its work, as by who settles it: else each could wait for the other.
inline void replay_one(connection& in, delivery_id id) {
  transaction_scope change{in};
  const rows row = in.run("SELECT state, generation FROM sello.delivery WHERE id = $1::bigint FOR NO KEY UPDATE", id);
  if (row.size() == 0) no_such(id, " is not in this inbox");
  const auto state = static_cast<progress>(row.integer(0, 0));
  if (!replay(in, id, state, row.integer(0, 1))) {
    no_such(id,
            state == progress::waiting ? ": a worker has it now" : ": its body was pruned, nothing is left to handle");
  }
  change.commit();
}

/// What has taken effect is left alone unless the filter names it. The next page begins after `filter.after`; 0: no more.
[[nodiscard]] inline std::size_t replay_page(connection& in, delivery_filter& filter) {
  transaction_scope change{in};
  filter.limit = 500;
  const rows ids =
      filtered(in, "SELECT d.id, d.state, d.generation FROM sello.delivery d JOIN sello.source s ON s.id = d.source",
               filter, " AND d.state IN (2, 3)", 500);
  std::size_t count = 0;
  for (int i = 0; i < ids.size(); ++i)
    if (replay(in, ids.integer(i, 0), static_cast<progress>(ids.integer(i, 1)), ids.integer(i, 2))) ++count;
  change.commit();
  filter.after = ids.size() < 500 ? 0 : ids.integer(ids.size() - 1, 0);
  return count;
}

inline void park(connection& in, delivery_id id) {
  transaction_scope change{in};
  in.run("SELECT 1 FROM sello.delivery WHERE id = $1::bigint FOR NO KEY UPDATE", id);
  const rows parked = in.run(
      "UPDATE sello.work SET state = 1, token = 0, running = 0 WHERE delivery = $1::bigint AND state = 0 "
      "RETURNING source, serial_key",
      id);
  if (parked.size() == 0) no_such(id, " does not wait: there is nothing to park");
  for (int i = 0; i < parked.size(); ++i)
    if (!parked.is_null(i, 1)) show_next(in, {{parked.integer(i, 0), parked.text(i, 1)}});
  in.run("UPDATE sello.delivery SET state = 3 WHERE id = $1::bigint", id);
  change.commit();
}

[[nodiscard]] inline std::optional<timestamp> read_time(const rows& from, int row, int column) {
  return from.is_null(row, column) ? std::nullopt : std::optional{time_of(from.integer(row, column))};
}

[[nodiscard]] inline std::optional<timestamp> oldest_work(connection& from) {
  return read_time(from.run("SELECT min(coalesce(nullif(abs(w.occasion), 0), d.arrived)) FROM sello.work w JOIN "
                            "sello.delivery d ON d.id = w.delivery"),
                   0, 0);
}

[[nodiscard]] inline inbox_stats count(connection& from) {
  inbox_stats all;
  const rows sources = from.run(
      "SELECT endpoint, provider, stored, done, ignored, duplicates, conflicts, late_marks, crashes, last_delivery, "
      "last_success, last_failure FROM sello.source ORDER BY endpoint, provider");
  const auto number = [](const rows& of, int row, int column) {
    return static_cast<std::uint64_t>(of.integer(row, column));
  };
  for (int i = 0; i < sources.size(); ++i) {
    endpoint_stats& one = all.endpoints.emplace_back(endpoint_stats{.endpoint = sources.text(i, 0),
                                                                    .provider = sources.text(i, 1),
                                                                    .stored = number(sources, i, 2),
                                                                    .done = number(sources, i, 3),
                                                                    .ignored = number(sources, i, 4),
                                                                    .duplicates = number(sources, i, 5),
                                                                    .conflicts = number(sources, i, 6),
                                                                    .late_marks = number(sources, i, 7),
                                                                    .crashes = number(sources, i, 8),
                                                                    .last_delivery = read_time(sources, i, 9),
                                                                    .last_success = read_time(sources, i, 10),
                                                                    .last_failure = read_time(sources, i, 11)});
    all.stored += one.stored;
    all.done += one.done;
    all.ignored += one.ignored;
    all.duplicates += one.duplicates;
    all.conflicts += one.conflicts;
    all.late_marks += one.late_marks;
    all.crashes += one.crashes;
  }
  const rows waiting = from.run(
      "SELECT c.n, c.bytes, d.arrived FROM (SELECT count(*) AS n, coalesce(sum(size), 0)::bigint AS bytes, "
      "min(delivery) AS oldest FROM sello.work WHERE state = 0) c LEFT JOIN sello.delivery d ON d.id = c.oldest");
  all.waiting = number(waiting, 0, 0);
  all.waiting_bytes = number(waiting, 0, 1);
  all.oldest_waiting = read_time(waiting, 0, 2);
  // A logical subscriber and a backup are no standbys. https://www.postgresql.org/docs/15/monitoring-stats.html
  const rows rest = from.run(
      "SELECT (SELECT count(*) FROM sello.work WHERE state = 1), (SELECT count(*) FROM sello.quarantine), "
      "(SELECT count(*) FROM pg_stat_replication r WHERE coalesce(r.sync_state, CASE "
      "current_setting('synchronous_standby_names') WHEN '' THEN 'async' END) IN ('async', 'potential') AND "
      "r.state IS DISTINCT FROM 'backup' AND NOT EXISTS "
      "(SELECT 1 FROM pg_replication_slots l WHERE l.active_pid = r.pid AND l.slot_type = 'logical'))");
  all.parked = number(rest, 0, 0);
  all.quarantined = number(rest, 0, 1);
  all.asynchronous_standbys = number(rest, 0, 2);
  return all;
}

}  // namespace sello::inline v0::postgres::detail
