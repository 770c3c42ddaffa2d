// SPDX-License-Identifier: MIT
#include <sello/route/destination.hpp>

#include <chrono>
#include <map>
#include <string>

#include <sello/akua.hpp>
#include <sello/kuenta.hpp>

#include "catch.hpp"
#include "support/sender.hpp"

namespace {

using sello::errc;
using sello::outcome;
using sello::detail::asked_headers;
using sello::detail::destination;
using sello::detail::routed;
using akua_request = support::request<sello::akua::verifier>;

}  // namespace

TEST_CASE("destination: handlers answer for what they are given, and keep nothing that is not proven") {
  int calls = 0;
  sello::router handlers;
  handlers.on<sello::akua::payment_capture_cleared>([&](const auto&) { ++calls; });
  const routed<sello::akua::delivery> to{handlers};
  const akua_request sent{R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})"};
  sello::detail::visit visited;
  CHECK(to.take(support::prove(sent), visited).value() == outcome::handled);
  CHECK(calls == 1);
  CHECK(visited.type == "payment.capture.cleared");
  const destination<sello::akua::delivery>& any = to;
  CHECK(any.endpoint().empty());
  CHECK_FALSE(any.keeps(errc::signature_mismatch));
}

TEST_CASE("destination: of a request's headers those are kept that its verifier asks for") {
  const auto now = std::chrono::system_clock::now();
  const akua_request sent{"{}", {.id = "msg_1", .sent_at = now}};
  std::multimap<std::string, std::string> given{{"Cookie", "secret"}, {"Authorization", "secret"}};
  for (const auto& [name, value] : sent.headers) given.emplace(name, value);
  const auto kept = asked_headers(sello::akua::verifier{support::secret}, sello::header_view{given}, now);
  CHECK(kept.size() >= 3);
  for (const auto& [name, value] : kept) {
    INFO(name);
    CHECK(value != "secret");
  }
  CHECK(sello::akua::verifier{support::secret}.verify(kept, "{}", now));
}

TEST_CASE("destination: the lines of a header are kept as one") {
  const support::request<sello::kuenta::verifier> sent{"{}"};
  std::multimap<std::string, std::string> given;
  for (const auto& [name, value] : sent.headers) {
    given.emplace(name, value);
    given.emplace(name, "other");
  }
  const auto kept = asked_headers(sello::kuenta::verifier{support::secret}, sello::header_view{given}, {});
  REQUIRE_FALSE(kept.empty());
  CHECK(kept.front().second.find(", other") != std::string::npos);
}

TEST_CASE("destination: what is too long for a verifier is not kept, and costs no more than it may") {
  const auto now = std::chrono::system_clock::now();
  sello::header_list many{{"svix-id", "msg_1"}, {"svix-timestamp", "1614265330"}};
  for (int i = 0; i < 20'000; ++i) many.emplace_back("svix-signature", std::string(600, 'a'));
  for (const auto& [name, value] :
       asked_headers(sello::akua::verifier{support::secret}, sello::header_view{many}, now)) {
    CHECK(name != "svix-signature");
    CHECK(value.size() < 100);
  }
}
