// SPDX-License-Identifier: MIT
// The owner's side of an inbox in SQLite: what is in it, replays, parking, pruning, and the quarantine.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/inbox/detail/sqlite_database.hpp>
#include <sello/inbox/detail/sqlite_turns.hpp>
#include <sello/inbox/detail/text.hpp>
#include <sello/inbox/rows.hpp>
#include <sello/inbox/stored.hpp>

namespace sello::inline v0::sqlite::detail {

[[noreturn]] inline void no_such(delivery_id id, std::string_view why) {
  throw bad_result{{errc::malformed_option, "delivery " + std::to_string(id) + std::string{why}}};
}

/// `d` a delivery, `s` its source; `type` as it is stored, and borrowed by the statement, as all of the filter is. The state
/// stands in the text, for the index of those that are parked.
[[nodiscard]] inline statement filtered(const connection& from, std::string sql, const delivery_filter& filter,
                                        const std::string& type, std::string_view else_states, std::size_t most) {
  sql +=
      " WHERE d.id > ?1 AND (?2 = '' OR s.endpoint = ?2) AND (?3 = '' OR s.provider = ?3) AND "
      "(?4 = '' OR d.type = ?4)";
  if (filter.state) {
    sql += " AND d.state = " + std::to_string(static_cast<int>(*filter.state));
  } else {
    sql += else_states;
  }
  statement rows = from.prepare(sql += " ORDER BY d.id LIMIT ?5");
  rows(filter.after, filter.endpoint, filter.provider, type, (std::min)(filter.limit, most));
  return rows;
}

[[nodiscard]] inline failed_try read_failure(const statement& row, int column) {
  return {.at = time_of(row.integer(column)),
          .generation = row.integer(column + 1),
          .why = {static_cast<errc>(row.integer(column + 2)), row.text(column + 3)}};
}

[[nodiscard]] inline std::vector<delivery_row> list(const connection& from, const delivery_filter& filter) {
  std::string sql =
      "SELECT d.id, s.endpoint, s.provider, d.key, d.type, d.arrived, d.state, d.generation, coalesce(w.attempts, 0), "
      "coalesce(w.crashes, 0), d.body IS NOT NULL, f.id, f.at, f.generation, f.code, f.place FROM delivery d "
      "JOIN source s ON s.id = d.source LEFT JOIN work w ON w.delivery = d.id AND w.generation = d.generation "
      "LEFT JOIN failure f ON f.id = (SELECT max(id) FROM failure WHERE delivery = d.id)";
  const std::string type = sello::detail::storable(filter.type, 256);
  statement rows = filtered(from, std::move(sql), filter, type, "", 10'000);
  std::vector<delivery_row> found;
  while (rows.step()) {
    delivery_row& row = found.emplace_back(delivery_row{.id = rows.integer(0),
                                                        .endpoint = rows.text(1),
                                                        .provider = rows.text(2),
                                                        .key = sello::detail::restored(rows.text(3)),
                                                        .type = sello::detail::restored(rows.text(4)),
                                                        .arrived = time_of(rows.integer(5)),
                                                        .state = static_cast<progress>(rows.integer(6)),
                                                        .generation = rows.integer(7),
                                                        .attempts = rows.integer(8),
                                                        .crashes = rows.integer(9),
                                                        .has_body = rows.integer(10) != 0});
    if (!rows.is_null(11)) row.last_failure = read_failure(rows, 12);
  }
  return found;
}

[[nodiscard]] inline delivery_details show(const connection& from, delivery_id id) {
  const auto rows = list(from, {.after = id - 1, .limit = 1});
  if (rows.empty() || rows.front().id != id) no_such(id, " is not in this inbox");
  delivery_details details{.row = rows.front()};
  statement body = from.prepare("SELECT body FROM delivery WHERE id = ? AND body IS NOT NULL");
  if (body(id).step()) details.body = body.text(0);
  statement failures = from.prepare("SELECT at, generation, code, place FROM failure WHERE delivery = ? ORDER BY id");
  failures(id);
  while (failures.step()) details.failures.push_back(read_failure(failures, 0));
  statement others =
      from.prepare("SELECT arrived, lower(hex(digest)), body FROM conflict WHERE delivery = ? ORDER BY id");
  others(id);
  while (others.step()) {
    details.conflicts.push_back({.arrived = time_of(others.integer(0)), .digest = others.text(1)});
    if (!others.is_null(2)) details.conflicts.back().body = others.text(2);
  }
  return details;
}

/// In a transaction. False: there is nothing to do for it. What is parked goes back as it is, so that its mark, if its effect
/// was committed after all, still counts.
[[nodiscard]] inline bool replay(const connection& in, delivery_id id, std::int64_t now) {
  const std::int64_t back = in.prepare(
                                  "UPDATE work SET state = 0, due = ?1, attempts = 0, crashes = 0, running = 0, "
                                  "token = 0 WHERE delivery = ?2 AND (state = 1 OR token = 0 OR due <= ?1)")(now, id)
                                .run();
  if (back != 0) {
    in.prepare("UPDATE delivery SET state = 0 WHERE id = ?")(id).run();
    return true;
  }
  const bool next = in.prepare(
                          "UPDATE delivery SET generation = generation + 1, state = 0 WHERE id = ? AND "
                          "state IN (1, 2) AND body IS NOT NULL")(id)
                        .run() == 1;
  if (!next) return false;
  in.prepare(
        "INSERT INTO work(delivery, generation, source, state, due, occasion, size, serial_key, parked_blocks) SELECT "
        "id, "
        "generation, source, 0, ?1, -?1, length(body), serial_key, parked_blocks FROM delivery WHERE id = ?2")(now, id)
      .run();
  return true;
}

inline void replay_one(const connection& in, delivery_id id, std::int64_t now) {
  const immediate change{in};
  if (!replay(in, id, now)) {
    statement row = in.prepare("SELECT state FROM delivery WHERE id = ?");
    if (!row(id).step()) no_such(id, " is not in this inbox");
    no_such(id, row.integer(0) == 0 ? ": a worker has it now" : ": its body was pruned, nothing is left to handle");
  }
  change.commit();
}

/// What has taken effect is left alone unless the filter names it. The next page begins after `filter.after`; 0: no more.
[[nodiscard]] inline std::size_t replay_page(const connection& in, delivery_filter& filter, std::int64_t now) {
  const immediate change{in};
  filter.limit = 500;
  const std::string type = sello::detail::storable(filter.type, 256);
  statement rows = filtered(in, "SELECT d.id FROM delivery d JOIN source s ON s.id = d.source", filter, type,
                            " AND d.state IN (2, 3)", 500);
  std::vector<delivery_id> ids;
  while (rows.step()) ids.push_back(rows.integer(0));
  std::size_t count = 0;
  for (const delivery_id id : ids)
    if (replay(in, id, now)) ++count;
  change.commit();
  filter.after = ids.size() < filter.limit ? 0 : ids.back();
  return count;
}

inline void park(const connection& in, delivery_id id) {
  const immediate change{in};
  statement rows = in.prepare(
      "UPDATE work SET state = 1, token = 0, running = 0 WHERE delivery = ? AND state = 0 RETURNING source, "
      "serial_key");
  rows(id);
  std::size_t count = 0;
  std::set<std::pair<std::int64_t, std::string>> turns;  // generations may differ in their serial keys
  for (; rows.step(); ++count)
    if (!rows.is_null(1)) turns.emplace(rows.integer(0), rows.text(1));
  if (count == 0) no_such(id, " does not wait: there is nothing to park");
  for (const auto& [source, serial_key] : turns) show_next(in, source, serial_key);
  in.prepare("UPDATE delivery SET state = 3 WHERE id = ?")(id).run();
  change.commit();
}

[[nodiscard]] inline std::optional<timestamp> read_time(const statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional{time_of(row.integer(column))};
}

[[nodiscard]] inline std::optional<timestamp> oldest_work(const connection& from) {
  statement row = from.prepare(
      "SELECT min(coalesce(nullif(abs(w.occasion), 0), d.arrived)) FROM work w JOIN delivery d ON d.id = w.delivery");
  return row.step() ? read_time(row, 0) : std::nullopt;
}

[[nodiscard]] inline inbox_stats count(const connection& from) {
  inbox_stats all;
  const auto number = [](const statement& row, int column) { return static_cast<std::uint64_t>(row.integer(column)); };
  statement sources = from.prepare(
      "SELECT endpoint, provider, stored, done, ignored, duplicates, conflicts, late_marks, crashes, last_delivery, "
      "last_success, last_failure FROM source ORDER BY endpoint, provider");
  while (sources.step()) {
    endpoint_stats& one = all.endpoints.emplace_back(endpoint_stats{.endpoint = sources.text(0),
                                                                    .provider = sources.text(1),
                                                                    .stored = number(sources, 2),
                                                                    .done = number(sources, 3),
                                                                    .ignored = number(sources, 4),
                                                                    .duplicates = number(sources, 5),
                                                                    .conflicts = number(sources, 6),
                                                                    .late_marks = number(sources, 7),
                                                                    .crashes = number(sources, 8),
                                                                    .last_delivery = read_time(sources, 9),
                                                                    .last_success = read_time(sources, 10),
                                                                    .last_failure = read_time(sources, 11)});
    all.stored += one.stored;
    all.done += one.done;
    all.ignored += one.ignored;
    all.duplicates += one.duplicates;
    all.conflicts += one.conflicts;
    all.late_marks += one.late_marks;
    all.crashes += one.crashes;
  }
  statement waiting = from.prepare(
      "SELECT rows, bytes, (SELECT arrived FROM delivery WHERE id = oldest) FROM (SELECT count(*) AS rows, "
      "coalesce(sum(size), 0) AS bytes, min(delivery) AS oldest FROM work WHERE state = 0)");
  if (waiting.step()) {
    all.waiting = number(waiting, 0);
    all.waiting_bytes = number(waiting, 1);
    all.oldest_waiting = read_time(waiting, 2);
  }
  all.parked = static_cast<std::uint64_t>(from.ask_integer("SELECT count(*) FROM work WHERE state = 1"));
  all.quarantined = static_cast<std::uint64_t>(from.ask_integer("SELECT count(*) FROM quarantine"));
  return all;
}

}  // namespace sello::inline v0::sqlite::detail
