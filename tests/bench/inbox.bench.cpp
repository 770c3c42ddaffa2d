// SPDX-License-Identifier: MIT
// What the durable inbox costs, beside its goals. Times are ratios within one run, for a disk's sync varies with its
// neighbours; syncs are counted, by a shim under SQLite and by PostgreSQL's own statistics. Nothing here passes or fails.
#include <libpq-fe.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <sello/inbox/postgres.hpp>
#include <sello/inbox/sqlite.hpp>
#include <sello/inbox/worker.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../inbox/postgres_backend.hpp"
#include "../inbox/postgres_server.hpp"
#include "../inbox/sync_vfs.hpp"
#include "../support/inbox.hpp"

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;
using micros = std::chrono::duration<double, std::micro>;
using akua_request = support::request<sello::akua::verifier>;

struct times {
  std::vector<double> each{};
  double seconds = 0;
  [[nodiscard]] double at(double part) {
    std::sort(each.begin(), each.end());
    return each.empty() ? 0 : each[static_cast<std::size_t>(part * static_cast<double>(each.size() - 1))];
  }
  [[nodiscard]] double p50() { return at(0.5); }
  [[nodiscard]] double p99() { return at(0.99); }
  void add(const times& more) {
    each.insert(each.end(), more.each.begin(), more.each.end());
    seconds += more.seconds;
    syncs += more.syncs;
  }
  double syncs = 0;
  [[nodiscard]] double syncs_each() const { return syncs / static_cast<double>(each.size()); }
  [[nodiscard]] double rate() const { return static_cast<double>(each.size()) / seconds; }
};

/// Of what was measured by turns: the middle of the ratios of neighbours, which a disk that others use disturbs alike.
double ratio_of_pairs(const times& these, const times& those) {
  times ratios;
  for (std::size_t i = 0; i < these.each.size(); ++i) ratios.each.push_back(these.each[i] / those.each[i]);
  return ratios.p50();
}

template <class Work>
double timed(const Work& work) {
  const auto begun = clock_type::now();
  work();
  return micros{clock_type::now() - begun}.count();
}

/// `work(sender, i)` so often by each of so many senders at once.
template <class Work>
times together(std::size_t senders, std::size_t count, const Work& work) {
  std::vector<std::vector<double>> each(senders);
  std::vector<std::thread> threads;
  const auto begun = clock_type::now();
  for (std::size_t s = 0; s < senders; ++s)
    threads.emplace_back([&, s] {
      for (std::size_t i = 0; i < count; ++i) each[s].push_back(timed([&] { work(s, i); }));
    });
  for (auto& thread : threads) thread.join();
  times all;
  all.seconds = std::chrono::duration<double>(clock_type::now() - begun).count();
  for (const auto& one : each) all.each.insert(all.each.end(), one.begin(), one.end());
  return all;
}

/// A delivery that was never seen before, verified.
class deliveries {
 public:
  explicit deliveries(std::size_t count) {
    static std::size_t number = 0;
    for (std::size_t i = 0; i < count; ++i)
      requests_.push_back(
          std::make_unique<akua_request>(R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})",
                                         sello::message{.id = "msg_" + std::to_string(++number)}));
    for (const auto& one : requests_) proven_.push_back(support::prove(*one));
  }
  [[nodiscard]] const auto& operator[](std::size_t i) const { return proven_[i]; }
  [[nodiscard]] std::string id(std::size_t i) const { return std::string{proven_[i].message_id()}; }

 private:
  std::vector<std::unique_ptr<akua_request>> requests_{};
  std::vector<sello::akua::verifier::delivery_type> proven_{};
};

void require(bool good, const char* what) {
  if (good) return;
  std::cerr << "bench_inbox: " << what << '\n';
  std::exit(1);
}

