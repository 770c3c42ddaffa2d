// SPDX-License-Identifier: MIT
#include <sello/verify/scheme.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

constexpr std::string_view some_hex = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";
constexpr std::string_view some_base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A scheme of a user's own, as GitHub's: what stands in the header needs no change to the library.
struct github {
  [[nodiscard]] result<claim, refusal> read(const header_view& headers) const {
    constexpr std::string_view name = "X-Hub-Signature-256";
    const auto value = headers.one_trimmed(name);
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

TEST_CASE("a claim keeps its signatures as bytes in order") {
  claim read;
  CHECK(read.signatures().empty());
  CHECK(read.add_base64(some_base64));
  CHECK(read.add_hex(std::string(64, '0')));
  CHECK(read.add_hex(some_hex));
  REQUIRE(read.signatures().size() == 3);
  CHECK(read.signatures()[0] == read.signatures()[2]);
  CHECK(read.signatures()[0][31] == 31);
  CHECK(read.signatures()[1] == sello::mac{});
}

TEST_CASE("a claim takes no signature of another form or length") {
  claim read;
  for (const std::string& text : {std::string{}, std::string(63, '0'), std::string(65, '0'), std::string(66, '0'),
                                  std::string(63, '0') + "g", "0x" + std::string(62, '0'), std::string{some_base64}})
    CHECK_FALSE(read.add_hex(text));
  // 31 and 33 bytes have as many characters as 32.
  for (const std::string& text :
       {std::string{}, std::string(42, 'A') + "==", std::string(44, 'A'), std::string(43, 'A'), std::string(40, 'A'),
        std::string(48, 'A'), std::string(43, 'A') + "\n", std::string(43, 'A') + " ", std::string(43, '=') + "=",
        std::string{some_hex}})
    CHECK_FALSE(read.add_base64(text));
  CHECK(read.signatures().empty());
  CHECK(read.add_base64(std::string(43, 'A') + "="));
}

TEST_CASE("a claim has room for 16 signatures") {
  claim read;
  for (int i = 0; i < 16; ++i) CHECK(read.add_hex(some_hex));
  CHECK_FALSE(read.add_hex(some_hex));
  CHECK_FALSE(read.add_base64(some_base64));
  CHECK(read.signatures().size() == 16);
}

TEST_CASE("a claim has room for four signed parts") {
  claim read;
  CHECK(read.parts().empty());
  for (const std::string_view part : {"one", "", "three", "four"}) read.signs(part);
  REQUIRE(read.parts().size() == 4);
  CHECK(read.parts()[2] == "three");
  CHECK_THROWS_AS(read.signs("five"), std::out_of_range);
  CHECK(read.parts().size() == 4);
}

TEST_CASE("a claim from hexadecimal text is one signature over the body alone") {
  const std::string spaced = " \t" + std::string{some_hex} + "\t ";
  for (const std::string_view text : {some_hex, std::string_view{spaced}}) {
    const auto read = claim::from_hex(text, "X-Signature");
    REQUIRE(read);
    CHECK(read->parts().empty());
    CHECK(read->signatures().size() == 1);
    CHECK(read->signature_header == "X-Signature");
    CHECK_FALSE(read->sent_at);
    CHECK_FALSE(read->type_hint);
  }
}

TEST_CASE("a claim from hexadecimal text says what is wrong with it") {
  CHECK(verdict(claim::from_hex("", "X-Signature")) == "missing_header at X-Signature");
  CHECK(verdict(claim::from_hex(" \t ", "X-Signature")) == "missing_header at X-Signature");
  CHECK(verdict(claim::from_hex("00", "X-Signature")) == "malformed_signature at X-Signature");
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

TEST_CASE("the signed bytes are the parts in order and then the body") {
  const sello::verifier<four_parts> verifier{"key"};
  const auto judge = [&](std::string_view signed_bytes, std::string_view body) {
    return verdict(
        verifier.verify(sello::header_list{{"signature", independent::hex_signature("key", signed_bytes)}}, body));
  };
  CHECK(judge("abcdbody", "body") == "ok");
  CHECK(judge("body", "body") == "signature_mismatch at signature");
  CHECK(judge("dcbabody", "body") == "signature_mismatch at signature");
  CHECK(judge("abcd", "") == "ok");
}

TEST_CASE("a plain text secret is its bytes and never empty") {
  const auto key = sello::text_key(" whsec_c2VjcmV0 ");
  REQUIRE(key);
  CHECK(key->bytes().size() == 16);
  CHECK(verdict(sello::text_key("")) == "empty_secret");
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
