// SPDX-License-Identifier: MIT
// From the request to the effect: a receiver with an endpoint, an inbox, a worker with a router.
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sello/gu1.hpp>
#include <sello/sello.hpp>

#include "catch.hpp"
#include "inbox/backends.hpp"

namespace {

using namespace std::chrono_literals;
namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;
using sello::errc;
using sello::outcome;
using sello::progress;

/// A record whose texts stay.
struct kept {
  std::string provider, endpoint, type, id, where;
  std::optional<outcome> what;
  std::optional<errc> why;
  int status;
  std::size_t misfits;
  std::chrono::nanoseconds storing;
};

struct witness {
  std::shared_ptr<std::vector<kept>> seen = std::make_shared<std::vector<kept>>();
  void operator()(const sello::record& r) const {
    seen->push_back({std::string{r.provider}, std::string{r.endpoint}, std::string{r.type}, std::string{r.id},
                     std::string{r.where}, r.outcome, r.error, r.status, r.misfits.size(), r.storing});
  }
  [[nodiscard]] const kept& last() const { return seen->back(); }
};

template <class Verifier>
int deliver(const sello::receiver<Verifier>& to, std::string body, const std::string& id = "msg_1") {
  const support::request<Verifier> sent{std::move(body), {.id = id}};
  return to.receive(sent.headers, sent.body).status;
}

const std::string payment = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})";

template <class Backend>
using router_of = sello::basic_router<typename Backend::effects::transaction>;

}  // namespace

TEMPLATE_LIST_TEST_CASE("a delivery is answered when it is stored, and takes effect once", "[inbox][receiver]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const witness received;
  const witness worked;
  const sello::receiver receiver{akua::verifier{support::secret},
                                 inbox.endpoint("akua-sandbox", {.observer = received})};
  CHECK(deliver(receiver, payment) == 200);
  CHECK(received.last().what == outcome::queued);
  CHECK(received.last().status == 200);
  CHECK(received.last().endpoint == "akua-sandbox");
  CHECK(received.last().provider == "akua");
  CHECK(received.last().type == "payment.capture.cleared");
  CHECK(received.last().id == "msg_1");
  CHECK(received.last().storing > 0ns);
  CHECK(deliver(receiver, payment) == 200);
  CHECK(received.last().what == outcome::duplicate);
  CHECK(deliver(receiver, R"({"type":"other","data":{}})") == 200);
  CHECK(received.last().what == outcome::conflict);

  router_of<TestType> router;
  router.template on<akua::payment_capture_cleared>([](const auto& event, auto& tx) {
    CHECK(event.endpoint == "akua-sandbox");
    CHECK(event.idempotency_key == "msg_1");
    CHECK(event.envelope.timestamp.has_value());
    tx.execute("INSERT INTO effect VALUES ('" + event.data.payment_id + "')");
  });
  sello::worker worker{inbox, backend.open_effects(), router, {.observer = worked}};
  CHECK(worker.poll_once().value() == 1);
  CHECK(worker.poll_once().value() == 0);
  CHECK(backend.ask("SELECT count(*) FROM effect WHERE key = 'pay-1'") == 1);
  CHECK(worked.last().what == outcome::handled);
  CHECK(worked.last().endpoint == "akua-sandbox");
}

TEMPLATE_LIST_TEST_CASE("in pieces as well as whole, and what is refused is not stored", "[inbox][receiver]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const witness seen;
  const sello::receiver receiver{akua::verifier{support::secret},
                                 inbox.endpoint("akua", {.body_limit = 100, .observer = seen})};
  const support::request<akua::verifier> sent{payment};
  auto incoming = receiver.begin(sent.headers);
  for (const char c : sent.body) CHECK(incoming.feed(std::string_view{&c, 1}));
  CHECK(incoming.finish().status == 200);
  CHECK(seen.last().what == outcome::queued);
  CHECK(seen.last().endpoint == "akua");
  CHECK(receiver.receive(sent.headers, payment + " ").status == 401);
  CHECK(seen.last().endpoint == "akua");
  CHECK(deliver(receiver, std::string(101, ' ')) == 413);
  CHECK(receiver.refuse(405, "GET").status == 405);
  CHECK(seen.last().endpoint == "akua");
  CHECK(receiver.body_limit() == 100);
  CHECK(inbox.list()->size() == 1);
}

