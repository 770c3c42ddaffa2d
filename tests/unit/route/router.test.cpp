// SPDX-License-Identifier: MIT
#include <sello/route/router.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sello/akua.hpp>
#include <sello/gu1.hpp>
#include <sello/kuenta.hpp>

#include "catch.hpp"
#include "support/allocations.hpp"
#include "support/fault.hpp"
#include "support/samples.hpp"
#include "support/sender.hpp"

namespace {

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;
using sello::outcome;
using support::dispatch;

// A scheme and a provider of a user: all that it takes.

/// The MAC in `X-Shop: sig=<hex>`.
struct shop_scheme {
  sello::result<sello::claim, sello::refusal> read(const sello::header_view& headers) const {
    const auto value = headers.one("X-Shop");
    if (!value) return value.error();
    return sello::claim::from_hex(value->starts_with("sig=") ? value->substr(4) : "-", "X-Shop");
  }
  static sello::result<sello::secret> key(std::string_view text) { return sello::secret{text}; }
  static std::string signed_prefix(const sello::message&) { return {}; }
  static sello::header_list write(const sello::message&, const sello::mac& code) {
    return {{"X-Shop", "sig=" + sello::to_hex(code)}};
  }
};

struct shop_catalog;

/// The whole body is the data, and the data tells the key.
struct shop {
  static constexpr std::string_view name = "shop";
  static constexpr sello::envelope_keys keys{.type = "type"};
  using catalog = shop_catalog;
  static std::string idempotency_key(const sello::signed_facts& facts, const auto&) {
    return facts.json()["id"].get<std::string>();
  }
};

/// Says of itself what Akua says: the same type texts, and more.
struct payment_capture_cleared : sello::named<"payment.capture.cleared"> {
  using provider = shop;
  std::string id;
  int cents = 0;
  static constexpr std::array fields{sello::field<&payment_capture_cleared::id>("id"),
                                     sello::field<&payment_capture_cleared::cents>("cents")};
};
struct shop_catalog : sello::catalog_of<payment_capture_cleared> {};
using shop_verifier = sello::verifier<shop_scheme, shop>;

/// Signs a time, and says another one in the body.
struct clock {
  static constexpr std::string_view name = "clock";
  static constexpr sello::envelope_keys keys{.type = "type", .timestamp = "at"};
  using catalog = shop_catalog;
  static std::string idempotency_key(const sello::signed_facts& facts, const auto&) {
    return std::string{facts.message_id};
  }
};
using clock_verifier = sello::verifier<sello::svix_v1, clock>;

/// A second struct for a type text that has one.
struct also_cleared : akua::payment, sello::named<"payment.capture.cleared"> {
  using provider = akua::provider;
};

/// Functions of names that sello has for itself, which any argument of this namespace finds.
namespace greedy {
struct payment : sello::named<"payment.capture.cleared"> {
  using provider = shop;
  std::string id;
  static constexpr std::array fields{sello::field<&payment::id>("id")};
};
struct handler {
  std::string* told;
  void operator()(const sello::event<payment>& event) const { *told = event.data.id; }
};
void answer_of(const auto&...) = delete;
void call(const auto&...) = delete;
void call_within(const auto&...) = delete;
void common_parts(const auto&...) = delete;
void handle(const auto&...) = delete;
void key_of(const auto&...) = delete;
void slot_of(const auto&...) = delete;
void slot_of(auto&) = delete;
void common_parts(auto&) = delete;
}  // namespace greedy

/// Writes down who was called.
struct notebook {
  std::string said;
  auto note(std::string_view name) {
    return [this, name](const auto&) { said.append(said.empty() ? "" : " ").append(name); };
  }
  std::string take() { return std::exchange(said, {}); }
};

std::string payment(std::string_view type) { return samples::akua_body(type, samples::akua_payment); }

/// Who handles an event of Akua.
std::string handler_of(const sello::router& router, notebook& book, std::string_view type) {
  const auto done = dispatch<akua::verifier>(router, payment(type));
  if (!done) return support::line(done.error());
  return *done == outcome::ignored ? "ignored" : book.take();
}

template <class Register>
std::string refused(Register registration) {
  try {
    registration();
    return "accepted";
  } catch (const std::logic_error& why) {
    return why.what();
  }
}

}  // namespace

// --- who handles what ------------------------------------------------------------------------

TEST_CASE("router: an exact handler beats the longest prefix, which beats otherwise") {
  notebook book;
  sello::router router;
  router.otherwise(book.note("otherwise"))
      .on_prefix<akua::provider>("payment", book.note("payment"))
      .on_prefix<akua::provider>("payment.capture.automatic", book.note("automatic"))
      .on_prefix<akua::provider>("payment.capture.", book.note("capture"))
      .on<akua::payment_capture_cleared>(book.note("exact"));
  const auto handler = [&](std::string_view type) { return handler_of(router, book, type); };
  CHECK(handler("payment.capture.cleared") == "exact");
  CHECK(handler("payment.capture.manual.processed") == "capture");
  CHECK(handler("payment.capture.automatic.processed") == "automatic");
  CHECK(handler("payment.capture.automatic") == "automatic");
  CHECK(handler("payment.capture") == "capture");
  CHECK(handler("payment.refund.cleared") == "payment");
  CHECK(handler("payment") == "payment");
  CHECK(handler("merchant.created") == "otherwise");
}

TEST_CASE("router: a prefix ends where a segment ends") {
  notebook book;
  sello::router router;
  router.on_prefix<akua::provider>("payment.capture", book.note("capture"));
  const auto handler = [&](std::string_view type) { return handler_of(router, book, type); };
  CHECK(handler("payment.capture.cleared") == "capture");
  CHECK(handler("payment.capture") == "capture");
  CHECK(handler("payment.captured") == "ignored");
  CHECK(handler("payment.capture-cleared") == "ignored");
  CHECK(handler("payment.captur") == "ignored");
  CHECK(handler("payment") == "ignored");
  CHECK(handler("Payment.capture.cleared") == "ignored");
  CHECK(handler("x.payment.capture.cleared") == "ignored");
  CHECK(handler("") == "ignored");
  CHECK(handler(".") == "ignored");
}

TEST_CASE("router: a type that the provider adds later reaches the prefix above it") {
  notebook book;
  sello::router router;
  router.on_prefix<akua::provider>("payment.capture.", book.note("capture"));
  CHECK(handler_of(router, book, "payment.capture.disputed") == "capture");
  CHECK(handler_of(router, book, "payment.capture.instant.processed.twice") == "capture");
  CHECK(handler_of(router, book, "payment.capture..x") == "capture");
}

