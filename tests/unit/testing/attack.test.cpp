// SPDX-License-Identifier: MIT
#include <sello/testing/attack.hpp>

#include <latch>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"

using sello::testing::attack;
using sello::testing::request;

TEST_CASE("run gives what was answered otherwise, and nothing else", "[attack]") {
  const std::vector<attack> list{{.name = "one", .requests = {{.body = "200"}, {.body = "500"}}, .statuses = {200}},
                                 {.name = "two", .requests = {{.body = "401"}}, .statuses = {400, 401}}};
  std::string order;
  const auto findings = sello::testing::run(list, [&](const request& sent) {
    order += sent.body + ' ';
    return std::stoi(sent.body);
  });
  CHECK(order == "200 500 401 ");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].attack == "one");
  CHECK(findings[0].status == 500);
}

TEST_CASE("run sends at once where an attack says so", "[attack]") {
  std::latch all{3};
  const attack each{.name = "three", .requests = std::vector<request>(3), .statuses = {200}, .at_once = true};
  const auto findings = sello::testing::run({each}, [&](const request&) {
    all.arrive_and_wait();
    return 200;
  });
  CHECK(findings.empty());
}

TEST_CASE("run passes on what send throws, from whichever thread", "[attack]") {
  const bool at_once = GENERATE(false, true);
  const attack each{.name = "two", .requests = std::vector<request>(2), .statuses = {200}, .at_once = at_once};
  const auto send = [](const request&) -> int { throw std::runtime_error{"cannot connect"}; };
  CHECK_THROWS_AS(sello::testing::run({each}, send), std::runtime_error);
}
