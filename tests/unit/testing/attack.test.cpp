// SPDX-License-Identifier: MIT
#include <sello/testing/attack.hpp>

#include <latch>
#include <stdexcept>
#include <string>
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

TEST_CASE("attack: run sends at once where an attack says so") {
  std::latch all{3};
  const attack each{.name = "three", .requests = std::vector<request>(3), .statuses = {200}, .at_once = true};
  const auto findings = sello::testing::run({each}, [&](const request&) {
    all.arrive_and_wait();
    return 200;
  });
  CHECK(findings.empty());
}

TEST_CASE("attack: run passes on what send throws, from whichever thread") {
  const bool at_once = GENERATE(false, true);
  const attack each{.name = "two", .requests = std::vector<request>(2), .statuses = {200}, .at_once = at_once};
  const auto send = [](const request&) -> int { throw std::runtime_error{"cannot connect"}; };
  CHECK_THROWS_AS(sello::testing::run({each}, send), std::runtime_error);
}
