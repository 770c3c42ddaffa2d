// SPDX-License-Identifier: MIT
// A receiver and a worker over an inbox in SQLite, in a process of their own: killed in mid-work, started again, and counted.
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sello/inbox/sqlite.hpp>
#include <sello/sello.hpp>
#include <sello/server/httplib.hpp>

#include "../durable.hpp"
#include "../samples.hpp"
#include "../senders.hpp"

extern char** environ;

namespace {

using namespace std::chrono_literals;
namespace akua = sello::akua;
namespace gu1 = sello::gu1;

class folder {
 public:
  folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "sello_demo_XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
    path_ = pattern;
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_{};
};

/// The program's own database, with whatever it uses for SQLite.
class database {
 public:
  explicit database(const std::string& path) {
    sqlite3* made = nullptr;
    const int code = sqlite3_open(path.c_str(), &made);
    handle_.reset(made);
    if (code != SQLITE_OK) throw std::runtime_error{path};
    sqlite3_busy_timeout(made, 5'000);
  }
  void execute(const char* sql) const {
    if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
      throw std::runtime_error{sqlite3_errmsg(handle_.get())};
  }
  [[nodiscard]] std::size_t ask(const char* sql) const {
    sqlite3_stmt* made = nullptr;
    sqlite3_prepare_v2(handle_.get(), sql, -1, &made, nullptr);
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> question{made, &sqlite3_finalize};
    if (sqlite3_step(made) != SQLITE_ROW) throw std::runtime_error{sqlite3_errmsg(handle_.get())};
    return static_cast<std::size_t>(sqlite3_column_int64(made, 0));
  }

 private:
  struct close {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, close> handle_{};
};

// --- What an outage costs, on a clock that is moved. ---

/// Gu1 sends an event each half second, for twenty, and tries again as it documents; from the fifth second on the database
/// is locked.
demo::outage lose_database_for(std::chrono::seconds away) {
  const folder home;
  sello::timestamp now{1'700'000'000s};
  const sello::sqlite::inbox inbox{home.file("inbox.db"), {.patience = 1ms, .clock = [&] { return now; }}};
  demo::outage found{.away = away, .sent = 40, .loses = away > 7s};
  const auto note = [&](const sello::record& seen) {
    if (seen.status == 200) found.stored.emplace_back(seen, "");
  };
  const sello::receiver receiver{gu1::verifier{demo::gu1_secret}, inbox.endpoint("gu1", {.observer = note})};
  const database app{home.file("app.db")};
  app.execute("CREATE TABLE approved(validation TEXT)");
  sello::basic_router<sello::sqlite::transaction> router;
  router.on<gu1::kyc_validation_approved>(
      [](const auto& event, auto& tx) { tx.execute("INSERT INTO approved VALUES (?)", event.data.validation_id); });
  sello::worker worker{inbox, sello::sqlite::effects{home.file("app.db")}, router, {.claims = 64, .batch = 64}};

  const database other{home.file("inbox.db")};
  found.answered_try.resize(found.sent);
  constexpr std::array<std::chrono::milliseconds, 4> tries{0s, 1s, 3s, 7s};
  for (auto at = 0ms; at < 30s; at += 500ms, now += 500ms) {
    if (at == 5s) other.execute("BEGIN IMMEDIATE");
    if (at == 5s + away) other.execute("ROLLBACK");
    for (std::size_t i = 0; i < found.sent; ++i) {
      const auto since_first = at - static_cast<int>(i) * 500ms;
      const auto this_try = std::find(tries.begin(), tries.end(), since_first);
      if (found.answered_try[i] != 0 || this_try == tries.end()) continue;
      const std::string body = demo::gu1_body("kyc.validation_approved", "{\"id\":\"val_" + std::to_string(i) + "\"}",
                                              "2025-01-15T10:30:00Z");
      const int status = receiver.receive(demo::sign_as_gu1(body, "kyc.validation_approved"), body).status;
      if (status != 200) continue;
      found.answered_try[i] = static_cast<int>(this_try - tries.begin()) + 1;
      ++found.answered;
    }
  }
  while (worker.poll_once().value() != 0) continue;
  found.effects = app.ask("SELECT count(DISTINCT validation) FROM approved");
  return found;
}

// --- The process that is killed, and the one that kills. ---

/// A child of this program's, with its input and its output.
class process {
 public:
  process(const std::string& at, int die_at) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe(in.data()) != 0 || ::pipe(out.data()) != 0) throw std::runtime_error{"no pipe"};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    for (const int one : {in[0], in[1], out[0], out[1]}) posix_spawn_file_actions_addclose(&actions, one);
    std::string program = "/proc/self/exe";
    std::string verb = "--durable";
    std::string place = at;
    std::string when = std::to_string(die_at);
    const std::array<char*, 5> arguments{program.data(), verb.data(), place.data(), when.data(), nullptr};
    const int failed = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = ::fdopen(out[0], "r");
    if (failed != 0) throw std::runtime_error{"the demo cannot start itself again"};
  }
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  ~process() {
    kill();
    finish();
    std::fclose(from_);
  }

  /// Its next line; "" at its end.
  [[nodiscard]] std::string line() const {
    std::string text;
    for (int c = std::fgetc(from_); c != EOF && c != '\n'; c = std::fgetc(from_)) text += static_cast<char>(c);
    return text;
  }
  void kill() noexcept {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(std::exchange(pid_, 0), nullptr, 0);
  }
  /// Works off what is left, and ends.
  void finish() noexcept {
    if (to_ >= 0) ::close(std::exchange(to_, -1));
    if (pid_ > 0) ::waitpid(std::exchange(pid_, 0), nullptr, 0);
  }

 private:
  pid_t pid_ = 0;
  int to_ = -1;
  std::FILE* from_ = nullptr;
};

/// Brings each delivery to whatever process listens now, again until it is answered with 200; each fifth once more then, as
/// a sender does that did not hear the answer.
class sender {
 public:
  static constexpr int each = 40;

