// SPDX-License-Identifier: MIT
// Stores deliveries in SQLite: many at once in one synced transaction, each with its receipt.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <sello/inbox/detail/group.hpp>
#include <sello/inbox/detail/incoming.hpp>
#include <sello/inbox/detail/sqlite_database.hpp>
#include <sello/inbox/receipt.hpp>

namespace sello::inline v0::sqlite::detail {

class intake {
 public:
  intake(const intake&) = delete;
  intake& operator=(const intake&) = delete;
  ~intake() = default;

  explicit intake(database& owner)
      : owner_{&owner},
        find_source_{sql("SELECT id FROM source WHERE endpoint = ? AND provider = ?")},
        add_source_{sql("INSERT INTO source(endpoint, provider) VALUES (?, ?)")},
        add_{sql(
            "INSERT INTO delivery(source, key, key_version, digest, type, arrived, occasion, key_until, serial_key, "
            "parked_blocks, headers, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT(source, key) DO NOTHING")},
        find_{sql("SELECT id, digest, key_until, generation FROM delivery WHERE source = ? AND key = ?")},
        add_work_{
            sql("INSERT INTO work(delivery, generation, source, state, due, occasion, size, serial_key, parked_blocks) "
                "VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?)")},
        add_conflict_{sql("INSERT INTO conflict(delivery, digest, arrived, body) VALUES (?, ?, ?, ?) "
                          "ON CONFLICT(delivery, digest) DO NOTHING")},
        renew_{sql("UPDATE delivery SET generation = generation + 1, state = CASE state WHEN 3 THEN 3 ELSE 0 END, "
                   "arrived = ?, occasion = ?, key_until = ?, serial_key = ?, parked_blocks = ?, headers = ?, body = ? "
                   "WHERE id = ?")},
        count_{sql("SELECT count(*), coalesce(sum(size), 0) FROM work WHERE state = 0")},
        tally_{sql(tally_sql)} {}

  [[nodiscard]] result<receipt> put(const sello::detail::incoming& what) {
    owner_->same_process();  // before any lock: a fork may have copied one that is held
    request own{&what};
    group_.join(own, [this](batch all) { write(all); });
    if (own.fault) return *std::move(own.fault);
    return receipt{std::move(*own.proof), own.outcome};
  }

  /// Under the lock.
  void count_waiting() {
    count_();
    if (count_.step()) {
      owner_->waiting = {count_.integer(0), count_.integer(1)};
    }
    count_.reset();
    counted_ = steady_clock::now();
  }

 private:
  struct request {
    const sello::detail::incoming* what;
    sello::outcome outcome = outcome::queued;
    std::int64_t source = 0;
    std::optional<durable> proof{};
    std::optional<error> fault{};
  };
  using steady_clock = std::chrono::steady_clock;
  using batch = std::span<sello::detail::group<request>::seat* const>;

  [[nodiscard]] statement sql(std::string_view text) const { return owner_->sure().prepare(text); }

  void write(batch all) noexcept {
    const auto synced = sello::detail::barrier::pass([&] { return guarded([&] { commit(all); }); });
    for (auto* one : all) {
      request& asked = *one->request;
      if (asked.fault) continue;
      if (synced) {
        asked.proof.emplace(synced->mint());
      } else {
        try {
          asked.fault = synced.error();
        } catch (...) {
          asked.fault = error{errc::store_unavailable, {}};
        }
      }
    }
  }

  void commit(batch all) {
    owner_->locked([&] {
      owner_->tidy(2 * database::log_limit);
      owner_->make_certain();
      if (batches_++ % 1024 == 0) count_waiting();  // another process works here too, maybe
      const auto load = owner_->waiting;
      const int before = sqlite3_total_changes(owner_->sure().get());
      const auto wrote = [&] { return sqlite3_total_changes(owner_->sure().get()) != before; };
      tallies counted = owner_->counted;
      try {
        const immediate change{owner_->sure()};
        for (auto* one : all) store(*one->request);
        for (auto* one : all) count(*one->request, counted);
        if (wrote()) detail::write(std::exchange(counted, {}), tally_);  // the sync is paid for: the counts go along
        change.commit();
      } catch (...) {
        owner_->waiting = load;
        throw;
      }
      if (wrote()) ++owner_->syncs;
      owner_->counted = std::move(counted);
      static_cast<void>(guarded([&] { note_duplicates(); }));  // it is stored by now, whatever becomes of its count
    });
  }

