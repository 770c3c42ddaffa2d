// SPDX-License-Identifier: MIT
// Cuts the power behind every operation of an inbox and its effects in SQLite, and looks for what was acknowledged:
//
//   power_cut [--long]
//
// The scenario stores deliveries, duplicates and conflicts, claims, makes effects one by one and in batches, parks, replays,
// prunes, checkpoints and opens again. Each operation of it is the last one once, with what was not synced kept, dropped,
// torn and scattered. After each the files are opened again, the sender repeats what was not acknowledged, the worker works
// all off, and then: every acknowledged delivery is there, every effect exactly once, both files are sound. The short form
// leaves out some ways to lose a part of what was not synced, and no operation. Prints one line for each round; ends with 1
// if a round loses or doubles, or if a control, in which one rule is broken, does not.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/inbox/sqlite.hpp>
#include <sello/inbox/worker.hpp>

#include "inbox/power_cut_vfs.hpp"
#include "support/inbox.hpp"

using namespace power_cut;
using namespace std::chrono_literals;
using sello::outcome;

namespace {

/// The mark in a transaction of its own, after the effect's: what many others do.
struct split_session {
  using transaction = sello::sqlite::transaction;
  std::unique_ptr<sello::sqlite::effects::session> real;
  std::vector<std::pair<sello::detail::mark, sello::timestamp>> later{};

  sello::result<bool> begin(const sello::detail::mark& what, sello::timestamp now) {
    if (const auto found = real->marked(what); !found || *found) return found ? sello::result<bool>{false} : found;
    static int count = 0;
    sello::detail::mark other = what;
    other.key = "not a mark " + std::to_string(++count);
    later.emplace_back(what, now);
    return real->begin(other, now);
  }
  transaction& current() { return real->current(); }
  sello::result<void> keep() { return real->keep(); }
  void undo() { real->undo(), later.pop_back(); }
  sello::result<void> commit() {
    if (auto done = real->commit(); !done) return done;
    for (const auto& [what, now] : std::exchange(later, {})) {
      if (auto begun = real->begin(what, now); !begun || !*begun) continue;
      static_cast<void>(real->keep());
      if (auto done = real->commit(); !done) return done;
    }
    return {};
  }
  void rollback() { real->rollback(), later.clear(); }
  [[nodiscard]] bool is_open() const { return real->is_open(); }
  [[nodiscard]] bool was_ended() const { return real->was_ended(); }
  [[nodiscard]] bool met_full_disk() const { return real->met_full_disk(); }
  [[nodiscard]] sello::result<void> reach_standbys() const { return real->reach_standbys(); }
  sello::result<bool> marked(const sello::detail::mark& what) { return real->marked(what); }
  sello::result<std::size_t> prune(std::string_view at, sello::timestamp a, sello::timestamp b) {
    return real->prune(at, a, b);
  }
};
struct split_effects {
  using transaction = sello::sqlite::transaction;
  using session = split_session;
  sello::sqlite::effects real;
  sello::result<std::unique_ptr<session>> connect() const {
    auto made = real.connect();
    if (!made) return made.error();
    return std::make_unique<session>(session{*std::move(made)});
  }
  bool is_at(const std::string& location) const { return real.is_at(location); }
};

/// One handler for everything. `permanent` names those that it parks, `fails` those that it fails once.
struct handler {
  std::shared_ptr<std::set<std::string>> permanent = std::make_shared<std::set<std::string>>();
  std::shared_ptr<std::set<std::string>> fails = std::make_shared<std::set<std::string>>();

  sello::result<outcome> work(const sello::stored& row,
                              const sello::detail::entrance<sello::sqlite::transaction>& door) const {
    const auto entered = door.enter();
    if (!entered) return entered.error();
    if (*entered == nullptr) return outcome::duplicate;
    (*entered)->execute("INSERT INTO effect VALUES (?, ?)", row->key, row->body.size());
    if (permanent->contains(row->key)) return sello::error{sello::errc::permanent_failure, "no"};
    if (fails->erase(row->key) != 0) return sello::error{sello::errc::handler_failed, "not now"};
    return outcome::handled;
  }
};

/// What was said to the outside, and behind how many operations.
struct fact {
  enum class kind : unsigned char { sent, acknowledged, conflict, replaying, replayed };
  std::size_t behind;
  kind what;
  std::string key;
};
using facts = std::vector<fact>;

std::string body_of(const std::string& key, bool other = false) {
  return R"({"type":"payment.capture.cleared","data":{"payment_id":")" + key + (other ? "-other" : "") +
         R"("},"fill":")" + std::string(key.size() % 3 == 0 ? 5000 : 10, 'x') + "\"}";
}