/// The same insert, without an inbox.
class bare {
 public:
  explicit bare(const std::string& path) : to_{path, 10s} {
    to_.execute("PRAGMA journal_mode=WAL");
    to_.execute("PRAGMA synchronous=FULL");
    to_.execute("PRAGMA wal_autocheckpoint=0");
    to_.execute("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, key TEXT UNIQUE, body BLOB)");
    add_.emplace(to_.prepare("INSERT INTO t(key, body) VALUES (?, ?) ON CONFLICT DO NOTHING"));
  }
  void insert(const std::string& key, std::string_view body) {
    const sello::sqlite::detail::immediate change{to_};
    (*add_)(key, sello::sqlite::detail::blob{body}).run();
    change.commit();
  }

 private:
  sello::sqlite::detail::connection to_;
  std::optional<sello::sqlite::detail::statement> add_{};
};

void row(const char* what, const std::string& goal, const std::string& reached) {
  std::printf("%-62s | %-34s | %s\n", what, goal.c_str(), reached.c_str());
  std::fflush(stdout);
}
std::string number(double value, int digits = 2) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

template <class Transaction>
struct handler {
  std::chrono::microseconds takes{0};
  sello::result<sello::outcome> work(const sello::stored& stored,
                                     const sello::detail::entrance<Transaction>& door) const {
    const auto entered = door.enter();
    if (!entered) return entered.error();
    if (*entered == nullptr) return sello::outcome::duplicate;
    (*entered)->execute("INSERT INTO effect VALUES ('" + stored->key + "')");
    if (takes.count() > 0) std::this_thread::sleep_for(takes);
    return sello::outcome::handled;
  }
};

/// On a disk: in memory a sync costs nothing, and nothing of this would be true.
class disk_folder {
 public:
  disk_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "bench_inbox_XXXXXX").string();
    require(::mkdtemp(pattern.data()) != nullptr, "no temporary folder");
    path_ = pattern;
  }
  disk_folder(const disk_folder&) = delete;
  disk_folder& operator=(const disk_folder&) = delete;
  ~disk_folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_{};
};

void sqlite_intake(const disk_folder& folder) {
  const sello::sqlite::inbox inbox{folder.file("one.db")};
  const auto akua = inbox.endpoint("akua");
  times with;
  times without;
  {
    bare alone{folder.file("bare.db")};
    const deliveries all{500};
    for (std::size_t i = 0; i < 500; ++i) {  // by turns, so that the neighbours disturb both alike
      without.each.push_back(timed([&] { alone.insert(all.id(i), all[i].body()); }));
      with.each.push_back(timed([&] { require(akua.accept(all[i]).has_value(), "not stored"); }));
    }
  }
  const double paired = ratio_of_pairs(with, without);  // before p50 sorts them
  row("SQLite: acknowledged, against the bare keyed insert, p50", "<= 1.15 x",
      number(paired) + " x (" + number(with.p50(), 0) + " us against " + number(without.p50(), 0) + ")");

  const auto senders = [&](std::size_t count, std::size_t each) {
    const deliveries all{count * each};
    const int before = support::sync_vfs::syncs;
    times found = together(count, each, [&](std::size_t s, std::size_t i) {
      require(akua.accept(all[s * each + i]).has_value(), "not stored");
    });
    found.syncs = support::sync_vfs::syncs - before;
    return found;
  };
  times one;
  times eight;
  times many;
  for (int round = 0; round < 4; ++round) {  // by turns, again
    one.add(senders(1, 150));
    eight.add(senders(8, 150));
    many.add(senders(32, 75));
  }
  row("SQLite: syncs an acknowledgement, one sender", "1", number(one.syncs_each()));
  row("SQLite: 8 senders against one", ">= 5 x, <= 0.27 syncs",
      number(eight.rate() / one.rate(), 1) + " x, " + number(eight.syncs_each()) + " syncs, p99 " +
          number(eight.p99() / 1000, 1) + " ms");
  {
    std::vector<std::unique_ptr<bare>> own;
    for (int i = 0; i < 8; ++i) own.push_back(std::make_unique<bare>(folder.file("own.db")));
    const deliveries all{8 * 100};
    std::atomic<int> failed{0};
    times apart = together(8, 100, [&](std::size_t s, std::size_t i) {
      try {
        own[s]->insert(all.id(s * 100 + i), all[s * 100 + i].body());
      } catch (const sello::bad_result&) {
        ++failed;
      }
    });
    row("  its p99 against that of 8 connections of their own", "<= 0.1 x",
        number(eight.p99() / apart.p99()) + " x (theirs " + number(apart.p99() / 1000, 1) + " ms, " +
            number(apart.rate() / one.rate(), 1) + " x the rate of one)");
  }
  row("SQLite: 32 senders against one", ">= 12 x, <= 0.08 syncs",
      number(many.rate() / one.rate(), 1) + " x, " + number(many.syncs_each()) + " syncs, p99 " +
          number(many.p99() / 1000, 1) + " ms");
}

