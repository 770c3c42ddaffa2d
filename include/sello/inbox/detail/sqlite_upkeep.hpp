// SPDX-License-Identifier: MIT
// What an inbox in SQLite forgets: old bodies and keys, in small transactions, and a bounded ring of what nothing proves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/inbox/detail/sqlite_database.hpp>
#include <sello/inbox/detail/text.hpp>
#include <sello/inbox/options.hpp>
#include <sello/inbox/rows.hpp>
#include <sello/inbox/stored.hpp>

namespace sello::inline v0::sqlite::detail {

/// Changes at most 256 rows at a time, so that the intake never waits long. `find` has two parameters, an id to start
/// behind and a time; `change` has an id and the same time, so that what was done in between is not undone.
[[nodiscard]] inline std::uint64_t prune_rows(database& owner, std::string_view find, std::string_view change,
                                              std::int64_t before) {
  std::uint64_t count = 0;
  std::int64_t last = 0;
  for (;;) {
    std::vector<std::int64_t> ids;
    owner.reading([&](const connection& from) {
      statement rows = from.prepare(find);
      rows(last, before);
      while (rows.step()) ids.push_back(rows.integer(0));
    });
    if (ids.empty()) return count;
    last = ids.back();
    owner.locked([&] {
      const immediate work{owner.loose()};
      statement one = owner.loose().prepare(change);
      for (const std::int64_t id : ids) count += static_cast<std::uint64_t>(one(id, before).run());
      work.commit();
      owner.tidy(database::log_limit);
    });
  }
}

/// What is not done is never touched, nor is the newest delivery: its id must not be given again.
[[nodiscard]] inline pruned_rows prune(database& owner, std::int64_t now) {
  const std::int64_t bodies_before = now - micros(owner.options().body_retention);
  pruned_rows pruned;
  // First what is in quarantine: a later try of it may be among the rest, whose key is known as long as it has its body.
  static_cast<void>(prune_rows(owner, "SELECT id FROM quarantine WHERE id > ?1 AND arrived < ?2 ORDER BY id LIMIT 256",
                               "DELETE FROM quarantine WHERE id = ?1 AND arrived < ?2", bodies_before));
  pruned.bodies = prune_rows(
      owner,
      "SELECT id FROM delivery d WHERE id > ?1 AND state IN (1, 2) AND body IS NOT NULL AND arrived < ?2 AND "
      "NOT EXISTS (SELECT 1 FROM work WHERE delivery = d.id) ORDER BY id LIMIT 256",
      "UPDATE delivery SET body = NULL WHERE id = ?1 AND state IN (1, 2) AND arrived < ?2 AND "
      "NOT EXISTS (SELECT 1 FROM work WHERE delivery = ?1)",
      bodies_before);
  pruned.conflicts = prune_rows(
      owner, "SELECT id FROM conflict WHERE id > ?1 AND body IS NOT NULL AND arrived < ?2 ORDER BY id LIMIT 256",
      "UPDATE conflict SET body = NULL WHERE id = ?1 AND arrived < ?2", bodies_before);
  constexpr std::string_view old =
      "state IN (1, 2) AND body IS NULL AND key_until < ?2 AND id < (SELECT max(id) FROM delivery) AND "
      "NOT EXISTS (SELECT 1 FROM work w WHERE w.delivery = delivery.id)";
  pruned.deliveries = prune_rows(
      owner, std::string{"SELECT id FROM delivery WHERE id > ?1 AND "}.append(old).append(" ORDER BY id LIMIT 256"),
      std::string{"DELETE FROM delivery WHERE id = ?1 AND "}.append(old), now);
  for (const char* orphans : {"SELECT id FROM failure WHERE id > ?1 AND at < ?2 AND delivery NOT IN "
                              "(SELECT id FROM delivery) ORDER BY id LIMIT 256",
                              "SELECT id FROM conflict WHERE id > ?1 AND arrived < ?2 AND delivery NOT IN "
                              "(SELECT id FROM delivery) ORDER BY id LIMIT 256"}) {
    const bool failures = std::string_view{orphans}.find("FROM failure") != std::string_view::npos;
    static_cast<void>(prune_rows(owner, orphans,
                                 failures ? "DELETE FROM failure WHERE id = ?1 AND at < ?2"
                                          : "DELETE FROM conflict WHERE id = ?1 AND arrived < ?2",
                                 now));
  }
  return pruned;
}

using sello::detail::countable;

/// The rings of all endpoints. Under the database's lock.
class ring {
 public:
  explicit ring(database& owner) : owner_{&owner} {}

  void add(const quarantined& suspect, const quarantine_options& limits) {
    if (!quota_.admits(suspect, limits)) return;
    owner_->locked([&] {
      const connection& in = owner_->loose();
      const immediate change{in};
      in.prepare("INSERT INTO source(endpoint, provider) VALUES (?, ?) ON CONFLICT DO NOTHING")(suspect.endpoint,
                                                                                                suspect.provider)
          .run();
      std::string lines;
      for (const auto& [name, value] : suspect.headers) sello::detail::write_line(lines, name, value);
      in.prepare(
            "INSERT INTO quarantine(source, arrived, headers, body) SELECT id, ?, ?, ? FROM source "
            "WHERE endpoint = ? AND provider = ?")(count_of(suspect.arrived), lines, blob{suspect.body},
                                                   suspect.endpoint, suspect.provider)
          .run();
      // From the newest on: how many there are, and how many bytes they have.
      in.prepare(
            "DELETE FROM quarantine WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER newest AS place, "
            "sum(length(body) + length(headers)) OVER newest AS bytes FROM quarantine WHERE source IN "
            "(SELECT id FROM source WHERE endpoint = ?) WINDOW newest AS (ORDER BY id DESC)) WHERE place > ? OR "
            "bytes > ?)")(suspect.endpoint, countable(limits.count), countable(limits.bytes))
          .run();
      change.commit();
    });
  }

  [[nodiscard]] std::optional<quarantined> after(std::int64_t id) const {
    return owner_->reading([&](const connection& from) -> std::optional<quarantined> {
      statement row = from.prepare(
          "SELECT q.id, s.endpoint, s.provider, q.arrived, q.headers, q.body FROM quarantine q "
          "JOIN source s ON s.id = q.source WHERE q.id > ? ORDER BY q.id LIMIT 1");
      if (!row(id).step()) return std::nullopt;
      return quarantined{.id = row.integer(0),
                         .endpoint = row.text(1),
                         .provider = row.text(2),
                         .arrived = time_of(row.integer(3)),
                         .headers = sello::detail::read_lines(row.bytes(4)),
                         .body = row.text(5)};
    });
  }

  [[nodiscard]] bool dismiss(std::int64_t id) {
    return owner_->locked(
        [&] { return owner_->loose().prepare("DELETE FROM quarantine WHERE id = ?")(id).run() != 0; });
  }

 private:
  database* owner_;
  sello::detail::suspect_quota quota_{};
};

}  // namespace sello::inline v0::sqlite::detail
