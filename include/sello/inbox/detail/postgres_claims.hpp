// SPDX-License-Identifier: MIT
// The worker's side of an inbox in PostgreSQL: claims, leases by the server's clock, and what became of them; not synced.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/inbox/detail/postgres_database.hpp>
#include <sello/inbox/detail/postgres_turns.hpp>
#include <sello/inbox/detail/text.hpp>
#include <sello/inbox/rows.hpp>
#include <sello/inbox/stored.hpp>

namespace sello::inline v0::postgres::detail {

using sello::detail::claim_request;
using sello::detail::settlement;
using sello::detail::ticket;

/// The oldest due first, from a watermark on, so that dead rows before it, which an old snapshot may pin, are not read each
/// time. Of a serial key only the first that is not done, and none while another one is claimed. The time is a subquery,
/// for a volatile function in a condition keeps the index from being used.
inline constexpr std::string_view claim_sql =
    "WITH at AS MATERIALIZED (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now), "
    "due AS MATERIALIZED (SELECT w.delivery, w.generation, w.due, w.running FROM sello.work w "
    "WHERE w.state = 0 AND w.due <= (SELECT now FROM at) AND w.due >= $4::bigint AND "
    "($5::text IS NULL OR w.source IN (SELECT id FROM sello.source WHERE endpoint = ANY($5::text::text[]))) AND "
    "(w.serial_key IS NULL OR (NOT EXISTS (SELECT 1 FROM sello.work o WHERE o.serial_key IS NOT NULL AND "
    "(o.state = 0 OR o.parked_blocks <> 0) AND o.source = w.source AND o.serial_key = w.serial_key AND "
    "(o.delivery, o.generation) < (w.delivery, w.generation)) AND NOT EXISTS (SELECT 1 FROM sello.work o WHERE "
    "o.serial_key IS NOT NULL AND o.token <> 0 AND o.source = w.source AND o.serial_key = w.serial_key AND "
    "o.state = 0 AND o.due > (SELECT now FROM at)))) "
    "ORDER BY w.due LIMIT $3::bigint FOR UPDATE SKIP LOCKED), "
    "taken AS (UPDATE sello.work w SET due = (SELECT now FROM at) + $1::bigint, token = $2::bigint, "
    "crashes = w.crashes + w.running, running = 0 FROM due WHERE w.delivery = due.delivery AND "
    "w.generation = due.generation RETURNING w.delivery, w.generation, w.source, w.occasion, w.attempts, w.crashes, "
    "due.due AS was, due.running AS ran), "
    "crashed AS (UPDATE sello.source s SET crashes = s.crashes + c.n FROM (SELECT source, sum(ran)::bigint AS n "
    "FROM taken WHERE ran <> 0 GROUP BY source) c WHERE s.id = c.source) "
    "SELECT t.delivery, t.generation, s.endpoint, s.provider, d.key, t.occasion, d.type, d.arrived, d.headers, d.body, "
    "t.attempts, t.crashes, t.was FROM taken t JOIN sello.delivery d ON d.id = t.delivery "
    "JOIN sello.source s ON s.id = t.source ORDER BY t.was, t.delivery";

/// Of two claims of one serial key that did not see each other, the one that sees the other now gives way.
inline constexpr std::string_view start_sql =
    "UPDATE sello.work w SET due = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + $4::bigint, running = 1 "
    "WHERE delivery = $1::bigint AND generation = $2::bigint AND token = $3::bigint AND (serial_key IS NULL OR "
    "NOT EXISTS (SELECT 1 FROM sello.work o WHERE o.serial_key IS NOT NULL AND o.token <> 0 AND "
    "o.source = w.source AND o.serial_key = w.serial_key AND "
    "(o.delivery, o.generation) <> (w.delivery, w.generation) AND o.state = 0 AND "
    "o.due > (extract(epoch FROM clock_timestamp()) * 1000000)::bigint))";
inline constexpr std::string_view holds_sql =
    "SELECT 1 FROM sello.work WHERE delivery = $1::bigint AND generation = $2::bigint AND token = $3::bigint";
inline constexpr std::string_view leave_sql =
    "UPDATE sello.work SET running = 0 WHERE delivery = $1::bigint AND generation = $2::bigint AND token = $3::bigint";
/// With the delivery locked, as by its owner, for another generation of it may be done at the same time.
inline constexpr std::string_view finish_sql =
    "WITH locked AS MATERIALIZED (SELECT id FROM sello.delivery WHERE id = $1::bigint FOR NO KEY UPDATE) "
    "DELETE FROM sello.work WHERE delivery = (SELECT id FROM locked) AND generation = $2::bigint AND "
    "token = $3::bigint AND state = 0 RETURNING source, size, serial_key";
/// The delivery is what its other generations are, if they are parked or wait. A statement of its own: it has to see what
/// was committed until the delivery was locked.
inline constexpr std::string_view show_sql =
    "UPDATE sello.delivery SET state = coalesce((SELECT CASE max(state) WHEN 1 THEN 3 WHEN 0 THEN 0 END FROM "
    "sello.work WHERE delivery = $1::bigint), $2::bigint) WHERE id = $1::bigint";
inline constexpr std::string_view park_sql =
    "WITH locked AS MATERIALIZED (SELECT id FROM sello.delivery WHERE id = $1::bigint FOR NO KEY UPDATE) "
    "UPDATE sello.work SET state = 1, token = 0, running = 0, attempts = attempts + 1 WHERE "
    "delivery = (SELECT id FROM locked) AND generation = $2::bigint AND token = $3::bigint AND state = 0 "
    "RETURNING source, size, serial_key";
inline constexpr std::string_view again_sql =
    "UPDATE sello.work SET due = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + $4::bigint, token = 0, "
    "running = 0, attempts = attempts + $5::bigint WHERE delivery = $1::bigint AND generation = $2::bigint AND "
    "token = $3::bigint AND state = 0 RETURNING source, size, serial_key";

class claims {
 public:
  explicit claims(database& owner) : owner_{&owner} {}

