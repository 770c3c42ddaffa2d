// SPDX-License-Identifier: MIT
// Kills receivers and workers with SIGKILL at random moments, and PostgreSQL with all its processes, and counts what is left:
//
//   sigkill [--long] [sqlite|postgres|server]
//
// A sender brings each delivery to a receiver, again and again until it is answered, and a part of them twice; a worker makes
// the effects. Short: some kills; long: 300 a backend, and 20 of the server. What a kill cannot show, a power cut can: see
// power_cut.cpp. Ends with 1 if something that was acknowledged is lost, or an effect doubled, or if the control does not
// lose; with 77 if there is no PostgreSQL for what was asked.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <deque>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sello/inbox/postgres.hpp>
#include <sello/inbox/sqlite.hpp>
#include <sello/inbox/worker.hpp>

#include "inbox/postgres_backend.hpp"
#include "inbox/postgres_server.hpp"
#include "support/inbox.hpp"

namespace {

using namespace std::chrono_literals;
using sello::outcome;

/// Writes its row, and takes a moment, so that many kills meet it in the middle.
template <class Transaction>
struct handler {
  bool hurries = false;

  sello::result<outcome> work(const sello::stored& row, const sello::detail::entrance<Transaction>& door) const {
    const auto entered = door.enter();
    if (!entered) return entered.error();
    if (*entered == nullptr) return outcome::duplicate;
    (*entered)->execute("INSERT INTO effect VALUES ('" + row->key + "')");
    if (!hurries) std::this_thread::sleep_for(std::chrono::microseconds{std::hash<std::string>{}(row->key) % 3000});
    return outcome::handled;
  }
};

/// Where everything is: a folder, or the address of a server.
template <class Backend>
struct place;
struct in_sqlite {};
struct in_postgres {};
template <>
struct place<in_sqlite> {
  using inbox = sello::sqlite::inbox;
  using effects = sello::sqlite::effects;
  static std::string inbox_at(const std::string& at) { return at + "/inbox.db"; }
  static std::string effects_at(const std::string& at) { return at + "/app.db"; }
  static void make_table(const std::string& at) {
    sello::sqlite::detail::connection{effects_at(at), 5s}.execute("CREATE TABLE effect(key TEXT)");
  }
  static std::map<std::string, int> count(const std::string& at) {
    std::map<std::string, int> found;
    const sello::sqlite::detail::connection from{effects_at(at), 5s};
    auto rows = from.prepare("SELECT key, count(*) FROM effect GROUP BY key");
    while (rows.step()) found[rows.text(0)] = static_cast<int>(rows.integer(1));
    return found;
  }
};
template <>
struct place<in_postgres> {
  using inbox = sello::postgres::inbox;
  using effects = sello::postgres::effects;
  static std::string inbox_at(const std::string& at) { return at; }
  static std::string effects_at(const std::string& at) { return at; }
  static void make_table(const std::string& at) { support::postgres_line{at}.ask("CREATE TABLE effect(key text)"); }
  static std::map<std::string, int> count(const std::string& at) {
    std::map<std::string, int> found;
    sello::postgres::detail::connection from{at, 30s};
    from.open();
    const auto rows = from.run("SELECT key, count(*) FROM effect GROUP BY key");
    for (int i = 0; i < rows.size(); ++i) found[rows.text(i, 0)] = static_cast<int>(rows.integer(i, 1));
    return found;
  }
};

/// A line from the sender is a key; the answer is "+" or "-" and the key. Four threads, so that stores meet.
template <class Backend>
int receive(const std::string& at) {
  using there = place<Backend>;
  auto inbox = there::inbox::create(there::inbox_at(at));
  for (int i = 0; !inbox && i < 200; ++i) {
    std::this_thread::sleep_for(50ms);
    inbox = there::inbox::create(there::inbox_at(at));
  }
  if (!inbox) return 3;
  const auto akua = inbox->endpoint("akua");
  std::mutex turn;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (std::string key;;) {
        {
          const std::lock_guard lock{turn};
          if (!std::getline(std::cin, key)) return;
        }
        const auto given = support::deliver_akua(akua, key);
        const std::string answer = (given ? "+" : "-") + key + "\n";
        if (::write(1, answer.data(), answer.size()) < 0) return;
      }
    });
  for (auto& thread : threads) thread.join();
  return 0;
}

template <class Backend>
int work(const std::string& at) {
  using there = place<Backend>;
  for (int i = 0; i < 200; ++i) {
    auto inbox = there::inbox::create(there::inbox_at(at));
    auto effects = there::effects::create(there::effects_at(at));
    if (inbox && effects) {
      sello::worker worker{
          *inbox, *effects, handler<typename there::effects::transaction>{}, {.threads = 2, .lease = 2s}};
      worker.start();
      for (;;) ::pause();
    }
    std::this_thread::sleep_for(50ms);
  }
  return 3;
}

