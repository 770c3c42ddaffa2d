// SPDX-License-Identifier: MIT
// Scenarios that a public list of checks for receivers (webhook-receiver-conformance) has, and no other test here: events in
// the wrong order, and canaries in payloads and secrets, looked for in all that an inbox says of itself. (Keys are said: they
// are in JSON Pointers.)
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include <sello/gu1.hpp>
#include <sello/sello.hpp>

#include "catch.hpp"
#include "inbox/backends.hpp"

namespace {

using namespace std::chrono_literals;
namespace akua = sello::akua;
namespace gu1 = sello::gu1;
using sello::outcome;
using sello::progress;

template <class Verifier>
int deliver(const sello::receiver<Verifier>& to, std::string body, const std::string& id = "msg_1") {
  const support::request<Verifier> sent{std::move(body), {.id = id}};
  return to.receive(sent.headers, sent.body).status;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE(
    "the last event of an entity comes before its first: both take effect, the later one by its own time",
    "[inbox][conformance]", support::backends) {
  const TestType backend;
  const auto inbox = backend.open();
  const bool serial = GENERATE(false, true);
  sello::endpoint_options options;
  if (serial)
    options.serial_by = [](const sello::signed_facts& facts) {
      const auto id = facts.raw("/payload/id");
      return id ? std::string{id->text()} : std::string{};
    };
  const sello::receiver receiver{gu1::verifier{support::secret}, inbox.endpoint("gu1", options)};
  for (const char* body :
       {R"({"event":"kyc.validation_approved","timestamp":"2025-01-15T10:30:01Z","payload":{"id":"val_1"}})",
        R"({"event":"kyc.validation_created","timestamp":"2025-01-15T10:30:00Z","payload":{"id":"val_1"}})",
        R"({"event":"kyc.validation_approved","timestamp":"2025-01-15T10:30:01Z","payload":{"id":"val_1"}})"})
    CHECK(deliver(receiver, body) == 200);

  // What an owner does who assumes no order: the newest state stays, by the time that the sender signed.
  static_cast<void>(backend.open_effects());
  sello::basic_router<typename TestType::effects::transaction> router;
  const auto note = [](const auto& event, auto& tx) {
    const auto at = event.envelope.timestamp.value().time_since_epoch().count();
    tx.execute("INSERT INTO effect SELECT '" + std::to_string(at) + " " + std::string{event.type} +
               "' WHERE NOT EXISTS (SELECT 1 FROM effect WHERE key > '" + std::to_string(at) + "')");
  };
  router.template on<gu1::kyc_validation_approved>(note).template on<gu1::kyc_validation_created>(note);
  sello::worker worker{inbox, backend.open_effects(), router};
  while (worker.poll_once().value() != 0) {
  }
  CHECK(inbox.stats()->done == 2);
  CHECK(inbox.stats()->duplicates == 1);
  CHECK(backend.ask("SELECT count(*) FROM sello_mark") == 2);
  CHECK(backend.ask("SELECT count(*) FROM effect WHERE key LIKE '%approved'") == 1);
  CHECK(backend.ask("SELECT count(*) FROM effect WHERE key LIKE '%created'") == 0);
}

TEMPLATE_LIST_TEST_CASE(
    "no payload, secret or signature in what an inbox says of what it stored, refused, parked and kept",
    "[inbox][conformance]", support::backends) {
  TestType backend;
  const std::string canary = "canary4711";
  std::string said;
  const auto observe = [&](const sello::record& seen) {
    for (const auto* text : {&seen.provider, &seen.type, &seen.id, &seen.where, &seen.endpoint, &seen.webhook})
      said.append(*text).append("\n");
    said.append(seen.message()).append("\n");
    for (const auto& misfit : seen.misfits) said.append(misfit.message()).append("\n");
  };
  const auto inbox = backend.open({.waiting_limit = 8});
  const sello::receiver receiver{
      akua::verifier{support::secret},
      inbox.endpoint("akua", {.body_limit = 4'000, .observer = observe, .quarantine = {.count = 5}})};
  const std::vector<std::string> bodies{
      R"({"type":"payment.capture.cleared","data":{"payment_id":")" + canary + "\"}}",
      R"({"type":"payment.capture.cleared","data":{"payment_id":["canary4711"]}})",
      R"({"type":"payment.capture.cleared","data":{"payment_id":"p","trace_id":{"x":"canary4711"}}})",
      R"({"type":"payment.capture.cleared","data":{"payment_id":"p","note":"canary4711")",
      canary + "\n",
      R"({"type":"payment.refund.cleared","data":{"payment_id":"p","note":"canary4711 \ud83d"}})",
      R"({"type":"unknown.event","data":{"x":"canary4711"}})"};
  for (std::size_t i = 0; i < bodies.size(); ++i)
    CHECK(deliver(receiver, bodies[i], "msg_" + std::to_string(i)) == 200);
  CHECK(deliver(receiver, bodies[1], "msg_0") == 200);  // a conflict
  CHECK(deliver(receiver, bodies[0], "more") == 200);   // the last that fits
  CHECK(deliver(receiver, bodies[0], "full") == 503);
  CHECK(deliver(receiver, std::string(5'000, 'x') + canary, "large") == 413);
  const support::request<akua::verifier> sent{bodies[0], {.id = "forged"}};
  CHECK(receiver.receive(sent.headers, sent.body + canary).status == 401);  // in quarantine
  const std::string signature = sent.headers.back().second.substr(3);

  sello::basic_router<typename TestType::effects::transaction> router;
  router.template on<akua::payment_capture_cleared>([](const auto& event, auto& tx) -> sello::result<void> {
    tx.execute("INSERT INTO no_such_table VALUES ('" + event.data.payment_id + "')");
    return {};
  });
  sello::worker worker{inbox, backend.open_effects(), router, {.attempts = 2, .claims = 20, .observer = observe}};
  for (int i = 0; i < 4; ++i) {
    CHECK(worker.poll_once());
    backend.advance(1h);
  }
  CHECK(inbox.stats()->parked > 0);
  for (const auto& row : inbox.list().value()) {
    said.append(row.key + '\n' + row.type + '\n');
    const auto shown = inbox.show(row.id).value();
    for (const auto& failed : shown.failures) said.append(failed.why.message() + '\n');
  }
  CHECK(said.find("msg_1") != said.npos);
  CHECK(said.find("wrong_type") != said.npos);
  CHECK(said.find(canary) == said.npos);
  CHECK(said.find(signature) == said.npos);
  CHECK(said.find(std::string{support::secret}.substr(6)) == said.npos);
}
