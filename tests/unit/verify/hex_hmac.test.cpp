// SPDX-License-Identifier: MIT
#include <sello/verify/hex_hmac.hpp>

#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/verify/verifier.hpp>

#include "catch.hpp"
#include "support/sign.hpp"
#include "support/verdict.hpp"

using lines = std::vector<std::pair<std::string, std::string>>;

namespace {

constexpr std::string_view secret = "tu-secreto-webhook";
constexpr std::string_view body =
    R"({"event":"credit.application.created","data":{"id":"app_123","amount":5000000,"term":12,"termUnit":"months",)"
    R"("status":"pending","createdAt":"2024-03-20T10:00:00Z"},"timestamp":"2024-03-20T10:00:00Z"})";
const std::string signature = "0193e72ddcceef31ec6488d243f0fe221b88dfb95ba708dcc4d31db429fc002f";

[[nodiscard]] std::string judge(const std::string& value) {
  static const sello::verifier<sello::hex_hmac> verifier{secret};
  return verdict(verifier.verify(lines{{"X-Webhook-Signature", value}}, body));
}

[[nodiscard]] std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

constexpr std::string_view malformed = "malformed_signature at X-Webhook-Signature";
constexpr std::string_view mismatch = "signature_mismatch at X-Webhook-Signature";
constexpr std::string_view missing = "missing_header at X-Webhook-Signature";

}  // namespace

TEST_CASE("hex: the documented delivery is accepted") { CHECK(judge(signature) == "ok"); }

TEST_CASE("hex: either case is accepted and also a mix") {
  CHECK(judge(upper(signature)) == "ok");
  CHECK(judge(upper(signature.substr(0, 20)) + signature.substr(20)) == "ok");
}

TEST_CASE("hex: spaces and tabs around the value are no part of it") {
  CHECK(judge(" " + signature) == "ok");
  CHECK(judge("\t " + signature + " \t") == "ok");
}

TEST_CASE("hex: other white space is malformed") {
  for (const char* space : {"\n", "\r", "\r\n", "\v", "\f", "\xc2\xa0"}) {
    CHECK(judge(signature + space) == malformed);
    CHECK(judge(space + signature) == malformed);
  }
  CHECK(judge(signature.substr(0, 32) + " " + signature.substr(32)) == malformed);
}

TEST_CASE("hex: an absent or empty or blank header is missing") {
  static const sello::verifier<sello::hex_hmac> verifier{secret};
  CHECK(verdict(verifier.verify(lines{}, body)) == missing);
  CHECK(judge("") == missing);
  CHECK(judge(" \t ") == missing);
}

TEST_CASE("hex: any length but 64 is malformed") {
  for (std::size_t size = 1; size < signature.size(); ++size) CHECK(judge(signature.substr(0, size)) == malformed);
  CHECK(judge(signature + "0") == malformed);
  CHECK(judge(signature + "00") == malformed);
  CHECK(judge("0" + signature) == malformed);
  CHECK(judge(signature + signature) == malformed);
}

TEST_CASE("hex: any other character is malformed") {
  for (int c = 0; c < 256; ++c) {
    if (std::isxdigit(c) != 0) continue;
    std::string text = signature;
    text[31] = static_cast<char>(c);
    CHECK(judge(text) == malformed);
  }
}

TEST_CASE("hex: prefixes and other encodings are malformed") {
  CHECK(judge("0x" + signature) == malformed);
  CHECK(judge("0x" + signature.substr(2)) == malformed);
  CHECK(judge("sha256=" + signature) == malformed);
  CHECK(judge("v1," + signature) == malformed);
  CHECK(judge(signature + ",") == malformed);
  CHECK(judge(signature + ", " + signature) == "ok");
  CHECK(judge(signature + ", " + signature + ", 0") == malformed);
  CHECK(judge("\"" + signature + "\"") == malformed);
  const auto code = independent::hmac_sha256(secret, body);
  CHECK(judge(independent::base64({reinterpret_cast<const char*>(code.data()), code.size()})) == malformed);
}

