// SPDX-License-Identifier: MIT
// The worker's side of an inbox in SQLite: claims, leases and what became of them, none of it synced.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/inbox/detail/sqlite_database.hpp>
#include <sello/inbox/detail/sqlite_turns.hpp>
#include <sello/inbox/detail/text.hpp>
#include <sello/inbox/stored.hpp>

namespace sello::inline v0::sqlite::detail {

using sello::detail::claim_request;
using sello::detail::settlement;
using sello::detail::ticket;

class claims {
 public:
  claims(const claims&) = delete;
  claims& operator=(const claims&) = delete;
  ~claims() = default;

  explicit claims(database& owner)
      : owner_{&owner},
        any_{sql("SELECT 1 FROM work WHERE state = 0 AND due <= ? LIMIT 1")},
        claim_{sql("UPDATE work SET due = ?, token = ?, crashes = crashes + running, running = 0 "
                   "WHERE delivery = ? AND generation = ?")},
        crashed_{sql("UPDATE source SET crashes = crashes + 1 WHERE endpoint = ? AND provider = ?")},
        start_{sql("UPDATE work SET due = ?, running = 1 WHERE delivery = ? AND generation = ? AND token = ?")},
        leave_{sql("UPDATE work SET running = 0 WHERE delivery = ? AND generation = ? AND token = ?")},
        finish_{sql("DELETE FROM work WHERE delivery = ? AND generation = ? AND token = ? AND state = 0 "
                    "RETURNING source, size, serial_key")},
        again_{sql(
            "UPDATE work SET due = ?, token = 0, running = 0, attempts = attempts + ? "
            "WHERE delivery = ? AND generation = ? AND token = ? AND state = 0 RETURNING source, size, serial_key")},
        park_{sql(
            "UPDATE work SET state = 1, token = 0, running = 0, attempts = attempts + 1 "
            "WHERE delivery = ? AND generation = ? AND token = ? AND state = 0 RETURNING source, size, serial_key")},
        show_{sql(
            "UPDATE delivery SET state = coalesce((SELECT CASE max(state) WHEN 1 THEN 3 WHEN 0 THEN 0 END FROM work "
            "WHERE delivery = ?1), ?2) WHERE id = ?1")},
        fail_{sql("INSERT INTO failure(delivery, generation, at, code, place) VALUES (?, ?, ?, ?, ?)")},
        again_released_{sql("DELETE FROM failure WHERE delivery = ? AND generation = ? AND code = ? AND place = ?")},
        forget_{sql("DELETE FROM failure WHERE delivery = ? AND id NOT IN "
                    "(SELECT id FROM failure WHERE delivery = ? ORDER BY id DESC LIMIT 8)")},
        done_{sql("UPDATE source SET done = done + 1, ignored = ignored + ?, late_marks = late_marks + ?, "
                  "last_success = ? WHERE id = ?")},
        failed_{sql("UPDATE source SET last_failure = ? WHERE id = ?")},
        count_{sql(tally_sql)},
        turns_{owner.loose()} {}

  [[nodiscard]] std::vector<stored> claim(const claim_request& wanted, std::int64_t now) {
    for (;;)  // a little at a time, so that the intake has its turn in between
      if (auto claimed = claim_some(wanted, now)) return *std::move(claimed);
  }

  [[nodiscard]] bool start(const ticket& held, std::int64_t until, const std::optional<ticket>& left) {
    return owner_->locked([&] {
      const immediate change{owner_->loose()};
      if (left) leave_(left->id, left->generation, left->token).run();
      const bool ours = start_(until, held.id, held.generation, held.token).run() == 1;
      change.commit();
      return ours;
    });
  }

  /// Beside the lock, so that it waits for no sync.
  [[nodiscard]] bool holds(const ticket& held) {
    return owner_->reading([&](const connection& from) {
      if (!holds_)
        holds_.emplace(from.prepare("SELECT 1 FROM work WHERE delivery = ? AND generation = ? AND token = ?"));
      const bool ours = (*holds_)(held.id, held.generation, held.token).step();
      holds_->reset();
      return ours;
    });
  }

  /// How many claims were lost.
  [[nodiscard]] std::size_t settle(std::span<const settlement> all, std::int64_t now) {
    return owner_->locked([&] {
      std::size_t lost = 0;
      load_of_waiting settled;
      {
        const immediate change{owner_->loose()};
        for (const settlement& one : all)
          if (!settle(one, now, settled)) ++lost;
        write(owner_->counted, count_);
        change.commit();
      }
      owner_->waiting += settled;
      owner_->counted.clear();
      owner_->tidy(database::log_limit);
      return lost;
    });
  }

 private:
  [[nodiscard]] statement sql(std::string_view text) const { return owner_->loose().prepare(text); }

