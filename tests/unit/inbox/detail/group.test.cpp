// SPDX-License-Identifier: MIT
#include <sello/inbox/detail/group.hpp>

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "catch.hpp"

namespace {

struct request {
  int value = 0;
  int answer = 0;
};
using group = sello::detail::group<request>;

}  // namespace

TEST_CASE("one that is alone is written alone, without waiting", "[inbox]") {
  group group;
  for (int i = 0; i < 3; ++i) {
    request own{.value = i};
    group.join(own, [](auto batch) {
      REQUIRE(batch.size() == 1);
      batch.front()->request->answer = batch.front()->request->value + 1;
    });
    CHECK(own.answer == i + 1);
  }
}

TEST_CASE("those who come while somebody writes are written together", "[inbox]") {
  constexpr int followers = 7;
  group group;
  std::atomic<int> joined{0};
  std::atomic<bool> writing{false};
  std::vector<std::size_t> sizes;  // one writes at a time
  const auto write = [&](auto batch) {
    writing = true;
    sizes.push_back(batch.size());
    // The first waits until all others stand behind it; whoever is behind joins after it was counted.
    if (sizes.size() == 1)
      while (joined < followers) std::this_thread::yield();
    for (auto* one : batch) one->request->answer = one->request->value + 1;
  };
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  threads.emplace_back([&] {
    request own{.value = 100};
    group.join(own, write);
    if (own.answer == 101) ++right;
  });
  while (!writing) std::this_thread::yield();
  for (int i = 0; i < followers; ++i)
    threads.emplace_back([&, i] {
      request own{.value = i};
      ++joined;
      group.join(own, write);
      if (own.answer == i + 1) ++right;
    });
  for (auto& thread : threads) thread.join();
  CHECK(right == followers + 1);
  std::size_t all = 0;
  for (const std::size_t size : sizes) all += size;
  CHECK(all == followers + 1);
  CHECK(sizes.front() == 1);
}

TEST_CASE("nobody is forgotten, and no two write at once", "[inbox]") {
  group group;
  std::atomic<int> writers{0};
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        request own{.value = i};
        group.join(own, [&](auto batch) {
          if (++writers != 1) right = -1'000'000;
          for (auto* one : batch) one->request->answer = one->request->value + 1;
          --writers;
        });
        if (own.answer == i + 1) ++right;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(right == 8 * 500);
}
