// SPDX-License-Identifier: MIT
// PostgreSQL on a full disk, its tables alone or its log too: run as small_disk --size 96m <this>, by root.
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sello/inbox/postgres.hpp>
#include <sello/sello.hpp>

#include "catch.hpp"
#include "inbox/postgres_backend.hpp"
#include "inbox/postgres_server.hpp"
#include "inbox/small_disk.hpp"
#include "support/inbox.hpp"

namespace {

using namespace std::chrono_literals;
namespace akua = sello::akua;
using sello::errc;
using sello::outcome;
using support::deliver_akua;
using support::postgres_line;
using support::small_disk;

/// Letters that PostgreSQL does not compress.
std::string letters(std::size_t count) {
  static std::mt19937_64 random{7};
  std::string text(count, ' ');
  for (char& c : text) c = static_cast<char>('A' + random() % 26);
  return text;
}
std::string large() { return R"({"type":"payment.capture.cleared","data":{"payment_id":")" + letters(50'000) + "\"}}"; }

/// A database whose tables are on the small disk; its log is not.
std::string database_on(const small_disk& disk, const support::postgres_server& server) {
  const std::string folder = disk.file("tables");
  std::filesystem::create_directory(folder);
  if (::getuid() == 0) {
    const passwd& user = *::getpwnam("postgres");
    if (::chown(folder.c_str(), user.pw_uid, user.pw_gid) != 0) throw std::runtime_error{"chown"};
  }
  const postgres_line line{server.conninfo()};
  line.ask("CREATE TABLESPACE small LOCATION '" + folder + "'");
  line.ask("CREATE DATABASE small TABLESPACE small");
  return server.conninfo("small");
}

auto writing_keys() {
  sello::basic_router<sello::postgres::transaction> router;
  router.on<akua::payment_capture_cleared>([](const auto& event, auto& tx) {
    tx.execute("INSERT INTO effect VALUES ($1, $2)", event.idempotency_key, letters(20'000));
  });
  return router;
}

sello::postgres::effects effects_at(const std::string& database) {
  postgres_line{database}.ask(
      "SET client_min_messages = error; CREATE TABLE IF NOT EXISTS effect(key text, what text)");
  return sello::postgres::effects{database};
}

/// A delivery whose try is counted is parked at once.
sello::worker_options impatient() { return {.attempts = 1, .backoff = 1ms, .backoff_limit = 1ms, .claims = 4}; }

template <class Worker>
void work_off(const sello::postgres::inbox& inbox, Worker& worker) {
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (inbox.stats()->waiting != 0 && std::chrono::steady_clock::now() < until) static_cast<void>(worker.poll_once());
  CHECK(inbox.stats()->waiting == 0);
  CHECK(inbox.stats()->parked == 0);
}

bool is_full(const sello::error& why) {
  return why.code == errc::store_unavailable &&
         why.where.find("the disk of PostgreSQL is full; make room") != std::string::npos;
}

/// Until one is refused, for the pages that are there have room: what was acknowledged meanwhile comes to the others.
template <class Endpoint>
sello::error first_refusal(const Endpoint& to, std::vector<std::string>& acknowledged) {
  for (int i = 0; i < 1'000; ++i) {
    const std::string id = "until_" + std::to_string(acknowledged.size());
    const auto given = deliver_akua(to, id, large());
    if (!given) return given.error();
    acknowledged.push_back(id);
  }
  throw std::runtime_error{"the disk does not get full"};
}

/// Each once, and nothing else.
void check_effects(const std::string& database, const std::vector<std::string>& acknowledged) {
  const postgres_line line{database};
  CHECK(line.ask("SELECT count(*) FROM effect") == std::to_string(acknowledged.size()));
  for (const std::string& id : acknowledged)
    CHECK(line.ask("SELECT count(*) FROM effect WHERE key = '" + id + "'") == "1");
}

}  // namespace

TEST_CASE("the tables of an inbox on a full disk: 503 and why, and with room again it goes on, without a restart") {
  const small_disk disk;
  const support::postgres_server server;
  const std::string database = database_on(disk, server);
  const sello::postgres::inbox inbox{database, {.patience = 20s}};
  const auto akua = inbox.endpoint("akua");
  const sello::receiver receiver{akua::verifier{support::secret}, akua};
  std::vector<std::string> acknowledged;
  for (int i = 0; i < 10; ++i) {
    acknowledged.push_back("before_" + std::to_string(i));
    REQUIRE(deliver_akua(akua, acknowledged.back(), large())->outcome() == outcome::queued);
  }
  sello::worker worker{inbox, effects_at(database), writing_keys(), impatient()};
  CHECK(worker.poll_once().value() == 4);

  disk.fill();
  const sello::error refused = first_refusal(akua, acknowledged);
  INFO(refused.message());
  CHECK(is_full(refused));
  const support::request<akua::verifier> sent{large(), {.id = "two"}};
  CHECK(receiver.receive(sent.headers, sent.body).status == 503);
  // Many at once share a transaction, and its failure.
  std::array<std::vector<sello::result<sello::receipt>>, 24> given{};
  std::vector<std::thread> threads;
  const std::string body = large();
  for (std::size_t t = 0; t < given.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i)
        given[t].push_back(deliver_akua(akua, "many_" + std::to_string(5 * static_cast<int>(t) + i), body));
    });
  for (auto& thread : threads) thread.join();
  int full = 0;
  for (const auto& of_one : given)
    for (const auto& one : of_one)
      if (!one && is_full(one.error())) ++full;
  CHECK(full == 120);
  CHECK(deliver_akua(akua, "before_0", "{}").has_value() == false);  // a conflict has to be kept
  for (int i = 0; i < 5; ++i) static_cast<void>(worker.poll_once());

  disk.make_room();
  acknowledged.insert(acknowledged.end(), {"one", "two"});
  for (const char* id : {"one", "two"}) CHECK(deliver_akua(akua, id, large())->outcome() == outcome::queued);
  work_off(inbox, worker);
  check_effects(database, acknowledged);
}

