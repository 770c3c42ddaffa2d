// SPDX-License-Identifier: MIT
#include <catch.hpp>

#include <sello/kuenta/subscriptions.hpp>

#include <concepts>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

namespace kuenta = sello::kuenta;
using kuenta::trouble;
using sello::errc;

constexpr std::string_view base = "https://api.kuenta.example";
constexpr std::string_view shop = "https://shop.example/kuenta";
constexpr std::string_view secret = "s3cret-of-kuenta";

/// What a call sends, and what it makes of the answer.
struct calls {
  std::vector<kuenta::http_request> sent{};
  kuenta::http_answer answer{200, "{}"};

  [[nodiscard]] kuenta::subscriptions webhooks(kuenta::subscriptions_options options = {},
                                               std::string_view url = base) {
    const auto send = [this](const kuenta::http_request& request) {
      sent.push_back(request);
      return answer;
    };
    return {url, kuenta::organization{"org_1"}, send, std::move(options)};
  }
};

/// The request as HTTP/1.1 would have it, but for the lines that are the client's.
[[nodiscard]] std::string written(const kuenta::http_request& request) {
  std::string text = request.method + ' ' + request.target + '\n';
  for (const auto& [name, value] : request.headers) text += name + ": " + value + '\n';
  return text + '\n' + request.body;
}

[[nodiscard]] auto create(const kuenta::subscriptions& webhooks, std::string_view url = shop,
                          std::string_view key = secret,
                          std::vector<kuenta::subscribed_event> events = {kuenta::payment_created{}}) {
  return webhooks.create({.url = std::string{url}, .events = std::move(events), .secret = key});
}

/// The error of what was given, of which nothing was sent.
[[nodiscard]] sello::error refused(const sello::result<kuenta::http_answer, kuenta::api_failure>& made) {
  REQUIRE_FALSE(made);
  CHECK(made.error().what == trouble::bad_input);
  CHECK_FALSE(made.error().may_have_happened());
  CHECK_FALSE(made.error().answer);
  REQUIRE(made.error().fault);
  CHECK(made.error().message() == made.error().request + ": " + made.error().fault->message());
  return *made.error().fault;
}

[[nodiscard]] std::string refused_url(std::string_view url, kuenta::subscriptions_options options = {}) {
  calls api;
  const auto webhooks = api.webhooks(std::move(options));
  const auto fault = refused(create(webhooks, url));
  CHECK(fault.code == errc::malformed_option);
  CHECK(refused(webhooks.update("wh_1", {.url = std::string{url}, .events = {kuenta::payment_created{}}})) == fault);
  CHECK(api.sent.empty());
  return fault.where;
}

[[nodiscard]] sello::result<kuenta::subscriptions> made(std::string_view url, std::string_view id = "org_1",
                                                        kuenta::subscriptions_options options = {}) {
  const auto send = [](const kuenta::http_request&) { return kuenta::http_answer{200, "{}"}; };
  return kuenta::subscriptions::make(url, kuenta::organization{id}, send, std::move(options));
}

[[nodiscard]] std::string not_made(const sello::result<kuenta::subscriptions>& result) {
  REQUIRE_FALSE(result);
  CHECK(result.error().code == errc::malformed_option);
  return result.error().where;
}

/// Without an answer.
[[nodiscard]] auto without(kuenta::no_answer why) {
  const auto send = [why](const kuenta::http_request&) -> sello::result<kuenta::http_answer, kuenta::no_answer> {
    return why;
  };
  return create(kuenta::subscriptions{base, kuenta::organization{"org_1"}, send});
}

}  // namespace

