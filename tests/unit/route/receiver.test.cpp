// SPDX-License-Identifier: MIT
#include <sello/route/receiver.hpp>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <sello/akua.hpp>
#include <sello/gu1.hpp>
#include <sello/kuenta.hpp>
#include <sello/verify/signer.hpp>

#include "catch.hpp"
#include "support/allocations.hpp"
#include "support/samples.hpp"
#include "support/sender.hpp"

namespace {

using namespace std::chrono_literals;
namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;
using sello::errc;
using sello::outcome;
using lines = sello::header_list;
using time_point = std::chrono::system_clock::time_point;

/// A record whose texts stay.
struct kept {
  std::string provider;
  std::string type;
  std::string id;
  std::string where;
  std::string request_id;
  std::string webhook;
  std::string message;
  sello::record record;

  explicit kept(const sello::record& seen)
      : provider{seen.provider},
        type{seen.type},
        id{seen.id},
        where{seen.where},
        request_id{seen.request_id},
        webhook{seen.webhook},
        message{seen.message()},
        record{seen} {}
};

/// A receiver, and the records that it made.
template <class Verifier>
struct endpoint {
  std::vector<kept> records;
  sello::receiver<Verifier> receiver;

  explicit endpoint(sello::router router, sello::receiver_options options = {},
                    Verifier verifier = Verifier{support::secret})
      : receiver{std::move(verifier), std::move(router), observed(std::move(options))} {}
  endpoint(const endpoint&) = delete;
  endpoint& operator=(const endpoint&) = delete;

  /// What a request with a right signature gets.
  sello::response receive(std::string body, time_point now = std::chrono::system_clock::now()) {
    const support::request<Verifier> sent{std::move(body)};
    return receiver.receive(sent.headers, sent.body, now);
  }

  /// Of the one delivery since the last call.
  kept last() {
    REQUIRE(records.size() == 1);
    kept record = records.back();
    records.clear();
    return record;
  }

 private:
  sello::receiver_options observed(sello::receiver_options options) {
    options.observer = [this](const sello::record& seen) { records.emplace_back(seen); };
    return options;
  }
};

const sello::response ok{.status = 200, .body = "ok\n"};
sello::response refused(int status) { return {.status = status, .body = "refused\n"}; }

sello::router counting(int& calls) {
  sello::router router;
  router.on<kuenta::credit_disbursed>([&](const auto&) { ++calls; });
  return router;
}

constexpr std::string_view sample_time = "2024-03-20T10:00:00Z";  // of samples::kuenta_body
time_point at(std::string_view rfc3339) { return *sello::parse_rfc3339(rfc3339); }

}  // namespace

// --- answers ---------------------------------------------------------------------------------

TEST_CASE("receiver: handled and ignored are a success") {
  int calls = 0;
  endpoint<kuenta::verifier> at_kuenta{counting(calls)};
  const std::string body = samples::body<kuenta::credit_disbursed>();
  CHECK(at_kuenta.receive(body) == ok);
  CHECK(calls == 1);
  const kept handled = at_kuenta.last();
  CHECK(handled.provider == "kuenta");
  CHECK(handled.type == "credit.disbursed");
  CHECK(handled.id == sello::detail::sha256_hex(body));
  CHECK(handled.where.empty());
  CHECK(handled.record.outcome == outcome::handled);
  CHECK_FALSE(handled.record.error);
  CHECK(handled.record.status == 200);
  CHECK(handled.record.body_size == body.size());

  CHECK(at_kuenta.receive(samples::body<kuenta::credit_completed>()) == ok);
  CHECK(calls == 1);
  const kept ignored = at_kuenta.last();
  CHECK(ignored.type == "credit.completed");
  CHECK(ignored.id.empty());
  CHECK(ignored.record.outcome == outcome::ignored);
  CHECK_FALSE(ignored.record.error);
  CHECK(ignored.record.status == 200);
}

TEST_CASE("receiver: what the sender did not sign is a 401") {
  endpoint<akua::verifier> at_akua{support::idle_router()};
  const support::request<akua::verifier> sent{samples::body<akua::merchant_created>()};
  const auto receive = [&](const lines& headers, std::string_view body,
                           time_point now = std::chrono::system_clock::now()) {
    CHECK(at_akua.receiver.receive(headers, body, now) == refused(401));
    const kept seen = at_akua.last();
    CHECK(seen.provider == "akua");
    CHECK(seen.type.empty());
    CHECK(seen.id.empty());
    CHECK_FALSE(seen.record.outcome);
    CHECK(seen.record.status == 401);
    CHECK(seen.record.body_size == body.size());
    return std::string{to_string(seen.record.error.value())} + " " + seen.where;
  };
  const auto changed = [&](std::size_t line, const std::string& value) {
    lines headers = sent.headers;
    headers.at(line).second = value;
    return headers;
  };
  const auto now = std::chrono::system_clock::now();
  CHECK(receive({}, sent.body) == "missing_header svix-id");
  CHECK(receive(changed(0, "a.b"), sent.body) == "malformed_header svix-id");
  CHECK(receive(changed(1, "soon"), sent.body) == "malformed_timestamp svix-timestamp");
  CHECK(receive(changed(1, "1"), sent.body) == "timestamp_too_old svix-timestamp");
  CHECK(receive(sent.headers, sent.body, now + 302s) == "timestamp_too_old svix-timestamp");
  CHECK(receive(sent.headers, sent.body, now - 302s) == "timestamp_too_new svix-timestamp");
  CHECK(receive(sent.headers, sent.body + " ") == "signature_mismatch svix-signature");
  CHECK(receive(changed(2, "v1,x"), sent.body) == "malformed_signature svix-signature");

  endpoint<kuenta::verifier> at_kuenta{support::idle_router()};
  CHECK(at_kuenta.receiver.receive(lines{{"X-Webhook-Signature", "sha256=00"}}, "{}") == refused(401));
  CHECK(at_kuenta.last().record.error == errc::malformed_signature);
}

TEST_CASE("receiver: what is signed but wrong is a 400") {
  int calls = 0;
  endpoint<kuenta::verifier> at_kuenta{counting(calls)};
  const auto receive = [&](std::string body) {
    CHECK(at_kuenta.receive(std::move(body)) == refused(400));
    const kept seen = at_kuenta.last();
    CHECK(seen.provider == "kuenta");
    CHECK(seen.id.empty());
    CHECK_FALSE(seen.record.outcome);
    CHECK(seen.record.status == 400);
    return std::string{to_string(seen.record.error.value())} + " " + seen.where + " " + seen.type;
  };
  const std::string front = R"({"event":"credit.disbursed","data":)";
  CHECK(receive("") == "malformed_json  ");
  CHECK(receive(front + "{}") == "malformed_json /data credit.disbursed");
  CHECK(receive(front + R"({"id":"a","id":"b"}})") == "duplicate_key /data/id credit.disbursed");
  CHECK(receive(front + std::string(64, '[') + std::string(64, ']') + "}").starts_with("too_deep /data/0/0"));
  CHECK(receive(R"({"event":null})") == "missing_field /event ");
  CHECK(receive(R"({"event":7})") == "wrong_type /event ");
  CHECK(receive(front + R"({"x":1e999}})") == "out_of_range /data/x credit.disbursed");
  CHECK(calls == 0);
}

