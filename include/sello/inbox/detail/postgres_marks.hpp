// SPDX-License-Identifier: MIT
// The marks of what took effect, beside the handlers' tables in PostgreSQL: made, written, looked up, pruned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <sello/inbox/detail/postgres_database.hpp>
#include <sello/inbox/effects.hpp>

namespace sello::inline v0::postgres::detail {

using sello::detail::mark;

inline constexpr std::string_view mark_sql =
    "INSERT INTO sello_mark(endpoint, provider, key, generation, occasion, arrived, marked) VALUES ($1::text, "
    "$2::text, $3::text, $4::bigint, $5::bigint, $6::bigint, $7::bigint) "
    "ON CONFLICT (endpoint, provider, key, generation, occasion) DO NOTHING";

[[nodiscard]] inline bool has_mark(connection& in, const mark& what) {
  return in.run(
               "SELECT 1 FROM sello_mark WHERE endpoint = $1::text AND provider = $2::text AND key = $3::text AND "
               "generation = $4::bigint AND occasion = $5::bigint",
               what.endpoint, what.provider, what.key, what.generation, what.occasion)
             .size() != 0;
}

/// False: it is there already. Looked up then, for a trigger that drops it would pass for that.
[[nodiscard]] inline bool insert_mark(connection& in, const mark& what, timestamp now) {
  const bool fresh = in.run(mark_sql, what.endpoint, what.provider, what.key, what.generation, what.occasion,
                            count_of(what.arrived), count_of(now))
                         .changed() == 1;
  if (!fresh && !has_mark(in, what))
    fail("`sello_mark` does not keep what is written into it; is there a trigger on it?");
  return fresh;
}

/// Made by whoever comes first; another table of this name is refused.
inline void make_marks(connection& in) {
  transaction_scope change{in};
  in.run("SELECT pg_advisory_xact_lock(7307199622214)");
  if (in.run("SELECT 1 WHERE to_regclass('sello_mark') IS NOT NULL").size() == 0)
    in.run(
        "CREATE TABLE sello_mark(endpoint text NOT NULL, provider text NOT NULL, key text NOT NULL, generation bigint "
        "NOT NULL, occasion bigint NOT NULL, arrived bigint NOT NULL, marked bigint NOT NULL, "
        "PRIMARY KEY (endpoint, provider, key, generation, occasion))");
  try {
    in.script("PREPARE sello_look AS " + std::string{mark_sql} +
              "; EXPLAIN EXECUTE sello_look('', '', '', 0, 0, 0, 0); DEALLOCATE sello_look");
  } catch (const fault& thrown) {
    if (thrown.code() == "42501" || !thrown.code().starts_with("42")) throw;
    fail("the database has a `sello_mark` that is not the table of this version's marks; rename it");
  }
  change.commit();
}

/// A thousand in the order of the key at a time, so that no statement runs into its time limit. How many.
[[nodiscard]] inline std::size_t prune_marks(connection& in, std::string_view endpoint, std::int64_t before,
                                             std::int64_t marked_before) {
  std::size_t count = 0;
  mark from{};
  for (bool more = true; more;) {
    const rows last = in.run(
        "SELECT provider, key, generation, occasion FROM sello_mark WHERE endpoint = $1::text AND (provider, key, "
        "generation, occasion) > ($2::text, $3::text, $4::bigint, $5::bigint) ORDER BY provider, key, generation, "
        "occasion LIMIT 1 OFFSET 999",
        endpoint, from.provider, from.key, from.generation, from.occasion);
    more = last.size() != 0;
    mark to = more ? mark{.provider = last.text(0, 0),
                          .key = last.text(0, 1),
                          .generation = last.integer(0, 2),
                          .occasion = last.integer(0, 3)}
                   : mark{};
    count += static_cast<std::size_t>(
        in.run("DELETE FROM sello_mark WHERE endpoint = $1::text AND (provider, key, generation, occasion) > "
               "($2::text, $3::text, $4::bigint, $5::bigint) AND ($6::bigint = 0 OR (provider, key, generation, "
               "occasion) <= ($7::text, $8::text, $9::bigint, $10::bigint)) AND "
               "coalesce(nullif(abs(occasion), 0), arrived) < $11::bigint AND marked < $12::bigint",
               endpoint, from.provider, from.key, from.generation, from.occasion, more, to.provider, to.key,
               to.generation, to.occasion, before, marked_before)
            .changed());
    from = std::move(to);
  }
  return count;
}

}  // namespace sello::inline v0::postgres::detail