TEST_CASE("router: a prefix must stand above an event that is known") {
  notebook book;
  const auto prefix = [&](std::string_view text) {
    return refused([&] { sello::router{}.on_prefix<akua::provider>(text, book.note("-")); });
  };
  for (const char* text :
       {"payment", "payment.", "payment.capture", "payment.capture.", "payment.capture.manual",
        "payment.account-status", "payment.capture.cleared", "payment.capture.cleared.", "merchant"}) {
    CAPTURE(text);
    CHECK(prefix(text) == "accepted");
  }
  CHECK(prefix("payment.cap") == "sello: no event of akua is below the prefix \"payment.cap\"");
  for (const char* text : {"", ".", "paymen", "payments", "payment.capture..", ".payment", "Payment", "kyc", "credit",
                           "payment.capture.cleared.x"}) {
    CAPTURE(text);
    CHECK(prefix(text).starts_with("sello: no event of akua is below the prefix"));
  }
}

TEST_CASE("router: an event without a handler is ignored") {
  CHECK(dispatch<akua::verifier>(sello::router{}, payment("payment.capture.cleared")).value() == outcome::ignored);
  CHECK(dispatch<akua::verifier>(sello::router{}, payment("never.heard.of")).value() == outcome::ignored);
  CHECK(dispatch<gu1::verifier>(sello::router{}, samples::gu1_body("webhook.test", "null")).value() ==
        outcome::ignored);
  CHECK(dispatch<kuenta::verifier>(sello::router{}, R"({"event":"x"})").value() == outcome::ignored);
  // Ignored or not, it must be what the sender documents.
  CHECK(support::fault(dispatch<akua::verifier>(sello::router{}, R"({"type":"x","y":{"k":1,"k":2}})")) ==
        "duplicate_key /y/k");
}

TEST_CASE("router: made and filled in one expression it is given on by value") {
  const auto ignore = [](const auto&) {};
  const auto rule = [](const sello::signed_facts&) { return std::string{"k"}; };
  auto made = sello::router{}
                  .on<kuenta::credit_disbursed>(ignore)
                  .on_prefix<kuenta::provider>("credit", ignore)
                  .otherwise(ignore)
                  .unreadable([](const sello::unreadable_event&) {})
                  .identify<kuenta::provider>(rule);
  STATIC_REQUIRE(std::same_as<decltype(made), sello::router>);
  STATIC_REQUIRE(std::same_as<decltype(sello::router{}.otherwise(ignore)), sello::router>);
  STATIC_REQUIRE(std::same_as<decltype(made.otherwise(ignore)), sello::router&>);
  CHECK_THROWS_AS((made.on<kuenta::credit_disbursed>(ignore)), std::logic_error);
  CHECK_THROWS_AS((made.on_prefix<kuenta::provider>("credit", ignore)), std::logic_error);
  CHECK_THROWS_AS(made.otherwise(ignore), std::logic_error);
  CHECK_THROWS_AS(made.unreadable([](const sello::unreadable_event&) {}), std::logic_error);
  CHECK_THROWS_AS((made.identify<kuenta::provider>(rule)), std::logic_error);
}

namespace {

/// nlohmann's tokeniser, and how often it was asked.
struct counted_tokens {
  static inline int asked = 0;

  template <class Json>
  [[nodiscard]] static sello::detail::read_end read(std::string_view text, sello::detail::token_sink& sink) {
    ++asked;
    return sello::detail::read_tokens<Json>(text, sink);
  }
};

}  // namespace

TEST_CASE("router: reads with the tokeniser that it was given, and its copies do") {
  notebook book;
  sello::router router;
  router.read_with(counted_tokens{}).on<kuenta::credit_disbursed>(book.note("disbursed"));
  const sello::router copy = router;
  counted_tokens::asked = 0;
  CHECK(dispatch<kuenta::verifier>(copy, samples::body<kuenta::credit_disbursed>()).value() == sello::outcome::handled);
  CHECK(counted_tokens::asked == 1);
}

TEST_CASE("router: the same type text of two providers are two events") {
  notebook book;
  sello::router router;
  router.on<payment_capture_cleared>(book.note("shop")).on<akua::payment_capture_cleared>(book.note("akua"));
  const std::string shop_body = R"({"type":"payment.capture.cleared","id":"s-1","cents":5})";
  CHECK(dispatch<shop_verifier>(router, shop_body).value() == outcome::handled);
  CHECK(book.take() == "shop");
  CHECK(dispatch<akua::verifier>(router, payment("payment.capture.cleared")).value() == outcome::handled);
  CHECK(book.take() == "akua");

  sello::router only_akua;
  only_akua.on<akua::payment_capture_cleared>(book.note("akua"))
      .on_prefix<akua::provider>("payment", book.note("prefix"));
  CHECK(dispatch<shop_verifier>(only_akua, shop_body).value() == outcome::ignored);
  CHECK(book.take().empty());
  // Kuenta has payment.* as well.
  CHECK(dispatch<kuenta::verifier>(only_akua, samples::body<kuenta::payment_completed>()).value() == outcome::ignored);
  CHECK(book.take().empty());
}

// --- registration ----------------------------------------------------------------------------

TEST_CASE("router: a second handler is refused when it is registered") {
  notebook book;
  sello::router router;
  router.on<akua::payment_capture_cleared>(book.note("first"))
      .on_prefix<akua::provider>("payment.capture", book.note("capture"))
      .otherwise(book.note("otherwise"));
  CHECK(refused([&] { router.on<akua::payment_capture_cleared>(book.note("second")); }) ==
        "sello: a second handler for \"payment.capture.cleared\"");
  CHECK(refused([&] { router.on<also_cleared>(book.note("second")); }) ==
        "sello: a second handler for \"payment.capture.cleared\"");
  CHECK(refused([&] { router.on_prefix<akua::provider>("payment.capture", book.note("second")); }) ==
        "sello: a second handler for \"payment.capture\"");
  CHECK(refused([&] { router.on_prefix<akua::provider>("payment.capture.", book.note("second")); }) ==
        "sello: a second handler for \"payment.capture\"");
  CHECK(refused([&] { router.otherwise(book.note("second")); }) == "sello: a second handler for everything else");

  // What was there goes on.
  CHECK(handler_of(router, book, "payment.capture.cleared") == "first");
  CHECK(handler_of(router, book, "payment.capture.x") == "capture");
  CHECK(handler_of(router, book, "x") == "otherwise");
}

TEST_CASE("router: neighbours of a registration are no duplicates") {
  notebook book;
  sello::router router;
  CHECK(refused([&] {
          router.on<akua::payment_capture_cleared>(book.note("a"))
              .on<payment_capture_cleared>(book.note("b"))
              .on<akua::payment_refund_cleared>(book.note("c"))
              .on_prefix<akua::provider>("payment.capture.cleared", book.note("d"))
              .on_prefix<akua::provider>("payment", book.note("e"))
              .on_prefix<kuenta::provider>("payment", book.note("f"));
        }) == "accepted");
}