  /// `at`: a port, and 65,536 for each process before.
  explicit sender(const std::atomic<int>& at) : at_{&at} {}

  void run(int number) {
    for (int i = 0; i < each; ++i) {
      const std::string id = "msg_" + std::to_string(number * each + i);
      const std::string body = demo::akua_body("payment.capture.cleared", "{\"payment_id\":\"pay-" + id + "\"}");
      for (int left = i % 5 == 0 ? 2 : 1; left > 0;) {
        const int at = *at_;
        const int status = post(at % 65'536, id, body);
        if (status == 200) --left, ++answers;
        if (status == 0) at_->wait(at);  // that process is gone
      }
      ++answered;
    }
  }

  std::atomic<int> answers{0};
  std::atomic<int> answered{0};

 private:
  static int post(int port, const std::string& id, const std::string& body) {
    httplib::Client http{"127.0.0.1", port};
    http.set_tcp_nodelay(true);
    httplib::Headers headers;
    for (const auto& [name, value] : sello::signer<sello::svix_v1>{demo::akua_secret}.sign(body, {.id = id}))
      headers.emplace(name, value);
    const auto answer = http.Post("/webhooks/akua", headers, body, "application/json");
    return answer ? answer->status : 0;
  }

  const std::atomic<int>* at_;
};

}  // namespace

int demo::run_durable(const std::string& at, int die_at) {
  const sello::sqlite::inbox inbox{at + "/inbox.db"};
  const sello::receiver receiver{akua::verifier{akua_secret}, inbox.endpoint("akua")};
  int calls = 0;
  sello::basic_router<sello::sqlite::transaction> router;
  router.on<akua::payment_capture_cleared>([&](const auto& event, auto& tx) {
    tx.execute("INSERT INTO settled VALUES (?)", event.data.payment_id);
    if (++calls != die_at) return;
    std::cout << "in the middle of " << event.idempotency_key << std::endl;  // written, and not committed
    for (;;) ::pause();
  });
  sello::worker worker{inbox, sello::sqlite::effects{at + "/app.db"}, router, {.lease = 1s}};
  worker.start();

  httplib::Server server;
  server.set_tcp_nodelay(true);
  sello::server::mount(server, "/webhooks/akua", receiver);
  std::cout << server.bind_to_any_port("127.0.0.1") << std::endl;
  std::thread listening{[&] { server.listen_after_bind(); }};
  while (std::cin.get() != EOF) continue;
  if (die_at != 0) std::_Exit(1);  // nobody is left to kill it
  while (inbox.stats().value().waiting != 0) std::this_thread::sleep_for(5ms);
  worker.stop();
  server.stop();
  listening.join();
  return 0;
}

demo::durable_result demo::show_durable() {
  const auto five = lose_database_for(5s);
  const auto twelve = lose_database_for(12s);
  std::cout
      << "\nA database that is away for 5 s while Gu1 sends " << five.sent << " events: " << five.answered
      << " answered with 200 in the end, " << five.effects << " effects. For 12 s: " << twelve.answered << " answered, "
      << twelve.effects << " effects, " << twelve.sent - twelve.answered << " gone.\n"
      << "What was answered is stored and takes effect. What cannot be saved is an event whose tries, at 0, 1, 3 and "
         "7 s, all meet the\noutage: Gu1 gives up. So five seconds cost nothing, and more than seven lose what was "
         "first sent as they began.\n";

  const folder home;
  const database app{home.file("app.db")};
  app.execute("CREATE TABLE settled(payment TEXT)");
  constexpr int senders = 4;
  constexpr int kills = 3;
  std::atomic<int> at{0};
  sender akua{at};
  std::vector<std::thread> threads;
  for (int run = 0; run <= kills; ++run) {
    process one{home.path(), run < kills ? 20 : 0};
    at = run * 65'536 + std::stoi(one.line());
    at.notify_all();
    if (run == 0)
      for (int i = 0; i < senders; ++i) threads.emplace_back([&akua, i] { akua.run(i); });
    if (run < kills) {
      if (one.line().empty()) throw std::runtime_error{"the process ended by itself"};
      one.kill();
    } else {
      for (auto& thread : threads) thread.join();
      one.finish();
    }
  }
  durable_result found{.tried = true,
                       .outages = {five, twelve},
                       .kills = kills,
                       .deliveries = static_cast<std::size_t>(akua.answered),
                       .answers = static_cast<std::size_t>(akua.answers),
                       .effects = app.ask("SELECT count(*) FROM settled"),
                       .different = app.ask("SELECT count(DISTINCT payment) FROM settled")};
  std::cout << "A receiver and its worker, killed " << kills
            << " times in the middle of a handler (SIGKILL) and started again: " << found.deliveries << " deliveries, "
            << found.answers << " answers of 200, " << found.effects << " effects: "
            << (found.lost() == 0 ? std::string{"nothing was lost"} : std::to_string(found.lost()) + " LOST") << ", "
            << (found.doubled() == 0 ? std::string{"nothing doubled"} : std::to_string(found.doubled()) + " DOUBLED")
            << '\n';
  return found;
}
