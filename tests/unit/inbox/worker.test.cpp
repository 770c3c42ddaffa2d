// SPDX-License-Identifier: MIT
// What is the same over every store is in tests/inbox/worker.test.cpp.
#include <sello/inbox/worker.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <sello/inbox/sqlite.hpp>

#include "catch.hpp"
#include "support/inbox.hpp"

using namespace std::chrono_literals;
using support::deliver_akua;

TEST_CASE("effects in the inbox's own file are refused, whatever the file is called", "[inbox][worker]") {
  const support::temporary_folder folder;
  const std::string path = folder.file("inbox.db");
  const sello::sqlite::inbox inbox{path};
  sello::basic_router<sello::sqlite::transaction> router;
  router.otherwise([](const auto&, auto&) {});
  for (const std::string& name : {path, folder.file("./inbox.db"), folder.file("app.db")}) {
    std::optional<sello::errc> why;
    try {
      const sello::worker worker{inbox, sello::sqlite::effects{name}, router};
    } catch (const sello::bad_result& thrown) {
      why = thrown.error().code;
    }
    CHECK(why.has_value() == !name.ends_with("app.db"));
    CHECK(why.value_or(sello::errc::malformed_option) == sello::errc::malformed_option);
  }
}

TEST_CASE("what the inbox could not be told at once is told when it answers again", "[inbox][worker]") {
  const support::temporary_folder folder;
  const std::string path = folder.file("inbox.db");
  const support::manual_clock clock;
  const sello::sqlite::inbox inbox{path, clock.options()};
  const bool fails = GENERATE(false, true);
  int calls = 0;
  sello::basic_router<sello::sqlite::transaction> router;
  router.otherwise([&](const auto&, auto&) -> sello::result<void> {
    if (++calls == 1) std::filesystem::rename(path, path + ".moved");  // so the disk is away
    if (fails) return sello::retry("not yet");
    return {};
  });
  std::vector<sello::outcome> told;
  sello::worker worker{inbox,
                       sello::sqlite::effects{folder.file("app.db")},
                       router,
                       {.attempts = 2, .crashes = 1, .backoff = 1ms, .observer = [&](const sello::record& seen) {
                          if (seen.outcome) told.push_back(*seen.outcome);
                        }}};
  REQUIRE(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  REQUIRE(deliver_akua(inbox.endpoint("akua"), "msg_2"));
  CHECK(worker.poll_once().error().code == sello::errc::store_unavailable);
  CHECK(worker.poll_once().error().code == sello::errc::store_unavailable);
  CHECK(calls == 1);
  std::filesystem::rename(path + ".moved", path);
  // Without the end of a lease: the second was not tried, and is no crash either.
  const std::int64_t done = fails ? 0 : 1;
  CHECK(worker.poll_once().value() == 1);
  CHECK(calls == 2);
  CHECK(inbox.stats()->crashes == 0);
  CHECK(inbox.stats()->done == (fails ? 0U : 2U));
  CHECK(std::cmp_equal(told.size(), 2 * done));
  if (!fails) return;
  for (const auto& row : inbox.list().value()) CHECK(row.attempts == 1);
}

TEST_CASE("the record of an outage names the delivery at which it was seen", "[inbox][worker]") {
  const support::temporary_folder folder;
  const sello::sqlite::inbox inbox{folder.file("inbox.db")};
  sello::basic_router<sello::sqlite::transaction> router;
  router.otherwise([](const auto&, auto&) {});
  std::atomic<int> told{0};
  std::atomic<bool> inbox_is_away{false};
  int outages = 0;  // since then; the first may have begun before
  std::string said;
  sello::worker worker{
      inbox,
      sello::sqlite::effects{folder.file("app.db")},
      router,
      {.backoff = 1ms, .observer = [&](const auto& seen) {
         if (told == (!seen.error ? 0 : !inbox_is_away ? 1 : ++outages < 3 ? -1 : 2)) {
           said = std::string{seen.endpoint}.append(" ").append(seen.id).append(" ").append(seen.message());
           ++told;
           told.notify_all();
         }
       }}};
  worker.start();
  REQUIRE(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  told.wait(0);
  CHECK(said == "akua msg_1 handled");
  std::filesystem::rename(folder.file("app.db"), folder.file("moved.db"));
  REQUIRE(deliver_akua(inbox.endpoint("akua"), "msg_2"));
  told.wait(1);
  CHECK(said.starts_with("akua msg_2 store_unavailable"));
  std::filesystem::rename(folder.file("inbox.db"), folder.file("away.db"));
  inbox_is_away = true;
  told.wait(2);  // the inbox is away too: no delivery is claimed, and none is named
  worker.stop();
  CHECK(said.starts_with("  store_unavailable"));
}

TEST_CASE("what arrives in an outage does not have the worker ask the databases each time", "[inbox][worker]") {
  const support::temporary_folder folder;
  const sello::sqlite::inbox inbox{folder.file("inbox.db")};
  sello::basic_router<sello::sqlite::transaction> router;
  router.otherwise([](const auto&, auto&) {});
  std::atomic<int> outages{0};
  sello::worker worker{inbox,
                       sello::sqlite::effects{folder.file("app.db")},
                       router,
                       {.poll = 1h, .observer = [&](const sello::record& seen) {
                          if (seen.error) ++outages;
                          outages.notify_all();
                        }}};
  std::filesystem::rename(folder.file("app.db"), folder.file("moved.db"));
  REQUIRE(deliver_akua(inbox.endpoint("akua"), "msg_0"));
  worker.start();
  outages.wait(0);
  for (int i = 1; i <= 50; ++i) REQUIRE(deliver_akua(inbox.endpoint("akua"), "msg_" + std::to_string(i)));
  worker.stop();  // at once, though the pause is an hour
  CHECK(outages == 1);
  CHECK(inbox.stats()->waiting == 51);
}

TEST_CASE("a claim that somebody else has taken over is not begun", "[inbox][worker]") {
  const support::temporary_folder folder;
  support::manual_clock clock;
  const sello::sqlite::inbox inbox{folder.file("inbox.db"), clock.options()};
  const auto change = [&](const char* sql) {
    sello::sqlite::detail::connection{folder.file("inbox.db"), 5s}.execute(sql);
  };
  std::vector<std::string> handled;
  sello::basic_router<sello::sqlite::transaction> router;
  router.otherwise([&](const sello::unknown_event& event, auto&) {
    handled.emplace_back(event.idempotency_key);
    if (handled.size() == 1) change("UPDATE work SET token = 99 WHERE delivery = 2");
  });
  sello::worker worker{inbox, sello::sqlite::effects{folder.file("app.db")}, router};
  for (const char* id : {"msg_1", "msg_2"}) REQUIRE(deliver_akua(inbox.endpoint("akua"), id));
  CHECK(worker.poll_once().value() == 1);
  CHECK(handled == std::vector<std::string>{"msg_1"});
  clock.advance(61s);  // and that one dies
  CHECK(worker.poll_once().value() == 1);
  CHECK(handled == std::vector<std::string>{"msg_1", "msg_2"});
  CHECK(inbox.stats()->done == 2);
}

TEST_CASE("a worker that was made before a fork says so behind it, and ends in quiet", "[inbox][worker]") {
  const support::temporary_folder folder;
  const sello::sqlite::inbox inbox{folder.file("inbox.db")};
  sello::basic_router<sello::sqlite::transaction> router;
  router.otherwise([](const auto&, auto&) {});
  std::optional<sello::worker<sello::sqlite::detail::store, sello::sqlite::effects, decltype(router)>> worker;
  worker.emplace(inbox, sello::sqlite::effects{folder.file("app.db")}, router);
  const pid_t child = ::fork();
  if (child == 0) {
    int status = 1;
    try {
      worker->start();
    } catch (const sello::bad_result& thrown) {
      status = thrown.error().where.find("forked") == std::string::npos ? 2 : 0;
    }
    const auto polled = worker->poll_once();
    if (polled || polled.error().where.find("after the worker was made") == std::string::npos) status = 3;
    worker.reset();
    ::_exit(status);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("a handler may end the process, also where the worker is static", "[inbox][worker]") {
  const support::temporary_folder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    const sello::sqlite::inbox inbox{folder.file("inbox.db")};
    sello::basic_router<sello::sqlite::transaction> router;
    std::optional<sello::worker<sello::sqlite::detail::store, sello::sqlite::effects, decltype(router)>> worker;
    std::atomic<bool> ended{false};
    router.otherwise([&](const auto&, auto&) {
      worker.reset();  // as `std::exit` does with one that is static
      ended = true;
      ended.notify_all();
      for (;;) ::pause();
    });
    worker.emplace(inbox, sello::sqlite::effects{folder.file("app.db")}, router);
    worker->start();
    const auto stored = deliver_akua(inbox.endpoint("akua"), "msg_1");
    ended.wait(false);
    ::_exit(stored ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("a forked process ends, though it has a worker that runs", "[inbox][worker]") {
  const support::temporary_folder folder;
  const sello::sqlite::inbox inbox{folder.file("inbox.db")};
  sello::basic_router<sello::sqlite::transaction> router;
  router.otherwise([](const auto&, auto&) {});
  std::optional<sello::worker<sello::sqlite::detail::store, sello::sqlite::effects, decltype(router)>> worker;
  worker.emplace(inbox, sello::sqlite::effects{folder.file("app.db")}, router);
  REQUIRE(worker->poll_once().value() == 0);
  worker->start();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);  // else it would hang for ever
    worker.reset();
    ::_exit(0);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  REQUIRE(deliver_akua(inbox.endpoint("akua"), "msg_1"));
  worker->stop();
  CHECK(worker->poll_once());
}