TEST_CASE("hex: one other digit anywhere is a mismatch") {
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string text = signature;
    text[i] = text[i] == '0' ? '1' : '0';
    CHECK(judge(text) == mismatch);
  }
}

TEST_CASE("hex: the signature of another body or of another secret is a mismatch") {
  CHECK(judge(independent::hex_signature(secret, std::string{body} + " ")) == mismatch);
  CHECK(judge(independent::hex_signature("otro-secreto", body)) == mismatch);
  CHECK(judge(independent::hex_signature("", body)) == mismatch);
}

TEST_CASE("hex: the header may come twice only with the same value") {
  static const sello::verifier<sello::hex_hmac> verifier{secret};
  const auto twice = [&](const std::string& first, const std::string& second) {
    return verdict(verifier.verify(lines{{"X-Webhook-Signature", first}, {"x-webhook-signature", second}}, body));
  };
  CHECK(twice(signature, signature) == "ok");
  CHECK(twice(signature, " " + signature) == "ok");
  CHECK(twice(signature, std::string(64, '0')) == "malformed_header at X-Webhook-Signature");
  CHECK(twice(std::string(64, '0'), signature) == "malformed_header at X-Webhook-Signature");
  CHECK(twice(signature, "") == "malformed_header at X-Webhook-Signature");
}

TEST_CASE("hex: the header's name is an option") {
  const sello::verifier<sello::hex_hmac> verifier{secret, {.signature_header = "X-Kuenta-Signature"}};
  CHECK(verdict(verifier.verify(lines{{"x-kuenta-signature", signature}}, body)) == "ok");
  CHECK(verdict(verifier.verify(lines{{"X-Webhook-Signature", signature}}, body)) ==
        "missing_header at X-Kuenta-Signature");
}

TEST_CASE("hex: the secret is text that is never stripped or decoded") {
  for (const std::string text :
       {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "with spaces inside", "con \xc3\xb1, ocho", "c2VjcmV0IQ=="}) {
    const sello::verifier<sello::hex_hmac> verifier{text};
    CHECK(verdict(verifier.verify(lines{{"X-Webhook-Signature", independent::hex_signature(text, body)}}, body)) ==
          "ok");
  }
  CHECK(verdict(sello::hex_hmac::key("")) == "empty_secret");
  CHECK(verdict(sello::hex_hmac::key("trailing line\n")).starts_with("malformed_secret at it ends with a line break"));
}

TEST_CASE("hex: a header's name that is none is refused when the verifier is made") {
  using verifier = sello::verifier<sello::hex_hmac>;
  const auto fault = [](const char* name) {
    return verdict(verifier::create("s3cret-of-kuenta", {.signature_header = name}));
  };
  CHECK(fault("") == "malformed_option at signature_header: it is empty; give the header's name");
  CHECK(fault("X-Kuenta-Signature:") ==
        "malformed_option at signature_header: it ends with a colon; give the name alone");
  for (const char* name : {"X Kuenta", " X-Kuenta", "X-Kuenta\n", "X:Kuenta", "X-Ku\xc3\xa9nta", "X(1)", "\"X\""})
    CHECK(fault(name) == "malformed_option at signature_header: it has a character that no header's name can have");
  CHECK(fault("x!#$%&'*+-.^_`|~0Z") == "ok");
  CHECK_THROWS_AS((verifier{"s3cret-of-kuenta", {.signature_header = ""}}), sello::bad_result);
}

TEST_CASE("hex_hmac: a second bare text is neither a secret nor an option") {
  using verifier = sello::verifier<sello::hex_hmac>;
  STATIC_REQUIRE_FALSE(std::is_constructible_v<verifier, const char*, const char*>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<verifier, std::string, std::string_view>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<verifier, std::string, std::string, std::string>);
  STATIC_REQUIRE(std::is_constructible_v<verifier, std::string, sello::hex_hmac>);
  CHECK_NOTHROW((verifier{"s3cret-of-kuenta", {.signature_header = "X-Kuenta-Signature"}}));
  CHECK_NOTHROW((verifier{{"the current one", "the previous one"}}));
}
