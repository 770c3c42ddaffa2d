// SPDX-License-Identifier: MIT
// One inbox in PostgreSQL, open: its pools of connections, its counts, and the process that may use it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sello/inbox/detail/own_process.hpp>
#include <sello/inbox/detail/postgres_connection.hpp>
#include <sello/inbox/detail/postgres_schema.hpp>
#include <sello/inbox/options.hpp>

namespace sello::inline v0::postgres::detail {

[[nodiscard]] inline std::int64_t count_of(timestamp time) noexcept { return time.time_since_epoch().count(); }
[[nodiscard]] inline timestamp time_of(std::int64_t count) noexcept {
  return timestamp{std::chrono::microseconds{count}};
}
using sello::detail::micros;

/// A few connections, each lent to one thread at a time, connected at their first use and again when they were lost.
class pool {
 public:
  pool(const std::string& conninfo, std::chrono::milliseconds patience, std::size_t size, bool sure)
      : sure_{sure}, patience_{sello::detail::bounded(patience)} {
    for (std::size_t i = 0; i < size; ++i) all_.push_back(std::make_unique<connection>(conninfo, patience));
    for (const auto& one : all_) free_.push_back(one.get());
  }

  /// Connected; waits for one at most as long as for the server.
  template <class Work>
  auto with(const Work& work) {
    connection* one = nullptr;
    {
      std::unique_lock lock{mutex_};
      if (!returned_.wait_for(lock, patience_, [&] { return !free_.empty(); }))
        fail("all connections to PostgreSQL are busy; is it overloaded?");
      one = free_.back();
      free_.pop_back();
    }
    struct giving_back {
      pool* owner;
      connection* what;
      ~giving_back() {
        const std::lock_guard lock{owner->mutex_};
        // What cannot connect is taken last.
        owner->free_.insert(what->get() != nullptr ? owner->free_.end() : owner->free_.begin(), what);
        owner->returned_.notify_one();
      }
    } const back{this, one};
    ready(*one);
    return work(*one);
  }

  /// For who keeps count of the busy ones himself.
  [[nodiscard]] connection& at(std::size_t place) const {
    ready(*all_[place]);
    return *all_[place];
  }
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  void abandon() noexcept {
    for (const auto& one : all_) one->abandon();
  }

 private:
  void ready(connection& one) const {
    if (one.is_open()) return;
    try {
      connect(one, sure_);
      one.script(
          "SET default_transaction_isolation = 'read committed'");  // what the statements of the inbox are made for
    } catch (...) {
      one.close();  // or the next one would take it for ready
      throw;
    }
  }

  bool sure_;
  std::chrono::milliseconds patience_;
  std::mutex mutex_{};
  std::condition_variable returned_{};
  std::vector<std::unique_ptr<connection>> all_{};
  std::vector<connection*> free_{};
};

/// What was counted and is not in `source` yet: written beside other work, so that no acknowledgement pays.
struct tally {
  std::int64_t stored = 0;
  std::int64_t duplicates = 0;
  std::int64_t conflicts = 0;
  std::int64_t done = 0;
  std::int64_t ignored = 0;
  std::int64_t late_marks = 0;
  std::optional<std::int64_t> last_delivery{};
  std::optional<std::int64_t> last_success{};
  std::optional<std::int64_t> last_failure{};

  void add(const tally& more) {
    const auto later = [](std::optional<std::int64_t>& mine, const std::optional<std::int64_t>& other) {
      if (other && (!mine || *mine < *other)) mine = other;
    };
    stored += more.stored;
    duplicates += more.duplicates;
    conflicts += more.conflicts;
    done += more.done;
    ignored += more.ignored;
    late_marks += more.late_marks;
    later(last_delivery, more.last_delivery);
    later(last_success, more.last_success);
    later(last_failure, more.last_failure);
  }
};
using tallies = std::map<std::int64_t, tally>;  // by source: rows are locked in one order by all

/// Throws. `sure` commits are on the disk when they return; `loose` ones need not be.
class database {
 public:
  static constexpr std::size_t connections = 8;  ///< for the intake

