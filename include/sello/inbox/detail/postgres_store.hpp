// SPDX-License-Identifier: MIT
// The store of an inbox in PostgreSQL: its parts behind one border, at which what they throw becomes a result.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <sello/inbox/detail/postgres_claims.hpp>
#include <sello/inbox/detail/postgres_database.hpp>
#include <sello/inbox/detail/postgres_intake.hpp>
#include <sello/inbox/detail/postgres_news.hpp>
#include <sello/inbox/detail/postgres_owner.hpp>
#include <sello/inbox/detail/postgres_upkeep.hpp>
#include <sello/inbox/store.hpp>

namespace sello::inline v0::postgres::detail {

class store {
  /// Again where two who change several deliveries have met, and this one gave way (deadlock_detected).
  template <class Work>
  static auto give_way(const Work& work) {
    for (int tries = 1;; ++tries) {
      try {
        return work();
      } catch (const fault& thrown) {
        if (thrown.code() != "40P01" || tries == 3) throw;
      }
    }
  }

  template <class Work>
  [[nodiscard]] auto loosely(const Work& work) noexcept {
    return guarded([&] {
      parts_->base.same_process();
      return parts_->base.loose.with(work);
    });
  }

 public:
  [[nodiscard]] static result<std::shared_ptr<store>> open(const std::string& conninfo, const inbox_options& options) {
    return guarded([&] {
      if (options.waiting_limit == 0 || options.waiting_bytes_limit == 0 || options.patience.count() <= 0 ||
          options.body_retention.count() < 0 || !options.clock)
        throw bad_result{{errc::malformed_option, "an inbox's limits are above 0, its times are not negative"}};
      return std::shared_ptr<store>{new store{conninfo, options}};
    });
  }
  store(const store&) = delete;
  store& operator=(const store&) = delete;
  ~store() {
    if (!parts_->base.is_own_process()) {
      static_cast<void>(parts_.release());  // forked: the connections and the thread are the parent's
      return;
    }
    static_cast<void>(guarded([&] { parts_->base.write_tallies(); }));
  }

  [[nodiscard]] timestamp now() const { return parts_->base.options().clock(); }
  [[nodiscard]] const std::string& location() const noexcept { return parts_->base.conninfo(); }

  [[nodiscard]] result<receipt> put(const sello::detail::incoming& what) noexcept {
    auto given = guarded([&] { return parts_->arrivals.put(what); });
    if (given) {
      ++parts_->base.acknowledgements;
      if (given->outcome() == outcome::queued) parts_->said.tell();
    }
    return given;
  }
  [[nodiscard]] result<void> quarantine(const quarantined& suspect, const quarantine_options& limits) noexcept {
    const auto admitted = guarded([&] {
      parts_->base.same_process();
      return parts_->quota.admits(suspect, limits);
    });
    if (!admitted) return admitted.error();
    if (!*admitted) return {};  // what is not kept waits for no connection
    return loosely([&](connection& in) { ring::add(in, suspect, limits); });
  }

  [[nodiscard]] result<std::vector<stored>> claim(const claim_request& wanted) noexcept {
    return guarded([&] { return parts_->work.claim(wanted); });
  }
  [[nodiscard]] result<bool> start(const ticket& held, std::chrono::seconds lease,
                                   const std::optional<ticket>& left) noexcept {
    return guarded([&] { return parts_->work.start(held, lease, left); });
  }
  [[nodiscard]] result<bool> holds(const ticket& claim) noexcept {
    return guarded([&] { return parts_->work.holds(claim); });
  }
  [[nodiscard]] result<std::size_t> settle(std::span<const settlement> all) noexcept {
    return guarded([&] { return parts_->work.settle(all, count_of(now())); });
  }
  [[nodiscard]] std::uint64_t news() const noexcept { return parts_->said.here.seen(); }
  void idle(std::chrono::milliseconds most, std::uint64_t seen) noexcept { parts_->said.here.wait(most, seen); }
  void wake() noexcept { parts_->said.here.ring(); }

  [[nodiscard]] result<inbox_stats> stats() noexcept {
    return guarded([&] {
      parts_->base.same_process();
      parts_->base.write_tallies();
      inbox_stats all = parts_->base.loose.with([](connection& from) { return count(from); });
      all.syncs = parts_->base.syncs;
      all.acknowledgements = parts_->base.acknowledgements;
      return all;
    });
  }
  [[nodiscard]] result<std::vector<delivery_row>> list(const delivery_filter& filter) noexcept {
    return loosely([&](connection& from) { return detail::list(from, filter); });
  }
  [[nodiscard]] result<delivery_details> show(delivery_id id) noexcept {
    return loosely([&](connection& from) { return detail::show(from, id); });
  }
  [[nodiscard]] result<void> replay(delivery_id id) noexcept {
    return changed([&](connection& in) { replay_one(in, id); });
  }
  [[nodiscard]] result<std::size_t> replay(const delivery_filter& filter) noexcept {
    delivery_filter page = filter;
    std::size_t count = 0;
    do {
      const auto done = changed([&](connection& in) { count += replay_page(in, page); });
      if (!done) return done.error();
    } while (page.after != 0);
    return count;
  }
  [[nodiscard]] result<void> park(delivery_id id) noexcept {
    return changed([&](connection& in) { detail::park(in, id); });
  }
  [[nodiscard]] result<pruned_rows> prune() noexcept {
    return loosely([&](connection& in) {
      return give_way([&] { return detail::prune(in, parts_->base.options(), count_of(now())); });
    });
  }
  [[nodiscard]] result<std::optional<timestamp>> oldest_work() noexcept {
    return guarded([&] {
      parts_->base.same_process();
      return parts_->base.sure.with([](connection& in) {
        const auto oldest = detail::oldest_work(in);
        // The end of work is not synced. Who prunes marks must not believe what a crash would take back.
        in.run("SELECT pg_logical_emit_message(true, 'sello', '')");
        return oldest;
      });
    });
  }

  [[nodiscard]] result<std::optional<quarantined>> suspects(std::int64_t after) noexcept {
    return loosely([&](connection& from) { return ring::after(from, after); });
  }
  [[nodiscard]] result<bool> dismiss(std::int64_t id) noexcept {
    return loosely([&](connection& in) { return ring::dismiss(in, id); });
  }

 private:
  struct parts {
    parts(const std::string& conninfo, const inbox_options& options) : base{conninfo, options} {}
    database base;
    intake arrivals{base};
    claims work{base};
    sello::detail::suspect_quota quota{};
    detail::news said{base};
  };

  store(const std::string& conninfo, const inbox_options& options)
      : parts_{std::make_unique<parts>(conninfo, options)} {}

  /// The owner's word is on the disk when this returns.
  template <class Work>
  [[nodiscard]] result<void> changed(const Work& work) noexcept {
    auto done = guarded([&] {
      parts_->base.same_process();
      parts_->base.sure.with([&](connection& in) {
        give_way([&] { work(in); });
        parts_->arrivals.count_waiting(in);
      });
      parts_->work.look_back();
    });
    if (done) parts_->said.tell();
    return done;
  }

  std::unique_ptr<parts> parts_;
};

static_assert(sello::detail::store<store>);

}  // namespace sello::inline v0::postgres::detail
