// SPDX-License-Identifier: MIT
#include <sello/verify/scheme.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/timestamp.hpp>
#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/verifier.hpp>

#include "catch.hpp"
#include "support/sign.hpp"
#include "support/verdict.hpp"

using sello::claim;
using sello::errc;
using sello::header_view;
using sello::refusal;
using sello::result;

namespace {

/// A scheme of a user's own, as GitHub's: what stands in the header needs no change to the library.
struct github {
  [[nodiscard]] result<claim, refusal> read(const header_view& headers) const {
    constexpr std::string_view name = "X-Hub-Signature-256";
    const auto value = headers.one(name);
    if (!value) return value.error();
    if (!value->starts_with("sha256=")) return refusal{errc::malformed_signature, name};
    return claim::from_hex(value->substr(7), name);
  }
  [[nodiscard]] static result<sello::secret> key(std::string_view text) { return sello::secret{text}; }
};

/// Signs everything that a scheme may: four parts before the body.
struct four_parts {
  [[nodiscard]] result<claim, refusal> read(const header_view& headers) const {
    const auto value = headers.one("signature");
    if (!value) return value.error();
    auto read = claim::from_hex(*value, "signature");
    if (read) {
      for (const std::string_view part : {"a", "b", "c", "d"}) read->signs(part);
    }
    return read;
  }
  [[nodiscard]] static result<sello::secret> key(std::string_view text) { return sello::secret{text}; }
};

/// Slack's, written the obvious way: https://docs.slack.dev/authentication/verifying-requests-from-slack
struct slack {
  static constexpr bool signs_time = true;
  std::chrono::seconds tolerance{300};

  [[nodiscard]] static result<claim, refusal> read(const header_view& headers) {
    const auto time = headers.one("X-Slack-Request-Timestamp");
    if (!time) return time.error();
    const auto signature = headers.one("X-Slack-Signature");
    if (!signature) return signature.error();
    if (!signature->starts_with("v0=")) return refusal{errc::malformed_signature, "X-Slack-Signature"};
    auto read = claim::from_hex(signature->substr(3), "X-Slack-Signature");
    if (read) {
      const std::string text{*time};
      read->signs("v0:" + text + ":");
      read->sent_at = sello::parse_unix_seconds(*time);
      read->timestamp_header = "X-Slack-Request-Timestamp";
    }
    return read;
  }
  [[nodiscard]] static result<sello::secret> key(std::string_view text) { return sello::text_key(text); }
};

/// Has an option that may be wrong, and says so.
struct numbered : github {
  int version = 1;
  [[nodiscard]] result<void> check() const {
    if (version < 1) return sello::error{errc::malformed_option, "version: it is below 1"};
    return {};
  }
};

struct not_a_scheme {
  [[nodiscard]] bool read(const header_view&) const { return true; }
};

/// Says that it signs a time, and has no tolerance.
struct without_tolerance : github {
  static constexpr bool signs_time = true;
};

/// Signs a time and no id, as Stripe and Slack do.
struct clock_only : without_tolerance {
  std::chrono::seconds tolerance{300};
};

}  // namespace

TEST_CASE("the schemes are what they say they are") {
  STATIC_REQUIRE(sello::scheme<sello::hex_hmac>);
  STATIC_REQUIRE(sello::scheme<sello::gu1_hmac>);
  STATIC_REQUIRE(sello::scheme<sello::svix_v1>);
  STATIC_REQUIRE(sello::scheme<github>);
  STATIC_REQUIRE_FALSE(sello::scheme<not_a_scheme>);
  STATIC_REQUIRE_FALSE(sello::scheme<int>);

  STATIC_REQUIRE(sello::timed_scheme<sello::svix_v1>);
  STATIC_REQUIRE_FALSE(sello::timed_scheme<sello::hex_hmac>);
  STATIC_REQUIRE_FALSE(sello::timed_scheme<sello::gu1_hmac>);
  STATIC_REQUIRE_FALSE(sello::timed_scheme<github>);
  STATIC_REQUIRE_FALSE(sello::timed_scheme<without_tolerance>);
  STATIC_REQUIRE(sello::timed_scheme<clock_only>);

  STATIC_REQUIRE(sello::identified_scheme<sello::svix_v1>);
  STATIC_REQUIRE_FALSE(sello::identified_scheme<sello::hex_hmac>);
  STATIC_REQUIRE_FALSE(sello::identified_scheme<clock_only>);

  STATIC_REQUIRE(sello::single_signature_scheme<sello::hex_hmac>);
  STATIC_REQUIRE(sello::single_signature_scheme<sello::gu1_hmac>);
  STATIC_REQUIRE_FALSE(sello::single_signature_scheme<sello::svix_v1>);

  STATIC_REQUIRE(sello::signing_scheme<sello::hex_hmac>);
  STATIC_REQUIRE(sello::signing_scheme<sello::gu1_hmac>);
  STATIC_REQUIRE(sello::signing_scheme<sello::svix_v1>);
  STATIC_REQUIRE_FALSE(sello::signing_scheme<github>);
}

