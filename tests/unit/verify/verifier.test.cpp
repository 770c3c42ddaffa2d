// SPDX-License-Identifier: MIT
#include <sello/verify/verifier.hpp>

#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/svix_v1.hpp>

#include "catch.hpp"
#include "support/allocations.hpp"
#include "support/known_answer.hpp"
#include "support/sign.hpp"
#include "support/verdict.hpp"

using namespace std::chrono_literals;
using sello::bad_result;
using sello::errc;
using sello::error;
using lines = sello::header_list;

namespace {

using hex_verifier = sello::verifier<sello::hex_hmac>;
using gu1_verifier = sello::verifier<sello::gu1_hmac>;
using svix_verifier = sello::verifier<sello::svix_v1>;
using time_point = std::chrono::system_clock::time_point;

const std::string body = "{}";
const std::string threw = "internal_error at reading the headers threw an exception";
constexpr std::string_view other_secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

struct acme {
  static constexpr std::string_view name = "acme";
};

/// A scheme that forgets the time which it says it signs.
struct timeless : sello::hex_hmac {
  static constexpr bool signs_time = true;
  std::chrono::seconds tolerance{300};

  [[nodiscard]] sello::result<sello::claim, sello::refusal> read(const sello::header_view& headers) const {
    auto claimed = hex_hmac::read(headers);
    if (claimed) claimed->timestamp_header = "X-When";
    return claimed;
  }
};

[[nodiscard]] lines signed_with(std::string_view secret, std::string_view text = body) {
  return {{"X-Webhook-Signature", independent::hex_signature(secret, text)}};
}

template <class Verifier>
[[nodiscard]] bool accepts(const Verifier& verifier, std::string_view secret) {
  return verifier.verify(signed_with(secret), body).has_value();
}

/// The known delivery, sent at another time and rightly signed.
[[nodiscard]] lines sent_at(const std::string& timestamp) {
  const auto key = sello::svix_v1::key(known_answer::secret).value();
  const std::string bytes{reinterpret_cast<const char*>(key.bytes().data()), key.bytes().size()};
  return {{"svix-id", "msg"},
          {"svix-timestamp", timestamp},
          {"svix-signature", independent::svix_signature(bytes, "msg", timestamp, body)}};
}

template <class Make>
[[nodiscard]] error thrown_by(Make make) {
  try {
    make();
  } catch (const bad_result& thrown) {
    return thrown.error();
  }
  return {};
}

}  // namespace

// Making a verifier.

TEST_CASE("a verifier is made of one secret in any form of text") {
  const std::string text = "secret number one";
  const std::string_view view = text;
  char array[] = "secret number one";
  const char* pointer = array;
  char* changing = array;
  CHECK(accepts(hex_verifier{"secret number one"}, "secret number one"));
  CHECK(accepts(hex_verifier{text}, "secret number one"));
  CHECK(accepts(hex_verifier{view}, "secret number one"));
  CHECK(accepts(hex_verifier{array}, "secret number one"));
  CHECK(accepts(hex_verifier{pointer}, "secret number one"));
  CHECK(accepts(hex_verifier{changing}, "secret number one"));
  CHECK(accepts(hex_verifier{std::string{"secret number one"}}, "secret number one"));
  CHECK(accepts(hex_verifier("secret number one"), "secret number one"));
  CHECK_FALSE(accepts(hex_verifier{"secret number one"}, "secret number two"));
}

TEST_CASE("a verifier accepts what any of its secrets signed") {
  const hex_verifier two{{"secret number one", "secret number two"}};
  CHECK(accepts(two, "secret number one"));
  CHECK(accepts(two, "secret number two"));
  CHECK_FALSE(accepts(two, "secret number three"));
  CHECK_FALSE(accepts(two, "secret number onesecret number two"));

  const std::string first = "secret number one";
  const std::string_view second = "secret number two";
  const hex_verifier mixed{{first, second, "secret number three", std::string{"secret number four"}}};
  for (const char* secret : {"secret number one", "secret number two", "secret number three", "secret number four"})
    CHECK(accepts(mixed, secret));
}

TEST_CASE("two secrets in nested braces are two secrets") {
  const hex_verifier nested{{"secret number one", "secret number two"}};
  CHECK(accepts(nested, "secret number one"));
  CHECK(accepts(nested, "secret number two"));
  CHECK_FALSE(accepts(nested, "secret number three"));

  const hex_verifier one{{"secret number one"}};
  CHECK(accepts(one, "secret number one"));
  const hex_verifier three{{"secret number one", "secret number two", "secret number three"},
                           {.signature_header = "X-Webhook-Signature"}};
  CHECK(accepts(three, "secret number three"));
}

TEST_CASE("secrets may come in a list that is made at run time") {
  const std::vector<std::string_view> secrets{"secret number one", "secret number two"};
  CHECK(accepts(hex_verifier{secrets}, "secret number two"));
  const std::array<std::string_view, 1> array{"secret number one"};
  CHECK(accepts(hex_verifier{array}, "secret number one"));
  CHECK(accepts(hex_verifier::create(secrets).value(), "secret number two"));
}

TEST_CASE("secrets may come in any range of texts") {
  const std::vector<std::string> strings{"secret number one", "secret number two"};
  CHECK(accepts(hex_verifier{strings}, "secret number two"));
  CHECK(accepts(hex_verifier::create(strings).value(), "secret number one"));
  CHECK(accepts(hex_verifier{strings, {.signature_header = "X-Webhook-Signature"}}, "secret number two"));
  CHECK(accepts(hex_verifier{std::set<std::string>{"secret number one"}}, "secret number one"));
  const char* const pointers[] = {"secret number one", "secret number two"};
  CHECK(accepts(hex_verifier{pointers}, "secret number two"));
  const auto made = strings | std::views::transform([](const std::string& text) { return text + "!"; });
  CHECK(accepts(hex_verifier{made}, "secret number two!"));
  std::istringstream in{"secret-one secret-two"};
  CHECK(accepts(hex_verifier{std::views::istream<std::string>(in)}, "secret-two"));
}