TEST_CASE("router: who can be a handler") {
  using event = sello::event<akua::payment_capture_cleared>;
  const auto returns_nothing = [](const event&) {};
  const auto returns_result = [](const event&) -> sello::result<void> { return {}; };
  const auto generic = [](const auto&) {};
  const auto by_value = [](event) {};
  const auto returns_bool = [](const event&) { return true; };
  const auto returns_outcome = [](const event&) -> sello::result<outcome> { return outcome::handled; };
  const auto wants_other = [](const sello::event<akua::payment_refund_cleared>&) {};
  const auto wants_mutable = [](event&) {};
  struct is_mutable {
    void operator()(const event&) {}
  };
  STATIC_REQUIRE(sello::handler_of<decltype(returns_nothing), event>);
  STATIC_REQUIRE(sello::handler_of<decltype(returns_result), event>);
  STATIC_REQUIRE(sello::handler_of<decltype(generic), event>);
  STATIC_REQUIRE(sello::handler_of<decltype(by_value), event>);
  STATIC_REQUIRE_FALSE(sello::handler_of<decltype(returns_bool), event>);
  STATIC_REQUIRE_FALSE(sello::handler_of<decltype(returns_outcome), event>);
  STATIC_REQUIRE_FALSE(sello::handler_of<decltype(wants_other), event>);
  STATIC_REQUIRE_FALSE(sello::handler_of<decltype(wants_mutable), event>);
  STATIC_REQUIRE_FALSE(sello::handler_of<is_mutable, event>);
}

TEST_CASE("router: a copy shares the handlers that were registered before") {
  const auto calls = std::make_shared<int>(0);
  notebook book;
  sello::router first;
  first.on<akua::payment_capture_cleared>([calls](const auto&) { ++*calls; });
  CHECK(calls.use_count() == 2);
  sello::router second = first;
  CHECK(calls.use_count() == 2);
  CHECK(dispatch<akua::verifier>(first, payment("payment.capture.cleared")));
  CHECK(dispatch<akua::verifier>(second, payment("payment.capture.cleared")));
  CHECK(*calls == 2);

  second.on<akua::payment_refund_cleared>(book.note("later"));
  CHECK(handler_of(second, book, "payment.refund.cleared") == "later");
  CHECK(handler_of(first, book, "payment.refund.cleared") == "ignored");
}

// --- what a handler gets, and gives ----------------------------------------------------------

TEST_CASE("router: a typed event has its data, type, key, envelope and JSON") {
  int calls = 0;
  const std::string body = samples::body<gu1::kyc_validation_approved>();
  sello::router router;
  router.on<gu1::kyc_validation_approved>([&](const sello::event<gu1::kyc_validation_approved>& event) {
    ++calls;
    CHECK(event.data.validation_id == "550e8400-e29b-41d4-a716-446655440000");
    CHECK(event.type == "kyc.validation_approved");
    CHECK(event.idempotency_key == "kyc.validation_approved:550e8400-e29b-41d4-a716-446655440000");
    CHECK(event.envelope.timestamp == sello::parse_rfc3339("2025-01-15T10:30:00Z"));
    CHECK(event.envelope.organization_id == "org-1");
    CHECK(event.body == body);
    CHECK(event.json() == nlohmann::json::parse(body));
  });
  CHECK(dispatch<gu1::verifier>(router, body).value() == outcome::handled);
  CHECK(calls == 1);
}

TEST_CASE("router: an unknown event has all but the data") {
  int calls = 0;
  const std::string body = samples::gu1_body("kyc.validation_renamed", samples::gu1_validation);
  sello::router router;
  router.otherwise([&](const sello::unknown_event& event) {
    ++calls;
    CHECK(event.provider == "gu1");
    CHECK(event.type == "kyc.validation_renamed");
    CHECK(event.idempotency_key == "kyc.validation_renamed:550e8400-e29b-41d4-a716-446655440000");
    CHECK(event.envelope.timestamp == sello::parse_rfc3339("2025-01-15T10:30:00Z"));
    CHECK(event.envelope.organization_id == "org-1");
    CHECK(event.body == body);
    CHECK(event.json()["payload"]["entityId"] == "ent-1");
  });
  CHECK(dispatch<gu1::verifier>(router, body).value() == outcome::handled);
  CHECK(calls == 1);
}

TEST_CASE("router: a prefix hears of events that have a struct, but undecoded") {
  int calls = 0;
  sello::router router;
  router.on_prefix<akua::provider>("payment", [&](const sello::unknown_event& event) {
    ++calls;
    CHECK(event.provider == "akua");
    CHECK(event.type == "payment.capture.cleared");
  });
  CHECK(dispatch<akua::verifier>(router, R"({"type":"payment.capture.cleared","data":{"payment_id":5}})").value() ==
        outcome::handled);
  CHECK(calls == 1);
}

TEST_CASE("router: where the envelope has no time, it is the signed one of the headers") {
  std::optional<sello::timestamp> time;
  sello::router router;
  router.on<akua::merchant_created>([&](const auto& event) { time = event.envelope.timestamp; });
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  CHECK(dispatch<akua::verifier>(router, samples::body<akua::merchant_created>(), {.id = "m", .sent_at = now}));
  CHECK(time == now);
}

TEST_CASE("router: where the envelope has a time of its own, it is that, and not the headers'") {
  std::optional<sello::timestamp> time;
  sello::router router;
  router.otherwise([&](const auto& event) { time = event.envelope.timestamp; });
  CHECK(dispatch<clock_verifier>(router, R"({"type":"tick","at":"2024-03-20T10:00:00Z"})"));
  CHECK(time == sello::parse_rfc3339("2024-03-20T10:00:00Z"));
  CHECK(dispatch<clock_verifier>(router, R"({"type":"tick"})"));
  CHECK_FALSE(time);
}

