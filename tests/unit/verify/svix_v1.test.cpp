// SPDX-License-Identifier: MIT
#include <sello/verify/svix_v1.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/verify/verifier.hpp>

#include "catch.hpp"
#include "support/known_answer.hpp"
#include "support/sign.hpp"
#include "support/verdict.hpp"

using namespace std::chrono_literals;
using lines = sello::header_list;
using verifier = sello::verifier<sello::svix_v1>;

namespace {

const std::string good{known_answer::signature};
const std::string bad = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
const std::string good_base64 = good.substr(3);

constexpr std::string_view mismatch = "signature_mismatch at svix-signature";
constexpr std::string_view malformed = "malformed_signature at svix-signature";

[[nodiscard]] const verifier& known_verifier() {
  static const verifier made{known_answer::secret};
  return made;
}

[[nodiscard]] std::string judge(const lines& headers, std::string_view body = known_answer::body,
                                verifier::time_point now = known_answer::now) {
  return verdict(known_verifier().verify(headers, body, now));
}

[[nodiscard]] lines family(const std::string& prefix, const std::string& id, const std::string& timestamp,
                           const std::string& signature) {
  return {{prefix + "-id", id}, {prefix + "-timestamp", timestamp}, {prefix + "-signature", signature}};
}

[[nodiscard]] lines known_family(const std::string& prefix, const std::string& signature = good) {
  return family(prefix, std::string{known_answer::id}, std::string{known_answer::timestamp}, signature);
}

/// The known delivery with another signature header.
[[nodiscard]] std::string judge_signature(const std::string& signature) {
  return judge(known_family("svix", signature));
}

[[nodiscard]] lines joined(lines first, const lines& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// The raw bytes of the known secret.
[[nodiscard]] std::string known_key() {
  const auto key = sello::svix_v1::key(known_answer::secret).value();
  return {reinterpret_cast<const char*>(key.bytes().data()), key.bytes().size()};
}

/// The verdict about a delivery that is rightly signed over this text of a time.
[[nodiscard]] std::string judge_timestamp(const std::string& timestamp, verifier::time_point now = known_answer::now) {
  const std::string signature =
      independent::svix_signature(known_key(), known_answer::id, timestamp, known_answer::body);
  return judge(family("svix", std::string{known_answer::id}, timestamp, signature), known_answer::body, now);
}

/// The key bytes of a secret as text, or the verdict.
[[nodiscard]] std::string key_of(std::string_view text) {
  const auto key = sello::svix_v1::key(text);
  if (!key) return std::string{to_string(key.error().code)};
  return {reinterpret_cast<const char*>(key->bytes().data()), key->bytes().size()};
}

[[nodiscard]] bool blames(std::string_view text, std::string_view what) {
  const auto key = sello::svix_v1::key(text);
  return !key && key.error().code == sello::errc::malformed_secret && key.error().where.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("svix: the known answer is accepted") {
  const auto delivery = known_verifier().verify(known_answer::headers(), known_answer::body, known_answer::now);
  REQUIRE(delivery);
  CHECK(delivery->message_id() == known_answer::id);
  CHECK(delivery->sent_at() == known_answer::now);
  CHECK(delivery->body() == known_answer::body);
}

TEST_CASE("svix: a body or id or time that was changed is a mismatch") {
  CHECK(judge(known_answer::headers(), "{\"test\": 2432232315}") == mismatch);
  CHECK(judge(known_answer::headers(), "{\"test\":2432232314}") == mismatch);
  CHECK(judge(known_answer::headers(), "") == mismatch);
  CHECK(judge(family("svix", "msg_other", "1614265330", good)) == mismatch);
  CHECK(judge(family("svix", std::string{known_answer::id}, "1614265331", good)) == mismatch);
}

// Rule 1: one whole family of headers.

TEST_CASE("svix: the webhook family is read where there is no svix family") {
  CHECK(judge(known_family("webhook")) == "ok");
  CHECK(judge(known_family("WebHook")) == "ok");
  CHECK(judge(known_family("webhook", bad)) == "signature_mismatch at webhook-signature");
}

TEST_CASE("svix: the svix family wins where it is complete") {
  const lines garbage = family("webhook", "x", "1", "v1,AAAA");
  CHECK(judge(joined(known_family("svix"), garbage)) == "ok");
  CHECK(judge(joined(garbage, known_family("svix"))) == "ok");
  CHECK(judge(joined(known_family("svix", bad), known_family("webhook"))) == mismatch);
  CHECK(judge(joined(family("svix", "a.b", "1614265330", good), known_family("webhook"))) ==
        "malformed_header at svix-id");
  CHECK(judge(joined(family("svix", "msg", "then", good), known_family("webhook"))) ==
        "malformed_timestamp at svix-timestamp");
}

TEST_CASE("svix: families are never mixed") {
  for (std::size_t from_webhook = 1; from_webhook < 7; ++from_webhook) {
    const lines svix = known_family("svix");
    const lines webhook = known_family("webhook");
    lines mixed;
    for (std::size_t i = 0; i < 3; ++i) mixed.push_back((from_webhook >> i & 1U) != 0 ? webhook[i] : svix[i]);
    CHECK(judge(mixed).starts_with("missing_header at svix-"));
  }
}

TEST_CASE("svix: a complete webhook family is read beside a part of the other") {
  for (std::size_t left_out = 0; left_out < 3; ++left_out) {
    lines svix = family("svix", "x", "1", "v1,AAAA");
    svix.erase(svix.begin() + static_cast<std::ptrdiff_t>(left_out));
    CHECK(judge(joined(svix, known_family("webhook"))) == "ok");
  }
}

TEST_CASE("svix: what is missing is said of the family that is there") {
  CHECK(judge({}) == "missing_header at svix-id");
  for (const std::string prefix : {"svix", "webhook"}) {
    for (std::size_t left_out = 0; left_out < 3; ++left_out) {
      lines headers = known_family(prefix);
      const std::string name = headers[left_out].first;
      headers[left_out].second = "";
      CHECK(judge(headers) == "missing_header at " + name);
      headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(left_out));
      CHECK(judge(headers) == "missing_header at " + name);
    }
  }
}

TEST_CASE("svix: an empty value is missing also for the choice of the family") {
  CHECK(judge(joined(family("svix", "", "1614265330", good), known_family("webhook"))) == "ok");
  CHECK(judge(joined(family("svix", std::string{known_answer::id}, "1614265330", ""), known_family("webhook"))) ==
        "ok");
}

TEST_CASE("svix: header names have no case") {
  CHECK(judge(known_family("Svix")) == "ok");
  CHECK(judge(known_family("SVIX")) == "ok");
}

// Rule 2: the text of the timestamp.

TEST_CASE("svix: a timestamp is plain digits") {
  for (const char* text : {"+1614265330", "-1614265330", "16142 65330", "01614265330", "00", "1614265330.0",
                           "1614265330.5", "1.614265330e9", "1e9", "0x6037BBB2", "1614_265330", "1,614,265,330", "now",
                           "1614265330\n", "2021-02-25T15:02:10Z", "\xef\xbc\x91\xef\xbc\x92"}) {
    INFO(text);
    CHECK(judge_timestamp(text) == "malformed_timestamp at svix-timestamp");
  }
}

TEST_CASE("svix: a timestamp of 11 digits reaches the window and one of 12 does not") {
  CHECK(judge_timestamp("99999999999") == "timestamp_too_new at svix-timestamp");
  for (const char* text : {"161426533000", "1614265330000" /* milliseconds */, "999999999999999999",
                           "1000000000000000000", "9223372036854775808", "18446744075323816946"})
    CHECK(judge_timestamp(text) == "malformed_timestamp at svix-timestamp");
  const auto refused = known_verifier().verify(family("svix", "m", "1614265330000", good), known_answer::body);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message().find("seconds") != std::string::npos);
  CHECK(refused.error().message().find("milliseconds") != std::string::npos);
}

TEST_CASE("svix: blanks around a value are no part of it, and equal values may be joined") {
  CHECK(judge(family("svix", std::string{known_answer::id} + " ", "\t1614265330", " " + good)) == "ok");
  const std::string id{known_answer::id};
  CHECK(judge(family("svix", id + ", " + id, "1614265330,1614265330", good + ", " + good)) == "ok");
  CHECK(judge(family("svix", id, "1614265330, 1614265331", good)) == "malformed_timestamp at svix-timestamp");
  CHECK(judge(family("svix", id + ", msg_other", "1614265330", good)) == mismatch);
}

TEST_CASE("svix: zero is a timestamp") {
  CHECK(judge_timestamp("0") == "timestamp_too_old at svix-timestamp");
  CHECK(judge_timestamp("0", verifier::time_point{}) == "ok");
  CHECK(judge_timestamp("0", verifier::time_point{-300s}) == "ok");
  CHECK(judge_timestamp("0", verifier::time_point{-301s}) == "timestamp_too_new at svix-timestamp");
}

// Rule 4: the list of signatures.

TEST_CASE("svix: any good v1 signature in the list counts") {
  CHECK(judge_signature(good + " " + bad) == "ok");
  CHECK(judge_signature(bad + " " + good) == "ok");
  CHECK(judge_signature("v2," + good_base64 + " v1a,xx what " + good + " , ,, v1 " + bad) == "ok");
  CHECK(judge_signature(bad + " " + bad) == mismatch);
}

TEST_CASE("svix: spaces, tabs and commas separate in every number and order") {
  for (const std::string separator : {" ", "\t", ",", ", ", " , ", ",,", "    ", ",\t,"}) {
    INFO(separator);
    const std::string written = "v1" + separator + good_base64;
    CHECK(judge_signature(written) == "ok");
    CHECK(judge_signature(separator + written + separator) == "ok");
    CHECK(judge_signature(bad + separator + good) == "ok");
    CHECK(judge_signature(good + separator + bad) == "ok");
    CHECK(judge_signature(good + separator + "x") == "ok");
  }
  CHECK(judge_signature("   ") == "missing_header at svix-signature");
  CHECK(judge_signature(" ,, ") == malformed);
}

TEST_CASE("svix: nothing else separates signatures") {
  for (const char* separator : {"\n", "\r\n", ";", "|", "\xc2\xa0", "\v", "."}) {
    CHECK(judge_signature(bad + separator + good) == malformed);
    CHECK(judge_signature(good + separator + bad) == malformed);
  }
}

TEST_CASE("svix: a version names the piece behind it and replaces one that has none yet") {
  CHECK(judge_signature("v1,v1," + good_base64) == "ok");
  CHECK(judge_signature("v2," + good) == "ok");
  CHECK(judge_signature("v1a v1 " + good_base64) == "ok");
  CHECK(judge_signature("v1,v2," + good_base64) == malformed);
  CHECK(judge_signature("v1,x," + good_base64) == malformed);  // the value of v1 is x; what follows has no version
  CHECK(judge_signature(good + ",v1") == "ok");
  CHECK(judge_signature(good_base64 + ",v1") == malformed);
  CHECK(judge_signature("v2," + good_base64 + ",v1,x") == malformed);
}

TEST_CASE("svix: every line of the signature header is read") {
  const lines one_and_two = joined(known_family("svix", bad), {{"Svix-Signature", good}});
  CHECK(judge(one_and_two) == "ok");
  CHECK(judge(joined({{"svix-signature", good}}, known_family("svix", bad))) == "ok");
  CHECK(judge(joined(known_family("svix", ""), {{"svix-signature", good}})) == "ok");
  CHECK(judge(joined(known_family("svix", bad), {{"svix-signature", bad}})) == mismatch);
  // A comma that split the header in two lines, as some frameworks do; but no piece goes on in the next line.
  CHECK(judge(joined(known_family("svix", "v1"), {{"svix-signature", good_base64}})) == "ok");
  CHECK(judge(joined(known_family("svix", good.substr(0, 20)), {{"svix-signature", good.substr(20)}})) == malformed);
}

TEST_CASE("svix: a list that was cut into lines at its commas counts in every order of the lines") {
  const auto all = [](std::vector<std::string> values) {
    std::vector<std::string> verdicts;
    std::sort(values.begin(), values.end());
    do {
      lines headers = known_family("svix", "");
      for (const std::string& value : values) headers.emplace_back("svix-signature", value);
      verdicts.push_back(judge(headers));
    } while (std::next_permutation(values.begin(), values.end()));
    CHECK(std::equal(verdicts.begin() + 1, verdicts.end(), verdicts.begin()));
    return verdicts.front();
  };
  CHECK(all({"v1", good_base64}) == "ok");
  CHECK(all({" v1 ,", good_base64 + " x"}) == "ok");
  CHECK(all({"v1", good_base64 + " v1", bad.substr(3)}) == "ok");
  CHECK(all({"v1", bad.substr(3) + " v1", good_base64}) == "ok");
  CHECK(all({"v1", good_base64, "v2", "x"}) == "ok");
  CHECK(all({good_base64 + " v1", good_base64 + " v1"}) == "ok");
  CHECK(all({"v1", bad.substr(3)}) == mismatch);
  CHECK(all({"v2", good_base64}) == malformed);
  CHECK(all({"v1a", good_base64}) == malformed);
  CHECK(all({"av1", good_base64}) == malformed);
  CHECK(all({"v1", "x " + good_base64}) == malformed);
  CHECK(all({"v1", "v2 " + good_base64}) == malformed);
  CHECK(all({good_base64 + " v1", "v2"}) == malformed);  // the value of that v1 is in no other line
}

TEST_CASE("svix: 16 signatures are looked at and more are refused") {
  std::string list = good;
  for (int i = 1; i < 16; ++i) list = bad + " " + list;
  CHECK(judge_signature(list) == "ok");
  CHECK(judge_signature(list + "  ") == "ok");
  CHECK(judge_signature(list + " " + bad) == "malformed_header at svix-signature");
  CHECK(judge_signature(list + " v2,x") == "malformed_header at svix-signature");
  CHECK(judge_signature(list + " x what v2") == "ok");
  CHECK(judge(joined(known_family("svix", list), {{"svix-signature", bad}})) == "malformed_header at svix-signature");
}

TEST_CASE("svix: more than 8 KiB or 64 lines of signatures are refused") {
  const std::string at_limit = std::string(8192 - good.size() - 1, 'x') + " " + good;
  CHECK(judge_signature(at_limit) == "ok");
  CHECK(judge_signature("x" + at_limit) == "malformed_header at svix-signature");
  CHECK(judge(joined(known_family("svix"), {{"svix-signature", std::string(8192, 'x')}})) ==
        "malformed_header at svix-signature");
  CHECK(judge(joined(known_family("svix"), lines(63, {"svix-signature", "x"}))) == "ok");
  CHECK(judge(joined(known_family("svix"), lines(64, {"svix-signature", "x"}))) ==
        "malformed_header at svix-signature");
}

// Rule 5: the text of a signature.

TEST_CASE("svix: a signature is exactly the canonical base64 of 32 bytes") {
  CHECK(judge_signature("v1," + good_base64.substr(0, 43)) == malformed);  // no padding
  CHECK(judge_signature("v1," + good_base64.substr(0, 40)) == malformed);  // a prefix of the bytes
  CHECK(judge_signature("v1," + good_base64.substr(0, 4)) == malformed);
  CHECK(judge_signature("v1," + good_base64.substr(1)) == malformed);
  CHECK(judge_signature("v1,A" + good_base64) == malformed);
  CHECK(judge_signature("v1," + good_base64 + "=") == malformed);
  CHECK(judge_signature("v1," + good_base64 + "A") == malformed);
  CHECK(judge_signature("v1," + good_base64 + good_base64) == malformed);
  CHECK(judge_signature("v1,") == malformed);
  CHECK(judge_signature("v1") == malformed);
  CHECK(judge_signature(",") == malformed);
  CHECK(judge_signature("v1,=") == malformed);
  CHECK(judge_signature(good_base64) == malformed);  // no version
}

TEST_CASE("svix: stray bits behind the last byte are malformed") {
  // "OE=" ends in four bits of the last byte and two that must be zero: F, G and H say the same bytes.
  for (const char digit : {'F', 'G', 'H'}) {
    std::string text = good;
    text[text.size() - 2] = digit;
    CHECK(judge_signature(text) == malformed);
  }
}

TEST_CASE("svix: the URL-safe alphabet is malformed") {
  std::string text = good;
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  REQUIRE(text != good);
  CHECK(judge_signature(text) == malformed);
}

TEST_CASE("svix: hexadecimal text is malformed") {
  std::string signed_bytes{known_answer::id};
  signed_bytes.append(".1614265330.").append(known_answer::body);
  CHECK(judge_signature("v1," + independent::hex(independent::hmac_sha256(known_key(), signed_bytes))) == malformed);
}

TEST_CASE("svix: a signature of another form is malformed only where no other has the form") {
  CHECK(judge_signature("sha256=" + std::string(64, '0')) == malformed);
  CHECK(judge_signature("v1,short " + bad) == mismatch);
  CHECK(judge_signature(bad + " v1,short") == mismatch);
  CHECK(judge_signature("v1,short " + good) == "ok");
}

TEST_CASE("svix: one other bit anywhere is a mismatch") {
  std::string signed_bytes{known_answer::id};
  signed_bytes.append(".1614265330.").append(known_answer::body);
  for (std::size_t bit = 0; bit < 256; ++bit) {
    auto code = independent::hmac_sha256(known_key(), signed_bytes);
    code[bit / 8] = static_cast<unsigned char>(code[bit / 8] ^ (1U << bit % 8));
    CHECK(judge_signature("v1," + independent::base64({reinterpret_cast<const char*>(code.data()), code.size()})) ==
          mismatch);
  }
}

// Rule 6: the names of versions.

TEST_CASE("svix: version names are exact") {
  for (const char* version : {"V1", "v2", "v1a", "v0", "v", "1", "v10", "v01", "v1A", "v1aa", "v1-", "v 1", "",
                              "\xef\xbd\x96"
                              "1"}) {
    INFO(version);
    CHECK(judge_signature(version + ("," + good_base64)) == malformed);
    CHECK(judge_signature(version + ("," + good_base64 + " ") + bad) == mismatch);
  }
}

// Rule 7: the dot.

TEST_CASE("svix: an id with a dot is refused even where its signature is right") {
  for (const char* id : {"msg.1", ".", ".msg", "msg.", "a.b.c"}) {
    const std::string signature = independent::svix_signature(known_key(), id, "1614265330", known_answer::body);
    CHECK(judge(family("svix", id, "1614265330", signature)) == "malformed_header at svix-id");
    CHECK(judge(family("webhook", id, "1614265330", signature)) == "malformed_header at webhook-id");
  }
}

TEST_CASE("svix: the boundary between id and time and body cannot be shifted") {
  // The signed bytes "msg.1614265330.1614265330.{}" read as another id, or as another body.
  const std::string signature = independent::svix_signature(known_key(), "msg", "1614265330", "1614265330.{}");
  CHECK(judge(family("svix", "msg", "1614265330", signature), "1614265330.{}") == "ok");
  CHECK(judge(family("svix", "msg.1614265330", "1614265330", signature), "{}") == "malformed_header at svix-id");
}

TEST_CASE("svix: an id may hold anything else") {
  for (const std::string& id : {std::string{"m"}, std::string(1000, 'm'), std::string{"m s g"}, std::string{"\xff\xfe"},
                                std::string{"a\0b", 3}, std::string{"v1,x"}, std::string{"-_:/"}}) {
    const std::string signature = independent::svix_signature(known_key(), id, "1614265330", known_answer::body);
    const lines headers = family("svix", id, "1614265330", signature);
    const auto delivery = known_verifier().verify(headers, known_answer::body, known_answer::now);
    REQUIRE(delivery);
    CHECK(delivery->message_id() == id);
  }
}

// Rule 8: the secret.

TEST_CASE("svix: a secret is base64 behind one optional prefix") {
  CHECK(key_of("whsec_c2l4dGVlbiBieXRlcy4uLg==") == "sixteen bytes...");
  CHECK(key_of("c2l4dGVlbiBieXRlcy4uLg==") == "sixteen bytes...");
  CHECK(key_of("ZWlnaHRlZW4gYnl0ZXMuLi4u") == "eighteen bytes....");
  CHECK(key_of("+//++//++//++//++//++//+").substr(0, 3) == "\xfb\xff\xfe");
  CHECK(known_key().size() == 24);
}

TEST_CASE("svix: a secret may lack its padding") {
  CHECK(key_of("whsec_c2l4dGVlbiBieXRlcy4uLg") == "sixteen bytes...");
  CHECK(key_of("c2V2ZW50ZWVuIGJ5dGVzLi4") == "seventeen bytes..");
}

TEST_CASE("svix: ASCII white space around a secret is cut off") {
  CHECK(key_of(" \t\r\n\v\fwhsec_c2l4dGVlbiBieXRlcy4uLg== \t\r\n\v\f") == "sixteen bytes...");
  CHECK(key_of("c2l4dGVlbiBieXRlcy4uLg\n") == "sixteen bytes...");
  CHECK(key_of("whsec_ c2l4dGVlbiBieXRlcy4uLg==") == "malformed_secret");
  CHECK(key_of("c2l4dGVlbiBi eXRlcy4uLg==") == "malformed_secret");
  CHECK(key_of("c2l4dGVlbiBi\neXRlcy4uLg==") == "malformed_secret");
  CHECK(
      blames("\xc2\xa0"
             "c2l4dGVlbiBieXRlcy4uLg==",
             "begins with a no-break space"));
  CHECK(blames("\xef\xbb\xbfwhsec_c2l4dGVlbiBieXRlcy4uLg==", "begins with a byte order mark"));
  CHECK(blames(std::string_view{"c2l4dGVlbiBieXRlcy4uLg==\0", 25}, "control character"));
}

TEST_CASE("svix: a key has 16 bytes or more") {
  CHECK(key_of("whsec_c2l4dGVlbiBieXRlcy4uLg==").size() == 16);
  CHECK(blames("whsec_ZmlmdGVlbiBieXRlcy4u", "15 bytes"));
  CHECK(blames("QQ==", "1 bytes"));
}

TEST_CASE("svix: a secret that stands for one is refused") {
  for (const char* text : {"null", "undefined", "changeme", "${AKUA_SECRET}", "$AKUA_SECRET", "<whsec_...>",
                           "your_secret", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    INFO(text);
    CHECK(blames(text, "stands for a secret"));
  }
}

TEST_CASE("svix: a secret that is empty is refused") {
  for (const char* text : {"", " ", "\n", "whsec_", " whsec_ ", "whsec_\n", "\xc2\xa0"})
    CHECK(key_of(text) == "empty_secret");
  const auto bare = sello::svix_v1::key("whsec_");
  REQUIRE_FALSE(bare);
  CHECK(bare.error().where.find("whsec_") != std::string::npos);
}

TEST_CASE("svix: a secret in another form is refused with what is wrong") {
  CHECK(blames("v1,whsec_c2VjcmV0IQ==", "v1,"));
  CHECK(blames("whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=", "public key"));
  CHECK(blames("whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
               "signing key"));
  CHECK(blames("whsec\\_c2VjcmV0IQ==", "Markdown"));
  CHECK(blames("c2VjcmV0IQ\\=\\=", "back-slash"));
  CHECK(blames("whsec_whsec_c2VjcmV0IQ==", "twice"));
  CHECK(blames("whsec_-__--__-", "URL-safe"));
  CHECK(blames("WHSEC_c2VjcmV0IQ==", "URL-safe"));  // the prefix is case-sensitive
  CHECK(blames("mi.secreto", "base64"));
  CHECK(blames("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "character is missing"));    // stray bits
  CHECK(blames("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwA", "character is missing"));  // no bytes have that many
  CHECK(blames("mi-secreto", "URL-safe"));
}

TEST_CASE("svix: a secret is strict base64") {
  for (const char* text :
       {"A",   "AAAAA",    "=",      "==",         "====",          "QQ===",     "Q===",         "Q=",
        "QQ=", "QQ==QQ==", "QQ==QQ", "QUI=QQ",     "=QUI",          "AAAA=",     "AAAA====",     "QR==",
        "QR",  "QUJ",      "QUJ=",   "QU\xc3\x89", "c2VjcmV0IQ==,", "c2Vj,cmV0", "{\"k\":\"v\"}"}) {
    INFO(text);
    CHECK(key_of(text) == "malformed_secret");
    CHECK(key_of("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" + std::string{text}) == "malformed_secret");
  }
}

TEST_CASE("svix: a secret that is much too long is refused") {
  CHECK(key_of("B" + std::string(4091, 'A')).size() == 3069);
  CHECK(blames("B" + std::string(4099, 'A'), "longer"));
  CHECK(blames("B" + std::string(1'000'000, 'A'), "longer"));
}

TEST_CASE("svix: what is said of a bad secret does not repeat it") {
  for (const char* text : {"v1,whsec_TOPSECRETVALUE", "whpk_TOPSECRETVALUE", "TOPSECRETVALUE\\",
                           "whsec_TOPSECRETVALUE-", "TOPSECRETVALUE!", "whsec_whsec_TOPSECRETVALUE"}) {
    const auto key = sello::svix_v1::key(text);
    REQUIRE_FALSE(key);
    CHECK(key.error().message().find("TOPSECRETVALUE") == std::string::npos);
  }
}

// Rule 10: v1a.

TEST_CASE("svix: an asymmetric signature is skipped") {
  const std::string asymmetric =
      "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
  CHECK(judge_signature(asymmetric) == malformed);
  CHECK(judge_signature(asymmetric + " " + good) == "ok");
}

// Rule 12: one value.

TEST_CASE("svix: an id or time that comes twice with different values is malformed") {
  CHECK(judge(joined(known_family("svix"), {{"svix-id", "msg_other"}})) == "malformed_header at svix-id");
  CHECK(judge(joined({{"svix-id", "msg_other"}}, known_family("svix"))) == "malformed_header at svix-id");
  CHECK(judge(joined(known_family("svix"), {{"Svix-Timestamp", "1614265331"}})) ==
        "malformed_header at svix-timestamp");
  CHECK(judge(joined(known_family("webhook"), {{"webhook-timestamp", "1"}})) ==
        "malformed_header at webhook-timestamp");
  CHECK(judge(joined(known_family("svix"), known_family("Svix"))) == "ok");
}

TEST_CASE("svix: an id or time of more than 8 KiB is malformed") {
  CHECK(judge(family("svix", std::string(8193, 'm'), "1614265330", good)) == "malformed_header at svix-id");
  CHECK(judge(family("svix", "m", std::string(8193, '1'), good)) == "malformed_header at svix-timestamp");
  CHECK(judge(family("svix", "m", std::string(8192, '1'), good)) == "malformed_timestamp at svix-timestamp");
}

TEST_CASE("svix_v1: a secret in quotes and the webhook's id are told as what they are") {
  const auto quoted = sello::svix_v1::key("\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"");
  REQUIRE_FALSE(quoted);
  CHECK(quoted.error().code == sello::errc::malformed_secret);
  CHECK(quoted.error().where.find("a quote") != std::string::npos);
  CHECK(blames("whsec_'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'x", "quotes"));
  const auto id = sello::svix_v1::key("wbk-d0idtusqj6bnldiskhig");
  REQUIRE_FALSE(id);
  CHECK(id.error().code == sello::errc::malformed_secret);
  CHECK(id.error().where.find("id of the webhook") != std::string::npos);
}
