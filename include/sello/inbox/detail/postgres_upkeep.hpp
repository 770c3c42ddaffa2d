// SPDX-License-Identifier: MIT
// What an inbox in PostgreSQL forgets: old bodies and keys, in small transactions, and a bounded ring of what nothing proves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
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

/// A statement that changes at most 256 rows at a time, until it finds none. Its one parameter is a time.
[[nodiscard]] inline std::uint64_t prune_rows(connection& in, std::string_view sql, std::int64_t before) {
  std::uint64_t count = 0;
  for (;;) {
    const auto changed = static_cast<std::uint64_t>(in.run(sql, before).changed());
    count += changed;
    if (changed < 256) return count;
  }
}

/// What is not done is never touched, nor, as in SQLite, is the newest delivery.
[[nodiscard]] inline pruned_rows prune(connection& in, const inbox_options& options, std::int64_t now) {
  const std::int64_t bodies_before = now - micros(options.body_retention);
  pruned_rows pruned;
  // First what is in quarantine: a later try of it may be among the rest, whose key is known as long as it has its body.
  static_cast<void>(
      prune_rows(in,
                 "DELETE FROM sello.quarantine WHERE id IN (SELECT id FROM sello.quarantine WHERE arrived < "
                 "$1::bigint ORDER BY id LIMIT 256)",
                 bodies_before));
  pruned.bodies = prune_rows(
      in,
      "UPDATE sello.delivery SET body = NULL WHERE state IN (1, 2) AND id IN (SELECT id FROM sello.delivery d WHERE "
      "state IN (1, 2) AND body IS NOT NULL AND arrived < $1::bigint AND NOT EXISTS (SELECT 1 FROM sello.work w WHERE "
      "w.delivery = d.id) ORDER BY id LIMIT 256 FOR UPDATE SKIP LOCKED)",
      bodies_before);
  pruned.conflicts =
      prune_rows(in,
                 "UPDATE sello.conflict SET body = NULL WHERE id IN (SELECT id FROM sello.conflict WHERE "
                 "body IS NOT NULL AND arrived < $1::bigint ORDER BY id LIMIT 256)",
                 bodies_before);
  pruned.deliveries =
      prune_rows(in,
                 "DELETE FROM sello.delivery WHERE state IN (1, 2) AND id IN (SELECT id FROM sello.delivery d WHERE "
                 "state IN (1, 2) AND body IS NULL AND key_until < $1::bigint AND id < (SELECT max(id) FROM "
                 "sello.delivery) AND NOT EXISTS (SELECT 1 FROM sello.work w WHERE "
                 "w.delivery = d.id) ORDER BY id LIMIT 256 FOR UPDATE SKIP LOCKED)",
                 now);
  static_cast<void>(
      prune_rows(in,
                 "DELETE FROM sello.failure WHERE id IN (SELECT f.id FROM sello.failure f WHERE "
                 "f.at < $1::bigint AND NOT EXISTS (SELECT 1 FROM sello.delivery d WHERE d.id = f.delivery) "
                 "LIMIT 256)",
                 now));
  static_cast<void>(
      prune_rows(in,
                 "DELETE FROM sello.conflict WHERE id IN (SELECT c.id FROM sello.conflict c WHERE "
                 "c.arrived < $1::bigint AND NOT EXISTS (SELECT 1 FROM sello.delivery d WHERE d.id = c.delivery) "
                 "LIMIT 256)",
                 now));
  return pruned;
}

/// The ring of one inbox.
class ring {
 public:
  void add(connection& in, const quarantined& suspect, const quarantine_options& limits) {
    {
      const std::lock_guard lock{mutex_};
      const std::int64_t minute = count_of(suspect.arrived) / 60'000'000;
      if (std::exchange(minute_, minute) != minute) in_minute_ = 0;
      if (in_minute_ >= limits.per_minute || limits.count == 0 || suspect.body.size() > limits.bytes) return;
      ++in_minute_;
    }
    std::string lines;
    for (const auto& [name, value] : suspect.headers) sello::detail::write_line(lines, name, value);
    transaction_scope change{in};
    in.run("INSERT INTO sello.source(endpoint, provider) VALUES ($1::text, $2::text) ON CONFLICT DO NOTHING",
           suspect.endpoint, suspect.provider);
    in.run(
        "INSERT INTO sello.quarantine(source, arrived, headers, body) SELECT id, $1::bigint, $2::text, $3::bytea FROM "
        "sello.source WHERE endpoint = $4::text AND provider = $5::text",
        count_of(suspect.arrived), lines, blob{suspect.body}, suspect.endpoint, suspect.provider);
    // From the newest on: how many there are, and how many bytes they have.
    in.run(
        "DELETE FROM sello.quarantine WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER newest AS place, "
        "sum(length(body) + length(headers)) OVER newest AS bytes FROM sello.quarantine "
        "WINDOW newest AS (ORDER BY id DESC)) q WHERE place > $1::bigint OR bytes > $2::bigint)",
        limits.count, limits.bytes);
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

  static void dismiss(connection& in, std::int64_t id) {
    in.run("DELETE FROM sello.quarantine WHERE id = $1::bigint", id);
  }

 private:
  std::mutex mutex_{};
  std::int64_t minute_ = 0;
  std::size_t in_minute_ = 0;
};

}  // namespace sello::inline v0::postgres::detail