/// The programs of one machine: an inbox with its receiver, the effects, and a worker. Whatever fails is not acknowledged.
template <class Effects>
class machine {
 public:
  machine(
      const std::string& folder, support::manual_clock& clock, const handler& router,
      std::function<std::size_t()> now = [] { return std::size_t{0}; })
      : folder_{folder}, clock_{&clock}, router_{router}, now_{std::move(now)} {}

  bool open() {
    worker_.reset();
    effects_.reset();
    inbox_.reset();
    auto inbox = sello::sqlite::inbox::create(folder_ + "/inbox.db", clock_->options());
    if (!inbox) return false;
    inbox_ = *std::move(inbox);
    if (!table()) return false;
    auto effects = sello::sqlite::effects::create(folder_ + "/app.db");
    if (!effects) return false;
    effects_ = *std::move(effects);
    hire(1);
    return true;
  }

  void hire(std::size_t batch) {
    if (!effects_) return;
    worker_ = std::make_unique<sello::worker<sello::sqlite::inbox::store_type, Effects, handler>>(
        *inbox_, wrap(*effects_), router_,
        sello::worker_options{.attempts = 5, .claims = 4, .batch = batch, .random = [this] { return ++random_ * 2; }});
  }

  void deliver(const std::string& key, bool other = false) {
    if (!inbox_) return;
    if (!other) note(fact::kind::sent, key);
    const auto given = support::deliver_akua(inbox_->endpoint("akua"), key, body_of(key, other));
    if (!given) return;
    if (given->outcome() == outcome::conflict) note(fact::kind::conflict, key);
    if (!other) note(fact::kind::acknowledged, key);
  }

  /// Until nothing is due; the time goes on.
  void work() {
    if (!worker_) return;
    for (int i = 0; i < 40; ++i) {
      const auto done = worker_->poll_once();
      if (done && *done == 0) return;
    }
  }

  void replay(const std::string& key) {
    if (!inbox_) return;
    const auto all = inbox_->list();
    if (!all) return;
    for (const auto& row : *all) {
      if (row.key != key) continue;
      const bool again = row.state == sello::progress::handled;
      if (again) note(fact::kind::replaying, key);
      if (inbox_->replay(row.id) && again) note(fact::kind::replayed, key);
    }
  }
  void park(const std::string& key) {
    if (!inbox_) return;
    if (const auto all = inbox_->list())
      for (const auto& row : *all)
        if (row.key == key) static_cast<void>(inbox_->park(row.id));
  }

  [[nodiscard]] std::optional<sello::sqlite::inbox>& inbox() { return inbox_; }
  [[nodiscard]] auto& worker() { return worker_; }
  facts said{};