TEST_CASE("router: what becomes of what a handler returns or throws") {
  const auto after = [](auto handler) {
    sello::router router;
    router.on<akua::payment_capture_cleared>(handler);
    const auto done = dispatch<akua::verifier>(router, payment("payment.capture.cleared"));
    sello::router fallback;
    fallback.otherwise(handler);
    const auto fallen = dispatch<akua::verifier>(fallback, payment("payment.capture.cleared"));
    CHECK(support::fault(done) == support::fault(fallen));
    if (done) CHECK(*done == outcome::handled);
    return support::fault(done);
  };
  CHECK(after([](const auto&) {}) == "none");
  CHECK(after([](const auto&) -> sello::result<void> { return {}; }) == "none");
  CHECK(after([](const auto&) -> sello::result<void> { return sello::error{sello::errc::handler_failed, "no"}; }) ==
        "handler_failed no");
  CHECK(after([](const auto&) { return sello::retry("busy"); }) == "handler_failed busy");
  CHECK(after([](const auto&) { return sello::permanent("closed"); }) == "permanent_failure closed");
  CHECK(after([](const auto&) -> sello::result<void> {
          return sello::error{sello::errc::signature_mismatch, ""};
        }).starts_with("handler_failed "));
  CHECK(after([](const auto&) -> sello::result<void> { return sello::error{sello::errc::store_unavailable, "db"}; }) ==
        "store_unavailable db");
  CHECK(after([](const auto&) { throw std::runtime_error{"disk full"}; }) == "handler_failed disk full");
  CHECK(after([](const auto&) -> sello::result<void> { throw std::bad_alloc{}; }).starts_with("handler_failed "));
  CHECK(after([](const auto&) { throw 7; }) == "handler_failed it threw something that is no std::exception");
}

TEST_CASE("router: a handler does not run for what cannot be read") {
  int calls = 0;
  sello::router router;
  router.on<akua::payment_capture_cleared>([&](const auto&) { ++calls; }).otherwise([&](const auto&) { ++calls; });
  const auto fault = [&](std::string body) {
    return support::fault(dispatch<akua::verifier>(router, std::move(body)));
  };
  const std::string front = R"({"type":"payment.capture.cleared",)";
  CHECK(fault("") == "malformed_json");
  CHECK(fault(R"({"type":null})") == "missing_field /type");
  CHECK(fault(R"({"type":5})") == "wrong_type /type");
  CHECK(fault("[]") == "wrong_type");
  CHECK(fault(R"({"type":"payment.capture.cleared"})") == "missing_field /data");
  CHECK(fault(front + R"("data":null})") == "missing_field /data");
  CHECK(fault(front + R"("data":"p"})") == "wrong_type /data");
  CHECK(fault(front + R"("data":[]})") == "wrong_type /data");
  CHECK(fault(front + R"("data":{}})") == "missing_field /data/payment_id");
  CHECK(fault(front + R"("data":{"payment_id":null}})") == "missing_field /data/payment_id");
  CHECK(fault(front + R"("data":{"payment_id":5}})") == "wrong_type /data/payment_id");
  CHECK(fault(front + R"("data":{"payment_id":"p","payment_id":"q"}})") == "duplicate_key /data/payment_id");
  CHECK(fault(front + R"("data":{"payment_id":"p"},"type":"payment.capture.cleared"})") == "duplicate_key /type");
  CHECK(fault(front + R"("data":{"payment_id":"p"}}x)") == "malformed_json");
  CHECK(fault(front + R"("x":1e999,"data":{"payment_id":"p"}})") == "out_of_range /x");
  CHECK(fault(front + R"("data":{"payment_id":"p","more":)" + std::string(63, '[') + std::string(63, ']') + "}}")
            .starts_with("too_deep /data/more/0"));
  CHECK(fault(R"({"type":"unheard.of","x":{"k":1,"k":2}})") == "duplicate_key /x/k");
  CHECK(fault(R"({"type":"instrument.created","type":"payment.capture.cleared","data":{"instrument_id":"a"}})") ==
        "duplicate_key /type");
  CHECK(fault(front + R"("data":{},"x":{"k":1,"k":2}})") == "duplicate_key /x/k");
  CHECK(calls == 0);
  CHECK(fault(front + R"("data":{"payment_id":"p"}})") == "none");
  CHECK(calls == 1);
}

TEST_CASE("router: the type may stand behind the data") {
  std::string id;
  sello::router router;
  router.on<akua::payment_capture_cleared>([&](const auto& event) { id = event.data.payment_id; });
  CHECK(dispatch<akua::verifier>(router, R"({"data":{"payment_id":"p-1"},"type":"payment.capture.cleared"})").value() ==
        outcome::handled);
  CHECK(id == "p-1");
  CHECK(support::fault(dispatch<akua::verifier>(
            router, R"({"data":{"payment_id":7},"type":"payment.capture.cleared"})")) == "wrong_type /data/payment_id");
}

TEST_CASE("router: functions beside an event, with names of sello's own, are not called") {
  std::string told;
  sello::router router;
  router.on<greedy::payment>(greedy::handler{&told});
  CHECK(dispatch<shop_verifier>(router, R"({"type":"payment.capture.cleared","id":"s-1"})").value() ==
        outcome::handled);
  CHECK(told == "s-1");
}

TEST_CASE("router: a body without any type is an unknown event with an empty type") {
  notebook book;
  sello::router router;
  router.on<akua::payment_capture_cleared>(book.note("exact"))
      .on_prefix<akua::provider>("payment", book.note("prefix"));
  for (const char* body :
       {"{}", R"({"ping":true})", R"({"data":{"payment_id":"p"}})", R"({"Type":"payment.capture.cleared"})"}) {
    CAPTURE(body);
    CHECK(dispatch<akua::verifier>(router, body).value() == outcome::ignored);
    std::string seen = "nothing";
    sello::router with_rest = router;
    with_rest.otherwise([&](const sello::unknown_event& event) {
      seen = event.provider;
      CHECK(event.type.empty());
      CHECK(event.idempotency_key == "msg_1");
      CHECK(event.body == body);
      CHECK(event.misfits.empty());
    });
    CHECK(dispatch<akua::verifier>(with_rest, body).value() == outcome::handled);
    CHECK(seen == "akua");
  }
  CHECK(book.take().empty());
}

TEST_CASE("router: a provider whose whole body is the data") {
  std::string key;
  int cents = 0;
  sello::router router;
  router.on<payment_capture_cleared>([&](const auto& event) {
    key = event.idempotency_key;
    cents = event.data.cents;
  });
  CHECK(dispatch<shop_verifier>(router, R"({"id":"s-1","cents":500,"type":"payment.capture.cleared"})").value() ==
        outcome::handled);
  CHECK(key == "s-1");
  CHECK(cents == 500);
  CHECK(support::fault(dispatch<shop_verifier>(
            router, R"({"type":"payment.capture.cleared","id":"s-1","cents":"5"})")) == "wrong_type /cents");
}

// --- misfits ---------------------------------------------------------------------------------

namespace {

std::string all(const std::vector<sello::error>& misfits) {
  std::string text;
  for (const auto& misfit : misfits) text.append(text.empty() ? "" : ", ").append(support::line(misfit));
  return text.empty() ? "none" : text;
}

}  // namespace

