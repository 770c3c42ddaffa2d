// SPDX-License-Identifier: MIT
// Stores deliveries in PostgreSQL: alone while a connection is free, else many with one commit, each with its receipt.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/inbox/detail/incoming.hpp>
#include <sello/inbox/detail/postgres_crew.hpp>
#include <sello/inbox/detail/postgres_database.hpp>
#include <sello/inbox/receipt.hpp>

namespace sello::inline v0::postgres::detail {

using sello::detail::incoming;

/// A new delivery and its work, in one statement. No row: the key is known already, or the source is another one by now, since
/// somebody has restored an older state.
inline constexpr std::string_view store_sql =
    "WITH added AS (INSERT INTO sello.delivery(source, key, key_version, digest, type, arrived, occasion, key_until, "
    "serial_key, parked_blocks, headers, body) SELECT id, $2::text, $3::bigint, $4::bytea, $5::text, "
    "$6::bigint, $7::bigint, $8::bigint, $9::text, $10::bigint, $11::text, $12::bytea FROM sello.source "
    "WHERE id = $1::bigint AND endpoint = $14::text AND provider = $15::text "
    "ON CONFLICT (source, key) DO NOTHING RETURNING id) "
    "INSERT INTO sello.work(delivery, generation, source, state, due, occasion, size, serial_key, parked_blocks) "
    "SELECT id, 0, $1::bigint, 0, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, $7::bigint, $13::bigint, "
    "$9::text, $10::bigint FROM added RETURNING delivery";

class intake {
 public:
  explicit intake(database& owner) : owner_{&owner}, crew_{owner.arrivals.size(), 128} {}

  [[nodiscard]] result<receipt> put(const incoming& what) {
    owner_->same_process();  // before any lock: a fork may have copied one that is held
    request own{&what};
    crew_.join(own, [this](std::size_t place, batch all) { return write(place, all); });
    if (own.fault) return *std::move(own.fault);
    return receipt{std::move(*own.proof), own.outcome};
  }

  void count_waiting(connection& in) {
    const rows found = in.run("SELECT count(*), coalesce(sum(size), 0)::bigint FROM sello.work WHERE state = 0");
    owner_->waiting_rows = found.integer(0, 0);
    owner_->waiting_bytes = found.integer(0, 1);
    counted_ = clock::now().time_since_epoch().count();
  }

 private:
  struct request {
    const incoming* what;
    sello::outcome outcome = outcome::queued;
    std::int64_t source = 0;
    bool sent = false;
    bool settled = false;
    std::optional<durable> proof{};
    std::optional<error> fault{};
  };
  using batch = std::span<request* const>;

  /// A commit of which nobody knows whether it happened is `store_unavailable`: the sender's retry finds out.
  bool write(std::size_t place, batch all) noexcept {
    const auto committed =
        sello::detail::barrier::pass([&] { return guarded([&] { commit(owner_->arrivals.at(place), all); }); });
    for (request* one : all) {
      if (one->fault) continue;
      if (committed) {
        one->proof.emplace(committed->mint());
      } else {
        try {
          one->fault = committed.error();
        } catch (...) {
          one->fault = error{errc::store_unavailable, {}};
        }
      }
    }
    return committed.has_value();
  }

  void commit(connection& in, batch all) {
    if (batches_++ % 1024 == 0) count_waiting(in);  // other machines work here too, maybe
    for (request* one : all) one->source = source_of(in, *one->what);
    // One order for all who write, so that two batches with the same keys never wait for each other.
    std::vector<request*> sorted{all.begin(), all.end()};
    std::sort(sorted.begin(), sorted.end(), [](const request* a, const request* b) {
      return std::pair{a->source, std::string_view{a->what->key}} <
             std::pair{b->source, std::string_view{b->what->key}};
    });
    add(in, sorted);
    for (request* one : sorted)
      if (!one->settled) meet(in, *one);
    for (const request* one : all) count(*one);
  }