  [[nodiscard]] std::vector<stored> claim(const claim_request& wanted) {
    owner_->same_process();
    return owner_->loose.with([&](connection& in) {
      const std::optional<std::string> names = array_of(wanted.endpoints);
      // What was committed later than it was due: a full sweep each second.
      const auto now = clock::now().time_since_epoch();
      const bool sweeps = now - clock::duration{swept_.load()} >= sweep;
      if (sweeps) {
        while (hide(in)) {
        }
        swept_ = now.count();
      }
      return claim_from(in, wanted, names, sweeps ? 0 : watermark_.load());
    });
  }

  [[nodiscard]] bool start(const ticket& held, std::chrono::seconds lease, const std::optional<ticket>& left) {
    owner_->same_process();
    return owner_->loose.with([&](connection& in) {
      if (left) in.run(leave_sql, left->id, left->generation, left->token);
      return in.run(start_sql, held.id, held.generation, held.token, micros(lease)).changed() == 1;
    });
  }

  [[nodiscard]] bool holds(const ticket& held) {
    owner_->same_process();
    return owner_->loose.with(
        [&](connection& in) { return in.run(holds_sql, held.id, held.generation, held.token).size() == 1; });
  }

  /// How many claims were lost.
  [[nodiscard]] std::size_t settle(std::span<const settlement> all, std::int64_t now) {
    owner_->same_process();
    return owner_->loose.with([&](connection& in) {
      std::size_t lost = 0;
      std::int64_t settled_rows = 0;
      std::int64_t settled_bytes = 0;
      tallies counted;
      std::vector<std::pair<std::int64_t, std::string>> serial_keys;
      transaction_scope change{in};
      for (const settlement& one : all) {
        const rows found = change_of(in, one);
        if (found.size() == 0) {
          ++lost;
          continue;
        }
        if (!found.is_null(0, 2) && !waits(one)) serial_keys.emplace_back(found.integer(0, 0), found.text(0, 2));
        tally& seen = counted[found.integer(0, 0)];
        if (!waits(one)) {
          ++settled_rows;
          settled_bytes += found.integer(0, 1);
        }
        if (is_done(one))
          seen.add({.done = 1,
                    .ignored = one.what == settlement::kind::ignored ? 1 : 0,
                    .late_marks = one.late_mark ? 1 : 0,
                    .last_success = now});
        if (one.why) {
          seen.add({.last_failure = now});
          note_failure(in, one, now);
        }
      }
      show_next(in, serial_keys);
      database::taken_tallies before{*owner_};
      before.write(in, std::move(counted));
      change.commit();
      before.committed();
      if (!serial_keys.empty()) look_back();  // the next ones were due before
      owner_->waiting_rows -= settled_rows;
      owner_->waiting_bytes -= settled_bytes;
      return lost;
    });
  }