  /// Nothing: some had to be put behind others first.
  [[nodiscard]] std::optional<std::vector<stored>> claim_some(const claim_request& wanted, std::int64_t now) {
    return owner_->locked([&]() -> std::optional<std::vector<stored>> {
      std::vector<stored> claimed;
      any_(now);
      const bool any = any_.step();
      any_.reset();  // nothing due: no write lock is asked for
      if (!any) return claimed;
      const immediate change{owner_->loose()};
      if (turns_.hide(now)) {
        change.commit();
        return std::nullopt;
      }
      prepare_due(wanted);
      std::vector<std::int64_t> running;
      bind_due(wanted, now);
      while (due_->step()) {
        claimed.push_back(sello::detail::shelf::take(read_row(wanted.token)));
        running.push_back(due_->integer(12));
      }
      for (std::size_t i = 0; i < claimed.size(); ++i) {
        const auto& row = *claimed[i];
        claim_(now + micros(wanted.lease), wanted.token, row.id, row.generation).run();
        if (running[i] != 0) crashed_(row.endpoint, row.provider).run();
      }
      change.commit();
      return claimed;
    });
  }

  /// The oldest due first. Of a serial key only the first that is not done, and none while another one is claimed.
  void prepare_due(const claim_request& wanted) {
    const std::size_t names = wanted.endpoints == nullptr ? 0 : wanted.endpoints->size();
    if (due_ && names == names_) return;
    std::string text =
        "SELECT w.delivery, w.generation, s.endpoint, s.provider, d.key, w.occasion, d.type, d.arrived, d.headers, "
        "d.body, "
        "w.attempts, w.crashes + w.running, w.running FROM work w JOIN delivery d ON d.id = w.delivery "
        "JOIN source s ON s.id = w.source WHERE w.state = 0 AND w.due <= ?1 AND (w.serial_key IS NULL OR NOT (";
    text.append(has_older_sql).append(" OR ").append(has_claimed_sql).append("))");
    for (std::size_t i = 0; i < names; ++i) text += i == 0 ? " AND s.endpoint IN (?" : ", ?";
    if (names != 0) text += ")";
    text += " ORDER BY w.due LIMIT ?";
    due_.emplace(owner_->loose().prepare(text));
    names_ = names;
  }

  void bind_due(const claim_request& wanted, std::int64_t now) {
    (*due_)();
    int position = 0;
    due_->bind(++position, now);
    for (std::size_t i = 0; i < names_; ++i) due_->bind(++position, std::string_view{(*wanted.endpoints)[i]});
    due_->bind(++position, wanted.limit);
  }

  [[nodiscard]] sello::detail::stored_fields read_row(std::int64_t token) const {
    sello::detail::stored_fields row{.id = due_->integer(0),
                                     .generation = due_->integer(1),
                                     .token = token,
                                     .endpoint = due_->text(2),
                                     .provider = due_->text(3),
                                     .key = due_->text(4),
                                     .idempotency_key = sello::detail::restored(due_->text(4)),
                                     .occasion = due_->integer(5),
                                     .type = sello::detail::restored(due_->text(6)),
                                     .arrived = time_of(due_->integer(7)),
                                     .body = due_->text(9),
                                     .attempts = due_->integer(10),
                                     .crashes = due_->integer(11)};
    sello::detail::read_headers(due_->bytes(8), row);
    return row;
  }

  [[nodiscard]] bool settle(const settlement& one, std::int64_t now, load_of_waiting& settled) {
    using kind = settlement::kind;
    const ticket& held = one.held;
    const bool done = one.what == kind::handled || one.what == kind::ignored;
    const bool waits = one.what == kind::retried || one.what == kind::released;
    statement& change = done ? finish_ : waits ? again_ : park_;
    if (waits) {
      change(now + micros(one.delay), one.what == kind::retried, held.id, held.generation, held.token);
    } else {
      change(held.id, held.generation, held.token);
    }
    if (!change.step()) return false;
    const std::int64_t source = change.integer(0);
    const std::int64_t size = change.integer(1);
    const std::optional<std::string> serial_key = change.is_null(2) ? std::nullopt : std::optional{change.text(2)};
    change.reset();
    if (!waits) {
      if (serial_key) show_next(owner_->loose(), source, *serial_key);
      const progress now_is = one.what == kind::handled   ? progress::handled
                              : one.what == kind::ignored ? progress::ignored
                                                          : progress::parked;
      show_(held.id, static_cast<int>(now_is)).run();  // unless another generation of it is parked, or waits
      settled += load_of_waiting{-1, -size};
    }
    if (done) done_(one.what == kind::ignored, one.late_mark, now, source).run();
    if (one.why) {
      const std::string place = printable(one.why->where);
      const int code = static_cast<int>(one.why->code);
      // An outage is one failure, however long: it must not push those of the handler out.
      if (one.what == kind::released) again_released_(held.id, held.generation, code, place).run();
      fail_(held.id, held.generation, now, code, place).run();
      forget_(held.id, held.id).run();
      failed_(now, source).run();
    }
    return true;
  }

  database* owner_;
  std::size_t names_ = 0;
  std::optional<statement> due_{};
  std::optional<statement> holds_{};  ///< under the reader's lock
  statement any_, claim_, crashed_, start_, leave_, finish_, again_, park_, show_, fail_, again_released_, forget_,
      done_, failed_, count_;
  turns turns_;
};

}  // namespace sello::inline v0::sqlite::detail