 private:
  bool table() {
    sqlite3* made = nullptr;
    const bool good = sqlite3_open((folder_ + "/app.db").c_str(), &made) == SQLITE_OK &&
                      sqlite3_exec(made,
                                   "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; "
                                   "CREATE TABLE IF NOT EXISTS effect(key TEXT, size INTEGER)",
                                   nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(made);
    return good;
  }
  static Effects wrap(const sello::sqlite::effects& real) {
    if constexpr (std::is_same_v<Effects, sello::sqlite::effects>) {
      return real;
    } else {
      return {real};
    }
  }
  void note(fact::kind what, const std::string& key) { said.push_back({now_(), what, key}); }

  std::string folder_;
  support::manual_clock* clock_;
  handler router_;
  std::function<std::size_t()> now_;
  std::uint64_t random_ = 0;
  std::optional<sello::sqlite::inbox> inbox_{};
  std::optional<sello::sqlite::effects> effects_{};
  std::unique_ptr<sello::worker<sello::sqlite::inbox::store_type, Effects, handler>> worker_{};
};

/// Everything once.
template <class Machine>
void play(Machine& one, support::manual_clock& clock, const handler& router) {
  one.open();
  for (const char* key : {"m1", "m2", "m30"}) one.deliver(key);
  one.deliver("m1");
  one.deliver("m2", true);
  router.permanent->insert("m2");
  router.fails->insert("m30");
  one.work();
  clock.advance(2s);
  one.work();
  for (const char* key : {"m4", "m5", "m60", "m7"}) one.deliver(key);
  one.hire(3);
  one.work();
  one.deliver("m8");
  one.park("m8");
  router.permanent->clear();
  one.replay("m2");
  one.replay("m1");
  one.work();
  one.open();  // what was closed is checkpointed, and what is opened too
  one.deliver("m4");
  one.deliver("m90");
  clock.advance(24h * 31);
  if (one.inbox()) static_cast<void>(one.inbox()->prune());
  if (one.worker()) static_cast<void>(one.worker()->prune());
  one.replay("m8");
  one.work();
  one.deliver("m10");
}

struct tally {
  std::size_t points = 0;
  std::size_t lost = 0;
  std::size_t doubled = 0;
  std::size_t damaged = 0;
  [[nodiscard]] bool clean() const { return lost == 0 && doubled == 0 && damaged == 0; }
  std::string example{};
};

bool is_sound(const std::string& path) {
  sqlite3* made = nullptr;
  bool sound = sqlite3_open(path.c_str(), &made) == SQLITE_OK;
  sqlite3_exec(
      made, "PRAGMA integrity_check",
      [](void* to, int, char** columns, char**) {
        if (std::string_view{columns[0]} != "ok") *static_cast<bool*>(to) = false;
        return 0;
      },
      &sound, nullptr);
  sqlite3_close(made);
  return sound;
}

std::map<std::string, int> effects_in(const std::string& path) {
  std::map<std::string, int> found;
  sqlite3* made = nullptr;
  sqlite3_open(path.c_str(), &made);
  sqlite3_exec(
      made, "SELECT key, count(*) FROM effect GROUP BY key",
      [](void* to, int, char** columns, char**) {
        (*static_cast<std::map<std::string, int>*>(to))[columns[0]] = std::atoi(columns[1]);
        return 0;
      },
      &found, nullptr);
  sqlite3_close(made);
  return found;
}

/// Opens what a cut has left, lets the sender and the worker do the rest, and compares with what was said before it.
template <class Effects>
void judge(const files& left, const facts& said, std::size_t behind, const support::manual_clock& clock, tally& found,
           const std::string& where) {
  ++found.points;
  const folder place{left};
  const std::string path = place.path();
  const auto complain = [&](std::size_t& count, const std::string& what) {
    ++count;
    if (found.example.empty()) found.example = where + ": " + what;
  };
  if (!is_sound(path + "/inbox.db") || !is_sound(path + "/app.db")) return complain(found.damaged, "a file is damaged");
  support::manual_clock after;
  after.advance(clock.now() - after.now() + 2min);
  machine<Effects> one{path, after, handler{}};
  if (!one.open()) return complain(found.lost, "it cannot be opened");
  std::map<std::string, int> least;
  std::map<std::string, int> most;
  std::set<std::string> open;
  std::set<std::string> conflicts;
  for (const auto& [at, what, key] : said) {
    if (at > behind) continue;
    if (what == fact::kind::sent) open.insert(key), most.emplace(key, 1);
    if (what == fact::kind::acknowledged) open.erase(key), least.emplace(key, 1);
    if (what == fact::kind::conflict) conflicts.insert(key);
    if (what == fact::kind::replaying) ++most[key];
    if (what == fact::kind::replayed) ++least[key];
  }
  std::set<std::string> there;
  for (const auto& row : one.inbox()->list().value()) {
    there.insert(row.key);
    if (conflicts.contains(row.key) && one.inbox()->show(row.id)->conflicts.empty())
      complain(found.lost, "the conflict of " + row.key);
  }
  for (const auto& [key, wanted] : least)
    if (!there.contains(key)) complain(found.lost, key + " is not in the inbox");
  for (const std::string& key : open) one.deliver(key);
  for (int i = 0; i < 3; ++i) {
    one.work();
    after.advance(2min);
  }
  static_cast<void>(one.inbox()->replay(sello::delivery_filter{.state = sello::progress::parked}));
  one.work();
  const auto made = effects_in(path + "/app.db");
  for (const auto& [key, limit] : most) {
    const int count = made.contains(key) ? made.at(key) : 0;
    if (count > limit) complain(found.doubled, key + " has " + std::to_string(count) + " effects");
    const int wanted = least.contains(key) ? least.at(key) : 1;
    if (count < wanted && there.contains(key)) complain(found.lost, key + " has " + std::to_string(count) + " effects");
  }
}

/// What a rule that is broken leaves of the log.
using filter = std::function<bool(const std::vector<operation>&, std::size_t)>;

std::vector<fate> chosen(const disk& at, bool all) {
  if (all) return fates(at);
  std::vector<fate> some;
  for (const fate& one : fates(at, 1))
    if (one.what != fate::kind::first && (one.what != fate::kind::torn || one.sector == 4096 || one.count == 1))
      some.push_back(one);
  return some;
}

struct recording {
  std::unique_ptr<recorder> log;
  facts said{};
  std::unique_ptr<support::manual_clock> clock = std::make_unique<support::manual_clock>();  // at its end
};

template <class Effects>
recording record(const recorder::fault_rule& fault = {}) {
  const folder place;
  recording made{std::make_unique<recorder>()};
  made.log->set_fault(fault);
  {
    support::manual_clock clock;
    const handler router;
    machine<Effects> one{place.path(), clock, router, [&] { return made.log->size(); }};
    play(one, clock, router);
    made.said = std::move(one.said);
    made.clock->advance(clock.now() - made.clock->now());
    made.log->stop();
  }
  return made;
}

/// The power is cut behind each operation.
template <class Effects>
tally cut(const recording& made, bool all, const filter& keep = {}, std::size_t from = 0) {
  tally found;
  std::set<std::pair<std::size_t, std::size_t>> seen;
  disk now = made.log->before();
  const auto& log = made.log->log();
  for (std::size_t n = 0; n <= log.size(); ++n) {
    if (n > 0 && (!keep || keep(log, n - 1))) now.apply(log[n - 1]);
    if (n < from) continue;
    const auto told = static_cast<std::size_t>(
        std::count_if(made.said.begin(), made.said.end(), [&](const fact& one) { return one.behind <= n; }));
    for (const fate& way : chosen(now, all)) {
      const files left = now.after(way);
      std::size_t hash = 0;
      for (const auto& [name, bytes] : left) hash = hash * 31 + std::hash<std::string>{}(name + '\0' + bytes);
      if (!seen.emplace(hash, told).second) {
        ++found.points;  // the same files, of which the same is asked
        continue;
      }
      judge<Effects>(left, made.said, n, *made.clock, found,
                     "operation " + std::to_string(n) + ", way " + std::to_string(static_cast<int>(way.what)));
    }
  }
  return found;
}

/// The processes are killed behind each operation, start again, meet the sender's retries, and then the power is cut.
tally kill_then_cut(const recording& made, bool all, bool sync_when_opened) {
  tally found;
  std::set<std::size_t> seen;
  const auto& log = made.log->log();
  for (std::size_t n = 0; n <= log.size(); n += 1) {
    const disk killed = made.log->at(n);
    if (killed.pending().empty()) continue;
    const files kept = killed.after({.what = fate::kind::kept});
    std::size_t hash = killed.pending().size();
    for (const auto& [name, bytes] : kept) hash = hash * 31 + std::hash<std::string>{}(name + '\0' + bytes);
    if (!seen.insert(hash).second) continue;
    const folder place{kept};
    recording second{std::make_unique<recorder>(killed)};
    std::size_t opened = 0;
    {
      support::manual_clock clock;
      clock.advance(made.clock->now() - clock.now() + 2min);
      machine<sello::sqlite::effects> one{place.path(), clock, handler{}, [&] { return second.log->size(); }};
      for (const fact& before : made.said)
        if (before.behind <= n) one.said.push_back({0, before.what, before.key});
      const facts before = one.said;
      one.open();
      opened = second.log->size();
      std::set<std::string> sent;
      for (const fact& each : before)
        if (each.what == fact::kind::sent && sent.insert(each.key).second) one.deliver(each.key);
      one.work();
      second.said = std::move(one.said);
      second.clock->advance(clock.now() - second.clock->now());
      second.log->stop();
      // Closing would sync: what is judged below ends before it.
      const std::size_t end = second.log->size();
      disk now = second.log->before();
      for (std::size_t m = 0; m <= end; ++m) {
        if (m > 0) {
          const operation& done = second.log->log()[m - 1];
          const bool is_sync = done.what == operation::kind::sync || done.what == operation::kind::sync_folder;
          if (sync_when_opened || m > opened || !is_sync) now.apply(done);
        }
        const bool told =
            std::any_of(second.said.begin(), second.said.end(), [&](const fact& each) { return each.behind == m; });
        if (m < opened || (!all && !told)) continue;
        judge<sello::sqlite::effects>(now.after({.what = fate::kind::dropped}), second.said, m, *second.clock, found,
                                      "killed behind " + std::to_string(n) + ", cut behind " + std::to_string(m));
      }
    }
  }
  return found;
}

/// A sync fails once, each of the scenario's in its turn; the power is cut at the end, and behind each later operation.
tally failing_syncs(bool all) {
  tally found;
  for (std::size_t k = 1;; ++k) {
    std::size_t count = 0;
    std::size_t failed = 0;
    const recording made = record<sello::sqlite::effects>([&](const operation& what) {
      if (what.what != operation::kind::sync || ++count != k) return SQLITE_OK;
      return SQLITE_IOERR_FSYNC;
    });
    if (count < k) return found;
    for (std::size_t i = 0; i < made.log->log().size(); ++i)
      if (made.log->log()[i].what == operation::kind::failed_sync) failed = i;
    const tally one = cut<sello::sqlite::effects>(made, all, {}, all ? failed : made.log->log().size());
    found.points += one.points, found.lost += one.lost, found.doubled += one.doubled, found.damaged += one.damaged;
    if (found.example.empty() && !one.example.empty())
      found.example = "sync " + std::to_string(k) + " failed, " + one.example;
  }
}

/// The disk is full for a while, from each operation on.
tally full_disk(bool all) {
  tally found;
  for (std::size_t k = 1;; k += all ? 1 : 5) {
    std::size_t count = 0;
    const recording made = record<sello::sqlite::effects>([&](const operation& what) {
      if (what.what != operation::kind::write) return SQLITE_OK;
      ++count;
      return count >= k && count < k + 12 ? SQLITE_FULL : SQLITE_OK;
    });
    if (count < k) return found;
    const tally one = cut<sello::sqlite::effects>(made, false, {}, made.log->log().size());
    found.points += one.points, found.lost += one.lost, found.doubled += one.doubled, found.damaged += one.damaged;
    if (found.example.empty() && !one.example.empty())
      found.example = "full from write " + std::to_string(k) + ", " + one.example;
  }
}

bool failed = false;

void say(const std::string& round, const tally& found, bool control = false) {
  const bool good = control != found.clean();
  failed = failed || !good;
  std::cout << round << ": " << found.points << " points, " << found.lost << " lost, " << found.doubled << " doubled, "
            << found.damaged << " damaged"
            << (control ? (good ? " (control: failed, as it must)" : " (CONTROL DID NOT FAIL)") : "")
            << (good ? "" : "  FAILS: ") << (good ? "" : found.example) << std::endl;
}

}  // namespace