void sqlite_beside_handlers(const disk_folder& folder) {
  const sello::sqlite::inbox inbox{folder.file("busy.db")};
  const auto akua = inbox.endpoint("akua");
  sello::sqlite::detail::connection{folder.file("app.db"), 5s}.execute("CREATE TABLE effect(key TEXT)");
  const auto paced = [&] {
    const deliveries all{150};
    const auto before = inbox.stats().value();
    times found;
    for (std::size_t i = 0; i < 150; ++i) {
      found.each.push_back(timed([&] { require(akua.accept(all[i]).has_value(), "not stored"); }));
      std::this_thread::sleep_for(2ms);
    }
    const auto after = inbox.stats().value();
    return std::pair{std::move(found), static_cast<double>(after.syncs - before.syncs) / 150};
  };
  auto [idle, idle_syncs] = paced();
  sello::worker worker{inbox,
                       sello::sqlite::effects{folder.file("app.db")},
                       handler<sello::sqlite::transaction>{.takes = 20ms},
                       {.threads = 2}};
  worker.start();
  auto [busy, busy_syncs] = paced();
  worker.stop();
  row("SQLite: syncs an acknowledgement beside handlers of 20 ms", "as idle",
      number(busy_syncs) + " against " + number(idle_syncs));
  row("  the slowest acknowledgement of 150", "waits for no handler (20 ms)",
      number(busy.at(1) / 1000, 1) + " ms against " + number(idle.at(1) / 1000, 1) + " ms; p50 " +
          number(busy.p50(), 0) + " us against " + number(idle.p50(), 0));
}

void sqlite_effects(const disk_folder& folder) {
  const auto run = [&](std::size_t batch, const std::string& name) {
    const sello::sqlite::inbox inbox{folder.file(name + ".db")};
    sello::sqlite::detail::connection{folder.file(name + "_app.db"), 5s}.execute("CREATE TABLE effect(key TEXT)");
    constexpr std::size_t count = 640;
    const deliveries all{count};
    together(32, count / 32, [&](std::size_t s, std::size_t i) {
      require(inbox.endpoint("akua").accept(all[s * (count / 32) + i]).has_value(), "not stored");
    });
    sello::worker worker{inbox,
                         sello::sqlite::effects{folder.file(name + "_app.db")},
                         handler<sello::sqlite::transaction>{},
                         {.claims = 32, .batch = batch}};
    const int before = support::sync_vfs::syncs;
    std::size_t done = 0;
    const double took = timed([&] {
      while (const std::size_t some = worker.poll_once().value()) done += some;
    });
    require(done == count, "not all took effect");
    return std::pair{took / count, static_cast<double>(support::sync_vfs::syncs - before) / count};
  };
  const auto [single, single_syncs] = run(1, "single");
  const auto [batched, batched_syncs] = run(32, "batched");
  row("SQLite: syncs an effect", "1", number(single_syncs, 3) + " (" + number(single, 0) + " us an effect)");
  row("SQLite: effects in batches of 32, with savepoints", ">= 10 x",
      number(single / batched, 1) + " x, " + number(batched_syncs, 3) + " syncs (" + number(batched, 0) +
          " us an effect)");

  const sello::sqlite::inbox inbox{folder.file("claims.db")};
  const deliveries all{100};
  for (std::size_t i = 0; i < 100; ++i) require(inbox.endpoint("akua").accept(all[i]).has_value(), "not stored");
  const int before = support::sync_vfs::syncs;
  std::size_t claimed = 0;
  for (std::int64_t token = 1; token <= 100; ++token)
    claimed += inbox.store()->claim({.token = token, .limit = 1}).value().size();
  row("SQLite: syncs a claim", "0",
      number(static_cast<double>(support::sync_vfs::syncs - before) / static_cast<double>(claimed)));
}