TEMPLATE_LIST_TEST_CASE("without room it is answered 503", "[inbox][receiver]", support::backends) {
  TestType backend;
  const auto inbox = backend.open({.waiting_limit = 1});
  const witness seen;
  const sello::receiver receiver{akua::verifier{support::secret}, inbox.endpoint("akua", {.observer = seen})};
  CHECK(deliver(receiver, payment, "msg_1") == 200);
  CHECK(deliver(receiver, payment, "msg_2") == 503);
  CHECK(seen.last().why == errc::store_unavailable);
  CHECK(seen.last().where.find("the inbox is full") == 0);
}

TEMPLATE_LIST_TEST_CASE("a rule that throws loses no delivery, and is in its record", "[inbox][receiver]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  std::string said;
  const auto throws = [](const sello::signed_facts&) -> std::string { throw 1; };
  const sello::receiver receiver{
      akua::verifier{support::secret},
      inbox.endpoint("akua", {.identify = throws,
                              .observer = [&](const sello::record& seen) { said = seen.message(); },
                              .serial_by = throws})};
  CHECK(deliver(receiver, payment, "msg_1") == 200);
  CHECK(said == "queued; did not fit: handler_failed at identify, handler_failed at serial_by");
}

TEMPLATE_LIST_TEST_CASE("what cannot be decoded is parked with its error, and replayed for a new program",
                        "[inbox][receiver]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const sello::receiver receiver{akua::verifier{support::secret}, inbox.endpoint("akua")};
  CHECK(deliver(receiver, R"({"type":"payment.capture.cleared","data":{"payment_id":123}})", "msg_1") == 200);
  CHECK(deliver(receiver, R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1","x":"\ud83d"}})",
                "msg_2") == 200);
  CHECK(deliver(receiver, "", "msg_3") == 200);
  const witness seen;
  router_of<TestType> router;
  router.template on<akua::payment_capture_cleared>([](const auto&, auto&) { FAIL(); });
  sello::worker worker{inbox, backend.open_effects(), router, {.observer = seen}};
  CHECK(worker.poll_once().value() == 3);
  CHECK(seen.last().what == outcome::parked);
  const auto rows = inbox.list({.state = progress::parked}).value();
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].last_failure->why == sello::error{errc::wrong_type, "/data/payment_id"});
  CHECK(rows[1].last_failure->why.code == errc::malformed_json);
  CHECK(rows[2].last_failure->why.code == errc::malformed_json);

  // As a new version would: it takes what it gets.
  router_of<TestType> mended;
  mended.otherwise([](const sello::unknown_event& event, auto& tx) {
    CHECK(event.idempotency_key == "msg_1");
    tx.execute("INSERT INTO effect VALUES ('" + event.type + "')");
  });
  REQUIRE(inbox.replay(rows[0].id));
  CHECK(sello::worker{inbox, backend.open_effects(), mended}.poll_once().value() == 1);
  CHECK(backend.ask("SELECT count(*) FROM effect WHERE key = 'payment.capture.cleared'") == 1);
}

TEMPLATE_LIST_TEST_CASE("events of all senders, of a prefix, of none, repeatable ones, misfits", "[inbox][receiver]",
                        support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const sello::receiver from_akua{akua::verifier{support::secret}, inbox.endpoint("akua")};
  const sello::receiver from_kuenta{kuenta::verifier{support::secret}, inbox.endpoint("kuenta")};
  const sello::receiver from_gu1{gu1::verifier{support::secret}, inbox.endpoint("gu1")};
  CHECK(deliver(from_akua, payment) == 200);
  CHECK(deliver(from_akua, R"({"type":"payment.refund.cleared","data":{"payment_id":"pay-2"}})", "msg_2") == 200);
  CHECK(deliver(from_kuenta, R"({"event":"credit.disbursed","data":{"id":"app_1","term":12.5}})") == 200);
  CHECK(deliver(from_gu1, R"({"event":"kyc.validation_approved","payload":{"id":"val_1"}})") == 200);
  CHECK(deliver(from_gu1, R"({"event":"rule.brandnew","payload":{}})") == 200);

  std::vector<std::string> calls;
  router_of<TestType> router;
  router
      .template on<kuenta::credit_disbursed>(
          [&](const auto& event, auto&) { calls.push_back("kuenta " + event.data.id.value()); })
      .template on_prefix<akua::provider>(
          "payment", [&](const sello::unknown_event& event, auto&) { calls.push_back(event.type); })
      .template on<gu1::kyc_validation_approved>(
          sello::repeatable([&](const sello::event<gu1::kyc_validation_approved>& event) {
            calls.push_back("gu1 " + event.data.validation_id);
          }));
  const witness seen;
  sello::worker worker{inbox, backend.open_effects(), router, {.claims = 10, .observer = seen}};
  CHECK(worker.poll_once().value() == 5);
  CHECK(calls ==
        std::vector<std::string>{"payment.capture.cleared", "payment.refund.cleared", "kuenta app_1", "gu1 val_1"});
  CHECK(seen.seen->at(2).misfits == 1);
  CHECK(seen.last().what == outcome::ignored);
  CHECK(backend.ask("SELECT count(*) FROM sello_mark") == 4);
}