  /// Somebody made work due that may be older than the watermark.
  void look_back() noexcept { watermark_ = 0; }

 private:
  static constexpr std::chrono::seconds sweep{1};
  static constexpr std::int64_t margin = 250'000;  ///< microseconds: commits come a little out of order

  [[nodiscard]] std::vector<stored> claim_from(connection& in, const claim_request& wanted,
                                               const std::optional<std::string>& names, std::int64_t from) {
    const rows found = in.run(claim_sql, micros(wanted.lease), wanted.token, wanted.limit, from, names);
    std::vector<stored> claimed;
    for (int i = 0; i < found.size(); ++i) {
      sello::detail::stored_fields row{.id = found.integer(i, 0),
                                       .generation = found.integer(i, 1),
                                       .token = wanted.token,
                                       .endpoint = found.text(i, 2),
                                       .provider = found.text(i, 3),
                                       .key = found.text(i, 4),
                                       .idempotency_key = sello::detail::restored(found.text(i, 4)),
                                       .occasion = found.integer(i, 5),
                                       .type = sello::detail::restored(found.text(i, 6)),
                                       .arrived = time_of(found.integer(i, 7)),
                                       .body = found.bytes(i, 9),
                                       .attempts = found.integer(i, 10),
                                       .crashes = found.integer(i, 11)};
      sello::detail::read_headers(found.text(i, 8), row);
      claimed.push_back(sello::detail::shelf::take(std::move(row)));
    }
    if (!claimed.empty() && !names)
      watermark_ = (std::max)(std::int64_t{0}, found.integer(found.size() - 1, 12) - margin);
    return claimed;
  }

  [[nodiscard]] static bool is_done(const settlement& one) noexcept {
    return one.what == settlement::kind::handled || one.what == settlement::kind::ignored;
  }
  [[nodiscard]] static bool waits(const settlement& one) noexcept {
    return one.what == settlement::kind::retried || one.what == settlement::kind::released;
  }

  [[nodiscard]] static rows change_of(connection& in, const settlement& one) {
    const ticket& held = one.held;
    if (waits(one))
      return in.run(again_sql, held.id, held.generation, held.token, micros(one.delay),
                    one.what == settlement::kind::retried);
    const progress now_is = one.what == settlement::kind::handled   ? progress::handled
                            : one.what == settlement::kind::ignored ? progress::ignored
                                                                    : progress::parked;
    rows gone = in.run(is_done(one) ? finish_sql : park_sql, held.id, held.generation, held.token);
    if (gone.size() != 0) in.run(show_sql, held.id, static_cast<int>(now_is));
    return gone;
  }

  static void note_failure(connection& in, const settlement& one, std::int64_t now) {
    const std::string place = printable_ascii(one.why->where);
    const int code = static_cast<int>(one.why->code);
    // An outage is one failure, however long: it must not push those of the handler out.
    if (one.what == settlement::kind::released)
      in.run(
          "DELETE FROM sello.failure WHERE delivery = $1::bigint AND generation = $2::bigint AND code = $3::bigint AND "
          "place = $4::text",
          one.held.id, one.held.generation, code, place);
    in.run(
        "INSERT INTO sello.failure(delivery, generation, at, code, place) VALUES ($1::bigint, $2::bigint, $3::bigint, "
        "$4::bigint, $5::text)",
        one.held.id, one.held.generation, now, code, place);
    in.run(
        "DELETE FROM sello.failure WHERE delivery = $1::bigint AND id NOT IN (SELECT id FROM sello.failure WHERE "
        "delivery = $1::bigint ORDER BY id DESC LIMIT 8)",
        one.held.id);
  }

  /// `printable`, and only what any encoding of a server's has.
  [[nodiscard]] static std::string printable_ascii(std::string_view text) {
    std::string line = printable(text);
    for (char& c : line)
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    return line;
  }

  /// As PostgreSQL writes an array of texts; nothing: all.
  [[nodiscard]] static std::optional<std::string> array_of(const std::vector<std::string>* names) {
    if (names == nullptr || names->empty()) return std::nullopt;
    std::string text = "{";
    for (const std::string& name : *names) {
      text += text.size() == 1 ? "\"" : ",\"";
      for (const char c : name) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
      }
      text += '"';
    }
    return text + "}";
  }

  database* owner_;
  std::atomic<std::int64_t> watermark_{0};
  std::atomic<clock::rep> swept_{0};
};

}  // namespace sello::inline v0::postgres::detail