TEST_CASE("router: an optional member that does not fit is left empty and noted") {
  std::string misfits;
  sello::router router;
  router.on<kuenta::credit_disbursed>([&](const sello::event<kuenta::credit_disbursed>& event) {
    misfits = all(event.misfits);
    CHECK(event.data.id == "app_1");
    CHECK_FALSE(event.data.created_at);
    CHECK_FALSE(event.data.term);
  });
  const std::string rest = R"("event":"credit.disbursed","data":{"id":"app_1","createdAt":"yesterday","term":1.5})";
  CHECK(dispatch<kuenta::verifier>(router, "{" + rest + "}").value() == outcome::handled);
  CHECK(misfits == "wrong_type /data/createdAt, wrong_type /data/term");
  // The type behind the data costs a second pass, which notes nothing twice.
  CHECK(dispatch<kuenta::verifier>(
            router,
            R"({"timestamp":"x","data":{"id":"app_1","createdAt":"yesterday","term":1.5},"event":"credit.disbursed"})")
            .value() == outcome::handled);
  CHECK(misfits == "wrong_type /timestamp, wrong_type /data/createdAt, wrong_type /data/term");
}

TEST_CASE("router: an envelope that does not fit is a misfit, also of an unknown event") {
  int calls = 0;
  sello::router router;
  const auto see = [&](const auto& event) {
    ++calls;
    CHECK(all(event.misfits) == "wrong_type /timestamp, wrong_type /organizationId");
    CHECK_FALSE(event.envelope.timestamp);
    CHECK_FALSE(event.envelope.organization_id);
  };
  router.on<gu1::entity_created>(see).otherwise(see);
  for (const char* type : {"entity.created", "never.heard.of"}) {
    CAPTURE(type);
    CHECK(dispatch<gu1::verifier>(router, R"({"event":")" + std::string{type} +
                                              R"(","timestamp":"yesterday","organizationId":5,"payload":{}})")
              .value() == outcome::handled);
  }
  CHECK(calls == 2);
}

TEST_CASE("router: where no member is required, the data is not either") {
  std::string misfits;
  sello::router router;
  router.on<kuenta::credit_disbursed>([&](const auto& event) {
    misfits = all(event.misfits);
    CHECK_FALSE(event.data.id);
  });
  const auto handled = [&](const std::string& data) {
    misfits = "not handled";
    static_cast<void>(dispatch<kuenta::verifier>(router, R"({"event":"credit.disbursed")" + data + "}"));
    return misfits;
  };
  CHECK(handled("") == "none");
  CHECK(handled(R"(,"data":null)") == "none");
  CHECK(handled(R"(,"data":{})") == "none");
  CHECK(handled(R"(,"data":[])") == "wrong_type /data");
  CHECK(handled(R"(,"data":[{"id":"x"}])") == "wrong_type /data");
  CHECK(handled(R"(,"data":"x")") == "wrong_type /data");
  // but JSON it must be
  CHECK(handled(R"(,"data":[{"k":1,"k":2}])") == "not handled");
}

TEST_CASE("router: X-Webhook-Event that contradicts the body is a misfit and decides nothing") {
  int calls = 0;
  std::string misfits;
  sello::router router;
  const auto see = [&](const auto& event) {
    ++calls;
    misfits = all(event.misfits);
  };
  router.on<gu1::kyc_validation_approved>(see).otherwise(see);
  const gu1::verifier verifier{support::secret};
  using headers = std::vector<std::pair<std::string, std::string>>;
  const auto seen = [&](const std::string& body, const headers& more) {
    const support::request<gu1::verifier> signed_request{body};
    auto lines = signed_request.headers;
    lines.insert(lines.end(), more.begin(), more.end());
    CHECK(support::fault(router.dispatch(verifier.verify(lines, signed_request.body).value())) == "none");
    return misfits;
  };
  const std::string approved = samples::body<gu1::kyc_validation_approved>();
  const std::string mismatch = "header_body_mismatch X-Webhook-Event";
  CHECK(seen(approved, {}) == "none");
  CHECK(seen(approved, {{"X-Webhook-Event", ""}}) == "none");
  CHECK(seen(approved, {{"X-Webhook-Event", "kyc.validation_approved"}}) == "none");
  CHECK(seen(approved, {{"x-webhook-event", " kyc.validation_approved\t"}}) == "none");
  CHECK(seen(approved, {{"X-Webhook-Event", "kyc.validation_approved"},
                        {"X-WEBHOOK-EVENT", "kyc.validation_approved"}}) == "none");
  CHECK(seen(approved, {{"X-Webhook-Event", "kyc.validation_rejected"}}) == mismatch);
  CHECK(seen(approved, {{"X-Webhook-Event", "KYC.validation_approved"}}) == mismatch);
  CHECK(seen(approved, {{"X-Webhook-Event", "kyc.validation_approved.x"}}) == mismatch);
  CHECK(seen(approved, {{"X-Webhook-Event", "kyc.validation_approved"},
                        {"X-Webhook-Event", "kyc.validation_rejected"}}) == mismatch);
  CHECK(seen(approved, {{"X-Webhook-Event", "kyc.validation_rejected"},
                        {"X-Webhook-Event", "kyc.validation_approved"}}) == mismatch);
  // The other unsigned headers are not facts, and not read.
  CHECK(seen(approved, {{"X-Webhook-ID", "x"}, {"X-Webhook-Timestamp", "yesterday"}}) == "none");
  // An unknown event, one without a type, and two lines that contradict each other where the type is empty.
  CHECK(seen(R"({"event":"webhook.test"})", {{"X-Webhook-Event", "webhook.test"}}) == "none");
  CHECK(seen(R"({"event":"webhook.test"})", {{"X-Webhook-Event", "webhook.live"}}) == mismatch);
  CHECK(seen("{}", {{"X-Webhook-Event", "webhook.test"}}) == mismatch);
  CHECK(seen(R"({"event":""})", {{"X-Webhook-Event", "a"}, {"X-Webhook-Event", "b"}}) == mismatch);
  CHECK(seen("{}", {{"X-Webhook-Event", "a"}, {"X-Webhook-Event", "b"}}) == mismatch);
  CHECK(seen("{}", {}) == "none");
  CHECK(calls == 17);
}

// --- what cannot become its event ------------------------------------------------------------