TEST_CASE("the four requests are those of Kuenta's page, to the byte") {
  calls api;
  const auto webhooks = api.webhooks();
  REQUIRE(webhooks.create({.url = "https://tu-dominio.com/webhook",
                           .events = {kuenta::credit_application_created{}, kuenta::credit_application_approved{},
                                      kuenta::credit_application_rejected{}, kuenta::payment_created{},
                                      kuenta::payment_completed{}, kuenta::payment_failed{}},
                           .secret = "tu-secreto-webhook"}));
  REQUIRE(webhooks.list());
  REQUIRE(webhooks.update("wh_1", {.url = "https://tu-nuevo-dominio.com/webhook",
                                   .events = {kuenta::payment_created{}, kuenta::payment_completed{}}}));
  REQUIRE(webhooks.remove("wh_1"));

  REQUIRE(api.sent.size() == 4);
  CHECK(written(api.sent[0]) ==
        "POST /v1/webhooks\nConfig-Organization-ID: org_1\nOrganization-ID: org_1\nContent-Type: application/json\n\n"
        R"({"url":"https://tu-dominio.com/webhook","events":["credit.application.created",)"
        R"("credit.application.approved","credit.application.rejected","payment.created","payment.completed",)"
        R"("payment.failed"],"secret":"tu-secreto-webhook"})");
  CHECK(written(api.sent[1]) == "GET /v1/webhooks\nConfig-Organization-ID: org_1\nOrganization-ID: org_1\n\n");
  CHECK(written(api.sent[2]) ==
        "PUT /v1/webhooks/wh_1\nConfig-Organization-ID: org_1\nOrganization-ID: org_1\nContent-Type: "
        "application/json\n\n"
        R"({"url":"https://tu-nuevo-dominio.com/webhook","events":["payment.created","payment.completed"]})");
  CHECK(written(api.sent[3]) == "DELETE /v1/webhooks/wh_1\nConfig-Organization-ID: org_1\nOrganization-ID: org_1\n\n");
  for (const auto& request : api.sent) {
    CHECK(request.tls);
    CHECK(request.host == "api.kuenta.example");
    CHECK(request.port == 443);
    CHECK(request.url() == std::string{base} + request.target);
  }
}

TEST_CASE("the base URL may have a port and a path, and its host may be an address") {
  calls api;
  REQUIRE(api.webhooks({}, "HTTPS://api.kuenta.example:8443/sandbox/").list());
  CHECK(api.sent[0].target == "/sandbox/v1/webhooks");
  CHECK(api.sent[0].url() == "https://api.kuenta.example:8443/sandbox/v1/webhooks");
  REQUIRE(api.webhooks({}, "https://[::1]").list());
  CHECK(api.sent[1].host == "::1");
  CHECK(api.sent[1].url() == "https://[::1]/v1/webhooks");
  REQUIRE(api.webhooks({.allow_http_api = true}, "http://127.0.0.1:80").list());
  CHECK_FALSE(api.sent[2].tls);
  CHECK(api.sent[2].url() == "http://127.0.0.1/v1/webhooks");
  REQUIRE(api.webhooks({.allow_http_api = true}, "http://localhost").list());
  CHECK(api.sent[3].port == 80);
}

TEST_CASE("the organisations can differ, and other headers come along") {
  calls api;
  REQUIRE(api.webhooks({.config_organization = "org_2", .headers = {{"Authorization", "Bearer a b"}}}).list());
  CHECK(api.sent[0].headers == sello::header_list{{"Config-Organization-ID", "org_2"},
                                                  {"Organization-ID", "org_1"},
                                                  {"Authorization", "Bearer a b"}});
}

TEST_CASE("a base URL, an organisation or a header that cannot be meant is refused when it is given") {
  CHECK(not_made(made("")) == "base_url: it is empty; is its variable set?");
  CHECK(not_made(made("api.kuenta.example")) == "base_url: it does not begin with https://");
  CHECK(not_made(made("http://api.kuenta.example")) ==
        "base_url: it is not https, so all that is sent can be read on the way; for tests set allow_http_api");
  CHECK(not_made(made("http://api.kuenta.example", "org_1", {.allow_http_url = true})).starts_with("base_url: "));
  CHECK(not_made(made("https://api.kuenta.example/?a=b")) == "base_url: it has a query (?)");
  CHECK(not_made(made("${KUENTA_API}")) == "base_url: it stands for a value and is none; was its variable filled in?");
  CHECK(not_made(made(base, "")) == "Organization-ID: it is empty; is its variable set?");
  for (const std::string_view id : {"a\r\nX: y", "a\n", "a b", "\xc3\xb1", "\x7f"})
    CHECK(not_made(made(base, id)) ==
          "Organization-ID: it has white space, a control character or a character that is not ASCII");
  CHECK(not_made(made(base, "$ORG")) ==
        "Organization-ID: it stands for a value and is none; was its variable filled in?");
  CHECK(not_made(made(base, "org_1", {.config_organization = "a\nb"})).starts_with("Config-Organization-ID: it has"));
  CHECK(not_made(made(base, "org_1", {.headers = {{"X Y", "z"}}})).starts_with("headers: it has a character"));
  for (const char* own :
       {"organization-id", "Config-Organization-ID", "content-type", "Content-Length", "Transfer-Encoding", "host"})
    CHECK(not_made(made(base, "org_1", {.headers = {{own, "z"}}})) ==
          "headers: " + std::string{own} + " is not yours to set");
  for (const char* value : {"", "a\r\nb", "a\x01"})
    CHECK(not_made(made(base, "org_1", {.headers = {{"X", value}}})) ==
          "headers: X has no value, or one with a control character or a line break");
  CHECK(not_made(kuenta::subscriptions::make(base, kuenta::organization{"org_1"}, {})) == "send: it is no function");
  CHECK_THROWS_AS((kuenta::subscriptions{"", kuenta::organization{"org_1"},
                                         [](const kuenta::http_request&) { return kuenta::http_answer{}; }}),
                  sello::bad_result);
}

TEST_CASE("the URL of a webhook is https, with a host and with nothing that is not sent") {
  CHECK(refused_url("") == "url: it is empty; is its variable set?");
  CHECK(refused_url("shop.example") == "url: it does not begin with https://");
  CHECK(refused_url("ftp://shop.example") == "url: it does not begin with https://");
  CHECK(refused_url("http://shop.example") ==
        "url: it is not https, so all that is sent can be read on the way; for tests set allow_http_url");
  CHECK_FALSE(refused_url("http://shop.example", {.allow_http_api = true}).empty());
  for (const std::string_view url : {"https://", "https:///a", "https://?a", "https://:443", "https://[]"})
    CHECK(refused_url(url) == "url: it has no host");
  for (const std::string_view url :
       {"https://me@shop.example", "https://me:pass@shop.example/a", "https://@shop.example"})
    CHECK(refused_url(url) == "url: it has a user or a password before the host; take that out");
  CHECK(refused_url("https://shop.example/#a") == "url: it has a fragment (#), which no server gets to see");
  for (const std::string_view url :
       {"https://shop.example/a b", "https://shop.example/\r\nX: y", " https://shop.example", "https://shop.example\t",
        "https://shop.example/\xc3\xb1"})
    CHECK(refused_url(url) == "url: it has white space, a control character or a character that is not ASCII");
  CHECK(refused_url(std::string_view{"https://a\0b", 11}).starts_with("url: it has white space"));
  for (const std::string_view url : {R"(https://shop.example\a)", "https://shop.example/\"", "https://shop.example/`",
                                     "https://shop.example/^", "https://shop.example/|"})
    CHECK(refused_url(url) == "url: it has a character that no URL has; percent-encode it");
  for (const std::string_view url : {"https://shop.example/{id}", "https://<host>/a"})
    CHECK(refused_url(url) == "url: it stands for a value and is none; was its variable filled in?");
  for (const std::string_view url : {"https://shop,example", "https://shop%2Eexample", "https://[::1", "https://[a_b]"})
    CHECK(refused_url(url) == "url: its host has a character that no host's name has");
  for (const std::string_view url :
       {"https://shop.example:", "https://shop.example:0", "https://shop.example:65536", "https://shop.example:-1",
        "https://shop.example:8a", "https://shop.example:80:80", "https://[::1]80", "https://[::1]a:80"})
    CHECK(refused_url(url) == "url: its port is no number from 1 to 65535");
}

TEST_CASE("a URL that is one is taken as it is") {
  calls api;
  const auto webhooks = api.webhooks({.allow_http_url = true});
  for (const std::string_view url :
       {"https://shop.example", "HTTPS://shop.example:65535/a?b=c@d:e", "https://[2001:db8::1]:8443/",
        "https://a_b-c.example?x", "http://localhost:8080/%C3%B1", "https://shop.example/:80@"}) {
    REQUIRE(create(webhooks, url));
    CHECK(api.sent.back().body.starts_with(R"({"url":")" + std::string{url} + R"(","events")"));
  }
}

TEST_CASE("events are those of the catalog, or a text on purpose, and there is one, and none twice") {
  CHECK(kuenta::subscribed_event{kuenta::credit_disbursed{}}.name() == "credit.disbursed");
  CHECK(kuenta::subscribed_event{kuenta::other_event{"credit.sold"}}.name() == "credit.sold");
  STATIC_REQUIRE_FALSE(std::is_convertible_v<const char*, kuenta::subscribed_event>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string, kuenta::subscribed_event>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string, kuenta::other_event>);

  const auto named = kuenta::subscribed_event::named("payment.refunded");
  REQUIRE(named);
  CHECK(*named == kuenta::subscribed_event{kuenta::payment_refunded{}});
  for (const std::string_view name : {"", "payment", "payment.refunded ", "Payment.refunded", "payment.\nrefunded"})
    CHECK(kuenta::subscribed_event::named(name).error() ==
          sello::error{errc::malformed_option, "events: Kuenta documents no event " + sello::printable(name)});

  const auto all = kuenta::every_event();
  REQUIRE(all.size() == kuenta::catalog::size);
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].name() == kuenta::catalog::types[i]);

  calls api;
  const auto webhooks = api.webhooks();
  const auto fault = [&](std::vector<kuenta::subscribed_event> events) {
    const auto code = refused(create(webhooks, shop, secret, std::move(events)));
    CHECK(code.code == errc::malformed_option);
    return code.where;
  };
  CHECK(fault({}) == "events: there is none");
  CHECK(fault({kuenta::payment_created{}, kuenta::other_event{"payment.created"}}) ==
        "events: payment.created is there twice");
  CHECK(fault({kuenta::payment_created{}, kuenta::other_event{""}}) == "events: it is empty; is its variable set?");
  CHECK(fault({kuenta::other_event{"a b"}}).starts_with("events: it has white space"));
  CHECK(fault({kuenta::other_event{"a\n"}}).starts_with("events: it has white space"));
  CHECK(refused(webhooks.update("wh_1", {.url = std::string{shop}, .events = {}})).where == "events: there is none");
  CHECK(api.sent.empty());

  REQUIRE(create(webhooks, shop, secret, {kuenta::other_event{"a\"b\\c"}}));
  CHECK(api.sent.back().body ==
        R"({"url":"https://shop.example/kuenta","events":["a\"b\\c"],"secret":")" + std::string{secret} + R"("})");
}