  void store(request& asked) {
    const auto& what = *asked.what;
    asked.fault.reset();
    asked.source = source_of(what);
    if (is_full(what.body.size()) && steady_clock::now() >= counted_ + std::chrono::seconds{1}) count_waiting();
    const bool full = is_full(what.body.size());
    if (!full && add_(asked.source, what.key, sello::detail::key_version, digest_of(what), what.type,
                      count_of(what.arrived), what.occasion, count_of(what.arrived) + micros(what.key_retention),
                      what.serial_key, what.parked_blocks, what.headers(), blob{what.body})
                         .run() == 1)
      return queue(asked, sqlite3_last_insert_rowid(owner_->sure().get()), 0);
    find_(asked.source, what.key);
    if (!find_.step()) {
      asked.fault = full_error();
      return;
    }
    const std::int64_t id = find_.integer(0);
    const bool same = find_.bytes(1) == digest_of(what).bytes;
    const bool expired = what.key_is_digest && find_.integer(2) <= count_of(what.arrived);
    const std::int64_t generation = find_.integer(3);
    find_.reset();
    if (!same) {
      add_conflict_(id, digest_of(what), count_of(what.arrived), blob{what.body}).run();
      asked.outcome = outcome::conflict;
    } else if (!expired) {
      asked.outcome = outcome::duplicate;
    } else if (full) {
      asked.fault = full_error();
    } else {  // the same bytes after the window of their digest: another event
      renew_(count_of(what.arrived), what.occasion, count_of(what.arrived) + micros(what.key_retention),
             what.serial_key, what.parked_blocks, what.headers(), blob{what.body}, id)
          .run();
      queue(asked, id, generation + 1);
    }
  }

  void queue(request& asked, std::int64_t id, std::int64_t generation) {
    const auto& what = *asked.what;
    add_work_(id, generation, asked.source, count_of(what.arrived), what.occasion, what.body.size(), what.serial_key,
              what.parked_blocks)
        .run();
    asked.outcome = outcome::queued;
    owner_->waiting += load_of_waiting{1, static_cast<std::int64_t>(what.body.size())};
  }

  static void count(const request& asked, tallies& to) {
    if (asked.fault) return;
    tally& seen = to[asked.source];
    seen.last_delivery = count_of(asked.what->arrived);
    if (asked.outcome == outcome::queued) ++seen.stored;
    if (asked.outcome == outcome::duplicate) ++seen.duplicates;
    if (asked.outcome == outcome::conflict) ++seen.conflicts;
  }

  /// Duplicates alone write nothing: their count is noted once a second, unless somebody else writes just now.
  void note_duplicates() {
    if (owner_->counted.empty()) return;
    const auto now = count_of(owner_->options().clock());
    if (now >= noted_ && now < noted_ + 1'000'000) return;
    noted_ = now;
    owner_->write_tallies_if_free();
  }

  /// Asked each time: who restores an older state of the file makes other rows of it.
  [[nodiscard]] std::int64_t source_of(const sello::detail::incoming& what) {
    find_source_(what.endpoint, what.provider);
    if (find_source_.step()) {
      const std::int64_t id = find_source_.integer(0);
      find_source_.reset();
      return id;
    }
    add_source_(what.endpoint, what.provider).run();
    return sqlite3_last_insert_rowid(owner_->sure().get());
  }

  [[nodiscard]] bool is_full(std::size_t more) const noexcept {
    const inbox_options& limits = owner_->options();
    return std::cmp_greater_equal(owner_->waiting.rows, limits.waiting_limit) ||
           (owner_->waiting.rows > 0 &&  // one that is larger than that is welcome where nothing waits
            std::cmp_greater(owner_->waiting.bytes + static_cast<std::int64_t>(more), limits.waiting_bytes_limit));
  }
  [[nodiscard]] static error full_error() {
    return {errc::store_unavailable,
            "the inbox is full: too many deliveries wait; see why the workers do not keep up, or raise the limit"};
  }

  [[nodiscard]] static blob digest_of(const sello::detail::incoming& what) noexcept {
    return {{reinterpret_cast<const char*>(what.digest.data()), what.digest.size()}};
  }

  database* owner_;
  sello::detail::group<request> group_{};
  std::uint64_t batches_ = 0;
  std::int64_t noted_ = 0;
  steady_clock::time_point counted_{};
  statement find_source_, add_source_, add_, find_, add_work_, add_conflict_, renew_, count_, tally_;
};

}  // namespace sello::inline v0::sqlite::detail