TEST_CASE("effects on a full disk wait for room, nothing is counted against them, and the intake goes on") {
  const small_disk disk;
  const support::postgres_server server;
  const std::string database = database_on(disk, server);
  const sello::postgres::inbox inbox{server.conninfo(), {.patience = 20s}};
  const auto akua = inbox.endpoint("akua");
  std::vector<std::string> acknowledged;
  sello::worker worker{inbox, effects_at(database), writing_keys(), impatient()};
  for (int i = 0; i < 14; ++i) {
    if (i == 4) {
      work_off(inbox, worker);
      disk.fill();
    }
    acknowledged.push_back("msg_" + std::to_string(i));
    REQUIRE(deliver_akua(akua, acknowledged.back())->outcome() == outcome::queued);
  }
  for (int i = 0; i < 20; ++i) {
    const auto tried = worker.poll_once();
    if (!tried) CHECK(is_full(tried.error()));
  }
  CHECK(inbox.stats()->waiting > 0);
  CHECK(inbox.stats()->parked == 0);
  disk.make_room();
  work_off(inbox, worker);
  check_effects(database, acknowledged);
}

TEST_CASE("a server whose log is on a full disk: it panics, and the inbox goes on when it is back") {
  const small_disk disk;
  support::postgres_server server{{"max_wal_size=32MB", "min_wal_size=32MB"}};
  const std::string log = postgres_line{server.conninfo()}.ask("SHOW data_directory") + "/pg_wal";
  server.stop();
  const std::string move =
      "cp -a " + log + " " + disk.file("log") + " && rm -r " + log + " && ln -s " + disk.file("log") + " " + log;
  REQUIRE(std::system(move.c_str()) == 0);
  server.start();
  const sello::postgres::inbox inbox{server.conninfo(), {.patience = 20s}};
  const auto akua = inbox.endpoint("akua");
  const sello::receiver receiver{akua::verifier{support::secret}, akua};
  std::vector<std::string> acknowledged;
  sello::worker worker{inbox, effects_at(server.conninfo()), writing_keys(), impatient()};
  for (int i = 0; i < 10; ++i) {
    acknowledged.push_back("before_" + std::to_string(i));
    REQUIRE(deliver_akua(akua, acknowledged.back(), large())->outcome() == outcome::queued);
  }
  CHECK(worker.poll_once().value() == 4);

  disk.fill();
  const sello::error refused = first_refusal(akua, acknowledged);
  INFO(refused.message());
  CHECK(refused.code == errc::store_unavailable);
  for (int i = 0; i < 20; ++i) {
    const support::request<akua::verifier> sent{large(), {.id = "refused_" + std::to_string(i)}};
    CHECK(receiver.receive(sent.headers, sent.body).status == 503);
    static_cast<void>(worker.poll_once());
  }
  // It tries to come back, and cannot.
  const auto until = std::chrono::steady_clock::now() + 30s;
  while (server.log().find("is shut down") == std::string::npos && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  INFO(server.log());
  CHECK(server.log().find("No space left on device") != std::string::npos);

  disk.make_room();
  server.stop();  // if its own restart has not failed by then
  server.start();
  acknowledged.emplace_back("one");
  CHECK(deliver_akua(akua, "one", large())->outcome() == outcome::queued);
  work_off(inbox, worker);
  check_effects(server.conninfo(), acknowledged);
}