TEST_CASE("router: what cannot be read goes to unreadable, with its fault and its bytes") {
  int calls = 0;
  std::string seen;
  sello::router router;
  router.on<akua::payment_capture_cleared>([&](const auto&) { ++calls; })
      .otherwise([&](const auto&) { ++calls; })
      .unreadable([&](const sello::unreadable_event& event) {
        CHECK(event.provider == "akua");
        CHECK(event.idempotency_key == "msg_1");
        seen = support::line(event.fault) + " [" + event.type + "] " + std::string{event.body};
      });
  const auto read = [&](const std::string& body) {
    seen = "not called";
    const auto done = dispatch<akua::verifier>(router, body);
    CHECK(done.value() == (seen == "not called" ? outcome::handled : outcome::unreadable));
    if (seen.ends_with(body)) seen.resize(seen.size() - body.size() - 1);
    return seen;
  };
  const std::string type = R"("type":"payment.capture.cleared")";
  CHECK(read("") == "malformed_json []");
  CHECK(read("[]") == "wrong_type []");
  CHECK(read("{" + type + R"(,"data":{"payment_id":123}})") == "wrong_type /data/payment_id [payment.capture.cleared]");
  CHECK(read(R"({"data":{"payment_id":123},)" + type + "}") == "wrong_type /data/payment_id [payment.capture.cleared]");
  CHECK(read("{" + type + R"(,"data":{}})") == "missing_field /data/payment_id [payment.capture.cleared]");
  CHECK(read("{" + type + "}") == "missing_field /data [payment.capture.cleared]");
  CHECK(read("{" + type + R"(,"data":null})") == "missing_field /data [payment.capture.cleared]");
  CHECK(read("{" + type + R"(,"x":{"k":1,"k":2}})") == "duplicate_key /x/k [payment.capture.cleared]");
  CHECK(read(R"({"x":{"k":1,"k":2},)" + type + "}") == "duplicate_key /x/k [payment.capture.cleared]");
  CHECK(read("{" + type + ",\"data\":{\"payment_id\":\"caf\xe9\"}}") ==
        "malformed_json /data/payment_id [payment.capture.cleared]");
  CHECK(read("{" + type + R"(,"data":{"payment_id":"pay-1","merchant":"Caf\ud83d"}})") ==
        "malformed_json /data/merchant [payment.capture.cleared]");
  CHECK(read("{" + type + R"(,"x":1e400,"data":{"payment_id":"p"}})") == "out_of_range /x [payment.capture.cleared]");
  // Behind what is no JSON, nothing is read.
  CHECK(read("{\"x\":\"caf\xe9\"," + type + "}") == "malformed_json /x []");
  // A type that is none, or two.
  CHECK(read(R"({"type":null})") == "missing_field /type []");
  CHECK(read(R"({"type":5})") == "wrong_type /type []");
  CHECK(read(R"({"type":["a"]})") == "wrong_type /type []");
  CHECK(read(R"({"type":"a","type":"payment.capture.cleared"})") == "duplicate_key /type []");
  CHECK(read(R"({"type":"a","type":"a"})") == "duplicate_key /type []");
  CHECK(calls == 0);
  CHECK(read("{" + type + R"(,"data":{"payment_id":"p"}})") == "not called");
  CHECK(read("{}") == "not called");
  CHECK(calls == 2);
}

TEST_CASE("router: the key of an unreadable event is the signed id, or else the body's digest") {
  std::string key;
  sello::router router;
  router.unreadable([&](const sello::unreadable_event& event) { key = event.idempotency_key; });
  CHECK(dispatch<akua::verifier>(router, "x").value() == outcome::unreadable);
  CHECK(key == "msg_1");
  for (const char* body : {"x", R"({"event":"kyc.validation_approved","payload":{"id":"v","k":1,"k":1}})"}) {
    CHECK(dispatch<gu1::verifier>(router, body).value() == outcome::unreadable);
    CHECK(key == sello::detail::sha256_hex(body));
  }
}

TEST_CASE("router: what becomes of what the handler of unreadable events returns or throws") {
  const auto after = [](auto handler) {
    sello::router router;
    router.unreadable(handler);
    return support::fault(dispatch<akua::verifier>(router, "x"));
  };
  CHECK(after([](const sello::unreadable_event&) {}) == "none");
  CHECK(after([](const auto&) { throw std::runtime_error{"disk full"}; }) == "handler_failed disk full");
  CHECK(after([](const auto&) { return sello::permanent("no"); }) == "permanent_failure no");
  CHECK(after([](const auto&) { return sello::retry("later"); }) == "handler_failed later");
}

TEST_CASE("router: a handler of unreadable events may be one that only moves") {
  auto count = std::make_unique<int>(0);
  int* const seen = count.get();
  sello::router router;
  router.unreadable([owned = std::move(count)](const auto&) { ++*owned; });
  sello::router copy = router;
  CHECK(dispatch<akua::verifier>(router, "x"));
  CHECK(dispatch<akua::verifier>(copy, "x"));
  CHECK(*seen == 2);
}

// --- a rule of the owner's -------------------------------------------------------------------

TEST_CASE("router: identify replaces the key of every event of that provider") {
  std::string keys;
  const auto see = [&](const auto& event) { keys.append(event.idempotency_key).append(" "); };
  sello::router router;
  router
      .identify<gu1::provider>([](const sello::signed_facts& facts) {
        CHECK(facts.message_id.empty());
        return "mine-" + std::string{facts.type} + "-" + std::to_string(facts.body.size());
      })
      .on<gu1::entity_created>(see)
      .on<kuenta::credit_disbursed>(see)
      .otherwise(see)
      .unreadable(see);
  CHECK(dispatch<gu1::verifier>(router, R"({"event":"entity.created","payload":{}})"));
  CHECK(dispatch<gu1::verifier>(router, R"({"event":"kyc.new"})"));
  CHECK(dispatch<gu1::verifier>(router, R"({"event":"kyc.new",})"));
  CHECK(keys == "mine-entity.created-39 mine-kyc.new-19 mine-kyc.new-20 ");
  keys.clear();
  const std::string other = samples::body<kuenta::credit_disbursed>();
  CHECK(dispatch<kuenta::verifier>(router, other));
  CHECK(keys == sello::detail::sha256_hex(other) + " ");
}

TEST_CASE("router: a rule sees the signed id") {
  std::string key;
  sello::router router;
  router.identify<akua::provider>([](const sello::signed_facts& facts) { return "k-" + std::string{facts.message_id}; })
      .otherwise([&](const auto& event) { key = event.idempotency_key; });
  CHECK(dispatch<akua::verifier>(router, "{}"));
  CHECK(key == "k-msg_1");
}

TEST_CASE("router: without a key no handler runs, and the sender tries again") {
  int calls = 0;
  const auto after = [&](auto rule) {
    sello::router router;
    router.identify<kuenta::provider>(rule);
    router.on<kuenta::credit_disbursed>([&](const auto&) { ++calls; });
    router.otherwise([&](const auto&) { ++calls; });
    const auto typed = support::fault(dispatch<kuenta::verifier>(router, samples::body<kuenta::credit_disbursed>()));
    const auto other = support::fault(dispatch<kuenta::verifier>(router, "{}"));
    CHECK(typed == other);
    return typed;
  };
  CHECK(after([](const auto&) { return std::string{}; }) ==
        "handler_failed the rule for idempotency keys: it gave an empty key");
  CHECK(after([](const auto&) -> std::string { throw std::runtime_error{"no id"}; }) ==
        "handler_failed the rule for idempotency keys: no id");
  CHECK(after([](const auto&) -> std::string { throw 7; }) ==
        "handler_failed the rule for idempotency keys: it threw something that is no std::exception");
  // A provider's own rule is no better: shop's wants a string `id`.
  sello::router router;
  router.otherwise([&](const auto&) { ++calls; });
  CHECK(support::fault(dispatch<shop_verifier>(router, R"({"type":"other","id":5})"))
            .starts_with("handler_failed the rule for idempotency keys: "));
  CHECK(support::fault(dispatch<shop_verifier>(router, R"({"type":"other","id":""})")) ==
        "handler_failed the rule for idempotency keys: it gave an empty key");
  CHECK(calls == 0);
}

