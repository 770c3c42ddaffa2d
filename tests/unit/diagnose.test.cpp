// SPDX-License-Identifier: MIT
#include <sello/diagnose.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/verify/signer.hpp>

#include "catch.hpp"
#include "support/known_answer.hpp"

using sello::cause;
using sello::signature_scheme;

namespace {

const sello::diagnose_options at_that_time{.now = known_answer::now};

}  // namespace

TEST_CASE("a delivery that verifies as it is, is said to, with the secret") {
  const auto headers = known_answer::headers();
  const auto one = sello::diagnose(headers, known_answer::body, known_answer::secret, at_that_time);
  REQUIRE(one.size() == 1);
  CHECK(one[0].cause == cause::verified);
  CHECK(one[0].secret == 1);
  CHECK(one[0].proven);

  const auto two = sello::diagnose(headers, known_answer::body,
                                   {"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", known_answer::secret}, at_that_time);
  REQUIRE(two.size() == 1);
  CHECK(two[0].secret == 2);
  CHECK(two[0].text.find("secret 2 of 2") != std::string::npos);

  const auto named =
      sello::diagnose(headers, known_answer::body, {{known_answer::secret, sello::called{"previous"}}}, at_that_time);
  CHECK(named[0].text.find("secret 1 of 1, \"previous\"") != std::string::npos);
}

TEST_CASE("secrets come as one text, a list, or any range, and headers in every form") {
  const std::vector<std::string> texts{std::string{known_answer::secret}};
  CHECK(sello::diagnose(known_answer::headers(), known_answer::body, texts, at_that_time)[0].cause == cause::verified);
  const std::vector<sello::named_secret> named{{known_answer::secret, sello::called{"current"}}};
  CHECK(sello::diagnose(known_answer::headers(), known_answer::body, named, at_that_time)[0].cause == cause::verified);
  const auto lines = known_answer::headers();
  const std::multimap<std::string, std::string> map{lines.begin(), lines.end()};
  CHECK(sello::diagnose(map, known_answer::body, texts, at_that_time)[0].cause == cause::verified);
  const auto lookup = [&](std::string_view name) -> std::optional<std::string_view> {
    const auto at = map.find(std::string{name});
    if (at == map.end()) return std::nullopt;
    return at->second;
  };
  CHECK(sello::diagnose(lookup, known_answer::body, texts, at_that_time)[0].cause == cause::verified);
}