class child {
 public:
  child() = default;
  child(const std::vector<std::string>& words) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) std::abort();
    std::vector<char*> arguments;
    for (const std::string& one : words) arguments.push_back(const_cast<char*>(one.c_str()));
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      ::execv("/proc/self/exe", arguments.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to = in[1];
    from = out[0];
  }
  void kill() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(std::exchange(pid_, 0), nullptr, 0);
  }
  void close() {
    ::close(to);
    ::close(from);
  }
  int to = -1;
  int from = -1;

 private:
  pid_t pid_ = 0;
};

struct tally {
  std::size_t kills = 0;
  std::size_t delivered = 0;
  std::size_t acknowledged = 0;
  std::size_t effects = 0;
  std::size_t lost = 0;
  std::size_t doubled = 0;
};

/// The sender, on this thread, until `kills` kills were made by `kill`, which is called at random moments.
class sender {
 public:
  std::set<std::string> acknowledged{};
  std::size_t delivered = 0;

  /// What was not answered is sent again to the next receiver.
  void forget_open() {
    for (const std::string& key : open_) again_.push_back(key);
    open_.clear();
    rest_.clear();
  }

  void go_on(const child& with, std::chrono::microseconds most, std::size_t limit = 100'000) {
    // A receiver that has just been started is given time to open its inbox.
    auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    bool answered = false;
    const std::size_t enough = delivered + limit;
    while (std::chrono::steady_clock::now() < until) {
      while (open_.size() < 16 && delivered < enough) {
        const std::string line = next() + "\n";
        if (::write(with.to, line.data(), line.size()) < 0) break;
        ++delivered;
      }
      pollfd answer{.fd = with.from, .events = POLLIN, .revents = 0};
      if (::poll(&answer, 1, 5) <= 0) continue;
      if (!hear(with)) return;
      if (!std::exchange(answered, true)) until = std::chrono::steady_clock::now() + most;
    }
  }

  /// What was written before the end of the receiver counts: the sender has it.
  bool hear(const child& with) {
    std::array<char, 4096> bytes{};
    const ssize_t count = ::read(with.from, bytes.data(), bytes.size());
    if (count <= 0) return false;
    rest_.append(bytes.data(), static_cast<std::size_t>(count));
    for (auto end = rest_.find('\n'); end != rest_.npos; end = rest_.find('\n')) {
      const std::string key = rest_.substr(1, end - 1);
      open_.erase(open_.find(key));
      if (rest_[0] == '+') {
        acknowledged.insert(key);
        if (chance_() % 10 == 0) again_.push_back(key);  // a sender that did not hear its answer
      } else {
        again_.push_back(key);
      }
      rest_.erase(0, end + 1);
    }
    return true;
  }

 private:
  std::string next() {
    std::string key;
    if (!again_.empty() && chance_() % 2 == 0) {
      key = again_.front();
      again_.pop_front();
    } else {
      key = "msg_" + std::to_string(++count_);
    }
    open_.insert(key);
    return key;
  }

  std::mt19937_64 chance_{7};
  std::size_t count_ = 0;
  std::multiset<std::string> open_{};
  std::deque<std::string> again_{};
  std::string rest_{};
};

template <class Backend>
void settle(const std::string& at, const sender& from, tally& found) {
  using there = place<Backend>;
  const typename there::inbox inbox{there::inbox_at(at)};
  sello::worker worker{inbox,
                       typename there::effects{there::effects_at(at)},
                       handler<typename there::effects::transaction>{.hurries = true},
                       {.lease = 2s, .claims = 64, .batch = 64}};
  const auto until = std::chrono::steady_clock::now() + 120s;
  for (;;) {
    const auto done = worker.poll_once();
    if (done && *done != 0) continue;
    static_cast<void>(inbox.replay(sello::delivery_filter{.state = sello::progress::parked}));
    const auto stats = inbox.stats();
    if (stats && stats->waiting == 0 && stats->parked == 0) break;
    if (std::chrono::steady_clock::now() > until) break;  // what is left counts as lost
    std::this_thread::sleep_for(50ms);
  }
  found.delivered = from.delivered;
  found.acknowledged = from.acknowledged.size();
  for (const auto& [key, count] : there::count(at)) {
    found.effects += static_cast<std::size_t>(count);
    if (count > 1) ++found.doubled;
  }
  const auto made = there::count(at);
  for (const std::string& key : from.acknowledged)
    if (!made.contains(key)) ++found.lost;
}

