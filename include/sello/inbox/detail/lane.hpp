// SPDX-License-Identifier: MIT
// One thread of a worker: claim, start, handle, commit, settle.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sello/inbox/detail/tried.hpp>
#include <sello/inbox/detail/workplace.hpp>

namespace sello::inline v0::detail {

template <store Store, effects Effects, class Router>
class lane {
 public:
  using transaction = typename Effects::transaction;

  explicit lane(workplace<Store, Effects, Router>& place) : place_{&place}, running_{place.leases} {}

  /// Until the worker stops. While a database does not answer it asks less and less often, up to every five seconds.
  void run() noexcept {
    const std::chrono::milliseconds poll_time = bounded(place_->options.poll);
    std::chrono::milliseconds nap = poll_time;
    for (;;) {
      const std::uint64_t news = place_->store->news();
      if (place_->stopping) break;
      const auto done = poll();
      nap = done ? poll_time : (std::min)(2 * nap, (std::max)(poll_time, std::chrono::milliseconds{5000}));
      if (!done) {
        place_->tell(record_of(done.error(), held_up_));
        pause(nap);
      } else if (*done == 0) {
        place_->store->idle(nap, news);
      }
    }
    static_cast<void>(guarded([&] { settle(); }));
  }

  /// How many deliveries were tried. `store_unavailable`: one of the databases does not answer, and what was claimed comes
  /// back at the next poll, or after its lease.
  [[nodiscard]] result<std::size_t> poll() noexcept {
    auto done = guarded([&] { return work(); });
    if (!done) static_cast<void>(guarded([&] { give_up(); }));
    return done;
  }

 private:
  /// Whatever arrives meanwhile: it would not go better.
  void pause(std::chrono::milliseconds most) noexcept {
    const auto until = std::chrono::steady_clock::now() + most;
    for (auto left = most; left.count() > 0 && !place_->stopping;) {
      place_->store->idle(left, place_->store->news());
      left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    }
  }