TEST_CASE("receiver: what the handler did not finish is a 500, what the store did not, a 503") {
  const auto receive = [](auto handler) {
    sello::router router;
    router.on<kuenta::credit_disbursed>(handler);
    endpoint<kuenta::verifier> at_kuenta{router};
    const auto answer = at_kuenta.receive(samples::body<kuenta::credit_disbursed>());
    const kept seen = at_kuenta.last();
    CHECK(answer == refused(seen.record.status));
    CHECK(seen.type == "credit.disbursed");
    CHECK(seen.id.size() == 64);
    CHECK_FALSE(seen.record.outcome);
    return std::to_string(answer.status) + " " + std::string{to_string(seen.record.error.value())} + " " + seen.where;
  };
  CHECK(receive([](const auto&) { throw std::runtime_error{"no disk"}; }) == "500 handler_failed no disk");
  CHECK(receive([](const auto&) { throw 7; }) == "500 handler_failed it threw something that is no std::exception");
  CHECK(receive([](const auto&) -> sello::result<void> {
          return sello::error{errc::missing_header, ""};
        }).starts_with("500 handler_failed "));
  CHECK(receive([](const auto&) -> sello::result<void> { return sello::error{errc::store_unavailable, "db"}; }) ==
        "503 store_unavailable db");
}

TEST_CASE("receiver: the same answer for unsigned, forged and stale") {
  endpoint<akua::verifier> at_akua{support::idle_router()};
  const support::request<akua::verifier> sent{samples::body<akua::merchant_created>()};
  const auto bytes = [](const sello::response& answer) {
    std::string text = std::to_string(answer.status) + '\n';
    for (const auto& [name, value] : answer.headers) text.append(name).append(": ").append(value).append("\n");
    return text + '\n' + answer.body;
  };
  const std::string unsigned_ = bytes(at_akua.receiver.receive(lines{}, sent.body));
  const std::string forged = bytes(at_akua.receiver.receive(sent.headers, "{}"));
  const std::string stale =
      bytes(at_akua.receiver.receive(sent.headers, sent.body, std::chrono::system_clock::now() + 1h));
  CHECK(unsigned_ == "401\nContent-Type: text/plain; charset=utf-8\n\nrefused\n");
  CHECK(forged == unsigned_);
  CHECK(stale == unsigned_);
  REQUIRE(at_akua.records.size() == 3);
  CHECK(at_akua.records[0].record.error == errc::missing_header);
  CHECK(at_akua.records[1].record.error == errc::signature_mismatch);
  CHECK(at_akua.records[2].record.error == errc::timestamp_too_old);
}

TEST_CASE("receiver: what no retry will mend is a 422, and a sender that can be told is told") {
  sello::router router;
  router.on<kuenta::credit_disbursed>([](const auto&) { return sello::permanent("no such loan"); })
      .on<akua::merchant_created>([](const auto&) { return sello::permanent("no such merchant"); })
      .otherwise([](const auto&) { return sello::retry("not yet"); });
  endpoint<kuenta::verifier> at_kuenta{router};
  CHECK(at_kuenta.receive(samples::body<kuenta::credit_disbursed>()) == refused(422));
  CHECK(at_kuenta.last().message == sello::error{errc::permanent_failure, "no such loan"}.message());
  CHECK(at_kuenta.receive(samples::body<kuenta::credit_completed>()) == refused(500));
  CHECK(at_kuenta.last().message == sello::error{errc::handler_failed, "not yet"}.message());

  endpoint<akua::verifier> at_akua{router};
  sello::response told = refused(422);
  told.headers = {told.headers[0], {"webhook-delivery", "abort-message"}};
  CHECK(at_akua.receive(samples::body<akua::merchant_created>()) == told);
  CHECK(at_akua.last().where == "no such merchant");
  CHECK(at_akua.receive("{}") == refused(500));
  CHECK(at_akua.receiver.receive(lines{}, "{}") == refused(401));
}

TEST_CASE("receiver: what is unreadable is a 200 once it was taken, with its fault in the record") {
  bool fails = false;
  sello::router router;
  router.unreadable(
      [&](const sello::unreadable_event&) { return fails ? sello::retry("no disk") : sello::result<void>{}; });
  endpoint<kuenta::verifier> at_kuenta{router};
  const std::string body = R"({"event":"credit.disbursed","data":{"id":"a","id":"b"}})";
  CHECK(at_kuenta.receive(body) == ok);
  const kept taken = at_kuenta.last();
  CHECK(taken.type == "credit.disbursed");
  CHECK(taken.id == sello::detail::sha256_hex(body));
  CHECK(taken.record.outcome == outcome::unreadable);
  CHECK_FALSE(taken.record.error);
  CHECK(taken.record.misfits == std::vector<sello::error>{{errc::duplicate_key, "/data/id"}});
  CHECK(taken.message == "unreadable; did not fit: duplicate_key at /data/id");

  fails = true;
  CHECK(at_kuenta.receive(body) == refused(500));
  const kept failed = at_kuenta.last();
  CHECK(failed.record.error == errc::handler_failed);
  CHECK(failed.where == "no disk");
  CHECK(failed.record.misfits == std::vector<sello::error>{{errc::duplicate_key, "/data/id"}});
}

TEST_CASE("receiver: what did not fit is in the record, whatever became of the event") {
  sello::router router;
  router.on<gu1::entity_created>([](const auto& event) { CHECK(event.misfits.size() == 2); })
      .on<gu1::entity_updated>([](const auto&) { throw std::runtime_error{"no disk"}; });
  endpoint<gu1::verifier> at_gu1{router};
  const std::vector<sello::error> expected{{errc::wrong_type, "/timestamp"},
                                           {errc::header_body_mismatch, "X-Webhook-Event"}};
  for (const char* type : {"entity.created", "entity.updated", "entity.unheard_of"}) {
    CAPTURE(type);
    const support::request<gu1::verifier> sent{
        R"({"timestamp":"soon","event":")" + std::string{type} + R"(","payload":{}})", {.type = "another"}};
    static_cast<void>(at_gu1.receiver.receive(sent.headers, sent.body));
    CHECK(at_gu1.last().record.misfits == expected);
  }
}

// --- what would lose events ------------------------------------------------------------------

