// SPDX-License-Identifier: MIT
#include <sello/server/detail/routes.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sello/akua.hpp>
#include <sello/kuenta.hpp>

#include "catch.hpp"
#include "support/samples.hpp"
#include "support/sender.hpp"

namespace {

namespace akua = sello::akua;
namespace kuenta = sello::kuenta;
using sello::server::detail::header_lines;

/// Two senders' receivers by path, and how many of their events were handled.
struct house {
  int disbursed = 0;
  int merchants = 0;
  sello::router router = [this] {
    sello::router made;
    made.on<kuenta::credit_disbursed>([this](const auto&) { ++disbursed; })
        .on<akua::merchant_created>([this](const auto&) { ++merchants; });
    return made;
  }();
  std::vector<std::string> records{};
  sello::receiver<kuenta::verifier> at_kuenta{
      kuenta::verifier{support::secret}, router, {.body_limit = 1000, .observer = [this](const sello::record& seen) {
                                                    records.push_back(std::to_string(seen.status) + ' ' +
                                                                      std::string{seen.where});
                                                  }}};
  sello::receiver<akua::verifier> at_akua{akua::verifier{support::secret}, router};
  sello::server::detail::routes routes;

  house() {
    routes.add("/kuenta", at_kuenta);
    routes.add("/akua", at_akua);
  }
  house(const house&) = delete;
  house& operator=(const house&) = delete;

  /// The status for a request whose body comes byte by byte, as far as it is wanted.
  int status(std::string_view method, std::string_view target, const sello::header_list& headers,
             std::string_view body) const {
    const auto incoming = routes.begin(method, target, header_lines(headers.begin(), headers.end()));
    while (!incoming->answered() && !body.empty()) {
      static_cast<void>(incoming->feed(body.substr(0, 1)));
      body.remove_prefix(1);
    }
    return incoming->finish().status;
  }
};

}  // namespace

TEST_CASE("routes: each path has its own receiver") {
  house at;
  const support::request<kuenta::verifier> disbursed{samples::body<kuenta::credit_disbursed>()};
  const support::request<akua::verifier> merchant{samples::body<akua::merchant_created>()};
  CHECK(at.status("POST", "/kuenta", disbursed.headers, disbursed.body) == 200);
  CHECK(at.status("POST", "/akua", merchant.headers, merchant.body) == 200);
  CHECK(at.disbursed == 1);
  CHECK(at.merchants == 1);
  CHECK(at.status("POST", "/akua", disbursed.headers, disbursed.body) == 401);
  CHECK(at.status("POST", "/kuenta", disbursed.headers, disbursed.body + ' ') == 401);
  CHECK(at.status("POST", "/kuenta", disbursed.headers, std::string(1001, ' ')) == 413);
  CHECK(at.disbursed == 1);
}

TEST_CASE("routes: a query is no part of the path, and nothing else is left out") {
  house at;
  const support::request<kuenta::verifier> sent{samples::body<kuenta::credit_disbursed>()};
  CHECK(at.status("POST", "/kuenta?a=b?c", sent.headers, sent.body) == 200);
  for (const char* target : {"", "?", "/", "kuenta", "/kuent", "/kuenta/", "/kuenta/x", "/Kuenta", "/kuenta#", "*"}) {
    CAPTURE(target);
    CHECK(at.status("POST", target, sent.headers, sent.body) == 404);
  }
  CHECK(at.disbursed == 1);
}

TEST_CASE("routes: the path is asked first, then the method, then the headers") {
  house at;
  const support::request<kuenta::verifier> sent{samples::body<kuenta::credit_disbursed>()};
  sello::header_list coded = sent.headers;
  coded.emplace_back("Content-Encoding", "gzip");
  sello::header_list unclear = sent.headers;
  unclear.emplace_back("Content-Length", "x");
  CHECK(at.status("GET", "/nowhere", coded, "") == 404);
  for (const char* method : {"GET", "HEAD", "PUT", "post", "POSTS", ""}) {
    CAPTURE(method);
    CHECK(at.status(method, "/kuenta", coded, "") == 405);
  }
  CHECK(at.status("POST", "/kuenta", coded, sent.body) == 415);
  CHECK(at.status("POST", "/kuenta", unclear, sent.body) == 400);
  CHECK(at.disbursed == 0);
}

TEST_CASE("routes: what is refused at a path with a receiver makes one record, which names the cause") {
  house at;
  const support::request<kuenta::verifier> sent{samples::body<kuenta::credit_disbursed>()};
  sello::header_list coded = sent.headers;
  coded.emplace_back("Content-Encoding", "gzip");
  sello::header_list unclear = sent.headers;
  unclear.emplace_back("Content-Length ", "0");
  static_cast<void>(at.status("GET", "/kuenta", sent.headers, ""));
  static_cast<void>(at.status("POST", "/kuenta?a", coded, sent.body));
  static_cast<void>(at.status("POST", "http://h/kuenta", unclear, sent.body));
  CHECK(at.routes.refuse("/kuenta", {408, "body"}).status == 408);
  CHECK(at.records == std::vector<std::string>{"405 GET", "415 Content-Encoding", "400 Content-Length ", "408 body"});
  static_cast<void>(at.status("GET", "/nowhere", sent.headers, ""));
  CHECK(at.routes.refuse("/nowhere", {431, "head"}).status == 431);
  CHECK(at.records.size() == 4);
}

TEST_CASE("routes: a second receiver at one path, or at what is none, is refused when it is mounted") {
  house at;
  CHECK_THROWS_AS(at.routes.add("/akua", at.at_akua), std::logic_error);
  CHECK_THROWS_AS(at.routes.add("/akua", at.at_kuenta), std::logic_error);
  for (const char* path : {"", "akua", "/akua?a", "/ak ua"}) {
    CAPTURE(path);
    CHECK_THROWS_AS(at.routes.add(path, at.at_akua), std::invalid_argument);
  }
  CHECK_NOTHROW(at.routes.add("/akua/", at.at_akua));
}

TEST_CASE("routes: what is refused has its answer at once, and takes no body") {
  const house at;
  const auto incoming = at.routes.begin("POST", "/nowhere", {});
  REQUIRE(incoming->answered());
  CHECK(incoming->answered()->status == 404);
  CHECK(incoming->answered()->body == "refused\n");
  CHECK_FALSE(incoming->feed("bytes"));
  CHECK(incoming->finish() == *incoming->answered());
}