TEST_CASE("the secret of a new webhook is what a verifier of it takes") {
  calls api;
  const auto webhooks = api.webhooks();
  for (const std::string_view wrong : {"", " ", "short", "s3cret-of-kuenta\n", "\"s3cret-of-kuenta\"",
                                       "${KUENTA_SECRET}", "changeme", "with\x01control"}) {
    const auto fault = refused(create(webhooks, shop, wrong));
    CHECK(fault == kuenta::verifier::create(wrong).error());
  }
  const char* const unset = nullptr;
  CHECK(refused(webhooks.create({.url = std::string{shop}, .events = kuenta::every_event(), .secret = unset})).code ==
        errc::empty_secret);
  CHECK(refused(create(webhooks, shop, "latin-1 \xf1 is none")) ==
        sello::error{errc::malformed_secret, "it is not UTF-8, and JSON can carry nothing else"});
  CHECK(api.sent.empty());

  REQUIRE(create(webhooks, shop, R"(contraseña "larga" \ y más)"));
  CHECK(sello::raw_json::parse(api.sent.back().body)->json()["secret"] == R"(contraseña "larga" \ y más)");
}

TEST_CASE("an id is one segment of the path, whatever is in it") {
  calls api;
  const auto webhooks = api.webhooks();
  const auto target = [&](std::string_view id) {
    REQUIRE(webhooks.remove(id));
    return api.sent.back().target;
  };
  CHECK(target("wh-1_a.b~C") == "/v1/webhooks/wh-1_a.b~C");
  CHECK(target("a b") == "/v1/webhooks/a%20b");
  CHECK(target("?x=#y&z%2F;") == "/v1/webhooks/%3Fx%3D%23y%26z%252F%3B");
  CHECK(target("\xc3\xb1") == "/v1/webhooks/%C3%B1");
  CHECK(target("...") == "/v1/webhooks/...");
  api.sent.clear();
  for (const auto& [id, why] :
       std::vector<std::pair<std::string_view, std::string_view>>{{"", "id: it is empty"},
                                                                  {".", "id: it would change the path"},
                                                                  {"..", "id: it would change the path"},
                                                                  {"a/b", "id: it would change the path"},
                                                                  {"/", "id: it would change the path"},
                                                                  {"a\\b", "id: it would change the path"},
                                                                  {"a\r\nHost: b", "id: it has a control character"},
                                                                  {"a\x7f", "id: it has a control character"}}) {
    CHECK(refused(webhooks.remove(id)) == sello::error{errc::malformed_option, std::string{why}});
    CHECK(refused(webhooks.update(id, {.url = std::string{shop}, .events = {kuenta::payment_created{}}})).where == why);
  }
  CHECK(api.sent.empty());
}