  [[nodiscard]] std::size_t work() {
    const worker_options& options = place_->options;
    held_up_ = nullptr;
    settle();  // what the store did not take the last time
    claimed_.clear();
    if (!session_) session_ = place_->effects.connect().value();
    claimed_ = place_->store
                   ->claim({.token = place_->token(),
                            .limit = (std::min)((std::max)(options.claims, options.batch), std::size_t{10'000}),
                            .lease = options.lease,
                            .endpoints = &options.endpoints})
                   .value();
    unavailable_.reset();
    std::size_t count = 0;
    for (const stored& row : claimed_) {
      const bool alone = row->crashes != 0;  // what may kill the process shall take no neighbour along
      if (alone) commit();
      if (attempt(row)) ++count;
      if (alone || kept_.size() >= options.batch || options.batch == 1) commit();
    }
    commit();
    if (unavailable_) throw bad_result{*unavailable_};
    return count;
  }

  /// False: it was not tried.
  bool attempt(const stored& row) {
    if (place_->stopping || unavailable_) {
      give_back(row);
      return false;
    }
    tried one{.row = &row, .settled = {.held = ticket_of(row)}};
    if (row->crashes >= place_->options.crashes) {
      stop_trying(one);
      return true;
    }
    // Written before the handler is called, so that it is known if the process ends in it.
    if (!running_.start(one.settled.held).value()) {
      give_back(row);
      return false;
    }
    handle(one);
    return true;
  }

  /// Only replays are numbered: an inbox made anew has lost count of a digest's events, whose windows tell them apart.
  [[nodiscard]] static mark mark_of(const stored& row) {
    const std::int64_t generation = row->occasion < 0 ? row->generation : 0;
    return {row->endpoint, row->provider, row->key, generation, row->occasion, row->arrived};
  }

  /// Too many deaths. It may be done all the same, where its end could not be noted.
  void stop_trying(tried& one) {
    auto done = session_->marked(mark_of(*one.row));
    if (!done) return release(one, std::move(done).error());
    if (!*done)
      return park(one, {errc::handler_failed,
                        "its handler ended the process, or kept it from its database for a whole lease: " +
                            std::to_string((*one.row)->crashes) + " times"});
    one.outcome = outcome::duplicate;
    one.settled.what = settlement::kind::handled;
    one.settled.late_mark = true;
    settled_.push_back(std::move(one));
  }

  void handle(tried& one) {
    const mark identity = mark_of(*one.row);
    bool entered = false;
    bool lost = false;
    std::optional<error> refused;  // by the effects' database; the handler is not to blame
    const auto enter = [&]() -> result<transaction*> {
      auto begun = session_->begin(identity, place_->store->now());
      if (!begun) {
        lose();
        refused = begun.error();
        return std::move(begun).error();
      }
      entered = *begun;
      if (!entered) return nullptr;
      // Once more, now that the mark is held: an older one may have been pruned while this claim was another worker's.
      const auto ours = place_->store->holds(one.settled.held);
      if (!ours) refused = ours.error();
      lost = !ours || !*ours;
      if (lost) return error{errc::store_unavailable, "the claim was lost"};
      return &session_->current();
    };
    const auto taken = [&]() -> result<bool> {
      close();  // it may take its time, and must not keep the others' transaction open
      auto found = session_->marked(identity);
      if (!found) refused = found.error();
      return found;
    };
    const auto begun = std::chrono::steady_clock::now();
    result<outcome> given = place_->router.work(*one.row, entrance<transaction>{enter, taken, &one.visited});
    if (given && *given == outcome::handled && !entered) {
      // A repeatable handler ran: the mark says so. Where it is there by now, another worker was faster.
      if (const auto marked = enter(); !marked) given = marked.error();
    }
    bool kept = false;
    if (given && *given == outcome::handled && entered) {
      auto ended = session_->keep();
      kept = ended.has_value();
      if (!kept) given = std::move(ended).error();
    }
    if (entered && !kept) {
      session_->undo();
      if (!session_->is_open()) lose();
    }
    const auto decoded = one.visited.decoded.value_or(begun);
    one.decoding = decoded - begun;
    one.handling = std::chrono::steady_clock::now() - decoded;
    one.visited.door = nullptr;
    if (entered && !given && session_->met_full_disk() && !session_->was_ended()) refused = given.error();
    if (refused) return release(one, *std::move(refused));
    if (lost) return give_back(*one.row);
    if (!given) return entered ? judge(one, given.error()) : fail(one, given.error());
    one.outcome = *given;
    one.settled.what = *given == outcome::ignored ? settlement::kind::ignored : settlement::kind::handled;
    one.settled.late_mark = *given == outcome::duplicate;
    (kept ? kept_ : settled_).push_back(std::move(one));
  }

  /// Commits what was kept, and settles all. Where several effects shared a transaction that failed, each is tried again in
  /// one of its own.
  void commit() {
    close();
    const std::vector<const stored*> alone = std::exchange(again_, {});
    for (const stored* row : alone) {
      attempt(*row);
      close();
    }
    settle();
  }

  void close() {
    if (kept_.empty()) return;
    auto done = session_->commit();
    if (done) {
      for (tried& one : kept_) settled_.push_back(std::move(one));
    } else if (kept_.size() > 1) {
      lose();
    } else if (done.error().code == errc::handler_failed) {
      judge(kept_.front(), std::move(done).error());
    } else {
      release(kept_.front(), std::move(done).error());
    }
    kept_.clear();
  }

  /// The transaction is gone, and with it all effects that were not committed.
  void lose() {
    for (const tried& one : kept_) again_.push_back(one.row);
    kept_.clear();
  }

  void settle() {
    if (settled_.empty()) return;
    const auto was_met = [](const tried& one) { return one.settled.late_mark; };
    if (std::any_of(settled_.begin(), settled_.end(), was_met)) session_->reach_standbys().value();
    std::vector<settlement> all;
    for (const tried& one : settled_) all.push_back(one.settled);
    const auto lost = place_->store->settle(all);
    running_.leave();
    if (!lost) throw bad_result{lost.error()};
    const std::vector<tried> told = std::exchange(settled_, {});
    for (const tried& one : told)
      if (one.settled.what != settlement::kind::released) place_->tell(record_of(one));
  }

  /// A database does not answer. What became of those that were tried is told to the store when it does. The claims of the
  /// others may be lost by then, which changes nothing.
  void give_up() {
    running_.leave();
    if (session_) session_->rollback();
    kept_.clear();
    again_.clear();
    for (const stored& row : claimed_)
      if (std::none_of(settled_.begin(), settled_.end(), [&](const tried& one) { return one.row == &row; }))
        give_back(row);
  }

  /// The delivery was not begun.
  void give_back(const stored& row) { settled_.push_back({.row = &row, .settled = {.held = ticket_of(row)}}); }

  /// It was not tried, and nothing is counted against it; its owner sees why.
  void release(tried& one, error why) {
    unavailable_ = why;
    held_up_ = one.row;
    one.settled.what = settlement::kind::released;
    one.settled.why = std::move(why);
    one.settled.delay = place_->delay(0);
    settled_.push_back(std::move(one));
  }

  /// What a handler committed by itself stays: another try could double it or, with the mark committed along, pass for done.
  void judge(tried& one, error why) {
    if (!session_->was_ended()) return fail(one, std::move(why));
    why.where.insert(
        0, "its handler ended the transaction by itself; see what it left, and replay or leave it. It said: ");
    park(one, std::move(why));
  }

  void park(tried& one, error why) {
    one.settled.what = settlement::kind::parked;
    one.settled.why = std::move(why);
    one.outcome = outcome::parked;
    settled_.push_back(std::move(one));
  }

  void fail(tried& one, error why) {
    // What cannot be decoded now cannot be in a minute, but with another program.
    const bool malformed = why.code >= errc::malformed_json && why.code <= errc::body_too_large;
    const std::int64_t attempts = (*one.row)->attempts;
    if (malformed || why.code == errc::permanent_failure || attempts + 1 >= place_->options.attempts)
      return park(one, std::move(why));
    one.settled.what = settlement::kind::retried;
    one.settled.why = std::move(why);
    one.settled.delay = place_->delay(attempts);
    one.outcome.reset();
    settled_.push_back(std::move(one));
  }

  workplace<Store, Effects, Router>* place_;
  typename lease_keeper<Store>::seat running_;  ///< of the handler that was called last
  std::unique_ptr<typename Effects::session> session_{};
  std::vector<stored> claimed_{};       ///< by the last poll
  std::vector<tried> kept_{};           ///< in the open transaction
  std::vector<const stored*> again_{};  ///< were in one that is gone
  std::vector<tried> settled_{};        ///< to be told to the store
  std::optional<error> unavailable_{};
  const stored* held_up_ = nullptr;  ///< of `claimed_`: at which that was seen
};

}  // namespace sello::inline v0::detail