TEST_CASE("a scheme of one's own needs ten lines") {
  const std::string_view body = "Hello, World!";
  const std::string_view secret = "It's a Secret to Everybody";
  // The example of GitHub's page "Validating webhook deliveries".
  const std::string_view signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  const sello::verifier<github> verifier{secret};
  const auto judge = [&](std::string_view value) {
    return verdict(verifier.verify(
        std::vector{std::pair<std::string_view, std::string_view>{"x-hub-signature-256", value}}, body));
  };
  CHECK(judge(signature) == "ok");
  CHECK(judge(signature.substr(7)) == "malformed_signature at X-Hub-Signature-256");
  CHECK(judge("sha256=" + std::string(64, '0')) == "signature_mismatch at X-Hub-Signature-256");
}

TEST_CASE("a scheme that signs a time and no id: Slack's known answer") {
  // The example of Slack's page "Verifying requests from Slack".
  const std::string_view body =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name="
      "foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks."
      "slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
      "803a0bc887a14d10d2c447fce8b6703c";
  const sello::header_list headers{
      {"X-Slack-Request-Timestamp", "1531420618"},
      {"X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"}};
  const std::chrono::sys_seconds sent{std::chrono::seconds{1'531'420'618}};
  const sello::verifier<slack> verifier{"8f742231b10e8888abcd99yyyzzz85a5"};

  const auto delivery = verifier.verify(headers, body, sent);
  REQUIRE(delivery);
  CHECK(delivery->sent_at() == sent);
  CHECK(verdict(verifier.verify(headers, body.substr(1), sent)) == "signature_mismatch at X-Slack-Signature");
  CHECK(verdict(verifier.verify(headers, body, sent + std::chrono::seconds{301})) ==
        "timestamp_too_old at X-Slack-Request-Timestamp");
  const auto begun = verifier.begin(headers, sent);
  REQUIRE(begun);
}

TEST_CASE("the options of a scheme are checked when a verifier or a signer is made") {
  numbered options;
  CHECK(sello::verifier<numbered>::create("a long secret", options));
  options.version = 0;
  CHECK(verdict(sello::verifier<numbered>::create("a long secret", options)) ==
        "malformed_option at version: it is below 1");
  CHECK(sello::check_header_name("name", "X-Name"));
  CHECK(verdict(sello::check_header_name("name", "X-Name:")) ==
        "malformed_option at name: it ends with a colon; give the name alone");
}

TEST_CASE("the signed bytes are the parts in order and then the body") {
  const sello::verifier<four_parts> verifier{"the key of four"};
  const auto judge = [&](std::string_view signed_bytes, std::string_view body) {
    return verdict(verifier.verify(
        sello::header_list{{"signature", independent::hex_signature("the key of four", signed_bytes)}}, body));
  };
  CHECK(judge("abcdbody", "body") == "ok");
  CHECK(judge("body", "body") == "signature_mismatch at signature");
  CHECK(judge("dcbabody", "body") == "signature_mismatch at signature");
  CHECK(judge("abcd", "") == "ok");
}

TEST_CASE("a MAC is written as 64 lower-case digits") {
  sello::mac code{};
  code[0] = 0xab;
  code[31] = 0x0c;
  CHECK(sello::to_hex(code) == "ab" + std::string(60, '0') + "0c");
}

TEST_CASE("a message says by itself which delivery it is") {
  const auto before = std::chrono::system_clock::now();
  const sello::message sent;
  CHECK_FALSE(sent.id.empty());
  CHECK(sent.id.find('.') == sent.id.npos);
  CHECK(sent.type.empty());
  CHECK(sent.sent_at >= before);
}