TEST_CASE("an empty secret in a list is refused by its position") {
  const std::vector<std::string> second_empty{"secret number one", ""};
  CHECK(hex_verifier::create(second_empty).error() == error{errc::empty_secret, "secret 2"});
  const std::vector<std::string> first_short{"short", "secret number two"};
  CHECK(hex_verifier::create(first_short).error() ==
        error{errc::malformed_secret, "secret 1: it has 5 bytes, and needs 8 or more"});
  CHECK(hex_verifier::create(std::vector<std::string>{""}).error() == error{errc::empty_secret, ""});
  CHECK(hex_verifier::create(std::vector<std::string>{}).error().code == errc::empty_secret);
  const char* const pointers[] = {"secret number one", nullptr};
  CHECK(hex_verifier::create(pointers).error() == error{errc::empty_secret, "secret 2"});
}

namespace {

/// Text that cannot be read.
struct unreadable_text {
  operator std::string_view() const { throw std::runtime_error{"no text"}; }
};

}  // namespace

TEST_CASE("create never throws") {
  const std::vector<std::string> secrets{"secret number one"};
  STATIC_REQUIRE(noexcept(hex_verifier::create(std::string_view{})));
  STATIC_REQUIRE(noexcept(hex_verifier::create(secrets)));
  const auto fails = secrets | std::views::transform([](const std::string&) -> std::string { throw 1; });
  CHECK(verdict(hex_verifier::create(fails)) == "internal_error at reading the secrets threw an exception");
  CHECK(verdict(hex_verifier::create(unreadable_text{})) == "empty_secret");
}

TEST_CASE("where OpenSSL has no HMAC to give create says where to look") {
  REQUIRE(EVP_default_properties_enable_fips(nullptr, 1) == 1);
  const auto none = hex_verifier::create("secret number one");
  REQUIRE(EVP_default_properties_enable_fips(nullptr, 0) == 1);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == errc::internal_error);
  CHECK(none.error().where.find("openssl.cnf") != std::string::npos);
  CHECK(hex_verifier::create("secret number one"));
}

TEST_CASE("options are named") {
  const hex_verifier named{"secret number one", {.signature_header = "X-Other"}};
  CHECK(verdict(named.verify(signed_with("secret number one"), body)) == "missing_header at X-Other");
  const svix_verifier patient{known_answer::secret, {.tolerance = 1h}};
  CHECK(patient.verify(known_answer::headers(), known_answer::body, known_answer::now + 1h));
  CHECK_FALSE(patient.verify(known_answer::headers(), known_answer::body, known_answer::now + 1h + 1s));
}

TEST_CASE("an option whose name was left out is an option and no second secret") {
  const std::string secret = "secret number one";
  const std::string header = "X-Other";
  const hex_verifier literals{"secret number one", {"X-Other"}};
  const hex_verifier variables{secret, {header}};
  const hex_verifier listed{{"secret number one"}, {"X-Other"}};
  const hex_verifier rotation{{"secret number one", secret}, {"X-Other"}};
  for (const hex_verifier* made : {&literals, &variables, &listed, &rotation}) {
    CHECK(verdict(made->verify(signed_with("secret number one"), body)) == "missing_header at X-Other");
    lines forged = signed_with("X-Other");
    forged.at(0).first = "X-Other";
    CHECK(verdict(made->verify(forged, body)) == "signature_mismatch at X-Other");
  }
  const hex_verifier defaults{"secret number one", {}};
  CHECK(accepts(defaults, "secret number one"));
}

TEST_CASE("a bad secret throws when the verifier is made and says what is wrong") {
  CHECK(thrown_by([] { const hex_verifier made{""}; }) == error{errc::empty_secret, ""});
  CHECK(thrown_by([] { const gu1_verifier made{""}; }) == error{errc::empty_secret, ""});
  CHECK(thrown_by([] { const svix_verifier made{"whsec_"}; }).code == errc::empty_secret);
  CHECK(thrown_by([] { const svix_verifier made{"whsec\\_c2VjcmV0IQ=="}; }).code == errc::malformed_secret);
  CHECK(thrown_by([] { const svix_verifier made{"whsec\\_c2VjcmV0IQ=="}; }).where.find("Markdown") !=
        std::string::npos);
}

TEST_CASE("a null pointer is an empty secret as from a variable that is not set") {
  const char* const unset = nullptr;
  char* const changing = nullptr;
  CHECK(thrown_by([&] { const hex_verifier made{unset}; }).code == errc::empty_secret);
  CHECK(thrown_by([&] { const hex_verifier made{changing}; }).code == errc::empty_secret);
  CHECK(thrown_by([&] { const hex_verifier made{{"secret number one", unset}}; }) ==
        error{errc::empty_secret, "secret 2"});
  CHECK(hex_verifier::create(unset).error().code == errc::empty_secret);
}

TEST_CASE("of several secrets the first bad one is named by its number and not by its text") {
  const error fault = thrown_by([] { const svix_verifier made{{known_answer::secret, "whsec_not base64", ""}}; });
  CHECK(fault.code == errc::malformed_secret);
  CHECK(fault.where.starts_with("secret 2: "));
  CHECK(fault.message().find("not base64") == std::string::npos);
}

TEST_CASE("no secret at all is refused") {
  CHECK(thrown_by([] { const hex_verifier made{std::initializer_list<sello::secret_text>{}}; }).code ==
        errc::empty_secret);
  CHECK(hex_verifier::create(std::vector<std::string_view>{}).error().code == errc::empty_secret);
}

