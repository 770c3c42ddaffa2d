// SPDX-License-Identifier: MIT
// What real senders and proxies do: each input stands for a kind, and none costs an event. Verification's kinds are in
// verify/, the spellings of times and numbers in decode/.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sello/sello.hpp>

#include "catch.hpp"
#include "support/fault.hpp"
#include "support/sender.hpp"

namespace {

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;

/// A receiver of one sender, and what its handlers saw last.
template <class Verifier>
struct field {
  std::string handler;
  std::string key;
  std::string misfits;
  std::optional<sello::timestamp> time;
  sello::router router;

  template <class Event>
  void see(std::string_view name, const Event& event) {
    handler = name;
    key = event.idempotency_key;
    time = event.envelope.timestamp;
    for (const auto& misfit : event.misfits) misfits.append(misfits.empty() ? "" : ", ").append(support::line(misfit));
  }

  /// The status and what became of it.
  std::string receive(std::string body, sello::header_list more = {}) {
    handler = key = misfits = {};
    time = {};
    std::string became;
    const sello::router copy = router;  // the test registers more later
    const sello::receiver receiver{Verifier{support::secret}, copy, {.observer = [&](const sello::record& seen) {
                                     became = seen.error ? to_string(*seen.error) : to_string(seen.outcome.value());
                                   }}};
    const support::request<Verifier> sent{std::move(body)};
    more.insert(more.end(), sent.headers.begin(), sent.headers.end());
    return std::to_string(receiver.receive(more, sent.body).status) + ' ' + became;
  }
};

}  // namespace

TEST_CASE("field: Kuenta sends an event that nobody has heard of, and an offset without its colon") {
  field<kuenta::verifier> at;
  at.router.on<kuenta::credit_disbursed>([&](const auto& event) { at.see("disbursed", event); })
      .otherwise([&](const auto& event) { at.see("otherwise", event); });
  CHECK(at.receive(R"({"event":"credit.brandnew","timestamp":"2022-02-24T13:25:16+0000","data":{}})") == "200 handled");
  CHECK(at.handler == "otherwise");
  CHECK(at.time == sello::parse_rfc3339("2022-02-24T13:25:16Z"));
  CHECK(at.misfits.empty());
}

TEST_CASE("field: Kuenta writes money as text, a whole number with a fraction, and a date as a database does") {
  field<kuenta::verifier> at;
  at.router.on<kuenta::credit_disbursed>([&](const sello::event<kuenta::credit_disbursed>& event) {
    at.see("disbursed", event);
    CHECK(event.data.id == "app_1");
    CHECK(event.data.amount.value().text() == "5000000.10");
    CHECK(event.data.term == 12);
    CHECK_FALSE(event.data.created_at);
    CHECK(event.raw("/data/amount").value().text() == R"("5000000.10")");
    CHECK_FALSE(event.raw("/data/total"));
  });
  CHECK(at.receive(R"({"event":"credit.disbursed","data":{"id":"app_1","amount":"5000000.10","term":12.0,)"
                   R"("createdAt":"2018-03-07 19:52:55"}})") == "200 handled");
  CHECK(at.handler == "disbursed");
  CHECK(at.misfits == "wrong_type /data/createdAt");
}

TEST_CASE("field: Kuenta's data is absent, null, or an empty array, as PHP writes an empty object") {
  field<kuenta::verifier> at;
  at.router.on<kuenta::credit_disbursed>([&](const sello::event<kuenta::credit_disbursed>& event) {
    at.see("disbursed", event);
    CHECK_FALSE(event.data.id);
    CHECK_FALSE(event.data.amount);
  });
  for (const char* data : {"", R"(,"data":null)", R"(,"data":{})"}) {
    CAPTURE(data);
    CHECK(at.receive(R"({"event":"credit.disbursed")" + std::string{data} + "}") == "200 handled");
    CHECK(at.handler == "disbursed");
    CHECK(at.misfits.empty());
  }
  CHECK(at.receive(R"({"event":"credit.disbursed","data":[]})") == "200 handled");
  CHECK(at.handler == "disbursed");
  CHECK(at.misfits == "wrong_type /data");
}