TEST_CASE("an answer is given as it came, and nothing is guessed of it") {
  calls api;
  api.answer = {201, R"( {"id": "wh_1", "n": 1.50} )"};
  const auto answer = create(api.webhooks());
  REQUIRE(answer);
  CHECK(answer->status == 201);
  CHECK(answer->body == api.answer.body);
  CHECK(answer->json()->text() == R"({"id": "wh_1", "n": 1.50})");
  CHECK(answer->json()->at("/n")->text() == "1.50");

  api.answer = {204, ""};
  CHECK(create(api.webhooks())->body.empty());
  CHECK(api.webhooks().remove("wh_1")->status == 204);
  CHECK(api.webhooks().update("wh_1", {.url = std::string{shop}, .events = kuenta::every_event()})->status == 204);
}

TEST_CASE("what is no JSON, or nothing where a list should be, is not taken for success") {
  calls api;
  const auto failure = [&](const auto& answer) {
    REQUIRE_FALSE(answer);
    CHECK(answer.error().what == trouble::unreadable);
    REQUIRE(answer.error().answer);
    CHECK(*answer.error().answer == api.answer);
    return answer.error();
  };
  api.answer = {200, "<html>\nBienvenido</html>"};
  const auto page = failure(create(api.webhooks()));
  CHECK(page.fault->code == errc::malformed_json);
  CHECK(page.may_have_happened());
  CHECK(page.message() ==
        "POST /v1/webhooks: 200, and the answer cannot be read; is the base URL that of the API? (malformed_json); it "
        "may have taken effect: list the webhooks before you try again; it says: <html>\\x0aBienvenido</html>");
  CHECK_FALSE(failure(api.webhooks().list()).may_have_happened());
  api.answer = {200, ""};
  CHECK_FALSE(failure(api.webhooks().list()).may_have_happened());
  api.answer = {200, R"({"a":1,"a":2})"};
  CHECK(failure(api.webhooks().list()).fault->code == errc::duplicate_key);
  for (const int status : {0, 101, 199, 600, 999, -200}) {
    api.answer = {status, "{}"};
    CHECK(failure(create(api.webhooks())).may_have_happened());
  }
}