  void add(connection& in, const std::vector<request*>& all) {
    std::vector<request*> sent;
    std::vector<parameters> values;
    std::vector<std::string> headers;
    std::int64_t rows_before = owner_->waiting_rows;
    std::int64_t bytes_before = owner_->waiting_bytes;
    headers.reserve(all.size());
    for (request* one : all) {
      const incoming& what = *one->what;
      if (is_full(in, rows_before, bytes_before, what.body.size())) continue;
      ++rows_before;
      bytes_before += static_cast<std::int64_t>(what.body.size());
      headers.push_back(what.headers());
      values.emplace_back(one->source, what.key, sello::detail::key_version, digest_of(what), what.type,
                          count_of(what.arrived), what.occasion, count_of(what.arrived) + micros(what.key_retention),
                          what.serial_key, what.parked_blocks, headers.back(), blob{what.body}, what.body.size(),
                          what.endpoint, what.provider);
      one->sent = true;
      sent.push_back(one);
    }
    if (sent.empty()) return;
    const auto answers = in.pipeline(store_sql, values);
    ++owner_->syncs;
    for (std::size_t i = 0; i < sent.size(); ++i)
      if (answers[i].size() == 1) queued(*sent[i]);
  }

  /// The key is known: what is there was committed, or it could not be seen.
  void meet(connection& in, request& asked) {
    const incoming& what = *asked.what;
    for (;;) {
      const rows found = in.run(
          "SELECT d.id, d.digest, d.key_until, d.generation, current_setting('synchronous_standby_names') <> '' FROM "
          "sello.delivery d JOIN sello.source s ON s.id = d.source "
          "WHERE d.source = $1::bigint AND d.key = $2::text AND s.endpoint = $3::text AND s.provider = $4::text",
          asked.source, what.key, what.endpoint, what.provider);
      if (found.size() == 0 && asked.sent) {
        const std::lock_guard lock{mutex_};
        sources_.clear();
        asked.fault = error{errc::store_unavailable,
                            "the key was forgotten in this moment, or the inbox was restored to an older state while "
                            "this program runs; the sender tries again"};
        return;
      }
      if (found.size() == 0) {
        asked.fault = error{
            errc::store_unavailable,
            "the inbox is full: too many deliveries wait; see why the workers do not keep up, or raise the limit"};
        return;
      }
      const std::int64_t id = found.integer(0, 0);
      if (found.bytes(0, 1) != digest_of(what).bytes) {
        static_cast<void>(run_synced(
            in,
            "INSERT INTO sello.conflict(delivery, digest, arrived, body) VALUES ($1::bigint, $2::bytea, $3::bigint, "
            "$4::bytea) ON CONFLICT (delivery, digest) DO NOTHING",
            id, digest_of(what), count_of(what.arrived), blob{what.body}));
        ++owner_->syncs;
        asked.outcome = outcome::conflict;
        return;
      }
      if (!what.key_is_digest || found.integer(0, 2) > count_of(what.arrived)) {
        if (found.text(0, 4) == "t") reach_standbys(in, id);
        asked.outcome = outcome::duplicate;
        return;
      }
      if (is_full(in, owner_->waiting_rows, owner_->waiting_bytes, what.body.size())) {
        asked.fault = error{
            errc::store_unavailable,
            "the inbox is full: too many deliveries wait; see why the workers do not keep up, or raise the limit"};
        return;
      }
      if (renew(in, asked, id, found.integer(0, 3))) return;
    }
  }

  /// The same bytes after the window of their digest: another event. False: somebody else was first.
  bool renew(connection& in, request& asked, std::int64_t id, std::int64_t generation) {
    const incoming& what = *asked.what;
    const std::string headers = what.headers();
    const rows made = run_synced(
        in,
        "WITH renewed AS (UPDATE sello.delivery SET generation = generation + 1, state = CASE state WHEN 3 THEN 3 "
        "ELSE 0 END, arrived = $3::bigint, occasion = $4::bigint, key_until = $5::bigint, headers = $6::text, "
        "body = $7::bytea, serial_key = $9::text, parked_blocks = $10::bigint WHERE id = $1::bigint AND "
        "generation = $2::bigint RETURNING id, generation, source, serial_key, parked_blocks) "
        "INSERT INTO sello.work(delivery, generation, source, state, due, occasion, size, serial_key, parked_blocks) "
        "SELECT id, generation, source, 0, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, $4::bigint, "
        "$8::bigint, serial_key, parked_blocks FROM renewed RETURNING delivery",
        id, generation, count_of(what.arrived), what.occasion, count_of(what.arrived) + micros(what.key_retention),
        headers, blob{what.body}, what.body.size(), what.serial_key, what.parked_blocks);
    if (made.size() == 0) return false;
    ++owner_->syncs;
    queued(asked);
    return true;
  }

