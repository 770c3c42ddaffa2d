// SPDX-License-Identifier: MIT
// The store of an inbox in SQLite: its parts behind one border, at which what they throw becomes a result.
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

#include <sello/inbox/detail/bell.hpp>
#include <sello/inbox/detail/sqlite_claims.hpp>
#include <sello/inbox/detail/sqlite_database.hpp>
#include <sello/inbox/detail/sqlite_intake.hpp>
#include <sello/inbox/detail/sqlite_owner.hpp>
#include <sello/inbox/detail/sqlite_upkeep.hpp>
#include <sello/inbox/store.hpp>

namespace sello::inline v0::sqlite::detail {

class store {
 public:
  [[nodiscard]] static result<std::shared_ptr<store>> open(const std::string& path, const inbox_options& options) {
    return guarded([&] {
      if (options.waiting_limit == 0 || options.waiting_bytes_limit == 0 || options.patience.count() < 0 ||
          options.body_retention.count() < 0 || !options.clock)
        throw bad_result{{errc::malformed_option, "an inbox's limits are above 0, its times are not negative"}};
      return std::shared_ptr<store>{new store{path, options}};
    });
  }
  store(const store&) = delete;
  store& operator=(const store&) = delete;
  ~store() {
    if (!parts_->base.is_own_process()) {
      static_cast<void>(parts_.release());  // forked: closing would take the parent's locks and its log
      return;
    }
    static_cast<void>(guarded([&] { parts_->base.locked([&] { parts_->base.write_tallies(); }); }));
  }

  [[nodiscard]] timestamp now() const { return parts_->base.options().clock(); }
  [[nodiscard]] const std::string& location() const noexcept { return parts_->base.path(); }

  [[nodiscard]] result<receipt> put(const sello::detail::incoming& what) noexcept {
    auto given = guarded([&] { return parts_->arrivals.put(what); });
    if (given) {
      ++parts_->base.acknowledgements;
      if (given->outcome() == outcome::queued) parts_->news.ring();
    }
    return given;
  }
  [[nodiscard]] result<void> quarantine(const quarantined& suspect, const quarantine_options& limits) noexcept {
    return guarded([&] { parts_->suspects.add(suspect, limits); });
  }

  [[nodiscard]] result<std::vector<stored>> claim(const claim_request& wanted) noexcept {
    return guarded([&] { return parts_->work.claim(wanted, count_of(now())); });
  }
  [[nodiscard]] result<bool> start(const ticket& held, std::chrono::seconds lease,
                                   const std::optional<ticket>& left) noexcept {
    return guarded([&] { return parts_->work.start(held, count_of(now()) + micros(lease), left); });
  }
  [[nodiscard]] result<bool> holds(const ticket& claim) noexcept {
    return guarded([&] { return parts_->work.holds(claim); });
  }
  [[nodiscard]] result<std::size_t> settle(std::span<const settlement> all) noexcept {
    return guarded([&] { return parts_->work.settle(all, count_of(now())); });
  }
  [[nodiscard]] std::uint64_t news() const noexcept { return parts_->news.seen(); }
  void idle(std::chrono::milliseconds most, std::uint64_t seen) noexcept { parts_->news.wait(most, seen); }
  void wake() noexcept { parts_->news.ring(); }

  [[nodiscard]] result<inbox_stats> stats() noexcept {
    return guarded([&] {
      parts_->base.locked([&] { parts_->base.write_tallies(); });
      inbox_stats all = parts_->base.reading([](const connection& from) { return count(from); });
      all.syncs = parts_->base.syncs;
      all.acknowledgements = parts_->base.acknowledgements;
      return all;
    });
  }
  [[nodiscard]] result<std::vector<delivery_row>> list(const delivery_filter& filter) noexcept {
    return guarded(
        [&] { return parts_->base.reading([&](const connection& from) { return detail::list(from, filter); }); });
  }
  [[nodiscard]] result<delivery_details> show(delivery_id id) noexcept {
    return guarded(
        [&] { return parts_->base.reading([&](const connection& from) { return detail::show(from, id); }); });
  }
  [[nodiscard]] result<void> replay(delivery_id id) noexcept {
    return changed([&](const connection& in) { replay_one(in, id, count_of(now())); });
  }
  [[nodiscard]] result<std::size_t> replay(const delivery_filter& filter) noexcept {
    delivery_filter page = filter;
    std::size_t count = 0;
    do {
      const auto done = changed([&](const connection& in) { count += replay_page(in, page, count_of(now())); });
      if (!done) return done.error();
    } while (page.after != 0);
    return count;
  }
  [[nodiscard]] result<void> park(delivery_id id) noexcept {
    return changed([&](const connection& in) { detail::park(in, id); });
  }
  [[nodiscard]] result<pruned_rows> prune() noexcept {
    return guarded([&] { return detail::prune(parts_->base, count_of(now())); });
  }
  [[nodiscard]] result<std::optional<timestamp>> oldest_work() noexcept {
    return guarded(
        [&] { return parts_->base.reading([](const connection& from) { return detail::oldest_work(from); }); });
  }

  [[nodiscard]] result<std::optional<quarantined>> suspects(std::int64_t after) noexcept {
    return guarded([&] { return parts_->suspects.after(after); });
  }
  [[nodiscard]] result<bool> dismiss(std::int64_t id) noexcept {
    return guarded([&] { return parts_->suspects.dismiss(id); });
  }

 private:
  struct parts {
    parts(const std::string& path, const inbox_options& options) : base{path, options} {}
    database base;
    intake arrivals{base};
    claims work{base};
    ring suspects{base};
    sello::detail::bell news{};
  };

  store(const std::string& path, const inbox_options& options) : parts_{std::make_unique<parts>(path, options)} {}

  /// The owner's word is on the disk when this returns.
  template <class Work>
  [[nodiscard]] result<void> changed(const Work& work) noexcept {
    auto done = guarded([&] {
      parts_->base.locked([&] {
        work(parts_->base.sure());
        parts_->arrivals.count_waiting();
      });
    });
    if (done) parts_->news.ring();
    return done;
  }

  std::unique_ptr<parts> parts_;
};

static_assert(sello::detail::store<store>);

}  // namespace sello::inline v0::sqlite::detail