TEST_CASE("router: where the rule finds nothing in what is unreadable, it is the signed id or the digest") {
  std::string key;
  const auto after = [&](auto rule) {
    sello::router router;
    router.identify<akua::provider>(rule);
    router.identify<kuenta::provider>(rule);
    router.unreadable([&](const auto& event) { key += event.idempotency_key + " "; });
    key.clear();
    CHECK(dispatch<akua::verifier>(router, "x"));
    CHECK(dispatch<kuenta::verifier>(router, "x"));
    return key;
  };
  const std::string expected = "msg_1 " + sello::detail::sha256_hex("x") + " ";
  CHECK(after([](const auto&) { return std::string{}; }) == expected);
  CHECK(after([](const auto&) -> std::string { throw std::runtime_error{"no id"}; }) == expected);
}

// --- events that are kept --------------------------------------------------------------------

TEST_CASE("router: events that a handler puts in a queue outlive their deliveries") {
  std::vector<sello::event<kuenta::credit_disbursed>> typed;
  std::vector<sello::unknown_event> unknown;
  std::vector<sello::unreadable_event> unreadable;
  sello::router router;
  router.on<kuenta::credit_disbursed>([&](const auto& event) { typed.push_back(event); })
      .otherwise([&](sello::unknown_event event) { unknown.push_back(std::move(event)); })
      .unreadable([&](const auto& event) { unreadable.push_back(event); });
  const std::string known = samples::body<kuenta::credit_disbursed>();
  const std::string strange = R"({"event":"a.type.that.is.longer.than.any.buffer","timestamp":"x"})";
  CHECK(dispatch<kuenta::verifier>(router, known));
  CHECK(dispatch<kuenta::verifier>(router, strange));
  CHECK(dispatch<kuenta::verifier>(router, "[" + known));
  REQUIRE(typed.size() + unknown.size() + unreadable.size() == 3);
  CHECK(typed[0].body == known);
  CHECK(typed[0].json()["data"]["id"] == "app_123");
  CHECK(typed[0].type == "credit.disbursed");
  CHECK(unknown[0].body == strange);
  CHECK(unknown[0].type == "a.type.that.is.longer.than.any.buffer");
  CHECK(unknown[0].provider == "kuenta");
  CHECK(all(unknown[0].misfits) == "wrong_type /timestamp");
  CHECK(unreadable[0].body == "[" + known);
}

// --- registration that would lose events -----------------------------------------------------

TEST_CASE("router: a null handler is refused when it is registered") {
  using event = akua::payment_capture_cleared;
  using typed = void (*)(const sello::event<event>&);
  using unknown = void (*)(const sello::unknown_event&);
  using unreadable = void (*)(const sello::unreadable_event&);
  using rule = std::string (*)(const sello::signed_facts&);
  sello::router router;
  CHECK(refused([&] { router.on<event>(typed{}); }) == "sello: a null handler for \"payment.capture.cleared\"");
  CHECK(refused([&] { router.on<event>(std::function<void(const sello::event<event>&)>{}); }) ==
        "sello: a null handler for \"payment.capture.cleared\"");
  CHECK(refused([&] { router.on_prefix<akua::provider>("payment", unknown{}); }) ==
        "sello: a null handler for \"payment\"");
  CHECK(refused([&] { router.otherwise(unknown{}); }) == "sello: a null handler for \"otherwise\"");
  CHECK(refused([&] { router.unreadable(unreadable{}); }) == "sello: a null handler for \"unreadable\"");
  CHECK(refused([&] { router.identify<akua::provider>(rule{}); }) == "sello: a null handler for \"identify\"");
  CHECK(refused([&] { router.identify<akua::provider>(std::function<std::string(const sello::signed_facts&)>{}); }) ==
        "sello: a null handler for \"identify\"");

  static int calls = 0;
  calls = 0;
  router.otherwise(unknown{[](const sello::unknown_event&) { ++calls; }});
  router.on<event>(std::function<void(const sello::event<event>&)>{[](const auto&) { ++calls; }});
  CHECK(dispatch<akua::verifier>(router, "{}"));
  CHECK(dispatch<akua::verifier>(router, payment("payment.capture.cleared")));
  CHECK(calls == 2);
}

TEST_CASE("router: a second handler for what is unreadable, and a second rule, are refused") {
  sello::router router;
  const auto rule = [](const sello::signed_facts&) { return std::string{"k"}; };
  router.unreadable([](const auto&) {}).identify<akua::provider>(rule).identify<gu1::provider>(rule);
  CHECK(refused([&] { router.unreadable([](const auto&) {}); }) == "sello: a second handler for what is unreadable");
  CHECK(refused([&] { router.identify<akua::provider>(rule); }) ==
        "sello: a second rule for the idempotency keys of akua");
}

// --- idempotency keys ------------------------------------------------------------------------

namespace {

/// The key of a delivery, which must be the same whoever handles it.
template <class E, class Verifier>
std::string key_of(const std::string& body, const sello::message& sent = {.id = "msg_1"}) {
  std::string typed;
  std::string prefixed;
  std::string other;
  sello::router by_type;
  by_type.on<E>([&](const auto& event) { typed = event.idempotency_key; });
  sello::router by_prefix;
  by_prefix.on_prefix<typename E::provider>(E::type, [&](const auto& event) { prefixed = event.idempotency_key; });
  sello::router by_rest;
  by_rest.otherwise([&](const auto& event) { other = event.idempotency_key; });
  CHECK(dispatch<Verifier>(by_type, body, sent).value() == outcome::handled);
  CHECK(dispatch<Verifier>(by_prefix, body, sent).value() == outcome::handled);
  CHECK(dispatch<Verifier>(by_rest, body, sent).value() == outcome::handled);
  CHECK(typed == prefixed);
  CHECK(typed == other);
  CHECK_FALSE(typed.empty());
  return typed;
}

}  // namespace