  database(std::string conninfo, inbox_options options)
      : conninfo_{std::move(conninfo)},
        options_{std::move(options)},
        arrivals{conninfo_, options_.patience, connections, true},
        sure{conninfo_, options_.patience, 2, true},
        loose{conninfo_, options_.patience, 4, false} {
    sure.with([](connection& in) { migrate(in); });
  }
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database() {
    if (is_own_process()) return;
    arrivals.abandon();
    sure.abandon();
    loose.abandon();
  }

  void same_process() const {
    if (!is_own_process())
      fail("this process was forked after the inbox was opened; open an inbox of its own in each process");
  }
  [[nodiscard]] bool is_own_process() const noexcept { return process_.is_here(); }
  [[nodiscard]] const inbox_options& options() const noexcept { return options_; }
  [[nodiscard]] const std::string& conninfo() const noexcept { return conninfo_; }

  void count(std::int64_t source, const tally& more) {
    const std::lock_guard lock{mutex_};
    counted_[source].add(more);
  }

  /// What was counted since it was last written: taken, and given back unless it was committed.
  class taken_tallies {
   public:
    explicit taken_tallies(database& owner) : owner_{&owner} {
      const std::lock_guard lock{owner.mutex_};
      counted_.swap(owner.counted_);
    }
    taken_tallies(const taken_tallies&) = delete;
    taken_tallies& operator=(const taken_tallies&) = delete;
    ~taken_tallies() {
      try {
        for (const auto& [source, seen] : counted_) owner_->count(source, seen);
      } catch (...) {  // NOLINT(bugprone-empty-catch): no memory, and it was but a count
      }
    }
    /// In a transaction of `in`; to be called last, since all others wait for these rows.
    void write(connection& in, tallies more = {}) const {
      for (const auto& [source, seen] : counted_) more[source].add(seen);
      for (const auto& [source, seen] : more)
        in.run(
            "UPDATE sello.source SET stored = stored + $2::bigint, duplicates = duplicates + $3::bigint, "
            "conflicts = conflicts + $4::bigint, done = done + $5::bigint, ignored = ignored + $6::bigint, "
            "late_marks = late_marks + $7::bigint, last_delivery = greatest(last_delivery, $8::bigint), "
            "last_success = greatest(last_success, $9::bigint), last_failure = greatest(last_failure, $10::bigint) "
            "WHERE id = $1::bigint",
            source, seen.stored, seen.duplicates, seen.conflicts, seen.done, seen.ignored, seen.late_marks,
            seen.last_delivery, seen.last_success, seen.last_failure);
    }
    void committed() noexcept { counted_.clear(); }
    [[nodiscard]] bool empty() const noexcept { return counted_.empty(); }

   private:
    database* owner_;
    tallies counted_{};
  };

  /// By itself. One at a time, so that what another thread has taken is written when this returns.
  void write_tallies() {
    const std::lock_guard alone{writing_};
    taken_tallies counted{*this};
    if (counted.empty()) return;
    loose.with([&](connection& in) {
      transaction_scope change{in};
      counted.write(in);
      change.commit();
    });
    counted.committed();
  }

 private:
  std::string conninfo_;
  inbox_options options_;
  sello::detail::own_process process_{};
  std::mutex mutex_{};
  std::mutex writing_{};
  tallies counted_{};

 public:
  pool arrivals;  ///< by place: the intake says which are busy
  pool sure;
  pool loose;
  std::atomic<std::uint64_t> syncs{0};  ///< commits that were waited for
  std::atomic<std::uint64_t> acknowledgements{0};
  std::atomic<std::int64_t> waiting_rows{0};  ///< as this process knows it
  std::atomic<std::int64_t> waiting_bytes{0};
};

}  // namespace sello::inline v0::postgres::detail
