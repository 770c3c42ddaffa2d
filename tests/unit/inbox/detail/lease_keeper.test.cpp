// SPDX-License-Identifier: MIT
// What it does for a worker is in tests/inbox/worker.test.cpp.
#include <sello/inbox/detail/lease_keeper.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "catch.hpp"

namespace {

using namespace std::chrono_literals;
using sello::errc;
using sello::error;
using sello::result;
using sello::detail::ticket;

/// Keeps what it was told, and answers as the test says.
struct told_store {
  struct call {
    std::int64_t started;
    std::optional<std::int64_t> left;
  };
  result<bool> start(const ticket& held, std::chrono::seconds, const std::optional<ticket>& left) {
    const std::lock_guard lock{mutex};
    calls.push_back({held.id, left ? std::optional{left->id} : std::nullopt});
    heard.notify_all();
    return answer;
  }
  /// Waits for so many calls; how many there were by then, at most half a minute later.
  std::size_t wait_for(std::size_t count) {
    std::unique_lock lock{mutex};
    heard.wait_for(lock, 30s, [&] { return calls.size() >= count; });
    return calls.size();
  }
  std::mutex mutex{};
  std::condition_variable heard{};
  std::vector<call> calls{};
  result<bool> answer = true;
};

using keeper = sello::detail::lease_keeper<told_store>;

}  // namespace

TEST_CASE("lease_keeper: the handler that runs is renewed, and no other", "[inbox]") {
  const auto store = std::make_shared<told_store>();
  keeper leases{store, 1s};
  keeper::seat idle{leases};
  keeper::seat busy{leases};
  CHECK(busy.start({.id = 1}).value());
  CHECK(busy.start({.id = 2}).value());
  leases.start();
  leases.start();
  CHECK(store->wait_for(4) >= 4);
  leases.stop();
  leases.stop();
  CHECK(store->calls[0].left == std::nullopt);
  CHECK(store->calls[1].left == 1);
  for (std::size_t i = 2; i < store->calls.size(); ++i) {
    CHECK(store->calls[i].started == 2);
    CHECK(store->calls[i].left == std::nullopt);
  }
}

TEST_CASE("lease_keeper: a claim that was lost is let go, one that could not be asked for is not", "[inbox]") {
  const auto store = std::make_shared<told_store>();
  keeper leases{store, 1s};
  keeper::seat one{leases};
  CHECK(one.start({.id = 1}).value());
  store->answer = error{errc::store_unavailable, "away"};
  CHECK_FALSE(one.start({.id = 2}));
  store->answer = false;
  CHECK_FALSE(one.start({.id = 3}).value());
  CHECK(store->calls.back().left == 1);  // as long as nobody knows
  CHECK_FALSE(one.start({.id = 4}).value());
  CHECK(store->calls.back().left == std::nullopt);
  one.leave();
}

TEST_CASE("lease_keeper: a process that was forked ends without the thread that it does not have", "[inbox]") {
  const auto store = std::make_shared<told_store>();
  auto leases = std::make_unique<keeper>(store, 3600s);
  auto one = std::make_unique<keeper::seat>(*leases);
  leases->start();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);  // or it waits for ever
    one.reset();
    leases.reset();
    ::_exit(0);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}