TEST_CASE("a refusal has not happened, a failure or a redirect may have") {
  calls api;
  const auto failure = [&](int status) {
    api.answer = {status, R"({"error":"no"})"};
    const auto answer = create(api.webhooks());
    REQUIRE_FALSE(answer);
    CHECK(answer.error().answer == api.answer);
    CHECK_FALSE(answer.error().fault);
    api.sent.clear();
    const auto listed = api.webhooks().list();
    CHECK(listed.error().what == answer.error().what);
    CHECK_FALSE(listed.error().may_have_happened());
    CHECK(api.sent.size() == 1);
    return answer.error();
  };
  for (const int status : {400, 401, 404, 409, 429, 499}) {
    CHECK(failure(status).what == trouble::refused);
    CHECK_FALSE(failure(status).may_have_happened());
  }
  CHECK(failure(401).message() == R"(POST /v1/webhooks: 401, refused, nothing has changed; it says: {"error":"no"})");
  for (const int status : {500, 503, 599}) {
    CHECK(failure(status).what == trouble::failed);
    CHECK(failure(status).may_have_happened());
  }
  CHECK(failure(503).message() ==
        "POST /v1/webhooks: 503, the server failed; it may have taken effect: list the webhooks before you try again; "
        R"(it says: {"error":"no"})");
  for (const int status : {300, 302, 307, 399}) {
    CHECK(failure(status).what == trouble::redirected);
    CHECK(failure(status).may_have_happened());
  }
  CHECK(failure(302).message().starts_with(
      "POST /v1/webhooks: 302, a redirect, which is not followed; is the base URL the API's own?; it may have"));
}