TEST_CASE("create gives the error instead of throwing it") {
  CHECK(accepts(hex_verifier::create("secret number one").value(), "secret number one"));
  CHECK(accepts(hex_verifier::create({"secret number one", "secret number two"}).value(), "secret number two"));
  const auto other = hex_verifier::create("secret number one", {.signature_header = "X-Other"});
  REQUIRE(other);
  CHECK(verdict(other->verify(lines{}, body)) == "missing_header at X-Other");
  CHECK(hex_verifier::create("").error() == error{errc::empty_secret, ""});
  CHECK(svix_verifier::create("v1,whsec_c2VjcmV0").error().code == errc::malformed_secret);
}

TEST_CASE("a verifier is not made from text by accident") {
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string, hex_verifier>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<const char*, hex_verifier>);
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<hex_verifier>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<hex_verifier, int>);
}

// Headers and bodies.

TEST_CASE("headers may be in any container or callable") {
  const std::string id{known_answer::id};
  const std::string timestamp{known_answer::timestamp};
  const std::string signature{known_answer::signature};
  const svix_verifier verifier{known_answer::secret};
  const auto judge = [&](const auto& headers) {
    return verdict(verifier.verify(headers, known_answer::body, known_answer::now));
  };

  CHECK(judge(std::multimap<std::string, std::string>{
            {"Svix-Id", id}, {"Svix-Timestamp", timestamp}, {"Svix-Signature", signature}}) == "ok");
  CHECK(judge(std::unordered_multimap<std::string, std::string>{
            {"Svix-Id", id}, {"Svix-Timestamp", timestamp}, {"Svix-Signature", signature}}) == "ok");
  CHECK(judge(std::map<std::string, std::string>{
            {"svix-id", id}, {"svix-timestamp", timestamp}, {"svix-signature", signature}}) == "ok");
  CHECK(judge(lines{{"SVIX-ID", id}, {"SVIX-TIMESTAMP", timestamp}, {"SVIX-SIGNATURE", signature}}) == "ok");
  CHECK(judge(std::array<std::pair<const char*, const char*>, 3>{
            {{"svix-id", id.c_str()}, {"svix-timestamp", timestamp.c_str()}, {"svix-signature", signature.c_str()}}}) ==
        "ok");
  CHECK(judge([&](std::string_view name) -> std::optional<std::string_view> {
          if (name == "svix-id") return id;
          if (name == "svix-timestamp") return timestamp;
          if (name == "svix-signature") return signature;
          return std::nullopt;
        }) == "ok");
}

TEST_CASE("a header source that throws decides nothing") {
  const svix_verifier verifier{known_answer::secret};
  const auto fails = [](std::string_view) -> std::optional<std::string_view> {
    throw std::runtime_error{"no headers"};
  };
  const auto fails_late = [](std::string_view name) -> std::optional<std::string_view> {
    if (name == "svix-signature") throw 1;
    return "1614265330";
  };
  CHECK(verdict(verifier.verify(fails, body)) == threw);
  CHECK(verdict(verifier.verify(fails_late, body)) == threw);
  CHECK(verdict(verifier.check(fails, body, known_answer::now)) == threw);
  CHECK(verdict(hex_verifier{"secret number one"}.verify(fails, body)) == threw);
}

TEST_CASE("verifying never throws by its signature") {
  const svix_verifier timed{known_answer::secret};
  const hex_verifier plain{"secret number one"};
  const lines headers;
  STATIC_REQUIRE(noexcept(timed.verify(headers, body)));
  STATIC_REQUIRE(noexcept(timed.check(headers, body, known_answer::now)));
  STATIC_REQUIRE(noexcept(plain.verify_signature("", body)));
}

namespace {

/// Text that owns its characters and is no range.
struct owner {
  operator std::string_view() const { return text; }
  std::string text;
};

template <class Body>
concept verifiable = requires(const hex_verifier& made, const lines& headers, time_point now) {
  made.verify(headers, std::declval<Body>());
  made.check(headers, std::declval<Body>(), now);
  made.verify_signature("", std::declval<Body>());
};

}  // namespace

TEST_CASE("a body that would be gone before its delivery is refused by the compiler") {
  STATIC_REQUIRE_FALSE(verifiable<std::string>);
  STATIC_REQUIRE_FALSE(verifiable<const std::string>);
  STATIC_REQUIRE_FALSE(verifiable<owner>);
  STATIC_REQUIRE_FALSE(verifiable<std::nullptr_t>);
  STATIC_REQUIRE(verifiable<std::string&>);
  STATIC_REQUIRE(verifiable<const owner&>);
  STATIC_REQUIRE(verifiable<std::string_view>);
  STATIC_REQUIRE(verifiable<const char*>);
  STATIC_REQUIRE(verifiable<const char(&)[3]>);
}