TEST_CASE("receiver: a router without a handler is refused") {
  const auto made = [](const sello::router& router) -> std::string {
    try {
      static_cast<void>(sello::receiver{kuenta::verifier{support::secret}, router});
      return "made";
    } catch (const std::logic_error& why) {
      return why.what();
    }
  };
  const std::string refusal =
      "sello: a receiver with a router that has no handler for its sender (was it moved from?) loses every event";
  const auto rule = [](const sello::signed_facts&) { return std::string{"k"}; };
  CHECK(made(sello::router{}) == refusal);
  CHECK(made(sello::router{}.identify<kuenta::provider>(rule)) == refusal);
  sello::router moved_from = support::idle_router();
  const sello::router target = std::move(moved_from);
  CHECK(made(moved_from) == refusal);  // NOLINT(bugprone-use-after-move): this is what it says
  CHECK(made(target) == "made");
  CHECK(made(sello::router{}.on<akua::merchant_created>([](const auto&) {})) == refusal);  // of another sender alone
  CHECK(made(sello::router{}.otherwise([](const auto&) {})) == "made");
  CHECK(made(sello::router{}.on_prefix<kuenta::provider>("credit", [](const auto&) {})) == "made");
  CHECK(made(sello::router{}.unreadable([](const sello::unreadable_event&) {})) == "made");
}

TEST_CASE("receiver: a router that was moved into an earlier receiver has its handlers still") {
  int calls = 0;
  sello::router router = counting(calls);
  const sello::receiver first{kuenta::verifier{support::secret}, std::move(router)};
  const sello::receiver second{kuenta::verifier{support::secret}, std::move(router)};  // NOLINT
  const support::request<kuenta::verifier> sent{samples::body<kuenta::credit_disbursed>()};
  CHECK(first.receive(sent.headers, sent.body) == ok);
  CHECK(second.receive(sent.headers, sent.body) == ok);
  CHECK(calls == 2);
}

TEST_CASE("receiver: handlers cannot be registered once a receiver has copied the router") {
  sello::router router;
  const auto ignore = [](const auto&) {};
  const auto rule = [](const sello::signed_facts&) { return std::string{"k"}; };
  router.on<kuenta::credit_disbursed>(ignore);
  const sello::receiver receiver{kuenta::verifier{support::secret}, router};
  const auto refused_late = [](auto registration) -> std::string {
    try {
      registration();
      return "registered";
    } catch (const std::logic_error& why) {
      return why.what();
    }
  };
  const auto late = [](std::string_view what) {
    return "sello: a handler for \"" + std::string{what} +
           "\" after the router was given to a receiver, which has a copy; register it before";
  };
  CHECK(refused_late([&] { router.on<kuenta::credit_completed>(ignore); }) == late("credit.completed"));
  CHECK(refused_late([&] { router.on_prefix<kuenta::provider>("credit", ignore); }) == late("credit"));
  CHECK(refused_late([&] { router.otherwise(ignore); }) == late("otherwise"));
  CHECK(refused_late([&] { router.unreadable(ignore); }) == late("unreadable"));
  CHECK(refused_late([&] { router.identify<kuenta::provider>(rule); }) == late("identify"));
  // A copy is a router of its own, and so is one that was assigned anew.
  sello::router copy = router;
  CHECK(refused_late([&] { copy.on<kuenta::credit_completed>(ignore); }) == "registered");
  const sello::router fresh;
  router = fresh;
  CHECK(refused_late([&] { router.on<kuenta::credit_completed>(ignore); }) == "registered");
  // To itself it is no other one, and where it moves, it has been given.
  const sello::receiver second{kuenta::verifier{support::secret}, router};
  router = *&router;
  CHECK(refused_late([&] { router.on_prefix<kuenta::provider>("credit", ignore); }) == late("credit"));
  sello::router moved = std::move(router);
  CHECK(refused_late([&] { moved.on_prefix<kuenta::provider>("credit", ignore); }) == late("credit"));
  router = std::move(moved);
  CHECK(refused_late([&] { router.on_prefix<kuenta::provider>("credit", ignore); }) == late("credit"));
  // The same router may go to any number of receivers.
  const sello::receiver another{kuenta::verifier{support::secret}, copy};
  const sello::receiver third{kuenta::verifier{support::secret}, copy};
}

#if !defined(__SANITIZE_THREAD__)
TEST_CASE("receiver: what is proven is handled, whatever else writes into the caller's buffer") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{50'000}}) {
    const std::string paid = samples::body<kuenta::credit_disbursed>() + std::string(size, ' ');
    const support::request<kuenta::verifier> sent{paid};
    std::size_t handled = 0;
    std::size_t wrong = 0;
    sello::router router;
    router.on<kuenta::credit_disbursed>([&](const auto& event) {
      ++handled;
      wrong += event.body == paid ? 0U : 1U;
    });
    const sello::receiver receiver{kuenta::verifier{support::secret}, router};
    std::string shared = paid;
    volatile char* const digit = &shared[paid.find("app_123") + 4];
    std::atomic<bool> done{false};
    std::thread writer{[&] {
      while (!done) *digit = *digit == '1' ? '9' : '1';
    }};
    for (int i = 0; handled < 100 && (i < 2000 || (handled == 0 && i < 1'000'000)); ++i) {
      static_cast<void>(receiver.receive(sent.headers, shared));
      if (i >= 2000) std::this_thread::yield();  // on a busy machine the writer may have slept all the time
    }
    done = true;
    writer.join();
    CHECK(wrong == 0);
    CHECK(handled > 0);
  }
}
#endif

TEST_CASE("receiver: an intake may be moved at any time, and allocates nothing for it") {
  using intake = sello::receiver<kuenta::verifier>::intake;
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<intake>);
  sello::router router;
  router.otherwise([](const sello::unknown_event&) {});
  std::string observed;
  const sello::receiver receiver{
      kuenta::verifier{support::secret}, router, {.observer = [&](const sello::record& seen) {
        observed.append(seen.type).append(";");
      }}};
  const std::string long_type = "credit.of_a_type_that_is_longer_than_any_small_string";
  const support::request<kuenta::verifier> sent{R"({"event":")" + long_type + R"(","data":{}})"};
  auto first = receiver.begin(sent.headers);
  REQUIRE(first.feed(sent.body));
  const std::size_t before = support::allocations();
  auto second = std::move(first);
  const std::size_t after = support::allocations();
  CHECK(after == before);
  CHECK(second.finish() == ok);
  const auto third = std::move(second);
  CHECK(third.answered() == ok);
  CHECK(observed == long_type + ";");
}

TEST_CASE("receiver: a null observer is none") {
  void (*const nobody)(const sello::record&) = nullptr;
  const sello::receiver receiver{kuenta::verifier{support::secret}, support::idle_router(), {.observer = nobody}};
  CHECK(receiver.receive(lines{}, "{}") == refused(401));
}