TEST_CASE("without an answer it says whether the request can have arrived") {
  const auto away = without({"no route\n", false});
  CHECK(away.error().what == trouble::not_sent);
  CHECK_FALSE(away.error().may_have_happened());
  CHECK(away.error().message() == "POST /v1/webhooks: not sent, nothing has changed: no route\\x0a");

  const auto late = without({"no answer in 10 s"});
  CHECK(late.error().what == trouble::no_answer);
  CHECK(late.error().may_have_happened());
  CHECK(late.error().message() ==
        "POST /v1/webhooks: no whole answer: no answer in 10 s; it may have taken effect: list the webhooks before you "
        "try again");
}

TEST_CASE("what the function that sends throws is no answer") {
  const auto thrown = [](auto what) {
    const auto send = [what](const kuenta::http_request&) -> kuenta::http_answer { throw what; };
    const auto answer = create(kuenta::subscriptions{base, kuenta::organization{"org_1"}, send});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().what == trouble::no_answer);
    CHECK(answer.error().may_have_happened());
    return answer.error().why;
  };
  CHECK(thrown(std::runtime_error{"socket"}) == "socket");
  CHECK(thrown(1) == "the function that sends threw what is no std::exception");
}

TEST_CASE("no message has the secret, wherever it comes back") {
  const std::string_view quoted = R"(s3cret "of" kuenta)";
  const auto message = [&](int status, std::string body) {
    calls api;
    api.answer = {status, std::move(body)};
    const auto answer = create(api.webhooks(), shop, quoted);
    REQUIRE_FALSE(answer);
    return answer.error().message();
  };
  CHECK(message(400, R"(bad secret s3cret "of" kuenta!)").ends_with("it says: bad secret …!"));
  CHECK(message(400, R"({"got":"s3cret \"of\" kuenta"})").ends_with(R"(it says: {"got":"…"})"));
  CHECK(message(400, R"({"old":"s3cret \"of\" kuenta","secret":"another"})").ends_with(R"({"old":"…","secret":"…"})"));
  CHECK(message(200, R"(s3cret "of" kuenta)").ends_with("it says: …"));

  const auto echo = [](const kuenta::http_request& request) -> sello::result<kuenta::http_answer, kuenta::no_answer> {
    return kuenta::no_answer{"cannot send " + request.body};
  };
  const auto answer = create(kuenta::subscriptions{base, kuenta::organization{"org_1"}, echo}, shop, quoted);
  CHECK(answer.error().why.ends_with(R"("secret":"…"})"));
}

