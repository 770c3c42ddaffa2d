// SPDX-License-Identifier: MIT
#include <sello/testing/attack.hpp>

#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"

using sello::testing::attack;
using sello::testing::request;

TEST_CASE("attack: what is answered otherwise than it must be is found, under the attack's name") {
  const std::vector<attack> list{{.name = "good", .requests = {{.body = "a"}}, .statuses = {200}},
                                 {.name = "bad", .requests = {{.body = "b"}, {.body = "c"}}, .statuses = {400, 401}},
                                 {.name = "nothing is sent", .requests = {}, .statuses = {200}}};
  std::string sent;
  const auto findings = sello::testing::run(list, [&](const request& one) {
    sent += one.body;
    return one.body == "c" ? 200 : one.body == "b" ? 401 : 500;
  });
  CHECK(sent == "abc");
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].attack == "good");
  CHECK(findings[0].status == 500);
  CHECK(findings[1].attack == "bad");
  CHECK(findings[1].status == 200);

  CHECK(sello::testing::run(list, [](const request& one) { return one.body == "a" ? 200 : 400; }).empty());
}

TEST_CASE("attack: requests that go at once are each sent from a thread of their own") {
  const std::vector<attack> list{
      {.name = "race", .requests = std::vector(4, request{.body = "x"}), .statuses = {200}, .at_once = true}};
  std::mutex guard;
  std::set<std::thread::id> senders{std::this_thread::get_id()};
  int calls = 0;
  const auto findings = sello::testing::run(list, [&](const request&) {
    const std::scoped_lock lock{guard};
    senders.insert(std::this_thread::get_id());
    return ++calls == 3 ? 500 : 200;
  });
  CHECK(calls == 4);
  CHECK(senders.size() > 1);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].attack == "race");
  CHECK(findings[0].status == 500);
}