TEST_CASE("receiver: a handler that ends its thread ends the process") {
  sello::router router;
  router.on<kuenta::credit_disbursed>([](const auto&) { ::pthread_exit(nullptr); });
  const sello::receiver receiver{kuenta::verifier{support::secret}, router};
  const support::request<kuenta::verifier> sent{samples::body<kuenta::credit_disbursed>()};
  const ::pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::signal(SIGABRT, SIG_DFL);
    ::close(STDERR_FILENO);
    static_cast<void>(receiver.receive(sent.headers, sent.body));
    ::_exit(0);  // never: it answered for a thread that was to end
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}

// --- secrets that change -----------------------------------------------------------------------

namespace {

constexpr std::string_view next_secret = "whsec_plJ3nmyCDGBKInavdOK15jsl+1234567";

lines signed_with(std::string_view secret, const std::string& body) {
  return sello::signer<sello::hex_hmac>{secret}.sign(body);
}

}  // namespace

TEST_CASE("receiver: replace changes the secrets of what comes from now on") {
  int calls = 0;
  endpoint<kuenta::verifier> at_kuenta{counting(calls)};
  const std::string body = samples::body<kuenta::credit_disbursed>();
  const lines by_old = signed_with(support::secret, body);
  const lines by_new = signed_with(next_secret, body);
  const auto copy = at_kuenta.receiver;
  auto incoming = at_kuenta.receiver.begin(by_old);

  at_kuenta.receiver.replace(kuenta::verifier{next_secret});
  CHECK(at_kuenta.receiver.receive(by_old, body) == refused(401));
  CHECK(at_kuenta.receiver.receive(by_new, body) == ok);
  // An intake keeps the verifier that it began with, and a copy of the receiver has its own.
  CHECK(incoming.feed(body));
  CHECK(incoming.finish() == ok);
  CHECK(copy.receive(by_old, body) == ok);
  CHECK(copy.receive(by_new, body) == refused(401));
  CHECK(calls == 3);

  sello::receiver assigned = copy;
  assigned = at_kuenta.receiver;
  CHECK(assigned.receive(by_new, body) == ok);
  // What a receiver was moved into works, and so does what was moved from.
  sello::receiver moved = std::move(assigned);
  CHECK(moved.receive(by_new, body) == ok);
  CHECK(assigned.receive(by_new, body) == ok);  // NOLINT(bugprone-use-after-move): that is what is tested
  CHECK(calls == 6);
}

TEST_CASE("receiver: replace beside running requests") {
  std::atomic<int> handled = 0;
  sello::router router;
  router.on<kuenta::credit_disbursed>([&](const auto&) { ++handled; });
  sello::receiver receiver{kuenta::verifier{support::secret}, router};
  const std::string body = samples::body<kuenta::credit_disbursed>();
  const lines by_old = signed_with(support::secret, body);
  const lines by_new = signed_with(next_secret, body);
  const sello::receiver<kuenta::verifier>& shared = receiver;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        auto incoming = shared.begin(by_old);
        // One of the two is live at each moment, and a piecewise delivery is judged by one verifier from begin to end.
        wrong += !incoming.feed(body);
        const int status = incoming.finish().status;
        wrong += status != 200 && status != 401;
        const int whole = shared.receive(by_new, body).status;
        wrong += whole != 200 && whole != 401;
      }
    });
  }
  for (int round = 0; round < 200; ++round)
    receiver.replace(kuenta::verifier{round % 2 == 0 ? next_secret : support::secret});
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  receiver.replace(kuenta::verifier{{support::secret, next_secret}});
  const int before = handled;
  CHECK(shared.receive(by_old, body) == ok);
  CHECK(shared.receive(by_new, body) == ok);
  CHECK(handled == before + 2);
}

// --- requests that carry no delivery ---------------------------------------------------------

TEST_CASE("receiver: a request that a server refuses makes one record") {
  endpoint<kuenta::verifier> at_kuenta{support::idle_router(), {.request_id_header = "X-Request-Id"}};
  for (const int status : {400, 405, 408, 411, 415, 431}) {
    CAPTURE(status);
    CHECK(at_kuenta.receiver.refuse(status, "Content-Encoding", lines{{"x-request-id", "r-1"}}) == refused(status));
    const kept seen = at_kuenta.last();
    CHECK(seen.provider == "kuenta");
    CHECK(seen.record.error == errc::bad_request);
    CHECK_FALSE(seen.record.outcome);
    CHECK(seen.where == "Content-Encoding");
    CHECK(seen.request_id == "r-1");
    CHECK(seen.record.status == status);
    CHECK(seen.record.body_size == 0);
    CHECK(seen.message == sello::error{errc::bad_request, "Content-Encoding"}.message());
  }
  CHECK(at_kuenta.receiver.refuse(413, "Content-Length") == refused(413));
  const kept large = at_kuenta.last();
  CHECK(large.record.error == errc::body_too_large);
  CHECK(large.where == "Content-Length");
  CHECK(large.request_id.empty());
}

TEST_CASE("receiver: a refusal is never a success") {
  endpoint<kuenta::verifier> at_kuenta{support::idle_router()};
  for (const int status : {0, -1, 200, 204, 302, 399, 600}) {
    CAPTURE(status);
    CHECK(at_kuenta.receiver.refuse(status, "GET") == refused(400));
    CHECK(at_kuenta.last().record.status == 400);
  }
  CHECK(at_kuenta.receiver.refuse(599, "GET") == refused(599));
}

// --- which request it was --------------------------------------------------------------------

TEST_CASE("record: the request's id and the webhook's, from unsigned headers") {
  endpoint<gu1::verifier> at_gu1{support::idle_router(), {.request_id_header = "X-Request-Id"}};
  const support::request<gu1::verifier> sent{samples::body<gu1::entity_created>()};
  lines headers = sent.headers;
  headers.emplace_back("x-request-id", " r-1 ");
  headers.emplace_back("X-WEBHOOK-ID", "wh-7");
  const auto named = [&] {
    const kept seen = at_gu1.last();
    return seen.request_id + ' ' + seen.webhook;
  };
  CHECK(at_gu1.receiver.receive(headers, sent.body) == ok);
  CHECK(named() == "r-1 wh-7");
  CHECK(at_gu1.receiver.receive(headers, "{}") == refused(401));  // refused for its signature
  CHECK(named() == "r-1 wh-7");
  CHECK(at_gu1.receiver.receive(headers, std::string(2'000'000, ' ')) == refused(413));
  CHECK(named() == "r-1 wh-7");
  {
    auto incoming = at_gu1.receiver.begin(headers);
    headers.clear();  // the intake has copied what it needs,
    auto moved = std::move(incoming);
    CHECK(moved.feed(sent.body));
    CHECK(moved.finish() == ok);
    CHECK(named() == "r-1 wh-7");
  }
  headers = {{"X-Request-Id", "r-2"}};
  CHECK(at_gu1.receiver.begin(headers).answered() == refused(401));
  CHECK(named() == "r-2 ");
  headers.emplace_back("Content-Length", "2000000");
  CHECK(at_gu1.receiver.begin(headers).answered() == refused(413));
  CHECK(named() == "r-2 ");
}