void sqlite_wake(const disk_folder& folder) {
  const sello::sqlite::inbox inbox{folder.file("wake.db")};
  const auto akua = inbox.endpoint("akua");
  const auto rate = [&] {
    const deliveries all{400};
    return together(
               8, 50,
               [&](std::size_t s, std::size_t i) { require(akua.accept(all[s * 50 + i]).has_value(), "not stored"); })
        .rate();
  };
  double still = 0;
  double waiting = 0;
  for (int round = 0; round < 10; ++round) {
    still += 1 / rate();
    std::atomic<bool> stop{false};
    std::thread idle{[&] {
      while (!stop) inbox.store()->idle(1s, inbox.store()->news());
    }};
    waiting += 1 / rate();
    stop = true;
    inbox.store()->wake();
    idle.join();
  }
  row("SQLite: cost of waking a worker, 8 senders", "<= 10 %", number((waiting / still - 1) * 100, 0) + " %");
}

void in_postgres(const support::postgres_server& server) {
  const support::postgres_line line{server.conninfo()};
  const auto senders_of = [](const sello::postgres::inbox& inbox, std::size_t count, std::size_t each) {
    const auto akua = inbox.endpoint("akua");
    const deliveries all{count * each};
    return together(count, each, [&](std::size_t s, std::size_t i) {
      require(akua.accept(all[s * each + i]).has_value(), "not stored");
    });
  };
  const sello::postgres::inbox inbox{server.conninfo(), {.patience = 20s}};
  const auto akua = inbox.endpoint("akua");
  const auto senders = [&](std::size_t count, std::size_t each) { return senders_of(inbox, count, each); };
  senders(8, 20);
  times one;
  times eight;
  times many;
  for (int round = 0; round < 3; ++round) {
    one.add(senders(1, 100));
    eight.add(senders(8, 80));
    many.add(senders(32, 40));
  }
  // A session tells its statistics seconds later, or when it ends.
  const auto sessions = [&] {
    return std::stoi(line.ask("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"));
  };
  const auto wal_syncs = [&, others = sessions()] {
    while (sessions() > others) std::this_thread::sleep_for(10ms);
    return std::stod(line.ask("SELECT wal_sync FROM pg_stat_wal"));
  };
  const auto syncs_of = [&](std::size_t count, std::size_t each) {
    const double before = wal_syncs();
    senders_of(sello::postgres::inbox{server.conninfo(), {.patience = 20s}}, count, each);
    return number((wal_syncs() - before) / static_cast<double>(count * each)) + " WAL syncs an ack";
  };
  row("PostgreSQL: WAL syncs an acknowledgement, one sender", "1", syncs_of(1, 300));
  row("PostgreSQL: 8 senders against one", ">= 5 x",
      number(eight.rate() / one.rate(), 1) + " x, " + syncs_of(8, 80) + ", p99 " + number(eight.p99() / 1000, 1) +
          " ms (one: p50 " + number(one.p50(), 0) + " us)");
  row("PostgreSQL: 32 senders against one", ">= 20 x",
      number(many.rate() / one.rate(), 1) + " x, " + syncs_of(32, 40) + ", p99 " + number(many.p99() / 1000, 1) +
          " ms");

  double still = 0;
  double heard = 0;
  for (int round = 0; round < 5; ++round) {
    still += 1 / senders(8, 60).rate();
    const sello::postgres::inbox other{server.conninfo(), {.patience = 20s}};
    std::atomic<bool> stop{false};
    std::thread idle{[&] {
      while (!stop) other.store()->idle(1s, other.store()->news());
    }};
    heard += 1 / senders(8, 60).rate();
    stop = true;
    other.store()->wake();
    idle.join();
  }
  row("PostgreSQL: cost of another machine that listens, 8 senders", "<= 10 %",
      number((heard / still - 1) * 100, 0) + " %");

  // The same in two databases by turns: a snapshot pins the dead rows of its own alone.
  struct claimant {
    sello::postgres::inbox inbox;
    std::int64_t token = 0;
    double claim_one() {
      const deliveries fresh{1};
      require(inbox.endpoint("akua").accept(fresh[0]).has_value(), "not stored");
      std::vector<sello::stored> held;
      const double took = timed([&] { held = inbox.store()->claim({.token = ++token, .limit = 1}).value(); });
      require(held.size() == 1, "nothing to claim");
      const sello::detail::settlement done{.held = sello::detail::ticket_of(held[0]),
                                           .what = sello::detail::settlement::kind::handled};
      require(inbox.store()->settle(std::span{&done, 1}).value() == 0, "a lost claim");
      return took;
    }
  };
  std::vector<std::string> databases;
  for (const char* name : {"fresh", "pinned"}) {
    line.ask(std::string{"CREATE DATABASE "} + name);
    databases.push_back(server.conninfo(name));
  }
  claimant fresh{sello::postgres::inbox{databases[0], {.patience = 20s}}};
  claimant pinned{sello::postgres::inbox{databases[1], {.patience = 20s}}};
  for (int i = 0; i < 100; ++i) {
    fresh.claim_one();
    pinned.claim_one();
  }
  const support::postgres_line holder{databases[1]};
  holder.ask("BEGIN ISOLATION LEVEL REPEATABLE READ");
  holder.ask("SELECT count(*) FROM sello.work");
  const support::postgres_line owner{databases[1]};
  owner.ask(
      "INSERT INTO sello.work(delivery, generation, source, state, due, occasion, size) SELECT -n, 0, 1, 0, n, 0, 0 "
      "FROM "
      "generate_series(1, 20000) n");
  owner.ask("DELETE FROM sello.work WHERE delivery < 0");
  times of_fresh;
  times of_pinned;
  for (int i = 0; i < 200; ++i) {
    of_fresh.each.push_back(fresh.claim_one());
    of_pinned.each.push_back(pinned.claim_one());
  }
  const double claims = ratio_of_pairs(of_pinned, of_fresh);
  row("PostgreSQL: a claim over 20,000 dead rows that a snapshot pins, p50", "<= 2 x fresh",
      number(claims) + " x (" + number(of_pinned.p50(), 0) + " us against " + number(of_fresh.p50(), 0) +
          "; the sweep of each second " + number(of_pinned.at(1), 0) + " us)");
}

}  // namespace

int main() {
  const support::sync_vfs counting;
  row("what", "goal", "reached");
  const disk_folder folder;
  sqlite_intake(folder);
  sqlite_beside_handlers(folder);
  sqlite_effects(folder);
  sqlite_wake(folder);
  if (support::postgres_server::programs()) {
    const support::postgres_server server{{}, std::filesystem::temp_directory_path()};  // on a disk: syncs are counted
    in_postgres(server);
  } else {
    row("PostgreSQL", "", "its server is not installed");
  }
}