TEST_CASE("an answer is redacted for logs and screens") {
  const auto redacted = [](std::string_view body) { return kuenta::http_answer{200, std::string{body}}.redacted(); };
  CHECK(redacted(R"([{"id": "a", "secret" : "b"}, {"secret":"c,\"}"}])") ==
        R"([{"id": "a", "secret" : "…"}, {"secret":"…"}])");
  CHECK(redacted(R"({"Client_Secret":["a",{"b":"}"}],"c":1})") == R"({"Client_Secret":"…","c":1})");
  CHECK(redacted(R"({"secret":null,"secretKey":12.50,"x":{"secret":true}})") ==
        R"({"secret":"…","secretKey":"…","x":{"secret":"…"}})");
  CHECK(redacted(R"({"\u0073ecret":"a"})") == R"({"\u0073ecret":"…"})");
  CHECK(redacted(R"({"secre":"a","is":"secret","n":1.50, "e":[]} )") ==
        R"({"secre":"a","is":"secret","n":1.50, "e":[]} )");
  CHECK(redacted(R"({"a":1,"a":2,"secret":"b"})") == R"({"a":1,"a":2,"secret":"…"})");
  CHECK(redacted(R"({"secret":"cut)") == R"({"secret":"…")");
  CHECK(redacted(R"({"secret":)") == R"({"secret":"…")");
  CHECK(redacted(R"({"secret)") == R"({"secret)");
  CHECK(redacted("") == "");
}

TEST_CASE("each kind of trouble has its name") {
  using kuenta::to_string;
  CHECK(to_string(trouble::bad_input) == "bad_input");
  CHECK(to_string(trouble::not_sent) == "not_sent");
  CHECK(to_string(trouble::no_answer) == "no_answer");
  CHECK(to_string(trouble::redirected) == "redirected");
  CHECK(to_string(trouble::refused) == "refused");
  CHECK(to_string(trouble::failed) == "failed");
  CHECK(to_string(trouble::unreadable) == "unreadable");
  CHECK(to_string(static_cast<trouble>(99)) == "unknown");
}

TEST_CASE("a webhook's secret moves and is not copied") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<kuenta::webhook_secret>);
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<kuenta::new_webhook>);
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<kuenta::new_webhook>);
  kuenta::new_webhook one{.url = std::string{shop}, .events = kuenta::every_event(), .secret = secret};
  const kuenta::new_webhook two = std::move(one);
  CHECK(two.secret.text() == secret);
}

TEST_CASE("no message has the secret or a word of a header, in whatever escapes they come back") {
  constexpr std::string_view odd = "s3cr+t/of \xf0\x9f\x94\x91";
  const auto message = [&](std::string body) {
    calls api;
    api.answer = {401, std::move(body)};
    const auto webhooks =
        api.webhooks({.headers = {{"Authorization", "Bearer tok_live_1+2/3"}, {"Cookie", "id=abcdef1; b"}}});
    const std::string text = create(webhooks, shop, odd).error().message();
    return text.substr(text.find("it says: ") + 9);
  };
  CHECK(message(R"(no s3cr\u002bt\/of \uD83D\udd11!)") == "no …!");
  CHECK(message(R"(no s3cr\\u002Bt\\\/of \\ud83d\\uDD11!)") == "no …!");
  CHECK(message("no s3cr+t/of \xf0\x9f\x94\x91!") == "no …!");
  CHECK(message("who is tok_live_1+2/3?") == "who is …?");
  CHECK(message(R"("Bearer tok_live_1\u002b2\/3" or abcdef1)") == R"("…" or …)");
  CHECK(message("bb \\ \\u12 \\x") == "bb \\ \\u12 \\x");
}
