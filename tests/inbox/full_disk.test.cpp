// SPDX-License-Identifier: MIT
// A disk that is full, and one that is read-only: run as small_disk <this>.
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <sello/inbox/sqlite.hpp>
#include <sello/sello.hpp>

#include "catch.hpp"
#include "inbox/small_disk.hpp"
#include "support/inbox.hpp"

namespace {

using namespace std::chrono_literals;
namespace akua = sello::akua;
using sello::errc;
using sello::outcome;
using support::deliver_akua;
using support::small_disk;

const std::string large =
    R"({"type":"payment.capture.cleared","data":{"payment_id":")" + std::string(50'000, 'p') + "\"}}";

auto writing_keys() {
  sello::basic_router<sello::sqlite::transaction> router;
  router.on<akua::payment_capture_cleared>([](const auto& event, auto& tx) {
    tx.execute("INSERT INTO effect VALUES (?, ?)", event.idempotency_key, std::string(20'000, 'e'));
  });
  return router;
}

/// The effects' file, with its table.
sello::sqlite::effects effects_at(const std::string& path) {
  const sello::sqlite::detail::connection to{path, 5s};
  to.execute("CREATE TABLE IF NOT EXISTS effect(key TEXT, what TEXT)");
  return sello::sqlite::effects{path};
}
std::int64_t ask(const std::string& path, const std::string& sql) {
  return sello::sqlite::detail::connection{path, 5s}.ask_integer(sql);
}

template <class Result>
bool says_full(const Result& given) {
  REQUIRE_FALSE(given);
  INFO(given.error().message());
  CHECK(given.error().code == errc::store_unavailable);
  return given.error().where.find("the disk is full; make room") != std::string::npos;
}

}  // namespace

TEST_CASE("a full disk: 503 and why, and with room again it goes on, without a restart") {
  const small_disk disk;
  const support::temporary_folder elsewhere;
  const sello::sqlite::inbox inbox{disk.file("inbox.db")};
  const sello::receiver receiver{akua::verifier{support::secret}, inbox.endpoint("akua")};
  std::vector<std::string> acknowledged;
  const auto akua = inbox.endpoint("akua");
  for (int i = 0; i < 10; ++i) {
    acknowledged.push_back("before_" + std::to_string(i));
    REQUIRE(deliver_akua(akua, acknowledged.back(), large)->outcome() == outcome::queued);
  }

  disk.fill();
  CHECK(says_full(deliver_akua(akua, "one", large)));
  const support::request<akua::verifier> sent{large, {.id = "two"}};
  CHECK(receiver.receive(sent.headers, sent.body).status == 503);
  // Eight at once share a transaction, and its failure.
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i)
        if (!deliver_akua(akua, "many_" + std::to_string(5 * t + i), large)) ++refused;
    });
  for (auto& thread : threads) thread.join();
  CHECK(refused == 40);
  // The worker finds its claims refused or not, as there is room in the log; it doubles and loses nothing.
  sello::worker worker{inbox, effects_at(elsewhere.file("app.db")), writing_keys(), {.claims = 4}};
  for (int i = 0; i < 5; ++i) static_cast<void>(worker.poll_once());

  disk.make_room();
  for (const char* id : {"one", "two"}) CHECK(deliver_akua(akua, id, large)->outcome() == outcome::queued);
  CHECK(deliver_akua(akua, "before_0", large)->outcome() == outcome::duplicate);
  while (worker.poll_once().value() != 0) {
  }
  CHECK(ask(elsewhere.file("app.db"), "SELECT count(*) FROM effect") == 12);
  CHECK(ask(elsewhere.file("app.db"), "SELECT count(DISTINCT key) FROM effect") == 12);
  CHECK(inbox.stats()->done == 12);
  CHECK(sello::sqlite::detail::connection{disk.file("inbox.db"), 5s}.ask("PRAGMA integrity_check") == "ok");
}

TEST_CASE("effects on a full disk wait for room, nothing is counted against them, and the intake goes on") {
  const small_disk disk;
  const support::temporary_folder elsewhere;
  support::manual_clock clock;
  const sello::sqlite::inbox inbox{elsewhere.file("inbox.db"), clock.options()};
  const auto akua = inbox.endpoint("akua");
  sello::worker worker{inbox, effects_at(disk.file("app.db")), writing_keys()};
  disk.fill();
  for (int i = 0; i < 10; ++i) {
    CHECK(deliver_akua(akua, "msg_" + std::to_string(i))->outcome() == outcome::queued);
    static_cast<void>(worker.poll_once());
    clock.advance(3s);
  }
  CHECK(ask(disk.file("app.db"), "SELECT count(*) FROM effect") < 10);
  for (const auto& row : inbox.list().value()) CHECK(row.crashes == 0);
  disk.make_room();
  for (int i = 0; i < 100 && inbox.stats()->waiting != 0; ++i) {
    clock.advance(1h);
    CHECK(worker.poll_once());
  }
  CHECK(inbox.stats()->parked == 0);
  CHECK(ask(disk.file("app.db"), "SELECT count(*) FROM effect") == 10);
  CHECK(ask(disk.file("app.db"), "SELECT count(DISTINCT key) FROM effect") == 10);
}

TEST_CASE("an inbox is not made on a full disk, nor opened on a read-only one, and why is said") {
  const small_disk disk;
  const std::string path = disk.file("inbox.db");
  SECTION("full") {
    disk.fill();
    CHECK(says_full(sello::sqlite::inbox::create(path)));
    disk.make_room();
    CHECK(sello::sqlite::inbox::create(path));
  }
  SECTION("read-only") {
    CHECK(deliver_akua(sello::sqlite::inbox{path}.endpoint("akua"), "msg_1"));
    disk.read_only(true);
    const auto refused = sello::sqlite::inbox::create(path);
    disk.read_only(false);
    REQUIRE_FALSE(refused);
    INFO(refused.error().message());
    CHECK(refused.error().code == errc::store_unavailable);
    CHECK(refused.error().where.find("may not be written") != std::string::npos);
    CHECK(deliver_akua(sello::sqlite::inbox{path}.endpoint("akua"), "msg_1")->outcome() == outcome::duplicate);
  }
}