TEMPLATE_LIST_TEST_CASE("a worker knows a provider only by its handlers, what is left is for otherwise",
                        "[inbox][receiver]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  CHECK(deliver(sello::receiver{kuenta::verifier{support::secret}, inbox.endpoint("kuenta")},
                R"({"event":"credit.disbursed","data":{},"timestamp":"2022-02-24T13:25:16Z"})") == 200);
  router_of<TestType> router;
  std::string type;
  std::string provider;
  router.otherwise([&](const sello::unknown_event& event, auto&) {
    type = event.type;
    provider = std::string{event.provider};
  });
  CHECK(sello::worker{inbox, backend.open_effects(), router}.poll_once().value() == 1);
  CHECK(type == "credit.disbursed");
  CHECK(provider == "kuenta");
}

TEMPLATE_LIST_TEST_CASE("a handler says permanent, retry, or throws", "[inbox][receiver]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const sello::receiver receiver{akua::verifier{support::secret}, inbox.endpoint("akua")};
  for (const char* id : {"permanent", "retry", "throw"}) CHECK(deliver(receiver, payment, id) == 200);
  router_of<TestType> router;
  router.template on<akua::payment_capture_cleared>([](const auto& event, auto& tx) -> sello::result<void> {
    tx.execute("INSERT INTO effect VALUES ('" + event.idempotency_key + "')");
    if (event.idempotency_key == "permanent") return sello::permanent("the account is closed");
    if (event.idempotency_key == "retry") return sello::retry("the ledger is busy");
    throw std::runtime_error{"oh"};
  });
  sello::worker worker{inbox, backend.open_effects(), router};
  CHECK(worker.poll_once().value() == 3);
  CHECK(backend.ask("SELECT count(*) FROM effect") == 0);
  const auto rows = inbox.list().value();
  CHECK(rows[0].state == progress::parked);
  CHECK(rows[0].last_failure->why == sello::error{errc::permanent_failure, "the account is closed"});
  CHECK(rows[1].state == progress::waiting);
  CHECK(rows[1].last_failure->why == sello::error{errc::handler_failed, "the ledger is busy"});
  CHECK(rows[2].last_failure->why == sello::error{errc::handler_failed, "oh"});
}

TEMPLATE_LIST_TEST_CASE("under a secret that was rotated: 401, kept, and stored once the secret is mended",
                        "[inbox][receiver]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  const bool in_pieces = GENERATE(false, true);
  sello::receiver receiver{akua::verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSX"},
                           inbox.endpoint("akua", {.quarantine = {.count = 10}})};
  const support::request<akua::verifier> sent{
      payment, {.id = "msg_1", .sent_at = std::chrono::system_clock::time_point{backend.now()}}};
  const std::chrono::system_clock::time_point now{backend.now()};
  if (in_pieces) {
    auto incoming = receiver.begin(sent.headers, now);
    REQUIRE(incoming.feed(sent.body));
    CHECK(incoming.finish().status == 401);
  } else {
    CHECK(receiver.receive(sent.headers, sent.body, now).status == 401);
  }
  CHECK(receiver.receive(sello::header_list{}, sent.body, now).status == 401);  // no signature: not kept
  CHECK(inbox.stats()->quarantined == 1);
  CHECK(inbox.list()->empty());
  backend.advance(24h);
  CHECK(inbox.requalify(akua::verifier{support::secret}).value() == 1);
  CHECK(inbox.list()->front().key == "msg_1");
  CHECK(inbox.stats()->quarantined == 0);
}

TEMPLATE_LIST_TEST_CASE("a router without a handler, and a handler that comes too late, are refused",
                        "[inbox][receiver]", support::backends) {
  TestType backend;
  const auto inbox = backend.open();
  router_of<TestType> router;
  CHECK_THROWS_AS((sello::worker{inbox, backend.open_effects(), router}), std::logic_error);
  router.otherwise([](const auto&, auto&) {});
  const sello::worker worker{inbox, backend.open_effects(), router};
  CHECK_THROWS_AS(router.template on<akua::payment_capture_cleared>([](const auto&, auto&) {}), std::logic_error);
}