template <class Backend>
tally kill_processes(const std::string& at, const std::string& name, std::size_t kills) {
  place<Backend>::make_table(at);
  {
    const typename place<Backend>::inbox made{place<Backend>::inbox_at(at)};
  }
  const std::vector<std::string> receiver{"sigkill", "receive", name, at};
  const std::vector<std::string> worker{"sigkill", "work", name, at};
  std::mt19937_64 chance{11};
  sender from;
  tally found;
  child receives{receiver};
  child works{worker};
  while (found.kills < kills) {
    from.go_on(receives, std::chrono::microseconds{10'000 + chance() % 200'000},
               100);  // or the worker would be left behind
    const auto which = chance() % 4;
    if (which != 0) {
      works.kill();
      works.close();
      ++found.kills;
      works = child{worker};
    }
    if (which < 2) {
      receives.kill();
      while (from.hear(receives)) {
      }
      receives.close();
      from.forget_open();
      ++found.kills;
      receives = child{receiver};
    }
  }
  for (child* one : {&receives, &works}) {
    one->kill();
    if (one == &receives)
      while (from.hear(receives)) {
      }
    one->close();
  }
  settle<Backend>(at, from, found);
  return found;
}

/// `control`: the transactions that store are made not to wait for the disk.
tally kill_server(support::postgres_server& server, std::size_t kills, bool control) {
  const std::string database = control ? "control" : "kept";
  support::postgres_line{server.conninfo()}.ask("CREATE DATABASE " + database);
  const std::string at = server.conninfo(database);
  place<in_postgres>::make_table(at);
  {
    const sello::postgres::inbox made{at};
  }
  if (control)
    support::postgres_line{at}.ask(
        "CREATE FUNCTION careless() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM set_config('synchronous_commit', 'off', true); RETURN NEW; END $$; "
        "CREATE TRIGGER careless BEFORE INSERT ON sello.delivery FOR EACH ROW EXECUTE FUNCTION careless()");
  std::mt19937_64 chance{13};
  sender from;
  tally found;
  child receives{{"sigkill", "receive", "postgres", at}};
  child works{{"sigkill", "work", "postgres", at}};
  while (found.kills < kills) {
    from.go_on(receives, std::chrono::microseconds{500'000 + chance() % 300'000});
    server.kill_all();
    ++found.kills;
    server.start();
  }
  from.go_on(receives, 1s);
  receives.kill();
  while (from.hear(receives)) {
  }
  works.kill();
  receives.close();
  works.close();
  settle<in_postgres>(at, from, found);
  return found;
}

bool failed = false;

/// A round; a control must lose something, which two kills need not show: only the long form demands it.
enum class kind { claim, control, short_control };

void say(const std::string& round, const tally& found, kind of = kind::claim) {
  const bool control = of != kind::claim;
  const bool clean = found.lost == 0 && found.doubled == 0 && found.acknowledged > 0 && found.effects > 0;
  const bool good = control ? found.lost != 0 && found.doubled == 0 : clean;
  failed = failed || (!good && of != kind::short_control);
  std::cout << round << ": " << found.kills << " kills, " << found.delivered << " delivered, " << found.acknowledged
            << " acknowledged, " << found.effects << " effects, " << found.lost << " lost, " << found.doubled
            << " doubled"
            << (control ? (good                  ? " (control: it lost, as it must)"
                           : of == kind::control ? " (CONTROL DID NOT LOSE)"
                                                 : " (control: no loss in so few kills)")
                        : (good ? "" : "  FAILS"))
            << std::endl;
}

}  // namespace

int main(int count, char** arguments) try {
  std::vector<std::string> words{arguments + 1, arguments + count};
  ::signal(SIGPIPE, SIG_IGN);
  if (words.size() == 3) {
    const bool sqlite = words[1] == "sqlite";
    if (words[0] == "receive") return sqlite ? receive<in_sqlite>(words[2]) : receive<in_postgres>(words[2]);
    if (words[0] == "work") return sqlite ? work<in_sqlite>(words[2]) : work<in_postgres>(words[2]);
  }
  const bool all = !words.empty() && words[0] == "--long";
  const std::string only = words.size() > (all ? 1U : 0U) ? words.back() : "";
  const bool has_server = support::postgres_server::programs().has_value();
  if (!has_server && !only.empty() && only != "sqlite") return support::postgres_server::skip();
  if (only.empty() || only == "sqlite") {
    const support::temporary_folder folder;
    std::string at = folder.file("");
    at.pop_back();
    say("SQLite, receivers and workers", kill_processes<in_sqlite>(at, "sqlite", all ? 300 : 12));
  }
  if (has_server && only != "sqlite") {
    support::postgres_server server;
    if (only != "server") {
      support::postgres_line{server.conninfo()}.ask("CREATE DATABASE processes");
      say("PostgreSQL, receivers and workers",
          kill_processes<in_postgres>(server.conninfo("processes"), "postgres", all ? 300 : 12));
    }
    if (only != "postgres") {
      say("PostgreSQL itself, all its processes", kill_server(server, all ? 20 : 3, false));
      say("control: synchronous_commit=off", kill_server(server, all ? 5 : 2, true),
          all ? kind::control : kind::short_control);
    }
  } else if (only.empty()) {
    std::cout << "PostgreSQL's server is not installed: its rounds are left out\n";
  }
  return failed ? 1 : 0;
} catch (const std::exception& thrown) {
  std::cerr << thrown.what() << '\n';
  return 1;
}