TEST_CASE("field: Gu1 sends an id for an object") {
  field<gu1::verifier> at;
  at.router.on<gu1::rule_triggered>([&](const sello::event<gu1::rule_triggered>& event) {
    at.see("rule", event);
    CHECK_FALSE(event.data.entity);
    CHECK(event.data.rule_id == "r-1");
  });
  CHECK(at.receive(R"({"event":"rule.triggered","payload":{"entity":"ent_1","ruleId":"r-1"}})") == "200 handled");
  CHECK(at.misfits == "wrong_type /payload/entity");
}

TEST_CASE("field: a proxy joins two equal lines of X-Webhook-Event") {
  field<gu1::verifier> at;
  at.router.on<gu1::rule_triggered>([&](const auto& event) { at.see("rule", event); });
  const std::string body = R"({"event":"rule.triggered","payload":{}})";
  CHECK(at.receive(body, {{"X-Webhook-Event", "rule.triggered"}, {"X-Webhook-Event", "rule.triggered"}}) ==
        "200 handled");
  CHECK(at.misfits.empty());
  CHECK(at.receive(body, {{"X-Webhook-Event", "entity.created"}}) == "200 handled");
  CHECK(at.misfits == "header_body_mismatch X-Webhook-Event");
}

TEST_CASE(
    "field: Akua's body is cut in the middle of an emoji, has a byte of Latin-1, or a number beyond every double") {
  const std::string front = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1",)";
  for (const std::string& body :
       {front + R"("merchant":"Caf\u00e9 \ud83d"}})", front + "\"merchant\":\"Caf\xe9\"}}", front + R"("x":1e400}})"}) {
    CAPTURE(body);
    field<akua::verifier> at;
    at.router.on<akua::payment_capture_cleared>([&](const auto& event) { at.see("cleared", event); });
    CHECK(at.receive(body).starts_with("400 "));
    std::string kept;
    at.router.unreadable([&](const sello::unreadable_event& event) {
      kept = event.body;
      CHECK(event.type == "payment.capture.cleared");
      CHECK(event.idempotency_key == "msg_1");
    });
    CHECK(at.receive(body) == "200 unreadable");
    CHECK(kept == body);
    CHECK(at.handler.empty());
  }
}

TEST_CASE("field: Akua's id is of another type than it was yesterday") {
  field<akua::verifier> at;
  at.router.on<akua::payment_capture_cleared>([&](const auto& event) { at.see("cleared", event); });
  const std::string body = R"({"type":"payment.capture.cleared","data":{"payment_id":123}})";
  CHECK(at.receive(body) == "400 wrong_type");
  std::string fault;
  at.router.unreadable([&](const sello::unreadable_event& event) { fault = support::line(event.fault); });
  CHECK(at.receive(body) == "200 unreadable");
  CHECK(fault == "wrong_type /data/payment_id");
}

TEST_CASE("field: a test button sends a body without any type") {
  for (const char* body : {"{}", R"({"ping":true})"}) {
    CAPTURE(body);
    field<gu1::verifier> at;
    at.router.on<gu1::rule_triggered>([&](const auto& event) { at.see("rule", event); });
    CHECK(at.receive(body) == "200 ignored");
    at.router.otherwise([&](const sello::unknown_event& event) {
      at.see("otherwise", event);
      CHECK(event.type.empty());
    });
    CHECK(at.receive(body) == "200 handled");
    CHECK(at.handler == "otherwise");
    CHECK(at.misfits.empty());
  }
}

TEST_CASE("field: a part of a body is exactly what was sent") {
  std::string text;
  field<kuenta::verifier> at;
  at.router.otherwise([&](const sello::unknown_event& event) {
    text = event.raw("/data/total").value().text();
    CHECK(event.json()["data"]["total"] == 1234567890123456.78);
  });
  CHECK(at.receive(R"({"event":"a","data":{"total":1234567890123456.78}})") == "200 handled");
  CHECK(text == "1234567890123456.78");
}
