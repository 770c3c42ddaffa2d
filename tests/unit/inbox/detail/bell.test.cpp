// SPDX-License-Identifier: MIT
#include <sello/inbox/detail/bell.hpp>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "catch.hpp"

using namespace std::chrono_literals;
using sello::detail::bell;

TEST_CASE("bell: what rang since one looked is not slept through", "[inbox]") {
  bell one;
  const auto seen = one.seen();
  one.ring();
  CHECK(one.seen() != seen);
  const auto begun = std::chrono::steady_clock::now();
  one.wait(1h, seen);
  CHECK(std::chrono::steady_clock::now() - begun < 1h);
}

TEST_CASE("bell: a wait ends with its time", "[inbox]") {
  bell one;
  const auto seen = one.seen();
  one.wait(1ms, seen);
  CHECK(one.seen() == seen);
}

TEST_CASE("bell: a ring wakes all who wait", "[inbox]") {
  bell one;
  std::atomic<int> woken{0};
  std::vector<std::thread> threads;
  const auto seen = one.seen();
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      one.wait(1h, seen);
      ++woken;
    });
  one.ring();
  for (auto& thread : threads) thread.join();
  CHECK(woken == 4);
}