TEST_CASE("the body is any bytes") {
  const hex_verifier plain{"secret number one"};
  const gu1_verifier hinted{"secret number one"};
  const std::string large(262'144, 'a');
  for (const std::string& bytes :
       {std::string{}, std::string{"\0", 1}, std::string{"{\"a\":\0}", 7}, std::string{"\xef\xbb\xbf{}"},
        std::string{"{\r\n}\r\n"}, std::string{"\xff\xfe\xc3\x28"}, std::string{"not json"}, std::string{"{}{}"},
        std::string{" {} "}, large}) {
    CHECK(verdict(plain.verify(signed_with("secret number one", bytes), bytes)) == "ok");
    CHECK(verdict(hinted.verify(signed_with("secret number one", bytes), bytes)) == "ok");
    const std::string longer = bytes + '\0';
    CHECK(verdict(plain.verify(signed_with("secret number one", bytes), longer)) ==
          "signature_mismatch at X-Webhook-Signature");
  }
}

TEST_CASE("a body that was written anew is another body") {
  const hex_verifier plain{"secret number one"};
  const auto headers = signed_with("secret number one", R"({"a":1,"b":2})");
  for (const char* other : {R"({"a":1,"b":2} )", R"({"a": 1, "b": 2})", R"({"b":2,"a":1})", "{\"a\":1,\"b\":2}\n",
                            "\xef\xbb\xbf{\"a\":1,\"b\":2}"})
    CHECK_FALSE(plain.verify(headers, std::string_view{other}));
}

TEST_CASE("a body may be a view of nothing") {
  const hex_verifier plain{"secret number one"};
  CHECK(plain.verify(signed_with("secret number one", ""), std::string_view{}));
}

TEST_CASE("a null pointer is an empty body") {
  const hex_verifier plain{"secret number one"};
  const char* const none = nullptr;
  CHECK(plain.verify(signed_with("secret number one", ""), none));
  CHECK(plain.verify_signature(independent::hex_signature("secret number one", ""), none));
  CHECK(verdict(plain.verify_signature(none, body)) == "missing_header at X-Webhook-Signature");
  CHECK(verdict(plain.check(signed_with("secret number one"), none, {})) ==
        "signature_mismatch at X-Webhook-Signature");
  auto begun = plain.begin(signed_with("secret number one", ""), {});
  REQUIRE(begun);
  begun->update(none);
  CHECK(begun->finish());
}

// A delivery that owns its body.

TEST_CASE("a delivery that is to outlive the request takes the body") {
  const hex_verifier plain{"secret number one"};
  const std::string text(1000, 'x');
  for (const std::string& each : {text, std::string{"{}"}}) {
    std::string given = each;
    const auto delivery = plain.verify_owned(signed_with("secret number one", each), std::move(given));
    given = "overwritten";
    REQUIRE(delivery);
    CHECK(delivery->body() == each);
  }
  std::string given = text;
  const char* const bytes = given.data();
  const auto delivery = plain.verify_owned(signed_with("secret number one", text), std::move(given));
  REQUIRE(delivery);
  CHECK(delivery->body().data() == bytes);  // taken, not copied
  STATIC_REQUIRE(noexcept(plain.verify_owned(lines{}, std::declval<std::string>())));
}

TEST_CASE("a body that is refused stays where it was") {
  const svix_verifier verifier{known_answer::secret};
  std::string given{known_answer::body};
  CHECK(verdict(verifier.verify_owned(lines{}, std::move(given), known_answer::now)) == "missing_header at svix-id");
  CHECK(given == known_answer::body);  // NOLINT(bugprone-use-after-move)
  given += ' ';
  CHECK(verdict(verifier.verify_owned(known_answer::headers(), std::move(given), known_answer::now)) ==
        "signature_mismatch at svix-signature");
  CHECK(given.size() == known_answer::body.size() + 1);  // NOLINT(bugprone-use-after-move)
  CHECK(verdict(verifier.verify_owned(known_answer::headers(), std::move(given), known_answer::now + 1h)) ==
        "timestamp_too_old at svix-timestamp");
}

// A signature that was already read.

TEST_CASE("a signature that the caller has read is enough") {
  const hex_verifier plain{"secret number one"};
  const std::string signature = independent::hex_signature("secret number one", body);
  CHECK(verdict(plain.verify_signature(signature, body)) == "ok");
  CHECK(verdict(plain.verify_signature(" " + signature + "\t", body)) == "ok");
  CHECK(verdict(plain.verify_signature("", body)) == "missing_header at X-Webhook-Signature");
  CHECK(verdict(plain.verify_signature(signature.substr(1), body)) == "malformed_signature at X-Webhook-Signature");
  CHECK(verdict(plain.verify_signature(independent::hex_signature("secret number two", body), body)) ==
        "signature_mismatch at X-Webhook-Signature");
  CHECK(verdict(gu1_verifier{"secret number one"}.verify_signature(signature, body)) == "ok");
  const auto delivery = hex_verifier{{"secret number two", "secret number one"}}.verify_signature(signature, body);
  REQUIRE(delivery);
  CHECK(delivery->body().data() == body.data());
}

// Rotation.

TEST_CASE("while the sender rotates its key any live key in either place will do") {
  const std::string old_secret = "whsec_dGhlIG9sZCBzZWNyZXQgb2YgdGhlIHNlbmRlcg==";
  const std::string new_secret = "whsec_dGhlIG5ldyBzZWNyZXQgb2YgdGhlIHNlbmRlcg==";
  const std::string old_token = independent::svix_signature("the old secret of the sender", "msg", "1614265330", body);
  const std::string new_token = independent::svix_signature("the new secret of the sender", "msg", "1614265330", body);
  const auto judge = [&](const svix_verifier& verifier, const std::string& signatures) {
    const lines headers{{"svix-id", "msg"}, {"svix-timestamp", "1614265330"}, {"svix-signature", signatures}};
    return verdict(verifier.verify(headers, body, known_answer::now));
  };
  for (const svix_verifier& verifier :
       {svix_verifier{old_secret}, svix_verifier{new_secret}, svix_verifier{{old_secret, new_secret}},
        svix_verifier{{new_secret, old_secret}}}) {
    CHECK(judge(verifier, new_token + " " + old_token) == "ok");
    CHECK(judge(verifier, old_token + " " + new_token) == "ok");
  }
  CHECK(judge(svix_verifier{new_secret}, old_token) == "signature_mismatch at svix-signature");
  CHECK(judge(svix_verifier{{old_secret, new_secret}}, old_token) == "ok");
  CHECK(judge(svix_verifier{{old_secret, new_secret}}, new_token) == "ok");
}

// The window.

TEST_CASE("the window is inclusive on both sides") {
  const svix_verifier verifier{known_answer::secret};
  const auto judge = [&](std::chrono::nanoseconds later) {
    return verdict(verifier.verify(known_answer::headers(), known_answer::body, time_point{known_answer::now + later}));
  };
  CHECK(judge(0s) == "ok");
  CHECK(judge(300s) == "ok");
  CHECK(judge(300s + 999ms) == "ok");  // whole seconds, as the header has them
  CHECK(judge(301s) == "timestamp_too_old at svix-timestamp");
  CHECK(judge(-300s) == "ok");
  CHECK(judge(-301s) == "timestamp_too_new at svix-timestamp");
  CHECK(judge(24h * 365) == "timestamp_too_old at svix-timestamp");
}

TEST_CASE("the window is as wide as was asked for") {
  const auto judge = [&](std::chrono::seconds tolerance, std::chrono::seconds later) {
    const svix_verifier verifier{known_answer::secret, {.tolerance = tolerance}};
    return verdict(verifier.verify(known_answer::headers(), known_answer::body, known_answer::now + later));
  };
  CHECK(judge(0s, 0s) == "ok");
  CHECK(judge(0s, 1s) == "timestamp_too_old at svix-timestamp");
  CHECK(judge(0s, -1s) == "timestamp_too_new at svix-timestamp");
  CHECK(judge(60s, 60s) == "ok");
  CHECK(judge(60s, 61s) == "timestamp_too_old at svix-timestamp");
  CHECK(judge(24h, 24h) == "ok");
}

TEST_CASE("a negative tolerance is refused when the verifier is made") {
  const error fault{errc::malformed_option, "tolerance: it is negative"};
  CHECK(thrown_by([] { const svix_verifier made{known_answer::secret, {.tolerance = -1s}}; }) == fault);
  CHECK(svix_verifier::create(known_answer::secret, {.tolerance = std::chrono::seconds::min()}).error() == fault);
  timeless negative;
  negative.tolerance = -1s;
  CHECK(sello::verifier<timeless>::create("secret number one", negative).error() == fault);
  CHECK(svix_verifier::create(known_answer::secret, {.tolerance = 0s}));
}

TEST_CASE("the window is checked before the MAC") {
  lines headers = known_answer::headers();
  headers[2].second = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
  const svix_verifier verifier{known_answer::secret};
  CHECK(verdict(verifier.verify(headers, known_answer::body, known_answer::now + 301s)) ==
        "timestamp_too_old at svix-timestamp");
  CHECK(verdict(verifier.verify(headers, known_answer::body, known_answer::now - 301s)) ==
        "timestamp_too_new at svix-timestamp");
  CHECK(verdict(verifier.verify(headers, known_answer::body, known_answer::now)) ==
        "signature_mismatch at svix-signature");
}

TEST_CASE("no time and no tolerance overflows") {
  for (const auto tolerance : {std::chrono::seconds::max(), std::chrono::seconds{2'000'000'000'000'000'000}}) {
    const svix_verifier verifier{known_answer::secret, {.tolerance = tolerance}};
    for (const auto now : {time_point::min(), time_point{}, known_answer::now, time_point::max()}) {
      for (const char* timestamp : {"0", "1614265330", "99999999999"})
        CHECK(verdict(verifier.verify(sent_at(timestamp), body, now)) == "ok");
    }
  }
  const svix_verifier usual{known_answer::secret};
  CHECK(verdict(usual.verify(sent_at("99999999999"), body, time_point::min())) ==
        "timestamp_too_new at svix-timestamp");
  CHECK(verdict(usual.verify(sent_at("0"), body, time_point::max())) == "timestamp_too_old at svix-timestamp");
}

namespace {

/// A scheme that takes any number for a time.
template <std::int64_t Seconds>
struct boundless : sello::hex_hmac {
  static constexpr bool signs_time = true;
  std::chrono::seconds tolerance{300};

  [[nodiscard]] sello::result<sello::claim, sello::refusal> read(const sello::header_view& headers) const {
    auto claimed = hex_hmac::read(headers);
    if (claimed) claimed->sent_at = std::chrono::sys_seconds{std::chrono::seconds{Seconds}};
    if (claimed) claimed->timestamp_header = "X-When";
    return claimed;
  }
};

template <std::int64_t Seconds>
[[nodiscard]] std::string verdict_of_time(time_point now) {
  const sello::verifier<boundless<Seconds>> made{"secret number one"};
  return verdict(made.verify(signed_with("secret number one"), body, now));
}

}  // namespace

TEST_CASE("a time in no year of the calendar is no time, whatever scheme read it") {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto last = std::chrono::sys_seconds{std::chrono::sys_days{std::chrono::year{32767} / 12 / 31}};
  constexpr auto first = std::chrono::sys_seconds{std::chrono::sys_days{std::chrono::year{-32767} / 1 / 1}};
  for (const auto now : {time_point::min(), time_point{}, known_answer::now, time_point::max()}) {
    CHECK(verdict_of_time<least>(now) == "malformed_timestamp at X-When");
    CHECK(verdict_of_time<first.time_since_epoch().count() - 1>(now) == "malformed_timestamp at X-When");
    CHECK(verdict_of_time<last.time_since_epoch().count() + 1>(now) == "malformed_timestamp at X-When");
    CHECK(verdict_of_time<most>(now) == "malformed_timestamp at X-When");
  }
  CHECK(verdict_of_time<first.time_since_epoch().count()>(known_answer::now) == "timestamp_too_old at X-When");
  CHECK(verdict_of_time<last.time_since_epoch().count()>(known_answer::now) == "timestamp_too_new at X-When");
}

TEST_CASE("without a given time the clock is now") {
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
  const svix_verifier verifier{known_answer::secret};
  CHECK(verifier.verify(sent_at(std::to_string(seconds)), body));
  CHECK_FALSE(verifier.verify(sent_at(std::to_string(seconds - 100'000)), body));
}

TEST_CASE("schemes without a signed time have no window") {
  const hex_verifier plain{"secret number one"};
  for (const auto now : {time_point::min(), time_point{}, time_point::max()})
    CHECK(plain.verify(signed_with("secret number one"), body, now));
}

TEST_CASE("a scheme that signs a time and does not give it is refused") {
  const sello::verifier<timeless> careless{"secret number one"};
  CHECK(verdict(careless.verify(signed_with("secret number one"), body)) == "malformed_timestamp at X-When");
}

namespace {

/// A scheme that forgets the id which it says it signs.
struct anonymous : sello::hex_hmac {
  static constexpr bool signs_id = true;
};

}  // namespace

TEST_CASE("a scheme that signs an id and does not give it is refused") {
  const sello::verifier<anonymous> careless{"secret number one"};
  CHECK(verdict(careless.verify(signed_with("secret number one"), body)) ==
        "internal_error at the scheme read no message_id");
}

namespace {

/// Says that it signs the id, and signs something else.
template <bool Signs>
struct named_by_header : sello::hex_hmac {
  static constexpr bool signs_id = true;

  [[nodiscard]] sello::result<sello::claim, sello::refusal> read(const sello::header_view& headers) const {
    auto claimed = hex_hmac::read(headers);
    if (!claimed) return claimed;
    claimed->message_id = std::string_view{"id-1"};
    claimed->signs(Signs ? std::string_view{"v0:id-1:"} : std::string_view{"v0:"});
    return claimed;
  }
};

}  // namespace

TEST_CASE("an id that is in no part of what the scheme signs is anybody's, and refused") {
  const sello::verifier<named_by_header<false>> careless{"secret number one"};
  CHECK(verdict(careless.verify(signed_with("secret number one", "v0:" + body), body)) ==
        "internal_error at the scheme's message_id is in no part that it signs");
  const sello::verifier<named_by_header<true>> careful{"secret number one"};
  CHECK(verdict(careful.verify(signed_with("secret number one", "v0:id-1:" + body), body)) == "ok");
}

// Refusing.

TEST_CASE("check says what verify says") {
  const svix_verifier verifier{known_answer::secret};
  CHECK(verdict(verifier.check(known_answer::headers(), known_answer::body, known_answer::now)) == "ok");
  CHECK(verdict(verifier.check(lines{}, known_answer::body, known_answer::now)) == "missing_header at svix-id");
  CHECK(verdict(verifier.check(known_answer::headers(), "", known_answer::now)) ==
        "signature_mismatch at svix-signature");
  CHECK(verdict(verifier.check(known_answer::headers(), "", known_answer::now + 1h)) ==
        "timestamp_too_old at svix-timestamp");
}

TEST_CASE("a delivery that is refused by check allocates nothing") {
  const svix_verifier timed{{known_answer::secret, other_secret}};
  const hex_verifier plain{{"secret number one", "secret number two"},
                           {.signature_header = "X-A-Header-With-A-Name-That-Is-Long"}};
  const gu1_verifier hinted{"secret number one"};
  lines forged = known_answer::headers();
  forged[2].second = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,x v1,short v1a,";
  lines dotted = known_answer::headers();
  dotted[0].second = "a.b";
  const lines none;
  const lines wrong{{"X-A-Header-With-A-Name-That-Is-Long", std::string(64, '0')},
                    {"X-Webhook-Signature", std::string(64, '0')}};
  const lines malformed{{"X-A-Header-With-A-Name-That-Is-Long", "sha256="}, {"X-Webhook-Signature", "sha256="}};
  const std::string large(100'000, 'x');

  const std::size_t before = support::allocations();
  std::size_t accepted = 0;
  for (const lines* headers : std::initializer_list<const lines*>{&forged, &dotted, &none, &wrong, &malformed}) {
    for (int i = 0; i < 3; ++i) {
      accepted += timed.check(*headers, large, known_answer::now) ? 1U : 0U;
      accepted += timed.check(*headers, large, known_answer::now + 1h) ? 1U : 0U;
      accepted += plain.check(*headers, large, known_answer::now) ? 1U : 0U;
      accepted += hinted.check(*headers, large, known_answer::now) ? 1U : 0U;
    }
  }
  const std::size_t after = support::allocations();
  CHECK(accepted == 0);
  CHECK(after - before == 0);
}

TEST_CASE("allocations are counted at all") {
  const std::size_t before = support::allocations();
  {
    const std::string text(1000, 'x');
  }
  CHECK(support::allocations() > before);
}

TEST_CASE("no error repeats a signature or a secret") {
  const hex_verifier plain{"a-very-secret-text"};
  for (const auto& headers : {signed_with("another"), lines{{"X-Webhook-Signature", "c0ffee"}}}) {
    const auto refused = plain.verify(headers, body);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message().find(headers[0].second) == std::string::npos);
    CHECK(refused.error().message().find("a-very-secret-text") == std::string::npos);
  }
}

// A body that comes in pieces.

namespace {

/// The verdict about a body that is fed in pieces of this size.
template <class Verifier>
[[nodiscard]] std::string streamed(const Verifier& verifier, const lines& headers, std::string_view text,
                                   std::size_t piece) {
  auto begun = verifier.begin(headers, known_answer::now);
  if (!begun) return verdict(begun);
  for (; text.size() > piece; text.remove_prefix(piece)) begun->update(text.substr(0, piece));
  begun->update(text);
  return verdict(begun->finish());
}

}  // namespace

TEST_CASE("a body that comes in pieces gets the verdict of the whole") {
  const svix_verifier verifier{{other_secret, known_answer::secret}};
  lines forged = known_answer::headers();
  forged[2].second[10] = forged[2].second[10] == 'A' ? 'B' : 'A';
  for (const std::size_t piece : {1U, 2U, 7U, 64U, 1000U}) {
    CHECK(streamed(verifier, known_answer::headers(), known_answer::body, piece) == "ok");
    CHECK(streamed(verifier, forged, known_answer::body, piece) == "signature_mismatch at svix-signature");
    CHECK(streamed(verifier, known_answer::headers(), "{}", piece) == "signature_mismatch at svix-signature");
  }
  const std::string large(300'000, 'a');
  CHECK(streamed(hex_verifier{{"secret number two", "secret number one"}}, signed_with("secret number one", large),
                 large, 4096) == "ok");
  CHECK(streamed(hex_verifier{{"secret number two", "secret number one"}}, signed_with("secret number one", ""), "",
                 1) == "ok");
}

TEST_CASE("what the headers alone decide is refused before the body comes") {
  const svix_verifier verifier{known_answer::secret};
  CHECK(verdict(verifier.begin(lines{}, known_answer::now)) == "missing_header at svix-id");
  CHECK(verdict(verifier.begin(known_answer::headers(), known_answer::now + 301s)) ==
        "timestamp_too_old at svix-timestamp");
  CHECK(verdict(verifier.begin(known_answer::headers(), known_answer::now - 301s)) ==
        "timestamp_too_new at svix-timestamp");
  const hex_verifier plain{"secret number one"};
  CHECK(verdict(plain.begin(lines{{"X-Webhook-Signature", "x"}}, known_answer::now)) ==
        "malformed_signature at X-Webhook-Signature");
  const auto fails = [](std::string_view) -> std::optional<std::string_view> {
    throw std::runtime_error{"no headers"};
  };
  CHECK(verdict(verifier.begin(fails, known_answer::now)) == threw);
}

TEST_CASE("a verification outlives the headers and the pieces") {
  const svix_verifier verifier{known_answer::secret};
  auto headers = known_answer::headers();
  auto begun = verifier.begin(headers, known_answer::now);
  REQUIRE(begun);
  for (auto& [name, value] : headers) value.assign(value.size(), 'x');
  headers.clear();
  std::string piece{known_answer::body.substr(0, 5)};
  begun->update(piece);
  piece.assign("overwritten");
  begun->update(known_answer::body.substr(5));
  CHECK(begun->body() == known_answer::body);

  auto moved = *std::move(begun);
  const auto delivery = moved.finish();
  REQUIRE(delivery);
  CHECK(delivery->message_id() == known_answer::id);
  CHECK(delivery->sent_at() == known_answer::now);
  CHECK(delivery->body() == known_answer::body);
  CHECK(delivery->body().data() == moved.body().data());
}

TEST_CASE("a verification keeps the hint of the headers") {
  lines headers = signed_with("secret number one");
  headers.emplace_back("X-Webhook-Event", "kyc.validation_approved");
  const gu1_verifier verifier{"secret number one"};
  auto begun = verifier.begin(headers, known_answer::now);
  REQUIRE(begun);
  headers.clear();
  begun->update(body);
  const auto delivery = begun->finish();
  REQUIRE(delivery);
  REQUIRE(delivery->type_hint());
  CHECK(delivery->type_hint()->value == "kyc.validation_approved");
}

TEST_CASE("what is hashed is what is kept: a verification may be fed its own body") {
  // Where the body has to grow, the memory that the view points at is gone when it is hashed.
  for (const std::size_t size : {1U, 15U, 16U, 100U, 5000U}) {
    const std::string once(size, 'x');
    const hex_verifier verifier{"secret number one"};
    auto begun = verifier.begin(signed_with("secret number one", once + once), {});
    REQUIRE(begun);
    begun->update(once);
    begun->update(begun->body());
    const auto delivery = begun->finish();
    REQUIRE(delivery);
    CHECK(delivery->body() == once + once);
  }
}

#if !defined(__SANITIZE_THREAD__)
TEST_CASE("what is hashed is what is kept: a buffer that something else writes changes no proven byte") {
  const std::string paid = R"({"amount":"1"})" + std::string(50'000, ' ');
  const hex_verifier verifier{"secret number one"};
  const lines headers = signed_with("secret number one", paid);
  std::string shared = paid;
  volatile char* const digit = shared.data() + 11;
  std::atomic<bool> done{false};
  std::thread writer{[&] {
    while (!done) *digit = *digit == '1' ? '9' : '1';
  }};
  int wrong = 0;
  for (int i = 0; i < 300; ++i) {
    auto begun = verifier.begin(headers, {});
    begun->update(shared);
    const auto delivery = begun->finish();
    if (delivery && delivery->body() != paid) ++wrong;
  }
  done = true;
  writer.join();
  CHECK(wrong == 0);
}
#endif

TEST_CASE("a proven body outlives its verification, which may be moved") {
  const hex_verifier verifier{"secret number one"};
  const std::string text(1000, 'x');
  for (const std::string& each : {text, body}) {
    std::optional<hex_verifier::delivery_type> kept;
    {
      auto begun = verifier.begin(signed_with("secret number one", each), {});
      REQUIRE(begun);
      begun->update(each);
      kept = begun->finish().value();
      auto moved = *std::move(begun);
      CHECK(kept->body() == each);
      moved.update("more");
      begun->update("more");         // NOLINT(bugprone-use-after-move)
      CHECK(begun->body().empty());  // NOLINT(bugprone-use-after-move)
      CHECK_FALSE(begun->finish());  // NOLINT(bugprone-use-after-move)
      CHECK(moved.body() == each);
    }
    CHECK(kept->body() == each);
  }
}

TEST_CASE("many verifications of one verifier may run at once") {
  const hex_verifier verifier{{"secret number one", "secret number two"}};
  std::vector<hex_verifier::verification> running;
  for (std::size_t i = 0; i < 30; ++i)
    running.push_back(verifier.begin(signed_with("secret number two", std::string(i, 'x')), known_answer::now).value());
  for (std::size_t round = 0; round < running.size(); ++round) {
    for (std::size_t i = round; i < running.size(); ++i) {
      if (round < i) running[i].update("x");
    }
  }
  for (auto& verification : running) CHECK(verification.finish());
}

// OpenSSL's errors.

TEST_CASE("OpenSSL's queue of errors is left as it was") {
  const auto entries = [] {
    std::vector<unsigned long> codes;
    while (const unsigned long code = ERR_get_error()) codes.push_back(code);
    return codes;
  };
  const auto work = [] {
    REQUIRE(EVP_default_properties_enable_fips(nullptr, 1) == 1);
    CHECK_FALSE(svix_verifier::create(known_answer::secret));
    REQUIRE(EVP_default_properties_enable_fips(nullptr, 0) == 1);
    CHECK_FALSE(svix_verifier::create("whsec_not base64!"));
    const svix_verifier verifier{{known_answer::secret, other_secret}};
    CHECK(verifier.verify(known_answer::headers(), known_answer::body, known_answer::now));
    CHECK_FALSE(verifier.verify(known_answer::headers(), body, known_answer::now));
    auto begun = verifier.begin(known_answer::headers(), known_answer::now);
    begun->update(known_answer::body);
    CHECK(begun->finish().value().body_digest().size() == 64);
  };
  ERR_clear_error();
  work();
  CHECK(entries().empty());
  ERR_raise(ERR_LIB_USER, 7);
  ERR_raise(ERR_LIB_USER, 8);
  work();
  const auto left = entries();
  REQUIRE(left.size() == 2);
  CHECK(ERR_GET_REASON(left[0]) == 7);
  CHECK(ERR_GET_REASON(left[1]) == 8);
}

// Sharing.

TEST_CASE("a verifier is copied with its keys and options") {
  const svix_verifier original{{known_answer::secret}, {.tolerance = 10s}};
  const svix_verifier copy = original;  // NOLINT(performance-unnecessary-copy-initialization)
  CHECK(copy.verify(known_answer::headers(), known_answer::body, known_answer::now + 10s));
  CHECK_FALSE(copy.verify(known_answer::headers(), known_answer::body, known_answer::now + 11s));
  CHECK(original.verify(known_answer::headers(), known_answer::body, known_answer::now));
}

TEST_CASE("a verifier that was moved from accepts nothing") {
  hex_verifier original{"secret number one"};
  const hex_verifier taken = std::move(original);
  CHECK(accepts(taken, "secret number one"));
  const std::string signature = independent::hex_signature("secret number one", body);
  // NOLINTBEGIN(bugprone-use-after-move)
  CHECK_FALSE(accepts(original, "secret number one"));
  CHECK_FALSE(original.verify_signature(signature, body));
  CHECK_FALSE(original.verify_signature(independent::hex_signature("", body), body));
  CHECK_FALSE(original.begin(signed_with("secret number one"), known_answer::now));
  // NOLINTEND(bugprone-use-after-move)

  svix_verifier timed{known_answer::secret};
  const svix_verifier elsewhere = std::move(timed);
  // NOLINTBEGIN(bugprone-use-after-move)
  CHECK(verdict(timed.verify(known_answer::headers(), known_answer::body, known_answer::now)) ==
        "internal_error at the verifier was moved from");
  CHECK(verdict(timed.begin(known_answer::headers(), known_answer::now)) ==
        "internal_error at the verifier was moved from");
  // NOLINTEND(bugprone-use-after-move)
  timed = elsewhere;
  CHECK(timed.verify(known_answer::headers(), known_answer::body, known_answer::now));
}

TEST_CASE("eight threads share one verifier") {
  const svix_verifier verifier{{other_secret, known_answer::secret}};
  const lines good = known_answer::headers();
  lines bad = good;
  bad[2].second[10] = bad[2].second[10] == 'A' ? 'B' : 'A';
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 1000; ++i) {
        const bool forged = (i + t) % 3 == 0;
        const auto delivery = verifier.verify(forged ? bad : good, known_answer::body, known_answer::now);
        if (delivery.has_value() == forged) ++wrong;
        if (delivery && delivery->message_id() != known_answer::id) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("a provider goes with the type of the verifier") {
  using acme_verifier = sello::verifier<sello::hex_hmac, acme>;
  STATIC_REQUIRE(std::is_same_v<acme_verifier::provider_type, acme>);
  STATIC_REQUIRE(std::is_same_v<hex_verifier::provider_type, sello::any_provider>);
  CHECK(acme_verifier{"secret number one"}.verify(signed_with("secret number one"), body).value().provider() == "acme");
}

TEST_CASE("verifier: a verification that is finished accepts nothing more and changes no more") {
  const std::string whole = R"({"event":"x"})";
  const sello::verifier<sello::hex_hmac> verifier{"secret number one"};
  auto verification = verifier.begin(signed_with("secret number one", whole), {});
  REQUIRE(verification);
  verification->update(whole);
  const auto first = verification->finish();
  REQUIRE(first);
  verification->update("more");
  CHECK(first->body() == whole);
  const auto second = verification->finish();
  REQUIRE_FALSE(second);
  CHECK(second.error().code == sello::errc::signature_mismatch);
}
