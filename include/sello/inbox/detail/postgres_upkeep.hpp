// SPDX-License-Identifier: MIT
// What an inbox in PostgreSQL forgets: old bodies and keys, in small transactions, and a bounded ring of what nothing proves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sello/inbox/detail/postgres_database.hpp>
#include <sello/inbox/detail/text.hpp>
#include <sello/inbox/options.hpp>
#include <sello/inbox/rows.hpp>
#include <sello/inbox/stored.hpp>

namespace sello::inline v0::postgres::detail {

/// Looks at each row of `table` once, and at a thousand in one statement, so that none runs into its time limit. `which` says
/// of `r` what to change, with $1 a time. What somebody else holds is left for the next time.
[[nodiscard]] inline std::uint64_t prune_rows(connection& in, const std::string& table, std::string_view which,
                                              std::string_view change, std::int64_t before) {
  const std::string sql = "WITH page AS MATERIALIZED (SELECT id FROM " + table +
                          std::string{
                              " WHERE id > $2::bigint ORDER BY id LIMIT 1000), found AS MATERIALIZED (SELECT "
                              "r.id FROM "}
                              .append(table)
                              .append(" r WHERE r.id > $2::bigint AND r.id <= (SELECT max(id) FROM page) AND ")
                              .append(which)
                              .append(" FOR UPDATE SKIP LOCKED), changed AS (")
                              .append(change)
                              .append(
                                  " WHERE id = ANY(ARRAY(SELECT id FROM found)) RETURNING 1) "
                                  "SELECT (SELECT count(*) FROM changed), max(id) FROM page");
  std::uint64_t count = 0;
  std::int64_t last = 0;
  for (;;) {
    const rows done = in.run(sql, before, last);
    if (done.is_null(0, 1)) return count;
    count += static_cast<std::uint64_t>(done.integer(0, 0));
    last = done.integer(0, 1);
  }
}

/// What is not done is never touched, nor, as in SQLite, is the newest delivery.
[[nodiscard]] inline pruned_rows prune(connection& in, const inbox_options& options, std::int64_t now) {
  const std::int64_t bodies_before = now - micros(options.body_retention);
  pruned_rows pruned;
  // First what is in quarantine: a later try of it may be among the rest, whose key is known as long as it has its body.
  static_cast<void>(
      prune_rows(in, "sello.quarantine", "r.arrived < $1::bigint", "DELETE FROM sello.quarantine", bodies_before));
  pruned.bodies = prune_rows(in, "sello.delivery",
                             "r.state IN (1, 2) AND r.body IS NOT NULL AND r.arrived < $1::bigint AND "
                             "NOT EXISTS (SELECT 1 FROM sello.work w WHERE w.delivery = r.id)",
                             "UPDATE sello.delivery SET body = NULL", bodies_before);
  pruned.conflicts = prune_rows(in, "sello.conflict", "r.body IS NOT NULL AND r.arrived < $1::bigint",
                                "UPDATE sello.conflict SET body = NULL", bodies_before);
  pruned.deliveries = prune_rows(in, "sello.delivery",
                                 "r.state IN (1, 2) AND r.body IS NULL AND r.key_until < $1::bigint AND "
                                 "r.id < (SELECT max(id) FROM sello.delivery) AND "
                                 "NOT EXISTS (SELECT 1 FROM sello.work w WHERE w.delivery = r.id)",
                                 "DELETE FROM sello.delivery", now);
  static_cast<void>(prune_rows(in, "sello.failure",
                               "r.at < $1::bigint AND NOT EXISTS (SELECT 1 FROM sello.delivery d WHERE "
                               "d.id = r.delivery)",
                               "DELETE FROM sello.failure", now));
  static_cast<void>(prune_rows(in, "sello.conflict",
                               "r.arrived < $1::bigint AND NOT EXISTS (SELECT 1 FROM sello.delivery d WHERE "
                               "d.id = r.delivery)",
                               "DELETE FROM sello.conflict", now));
  return pruned;
}

using sello::detail::countable;

/// The rings of all endpoints.
struct ring {
  static void add(connection& in, const quarantined& suspect, const quarantine_options& limits) {
    std::string lines;
    for (const auto& [name, value] : suspect.headers) sello::detail::write_line(lines, name, value);
    transaction_scope change{in};
    in.run("SELECT pg_advisory_xact_lock(7307199622216)");  // each sees what it has to count
    in.run("INSERT INTO sello.source(endpoint, provider) VALUES ($1::text, $2::text) ON CONFLICT DO NOTHING",
           suspect.endpoint, suspect.provider);
    in.run(
        "INSERT INTO sello.quarantine(source, arrived, headers, body) SELECT id, $1::bigint, $2::text, $3::bytea FROM "
        "sello.source WHERE endpoint = $4::text AND provider = $5::text",
        count_of(suspect.arrived), lines, blob{suspect.body}, suspect.endpoint, suspect.provider);
    // From the newest on: how many there are, and how many bytes they have.
    in.run(
        "DELETE FROM sello.quarantine WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER newest AS place, "
        "sum(length(body) + length(headers)) OVER newest AS bytes FROM sello.quarantine WHERE source IN "
        "(SELECT id FROM sello.source WHERE endpoint = $3::text) WINDOW newest AS (ORDER BY id DESC)) q WHERE "
        "place > $1::bigint OR bytes > $2::bigint)",
        countable(limits.count), countable(limits.bytes), suspect.endpoint);
    change.commit();
  }

  [[nodiscard]] static std::optional<quarantined> after(connection& from, std::int64_t id) {
    const rows row = from.run(
        "SELECT q.id, s.endpoint, s.provider, q.arrived, q.headers, q.body FROM sello.quarantine q "
        "JOIN sello.source s ON s.id = q.source WHERE q.id > $1::bigint ORDER BY q.id LIMIT 1",
        id);
    if (row.size() == 0) return std::nullopt;
    return quarantined{.id = row.integer(0, 0),
                       .endpoint = row.text(0, 1),
                       .provider = row.text(0, 2),
                       .arrived = time_of(row.integer(0, 3)),
                       .headers = sello::detail::read_lines(row.text(0, 4)),
                       .body = row.bytes(0, 5)};
  }

  [[nodiscard]] static bool dismiss(connection& in, std::int64_t id) {
    return in.run("DELETE FROM sello.quarantine WHERE id = $1::bigint", id).changed() != 0;
  }
};

}  // namespace sello::inline v0::postgres::detail