TEST_CASE("idempotency key: Kuenta's is the digest of the body") {
  const auto key = [](const std::string& body) { return key_of<kuenta::credit_disbursed, kuenta::verifier>(body); };
  const std::string body = samples::body<kuenta::credit_disbursed>();
  CHECK(key(body) == sello::detail::sha256_hex(body));
  CHECK(key(body) == key(body));
  CHECK(key(body) != key(body + "\n"));
  CHECK(key(body) != key_of<kuenta::credit_completed, kuenta::verifier>(samples::body<kuenta::credit_completed>()));
}

TEST_CASE("idempotency key: Akua's is the signed id of the message") {
  const auto key = [](std::string_view id, std::chrono::seconds later = {}) {
    return key_of<akua::payment_capture_cleared, akua::verifier>(
        payment("payment.capture.cleared"), {.id = id, .sent_at = std::chrono::system_clock::now() + later});
  };
  CHECK(key("msg_1") == "msg_1");
  CHECK(key("msg_1", std::chrono::seconds{60}) == "msg_1");  // a retry is signed anew, at another time
  CHECK(key("msg_2") == "msg_2");
}

TEST_CASE("idempotency key: Gu1's is the event and the validation's id") {
  using event = gu1::kyc_validation_approved;
  const auto key = [](std::string_view payload, std::string_view envelope = "") {
    return key_of<event, gu1::verifier>(std::string{R"({"event":"kyc.validation_approved")"}
                                            .append(envelope)
                                            .append(R"(,"payload":)")
                                            .append(payload)
                                            .append("}"));
  };
  const std::string same = "kyc.validation_approved:v-1";
  CHECK(key(R"({"validationId":"v-1"})") == same);
  CHECK(key(R"({"id":"v-1"})") == same);
  CHECK(key(R"({"validationId":"v-1","id":"row-7"})") == same);
  CHECK(key(R"({"id":"row-7","validationId":"v-1"})") == same);
  CHECK(key(R"({"id":"v-1","validationId":null})") == same);
  CHECK(key(R"({"validationId":null,"id":"v-1"})") == same);
  CHECK(key(R"({"validationId":"v-1","status":"approved"})", R"(,"timestamp":"2025-01-15T10:30:00Z")") == same);
  CHECK(key(R"({"validationId":"v-2"})") == "kyc.validation_approved:v-2");
  CHECK(key_of<gu1::kyc_validation_rejected, gu1::verifier>(
            R"({"event":"kyc.validation_rejected","payload":{"id":"v-1"}})") == "kyc.validation_rejected:v-1");
  // The type stands last, and the unsigned headers say what they like.
  CHECK(key_of<event, gu1::verifier>(R"({"payload":{"id":"v-1"},"event":"kyc.validation_approved"})",
                                     {.id = "other"}) == same);
}

TEST_CASE("idempotency key: Gu1's other families go by the body") {
  const std::string body = samples::body<gu1::entity_updated>();
  CHECK(key_of<gu1::entity_updated, gu1::verifier>(body) == sello::detail::sha256_hex(body));
  const std::string transaction = samples::body<gu1::transaction_created>();
  CHECK(key_of<gu1::transaction_created, gu1::verifier>(transaction) == sello::detail::sha256_hex(transaction));
}

// --- threads ---------------------------------------------------------------------------------

TEST_CASE("router: eight threads dispatch at once without a lock") {
  std::atomic<int> typed = 0;
  std::atomic<int> prefixed = 0;
  std::atomic<int> others = 0;
  sello::router mutable_router;
  mutable_router
      .on<akua::payment_capture_cleared>(
          [&](const auto& event) { typed += event.data.payment_id == "pay-d07u8e218e1elk12b92g"; })
      .on_prefix<akua::provider>("payment",
                                 [&](const auto& event) { prefixed += event.type == "payment.refund.cleared"; })
      .otherwise([&](const auto& event) { others += event.provider == "kuenta"; });
  const sello::router& router = mutable_router;

  const support::request<akua::verifier> cleared{payment("payment.capture.cleared")};
  const support::request<akua::verifier> refund{payment("payment.refund.cleared")};
  const support::request<kuenta::verifier> credit{samples::body<kuenta::credit_disbursed>()};
  const auto first = support::prove(cleared);
  const auto second = support::prove(refund);
  const auto third = support::prove(credit);

  constexpr int rounds = 200;
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        for (const auto& done : {router.dispatch(first), router.dispatch(second), router.dispatch(third)}) {
          failures += !done || *done != outcome::handled;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(failures == 0);
  CHECK(typed == 8 * rounds);
  CHECK(prefixed == 8 * rounds);
  CHECK(others == 8 * rounds);
}

// --- the rest --------------------------------------------------------------------------------

TEST_CASE("router: dispatching promises not to throw") {
  STATIC_REQUIRE(noexcept(std::declval<const sello::router&>().dispatch(std::declval<const akua::delivery&>())));
}

namespace {

/// A sender whose catalog the test writes while it runs.
struct crowd {
  static constexpr std::string_view name = "crowd";
  static constexpr sello::envelope_keys keys{.type = "type", .data = "data"};
  struct catalog {
    static inline std::array<std::string, 1> types{};
  };
  static std::string idempotency_key(const sello::signed_facts& facts, const auto&) {
    return std::string{facts.message_id};
  }
};

/// What one dispatch allocates, in a router with so many handlers.
std::size_t allocations_among(int handlers) {
  sello::router router;
  int handled = 0;
  for (int i = 0; i < handlers; ++i) {
    crowd::catalog::types = {"kind-" + std::to_string(i)};
    router.on_prefix<crowd>(crowd::catalog::types[0], [&](const auto&) { ++handled; });
  }
  const support::request<sello::verifier<sello::svix_v1, crowd>> sent{R"({"type":"kind-7.done","data":{}})"};
  const auto proven = support::prove(sent);
  REQUIRE(router.dispatch(proven).value() == outcome::handled);
  const std::size_t before = support::allocations();
  const auto again = router.dispatch(proven);
  const std::size_t after = support::allocations();
  CHECK(again.value() == outcome::handled);
  CHECK(handled == 2);
  return after - before;
}

}  // namespace

TEST_CASE("router: what a dispatch allocates does not depend on the number of handlers") {
  CHECK(allocations_among(10) == allocations_among(10'000));
}

TEST_CASE("router: a type of a megabyte is looked up in one pass", "[worst]") {
  notebook book;
  sello::router router;
  router.on_prefix<akua::provider>("payment", book.note("payment"));
  constexpr std::size_t half = 512 * 1024;
  CHECK(handler_of(router, book, std::string(half, 'a') + std::string(half, '.')) == "ignored");
  CHECK(handler_of(router, book, std::string(2 * half, '.')) == "ignored");
  CHECK(handler_of(router, book, "payment." + std::string(half, 'a') + std::string(half, '.')) == "payment");
}