int main(int count, char** arguments) {
  const bool all = count > 1 && std::string_view{arguments[1]} == "--long";
  using real = sello::sqlite::effects;

  const recording made = record<real>();
  std::size_t syncs = 0;
  for (const operation& one : made.log->log()) syncs += one.what == operation::kind::sync ? 1 : 0;
  const auto told = [&](fact::kind what) {
    return std::count_if(made.said.begin(), made.said.end(), [&](const fact& one) { return one.what == what; });
  };
  std::cout << "the scenario: " << made.log->log().size() << " operations, " << syncs << " of them syncs; "
            << told(fact::kind::acknowledged) << " acknowledgements, " << told(fact::kind::conflict)
            << " of a conflict, " << told(fact::kind::replayed) << " of a replay" << std::endl;
  if (told(fact::kind::acknowledged) != 12 || told(fact::kind::conflict) != 1 || told(fact::kind::replayed) != 1) {
    std::cout << "the scenario did not happen\n";
    return 1;
  }

  const tally cuts = cut<real>(made, all);
  say("power cut behind each operation", cuts);
  const tally kills = kill_then_cut(made, all, true);
  say("killed behind each operation, opened again, power cut", kills);
  const tally syncing = failing_syncs(all);
  say("each sync fails once, power cut", syncing);
  const tally full = full_disk(all);
  say("disk full for twelve writes, from each write on, power cut", full);

  // Control: as with synchronous=NORMAL the log is synced before a checkpoint alone.
  say("commits are not synced",
      cut<real>(made, false,
                [&](const std::vector<operation>& log, std::size_t i) {
                  if (log[i].what != operation::kind::sync || i + 1 == log.size()) return true;
                  const auto names = made.log->at(i).names();
                  const auto is = [&](int file, std::string_view end) {
                    return std::any_of(names.begin(), names.end(), [&](const auto& name) {
                      return name.second == file && name.first.ends_with(end);
                    });
                  };
                  return !is(log[i].file, "-wal") || is(log[i + 1].file, ".db");
                }),
      true);
  say("no sync when opened", kill_then_cut(made, false, false), true);
  say("the mark outside of the effect's transaction", cut<split_effects>(record<split_effects>(), false), true);

  if (failed) return 1;
  const std::size_t points = cuts.points + kills.points + syncing.points + full.points;
  std::cout << points << " points tried, 0 lost, 0 doubled; each control failed" << std::endl;
}