  /// Who stored it may have died while it waited for them: a commit of ours waits for all that is before it.
  void reach_standbys(connection& in, std::int64_t id) {
    static_cast<void>(run_synced(in, "UPDATE sello.delivery SET state = state WHERE id = $1::bigint", id));
    ++owner_->syncs;
  }

  template <class... Values>
  [[nodiscard]] static rows run_synced(connection& in, std::string_view sql, const Values&... values) {
    std::vector<parameters> one;
    one.emplace_back(values...);
    return std::move(in.pipeline(sql, one).front());
  }

  void queued(request& asked) noexcept {
    asked.settled = true;
    asked.outcome = outcome::queued;
    ++owner_->waiting_rows;
    owner_->waiting_bytes += static_cast<std::int64_t>(asked.what->body.size());
  }

  void count(const request& asked) {
    if (asked.fault) return;
    owner_->count(asked.source, {.stored = asked.outcome == outcome::queued ? 1 : 0,
                                 .duplicates = asked.outcome == outcome::duplicate ? 1 : 0,
                                 .conflicts = asked.outcome == outcome::conflict ? 1 : 0,
                                 .last_delivery = count_of(asked.what->arrived)});
  }

  [[nodiscard]] std::int64_t source_of(connection& in, const incoming& what) {
    const std::pair name{std::string{what.endpoint}, std::string{what.provider}};
    {
      const std::lock_guard lock{mutex_};
      if (const auto known = sources_.find(name); known != sources_.end()) return known->second;
    }
    in.run("INSERT INTO sello.source(endpoint, provider) VALUES ($1::text, $2::text) ON CONFLICT DO NOTHING",
           what.endpoint, what.provider);
    const rows found = in.run("SELECT id FROM sello.source WHERE endpoint = $1::text AND provider = $2::text",
                              what.endpoint, what.provider);
    if (found.size() == 0) fail("a source was deleted while this program runs; start it again");
    const std::lock_guard lock{mutex_};
    return sources_.emplace(name, found.integer(0, 0)).first->second;
  }

  [[nodiscard]] bool is_full(connection& in, std::int64_t& in_rows, std::int64_t& in_bytes, std::size_t more) {
    const auto full = [&] {
      const inbox_options& limits = owner_->options();
      return std::cmp_greater_equal(in_rows, limits.waiting_limit) ||
             (in_rows > 0 &&  // one that is larger than that is welcome where nothing waits
              std::cmp_greater(in_bytes + static_cast<std::int64_t>(more), limits.waiting_bytes_limit));
    };
    if (!full()) return false;
    if (clock::now() < clock::time_point{clock::duration{counted_}} + std::chrono::seconds{1}) return true;
    count_waiting(in);
    in_rows = owner_->waiting_rows;
    in_bytes = owner_->waiting_bytes;
    return full();
  }
  [[nodiscard]] bool is_full(connection& in, std::int64_t&& in_rows, std::int64_t&& in_bytes, std::size_t more) {
    return is_full(in, in_rows, in_bytes, more);
  }

  [[nodiscard]] static blob digest_of(const incoming& what) noexcept {
    return {{reinterpret_cast<const char*>(what.digest.data()), what.digest.size()}};
  }

  database* owner_;
  crew<request> crew_;
  std::mutex mutex_{};
  std::map<std::pair<std::string, std::string>, std::int64_t> sources_{};
  std::atomic<std::uint64_t> batches_{0};
  std::atomic<clock::rep> counted_{0};
};

}  // namespace sello::inline v0::postgres::detail