TEST_CASE("record: Akua names its webhook as well, Kuenta does not") {
  endpoint<akua::verifier> at_akua{support::idle_router()};
  CHECK(at_akua.receiver.receive(lines{{"X-Webhook-Id", "wbk-1"}}, "{}") == refused(401));
  CHECK(at_akua.last().webhook == "wbk-1");
  endpoint<kuenta::verifier> at_kuenta{support::idle_router()};
  CHECK(at_kuenta.receiver.receive(lines{{"X-Webhook-Id", "wbk-1"}, {"X-Request-Id", "r"}}, "{}") == refused(401));
  const kept seen = at_kuenta.last();
  CHECK(seen.webhook.empty());
  CHECK(seen.request_id.empty());  // unless a header is named for it
}

TEST_CASE("record: what a header says is bounded and printable") {
  endpoint<kuenta::verifier> at_kuenta{support::idle_router(), {.request_id_header = "X-Request-Id"}};
  const auto id = [&](const lines& headers) {
    static_cast<void>(at_kuenta.receiver.receive(headers, "{}"));
    return at_kuenta.last().request_id;
  };
  CHECK(id({{"X-Request-Id", std::string(128, 'a')}}) == std::string(128, 'a'));
  CHECK(id({{"X-Request-Id", std::string(100'000, 'a')}}) == std::string(128, 'a'));
  CHECK(id({{"X-Request-Id", "a\nb\x1b[0m\x7f\xc2\x9b ~"}}) == "a?b?[0m??? ~");
  CHECK(id({{"X-Request-Id", "first"}, {"X-Request-Id", "second"}}) == "first");
  CHECK(id({{"X-Request-Id", ""}}).empty());
}

TEST_CASE("record: headers that throw when they are asked for the request's id change nothing") {
  endpoint<kuenta::verifier> at_kuenta{support::idle_router(), {.request_id_header = "X-Request-Id"}};
  const auto headers = [](std::string_view name) -> std::optional<std::string_view> {
    if (name == "X-Request-Id") throw std::runtime_error{"broken"};
    return std::nullopt;
  };
  CHECK(at_kuenta.receiver.receive(headers, std::string_view{"{}"}) == refused(401));
  CHECK(at_kuenta.last().record.error == errc::missing_header);
}

// --- the limit -------------------------------------------------------------------------------

TEST_CASE("receiver: the limit is a mebibyte unless told otherwise, and inclusive") {
  CHECK(sello::receiver_options{}.body_limit == 1024 * 1024);
  const std::string body = samples::body<kuenta::credit_disbursed>();
  for (const std::size_t limit : {body.size() - 1, body.size(), body.size() + 1}) {
    int calls = 0;
    endpoint<kuenta::verifier> at_kuenta{counting(calls), {.body_limit = limit}};
    CHECK(at_kuenta.receive(body).status == (limit < body.size() ? 413 : 200));
    CHECK(calls == (limit < body.size() ? 0 : 1));
  }
}

TEST_CASE("receiver: says its limit, for servers that have one of their own to set") {
  const sello::receiver told{kuenta::verifier{support::secret}, support::idle_router(), {.body_limit = 10}};
  CHECK(told.body_limit() == 10);
  const sello::receiver untold{kuenta::verifier{support::secret}, support::idle_router()};
  CHECK(untold.body_limit() == 1'048'576);
}

TEST_CASE("receiver: a body over the limit is refused before anything is read or hashed") {
  endpoint<kuenta::verifier> at_kuenta{support::idle_router(), {.body_limit = 10}};
  int lookups = 0;
  const auto headers = [&](std::string_view) -> std::optional<std::string_view> {
    ++lookups;
    return std::nullopt;
  };
  CHECK(at_kuenta.receiver.receive(headers, std::string_view{"01234567890"}) == refused(413));
  CHECK(lookups == 0);
  const kept seen = at_kuenta.last();
  CHECK(seen.record.error == errc::body_too_large);
  CHECK(seen.record.status == 413);
  CHECK(seen.record.body_size == 11);
  CHECK(seen.record.verifying == 0ns);
  CHECK(seen.record.decoding == 0ns);
  CHECK(seen.record.handling == 0ns);
  CHECK(at_kuenta.receiver.receive(headers, std::string_view{"0123456789"}) == refused(401));
  CHECK(lookups > 0);
}

// --- never throws ----------------------------------------------------------------------------

TEST_CASE("receiver: promises not to throw") {
  using receiver = sello::receiver<kuenta::verifier>;
  STATIC_REQUIRE(noexcept(std::declval<const receiver&>().receive(
      std::declval<const lines&>(), std::declval<std::string_view>(), std::declval<time_point>())));
}

TEST_CASE("receiver: an observer that throws changes nothing") {
  int calls = 0;
  int observed = 0;
  const sello::receiver receiver{
      kuenta::verifier{support::secret}, counting(calls), {.observer = [&](const sello::record&) {
        ++observed;
        throw std::runtime_error{"no log"};
      }}};
  const support::request<kuenta::verifier> sent{samples::body<kuenta::credit_disbursed>()};
  CHECK(receiver.receive(sent.headers, sent.body) == ok);
  CHECK(receiver.receive(lines{}, sent.body) == refused(401));
  CHECK(calls == 1);
  CHECK(observed == 2);
}

TEST_CASE("receiver: headers that throw decide nothing") {
  endpoint<kuenta::verifier> at_kuenta{support::idle_router()};
  const auto headers = [](std::string_view) -> std::optional<std::string_view> { throw std::runtime_error{"broken"}; };
  CHECK(at_kuenta.receiver.receive(headers, "{}") == refused(500));
  CHECK(at_kuenta.last().record.error == errc::internal_error);
}

TEST_CASE("receiver: needs no observer") {
  int calls = 0;
  const sello::receiver receiver{kuenta::verifier{support::secret}, counting(calls)};
  const support::request<kuenta::verifier> sent{samples::body<kuenta::credit_disbursed>()};
  CHECK(receiver.receive(sent.headers, sent.body) == ok);
  CHECK(receiver.receive(lines{}, sent.body) == refused(401));
  CHECK(calls == 1);
}

// --- records ---------------------------------------------------------------------------------

TEST_CASE("receiver: each stage has its own duration") {
  using clock = std::chrono::steady_clock;
  // Takes at least one tick of the clock, and says how long.
  const auto take_time = [] {
    const auto begun = clock::now();
    while (clock::now() == begun) {
    }
    return clock::now() - begun;
  };
  clock::duration in_handler{};
  clock::duration in_headers{};
  sello::router router;
  router.on<kuenta::credit_disbursed>([&](const auto&) { in_handler = take_time(); });
  endpoint<kuenta::verifier> at_kuenta{router};
  const support::request<kuenta::verifier> sent{samples::body<kuenta::credit_disbursed>()};
  const auto headers = [&](std::string_view) -> std::optional<std::string_view> {
    in_headers = take_time();
    return sent.headers.at(0).second;
  };
  const auto begun = clock::now();
  CHECK(at_kuenta.receiver.receive(headers, sent.body) == ok);
  const auto whole = clock::now() - begun;
  const sello::record seen = at_kuenta.last().record;
  CHECK(in_handler > 0ns);
  CHECK(seen.handling >= in_handler);
  CHECK(seen.verifying >= in_headers);
  CHECK(seen.decoding >= 0ns);
  CHECK(seen.verifying + seen.decoding + seen.handling <= whole);

  CHECK(at_kuenta.receive("[]") == refused(400));
  CHECK(at_kuenta.last().record.handling == 0ns);
  CHECK(at_kuenta.receiver.receive(lines{}, "{}") == refused(401));
  const sello::record unsigned_ = at_kuenta.last().record;
  CHECK(unsigned_.decoding == 0ns);
  CHECK(unsigned_.handling == 0ns);
}

TEST_CASE("receiver: a record's line is that of its error or its outcome") {
  endpoint<kuenta::verifier> at_kuenta{support::idle_router()};
  CHECK(at_kuenta.receive(samples::body<kuenta::credit_disbursed>()) == ok);
  CHECK(at_kuenta.last().message == "ignored");
  CHECK(at_kuenta.receive("[]") == refused(400));
  CHECK(at_kuenta.last().message == sello::error{errc::wrong_type, ""}.message());
}

TEST_CASE("receiver: records and answers have nothing of payload, signature or secret") {
  const std::string secret = "canary-of-the-secret";
  const std::string payload = "canary-of-the-payload";
  const sello::signer<sello::gu1_hmac> signer{secret};
  sello::router router;
  router.on<gu1::kyc_validation_approved>([](const auto&) {})
      .on<gu1::entity_created>([](const auto&) { throw std::runtime_error{"no disk"}; })
      .otherwise([](const auto&) {});
  endpoint<gu1::verifier> at_gu1{router, {.body_limit = 2000}, gu1::verifier{secret}};

  std::vector<std::string> canaries{"canary"};
  std::vector<sello::response> answers;
  const auto receive = [&](const std::string& body, lines headers) {
    for (const auto& [name, value] : headers) {
      if (name == "X-Webhook-Signature" && !value.empty()) canaries.push_back(value);
    }
    answers.push_back(at_gu1.receiver.receive(headers, body));
  };
  const auto with_payload = [&](std::string_view type, std::string_view rest) {
    return samples::gu1_body(
        type, R"({"id":"v-1","a":")" + payload + R"(","entity":{"name":")" + payload + "\"}" + std::string{rest} + "}");
  };
  const std::string approved = with_payload("kyc.validation_approved", "");
  for (const std::string& body :
       {approved, with_payload("entity.created", ""), with_payload("unheard.of", ""),
        with_payload("kyc.validation_approved", R"(,"entityId":["canary"])"),
        with_payload("kyc.validation_approved", R"(,"x":"canary","x":"canary")"),
        with_payload("kyc.validation_approved", R"(,"x":canary)"),
        with_payload("kyc.validation_approved", R"(,"expiresAt":"canary")"), "canary" + approved, approved + "canary",
        std::string("\"canary\""), "{\"event\":\"canary\"" + std::string(2000, ' ') + "}"}) {
    receive(body, signer.sign(body));
  }
  receive(approved, {});
  receive(approved + " ", signer.sign(approved));
  receive(approved, {{"X-Webhook-Signature", "canary-of-the-signature"}});
  receive(approved, {{"X-Webhook-Signature", "sha256=" + signer.sign(approved)[0].second}});
  receive(approved, {{"X-Webhook-Signature", "canary"}, {"X-Webhook-Signature", "other canary"}});
  receive(approved, {signer.sign(approved)[0], {"X-Webhook-Event", "canary"}});

  REQUIRE(at_gu1.records.size() == answers.size());
  REQUIRE(answers.size() == 17);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    CAPTURE(i);
    const kept& seen = at_gu1.records[i];
    std::string said =
        seen.provider + ' ' + seen.type + ' ' + seen.id + ' ' + seen.where + ' ' + seen.message + ' ' + answers[i].body;
    for (const auto& [name, value] : answers[i].headers) said.append(name).append(value);
    for (const std::string& canary : canaries) CHECK(said.find(canary) == said.npos);
  }
  CHECK(at_gu1.records[0].id == "kyc.validation_approved:v-1");
}

// --- freshness -------------------------------------------------------------------------------

TEST_CASE("receiver: freshness reaches equally far both ways, to the second") {
  int calls = 0;
  endpoint<kuenta::verifier> at_kuenta{counting(calls), {.freshness = 10min}};
  const std::string body = samples::body<kuenta::credit_disbursed>();
  const time_point occurred = at(sample_time);
  const auto receive = [&](time_point now) {
    const auto answer = at_kuenta.receive(body, now);
    const kept seen = at_kuenta.last();
    CHECK(answer == (seen.record.error ? refused(401) : ok));
    return seen.record.error ? std::string{to_string(*seen.record.error)} + " " + seen.where : "fresh";
  };
  CHECK(receive(occurred) == "fresh");
  CHECK(receive(occurred + 10min) == "fresh");
  CHECK(receive(occurred + 10min + 999ms) == "fresh");
  CHECK(receive(occurred - 10min) == "fresh");
  CHECK(calls == 4);
  CHECK(receive(occurred + 10min + 1s) == "timestamp_too_old /timestamp");
  CHECK(receive(occurred - 10min - 1s) == "timestamp_too_new /timestamp");
  CHECK(receive(occurred + 24h * 365) == "timestamp_too_old /timestamp");
  CHECK(receive(time_point{}) == "timestamp_too_new /timestamp");
  CHECK(calls == 4);
}

TEST_CASE("receiver: with freshness, a body without a time is refused") {
  int calls = 0;
  endpoint<kuenta::verifier> strict{counting(calls), {.freshness = 10min}};
  endpoint<kuenta::verifier> lenient{counting(calls)};
  for (const char* body :
       {R"({"event":"credit.disbursed","data":{}})", R"({"event":"credit.disbursed","data":{},"timestamp":null})"}) {
    CHECK(strict.receive(body) == refused(400));
    const kept seen = strict.last();
    CHECK(seen.record.error == errc::missing_field);
    CHECK(seen.where == "/timestamp");
    CHECK(calls == 0);
  }
  CHECK(lenient.receive(R"({"event":"credit.disbursed","data":{}})") == ok);
  CHECK(calls == 1);
}

TEST_CASE("receiver: with freshness, a time that cannot be read is refused at its place") {
  int calls = 0;
  endpoint<kuenta::verifier> strict{counting(calls), {.freshness = 10min}};
  const auto fault = [&](const std::string& time) {
    CHECK(strict.receive(R"({"event":"credit.disbursed","data":{},"timestamp":)" + time + "}").status == 400);
    const kept seen = strict.last();
    return std::string{to_string(seen.record.error.value())} + " " + seen.where;
  };
  CHECK(fault(R"("yesterday")") == "wrong_type /timestamp");
  CHECK(fault("true") == "wrong_type /timestamp");
  CHECK(fault("-5") == "out_of_range /timestamp");
  CHECK(calls == 0);
}

TEST_CASE("receiver: with freshness, what is unreadable is taken only where its time is known and fresh") {
  int calls = 0;
  sello::router router;
  router.unreadable([&](const auto&) { ++calls; });
  endpoint<kuenta::verifier> strict{router, {.freshness = 10min}};
  const auto receive = [&](const std::string& body, time_point now) {
    const int status = strict.receive(body, now).status;
    const kept seen = strict.last();
    return std::to_string(status) + " " + (seen.record.error ? std::string{to_string(*seen.record.error)} : "taken");
  };
  const std::string with_time = R"({"timestamp":"2024-03-20T10:00:00Z","event":5})";
  CHECK(receive(with_time, at(sample_time)) == "200 taken");
  CHECK(receive(with_time, at(sample_time) + 1h) == "401 timestamp_too_old");
  CHECK(receive(R"({"event":5})", at(sample_time)) == "400 wrong_type");
  CHECK(receive("x", at(sample_time)) == "400 malformed_json");
  CHECK(calls == 1);
}

TEST_CASE("receiver: freshness is off unless asked for") {
  int calls = 0;
  CHECK_FALSE(sello::receiver_options{}.freshness);
  endpoint<kuenta::verifier> at_kuenta{counting(calls)};
  CHECK(at_kuenta.receive(samples::body<kuenta::credit_disbursed>(), time_point{}) == ok);
  CHECK(at_kuenta.receive(samples::body<kuenta::credit_disbursed>(), at("2200-01-01T00:00:00Z")) == ok);
  CHECK(calls == 2);
}

TEST_CASE("receiver: freshness of a sender whose headers sign the time is that of the headers") {
  sello::router router;
  int calls = 0;
  router.on<akua::merchant_created>([&](const auto&) { ++calls; });
  endpoint<akua::verifier> at_akua{router, {.freshness = 60s}};
  const time_point sent_at = at("2025-01-15T10:30:00Z");
  const support::request<akua::verifier> sent{samples::body<akua::merchant_created>(), {.id = "m", .sent_at = sent_at}};
  CHECK(at_akua.receiver.receive(sent.headers, sent.body, sent_at + 60s) == ok);
  CHECK(at_akua.receiver.receive(sent.headers, sent.body, sent_at + 61s) == refused(401));
  CHECK(at_akua.receiver.receive(sent.headers, sent.body, sent_at - 61s) == refused(401));
  CHECK(calls == 1);
  CHECK(at_akua.records.at(1).record.error == errc::timestamp_too_old);
  CHECK(at_akua.records.at(2).record.error == errc::timestamp_too_new);
  CHECK(at_akua.records.at(1).where.empty());  // no place in the body: the time is the headers'
}

TEST_CASE("receiver: now is the caller's to say") {
  endpoint<akua::verifier> at_akua{support::idle_router()};
  const time_point sent_at = at("2025-01-15T10:30:00Z");
  const support::request<akua::verifier> sent{samples::body<akua::merchant_created>(), {.id = "m", .sent_at = sent_at}};
  CHECK(at_akua.receiver.receive(sent.headers, sent.body, sent_at + 300s) == ok);
  CHECK(at_akua.receiver.receive(sent.headers, sent.body, sent_at + 301s) == refused(401));
  CHECK(at_akua.receiver.receive(sent.headers, sent.body) == refused(401));
}

// --- sharing ---------------------------------------------------------------------------------

TEST_CASE("receiver: one router for all senders") {
  std::string reached;
  sello::router router;
  router.on<kuenta::payment_completed>([&](const auto&) { reached += "kuenta "; })
      .on<akua::merchant_created>([&](const auto&) { reached += "akua "; })
      .on<gu1::entity_created>([&](const auto&) { reached += "gu1 "; });
  endpoint<kuenta::verifier> at_kuenta{router};
  endpoint<akua::verifier> at_akua{router};
  endpoint<gu1::verifier> at_gu1{router};
  CHECK(at_kuenta.receive(samples::body<kuenta::payment_completed>()) == ok);
  CHECK(at_akua.receive(samples::body<akua::merchant_created>()) == ok);
  CHECK(at_gu1.receive(samples::body<gu1::entity_created>()) == ok);
  CHECK(reached == "kuenta akua gu1 ");
  CHECK(at_kuenta.last().provider == "kuenta");
  CHECK(at_akua.last().provider == "akua");
  CHECK(at_gu1.last().provider == "gu1");
}

TEST_CASE("receiver: one const receiver for all threads") {
  std::atomic<int> calls = 0;
  std::atomic<int> observed = 0;
  std::atomic<int> wrong = 0;
  sello::router router;
  router.on<kuenta::credit_disbursed>([&](const auto&) { ++calls; });
  const sello::receiver receiver{
      kuenta::verifier{support::secret}, router, {.observer = [&](const auto&) { ++observed; }}};
  const support::request<kuenta::verifier> sent{samples::body<kuenta::credit_disbursed>()};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100; ++round) {
        wrong += receiver.receive(sent.headers, sent.body) != ok;
        wrong += receiver.receive(lines{}, sent.body) != refused(401);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(calls == 800);
  CHECK(observed == 1600);
}

TEST_CASE("receiver: headers of any container") {
  int calls = 0;
  endpoint<kuenta::verifier> at_kuenta{counting(calls)};
  const support::request<kuenta::verifier> sent{samples::body<kuenta::credit_disbursed>()};
  const std::string& signature = sent.headers.at(0).second;
  CHECK(at_kuenta.receiver.receive(std::multimap<std::string, std::string>{{"x-webhook-signature", signature}},
                                   sent.body) == ok);
  CHECK(at_kuenta.receiver.receive([&](std::string_view) { return std::optional<std::string_view>{signature}; },
                                   sent.body) == ok);
  CHECK(calls == 2);
}

// --- what a stranger can cost ----------------------------------------------------------------

TEST_CASE("receiver: to refuse a stranger allocates nothing") {
  std::size_t observed = 0;
  const sello::receiver receiver{akua::verifier{support::secret},
                                 support::idle_router(),
                                 {.body_limit = 1000, .observer = [&](const sello::record&) { ++observed; }}};
  const support::request<akua::verifier> sent{samples::body<akua::merchant_created>()};
  const lines none;
  const lines forged = [&] {
    lines headers = sent.headers;
    headers[2].second = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v2,x v1,short";
    return headers;
  }();
  const std::string large(1001, ' ');
  const auto now = std::chrono::system_clock::now();
  static_cast<void>(receiver.receive(forged, sent.body, now));  // whatever is made once

  const std::size_t before = support::allocations();
  int sum = 0;
  for (int i = 0; i < 3; ++i) {
    sum += receiver.receive(none, sent.body, now).status;
    sum += receiver.receive(forged, sent.body, now).status;
    sum += receiver.receive(sent.headers, sent.body, now + 1h).status;
    sum += receiver.receive(sent.headers, large, now).status;
    sum += receiver.begin(none, now).answered()->status;
    sum += receiver.begin(sent.headers, now + 1h).answered()->status;
  }
  const std::size_t after = support::allocations();
  CHECK(after - before == 0);
  CHECK(sum == 3 * (5 * 401 + 413));
  CHECK(observed == 19);
  {
    const std::string long_enough_to_count(1000, 'x');
  }
  CHECK(support::allocations() > after);
}

// --- a body that comes in pieces -------------------------------------------------------------

TEST_CASE("receiver: the key of an event is not copied for the record") {
  const std::string long_key(1000, 'k');
  const auto allocated_with = [&](std::string_view key) {
    sello::router router = support::idle_router();
    router.otherwise([](const sello::unknown_event&) {});
    router.identify<kuenta::provider>([key](const sello::signed_facts&) { return std::string{key}; });
    const sello::receiver receiver{kuenta::verifier{support::secret}, router};
    const support::request<kuenta::verifier> sent{R"({"event":"credit.new","data":{}})"};
    static_cast<void>(receiver.receive(sent.headers, sent.body));
    const std::size_t before = support::allocations();
    static_cast<void>(receiver.receive(sent.headers, sent.body));
    return support::allocations() - before;
  };
  CHECK(allocated_with(long_key) == allocated_with("short") + 1);
}

TEST_CASE("intake: the answer is that of receive, however the body is cut") {
  int calls = 0;
  endpoint<kuenta::verifier> at_kuenta{counting(calls)};
  const std::string good = samples::body<kuenta::credit_disbursed>();
  for (const std::string& body : {good, std::string{"{}"}, std::string{}, good + "x"}) {
    const support::request<kuenta::verifier> sent{body};
    const auto whole = at_kuenta.receiver.receive(sent.headers, body);
    const kept expected = at_kuenta.last();
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{64}, body.size() + 1}) {
      auto incoming = at_kuenta.receiver.begin(sent.headers);
      CHECK_FALSE(incoming.answered());
      for (std::size_t i = 0; i < body.size(); i += size)
        REQUIRE(incoming.feed(std::string_view{body}.substr(i, size)));
      CHECK(at_kuenta.records.empty());
      CHECK(incoming.finish() == whole);
      CHECK(incoming.answered() == whole);
      const kept seen = at_kuenta.last();
      CHECK(seen.type == expected.type);
      CHECK(seen.id == expected.id);
      CHECK(seen.where == expected.where);
      CHECK(seen.record.error == expected.record.error);
      CHECK(seen.record.outcome == expected.record.outcome);
      CHECK(seen.record.status == expected.record.status);
      CHECK(seen.record.body_size == body.size());
    }
  }
  CHECK(calls == 5);
}

TEST_CASE("intake: finishing again gives the same answer, and handles nothing twice") {
  int calls = 0;
  endpoint<kuenta::verifier> at_kuenta{counting(calls)};
  const support::request<kuenta::verifier> sent{samples::body<kuenta::credit_disbursed>()};
  auto incoming = at_kuenta.receiver.begin(sent.headers);
  CHECK(incoming.feed(sent.body));
  CHECK(incoming.finish() == ok);
  CHECK(incoming.finish() == ok);
  CHECK_FALSE(incoming.feed("more"));
  CHECK(calls == 1);
  CHECK(at_kuenta.last().record.outcome == outcome::handled);
}

TEST_CASE("intake: refuses on the headers alone") {
  endpoint<akua::verifier> at_akua{support::idle_router(), {.body_limit = 500}};
  const support::request<akua::verifier> sent{samples::body<akua::merchant_created>()};
  const auto now = std::chrono::system_clock::now();
  const auto begin = [&](const lines& headers, time_point time) {
    auto incoming = at_akua.receiver.begin(headers, time);
    REQUIRE(incoming.answered());
    CHECK_FALSE(incoming.feed(sent.body));
    CHECK(incoming.finish() == *incoming.answered());
    const kept seen = at_akua.last();
    CHECK(seen.record.body_size == 0);
    CHECK(incoming.answered()->status == seen.record.status);
    return seen.record.error.value();
  };
  const auto with_length = [&](const std::string& length) {
    lines headers = sent.headers;
    headers.emplace_back("content-length", length);
    return headers;
  };
  CHECK(begin({}, now) == errc::missing_header);
  CHECK(begin(sent.headers, now + 1h) == errc::timestamp_too_old);
  CHECK(begin(sent.headers, now - 1h) == errc::timestamp_too_new);
  CHECK(begin(with_length("501"), now) == errc::body_too_large);
  CHECK(begin(with_length("99999999999999999999999"), now) == errc::body_too_large);
  for (const char* length : {"500", "0", "", "many", "-1"}) {
    CAPTURE(length);
    CHECK_FALSE(at_akua.receiver.begin(with_length(length), now).answered());
  }
}

TEST_CASE("intake: stops at the limit") {
  endpoint<kuenta::verifier> at_kuenta{support::idle_router(), {.body_limit = 10}};
  const support::request<kuenta::verifier> sent{"0123456789"};
  auto incoming = at_kuenta.receiver.begin(sent.headers);
  CHECK(incoming.feed("01234"));
  CHECK(incoming.feed("56789"));
  CHECK_FALSE(incoming.answered());
  CHECK_FALSE(incoming.feed("0"));
  CHECK(incoming.answered() == refused(413));
  CHECK(incoming.finish() == refused(413));
  const kept seen = at_kuenta.last();
  CHECK(seen.record.error == errc::body_too_large);
  CHECK(seen.record.body_size == 11);
}

TEST_CASE("intake: headers that throw decide nothing") {
  endpoint<kuenta::verifier> at_kuenta{support::idle_router()};
  const auto headers = [](std::string_view) -> std::optional<std::string_view> { throw std::runtime_error{"broken"}; };
  CHECK(at_kuenta.receiver.begin(headers).answered() == refused(500));
  CHECK(at_kuenta.last().record.error == errc::internal_error);
}
