// SPDX-License-Identifier: MIT
// Runs tests/vectors/verification.json; the README beside it says what each member means.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/svix_v1a.hpp>
#include <sello/verify/verifier.hpp>

#include "catch.hpp"
#include "support/base64.hpp"
#include "support/verdict.hpp"

using nlohmann::json;

namespace {

[[nodiscard]] json read_cases() {
  std::ifstream file{SELLO_TEST_DATA_DIR "/vectors/verification.json"};
  return json::parse(file).at("cases");
}

[[nodiscard]] std::string body_of(const json& form) {
  if (form.contains("text")) return form["text"];
  if (form.contains("base64")) return read_base64(form["base64"].get_ref<const std::string&>());
  return std::string(form.at("repeat").at("count").get<std::size_t>(),
                     static_cast<char>(form["repeat"].at("byte").get<int>()));
}

template <class Scheme>
[[nodiscard]] Scheme options_of(const json& test) {
  Scheme options;
  const json given = test.value("options", json::object());
  if constexpr (sello::timed_scheme<Scheme>) {
    if (given.contains("tolerance")) options.tolerance = std::chrono::seconds{given["tolerance"].get<std::int64_t>()};
  } else {
    if (given.contains("signature_header")) options.signature_header = given["signature_header"];
  }
  return options;
}

/// Compares the code, and the place where the case names one.
template <class T>
void compare(const sello::result<T>& answer, const json& test) {
  const std::string expected = test.at("expect");
  CHECK((answer ? "ok" : std::string{to_string(answer.error().code)}) == expected);
  if (!answer && test.contains("where")) CHECK(answer.error().where == test["where"].get<std::string>());
}

template <class Scheme>
void run(const json& test) {
  const auto texts = test.at("secrets").get<std::vector<std::string>>();
  const std::vector<std::string_view> secrets{texts.begin(), texts.end()};
  const auto verifier = secrets.size() == 1 ? sello::verifier<Scheme>::create(secrets.front(), options_of<Scheme>(test))
                                            : sello::verifier<Scheme>::create(secrets, options_of<Scheme>(test));
  if (!verifier) return compare(verifier, test);

  const auto headers = test.at("headers").get<sello::header_list>();
  const std::string body = body_of(test.at("body"));
  using clock = std::chrono::system_clock;
  const auto latest = std::chrono::floor<std::chrono::seconds>((clock::time_point::max)());  // the year 2262
  const clock::time_point now{
      (std::min)(std::chrono::seconds{test.at("now").get<std::int64_t>()}, latest.time_since_epoch())};
  const auto delivery = verifier->verify(headers, body, now);
  compare(delivery, test);

  // In pieces it gets the same verdict.
  auto begun = verifier->begin(headers, now);
  if (begun) {
    begun->update(std::string_view{body}.substr(0, body.size() / 2));
    begun->update(std::string_view{body}.substr(body.size() / 2));
    CHECK(verdict(begun->finish()) == verdict(delivery));
  } else {
    CHECK(verdict(begun) == verdict(delivery));
  }

  if (!delivery) return;
  CHECK(delivery->body() == body);
  if constexpr (sello::timed_scheme<Scheme>) {
    if (test.contains("message_id")) CHECK(delivery->message_id() == test["message_id"].get<std::string>());
    if (test.contains("sent_at"))
      CHECK(delivery->sent_at().time_since_epoch().count() == test["sent_at"].get<std::int64_t>());
  }
  if (test.contains("type_hint")) {
    REQUIRE(delivery->type_hint());
    CHECK(delivery->type_hint()->value == test["type_hint"].get<std::string>());
  }
}

}  // namespace

TEST_CASE("every vector gets its verdict") {
  const json cases = read_cases();
  REQUIRE(cases.size() >= 200);
  std::set<std::string> ids;
  for (const json& test : cases) {
    INFO(test.at("id") << ": " << test.at("description"));
    CHECK(ids.insert(test["id"]).second);
    const std::string scheme = test.at("scheme");
    if (scheme == "hex_hmac") {
      run<sello::hex_hmac>(test);
    } else if (scheme == "gu1_hmac") {
      run<sello::gu1_hmac>(test);
    } else if (scheme == "svix_v1") {
      run<sello::svix_v1>(test);
    } else if (scheme == "svix_v1a") {
      run<sello::svix_v1a>(test);
    } else {
      FAIL("unknown scheme");
    }
  }
}
