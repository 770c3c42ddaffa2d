// SPDX-License-Identifier: MIT
// What v1a has beyond v1, whose headers it reads. tests/vectors/ has the hostile ones.
#include <sello/verify/svix_v1a.hpp>

#include <chrono>
#include <string>
#include <string_view>

#include <sello/verify/signer.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/verifier.hpp>

#include "catch.hpp"
#include "support/base64.hpp"
#include "support/known_answer.hpp"
#include "support/sign.hpp"
#include "support/verdict.hpp"

using lines = sello::header_list;
using verifier = sello::verifier<sello::svix_v1a>;

namespace {

constexpr std::string_view other_key = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

[[nodiscard]] lines with_signature(std::string_view signature, const std::string& prefix = "webhook") {
  return {{prefix + "-id", std::string{known_answer::id}},
          {prefix + "-timestamp", std::string{known_answer::timestamp}},
          {prefix + "-signature", std::string{signature}}};
}

[[nodiscard]] std::string judge(std::string_view signature, std::string_view key = known_answer::public_key) {
  return verdict(verifier{key}.verify(with_signature(signature), known_answer::body, known_answer::now));
}

/// Where the fault is, which a person reads.
template <class Scheme = sello::svix_v1a>
[[nodiscard]] std::string fault_of(std::string_view key) {
  return verdict(sello::verifier<Scheme>::create(key));
}

}  // namespace

TEST_CASE("svix_v1a: the known answer") {
  STATIC_REQUIRE(sello::public_key_scheme<sello::svix_v1a>);
  STATIC_REQUIRE(sello::identified_scheme<sello::svix_v1a>);
  STATIC_REQUIRE(sello::timed_scheme<sello::svix_v1a>);
  STATIC_REQUIRE_FALSE(sello::public_key_scheme<sello::svix_v1>);
  for (const char* family : {"svix", "webhook"}) {
    const lines headers = with_signature(known_answer::signature_v1a, family);
    const verifier keys{known_answer::public_key};
    const auto delivery = keys.verify(headers, known_answer::body, known_answer::now);
    REQUIRE(delivery);
    CHECK(delivery->message_id() == known_answer::id);
    CHECK(delivery->sent_at() == known_answer::now);
    CHECK(delivery->body() == known_answer::body);
  }
}

TEST_CASE("svix_v1a: signs the known answer, in the headers of Standard Webhooks") {
  const sello::message sent{.id = known_answer::id, .sent_at = known_answer::now};
  for (const std::string_view key : {known_answer::private_key, std::string_view{"whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc7"
                                                                                 "7N4rJCubMbc="}})
    CHECK(sello::signer<sello::svix_v1a>{key}.sign(known_answer::body, sent) ==
          with_signature(known_answer::signature_v1a));
}

TEST_CASE("svix_v1a: one scheme's signature is none of the other") {
  CHECK(judge(known_answer::signature) == "malformed_signature at webhook-signature");
  CHECK(judge("v1," + std::string{known_answer::signature_v1a.substr(4)}) ==
        "malformed_signature at webhook-signature");
  const std::string both = std::string{known_answer::signature_v1a}.append(" ").append(known_answer::signature);
  CHECK(judge(both) == "ok");
  const sello::verifier<sello::svix_v1> shared{known_answer::secret};
  CHECK(verdict(shared.verify(with_signature(both), known_answer::body, known_answer::now)) == "ok");
  CHECK(verdict(shared.verify(with_signature(known_answer::signature_v1a), known_answer::body, known_answer::now)) ==
        "malformed_signature at webhook-signature");
}

// Whoever knows the public key, which is everybody, must not be able to sign with it as a shared secret.
TEST_CASE("svix_v1a: an HMAC with the public key is no signature") {
  const std::string key = read_base64(known_answer::public_key.substr(5));
  const std::string forged =
      independent::svix_signature(key, known_answer::id, known_answer::timestamp, known_answer::body);
  CHECK(judge(forged) == "malformed_signature at webhook-signature");
  CHECK(judge("v1a," + forged.substr(3)) == "malformed_signature at webhook-signature");
  const std::string mac = read_base64(forged.substr(3));
  CHECK(judge("v1a," + independent::base64(mac + mac)) == "signature_mismatch at webhook-signature");
  // And v1 does not take the public key, whose HMAC everybody could make.
  CHECK(fault_of<sello::svix_v1>(known_answer::public_key) ==
        "malformed_secret at \"whpk_\" is a public key (ed25519); this scheme needs \"whsec_\"");
  CHECK(fault_of<sello::svix_v1>(known_answer::private_key) ==
        "malformed_secret at \"whsk_\" is a signing key (ed25519); this scheme needs \"whsec_\"");
}

TEST_CASE("svix_v1a: says which key it was given") {
  CHECK(fault_of(known_answer::secret) ==
        "malformed_secret at \"whsec_\" is a shared secret (HMAC); this scheme needs \"whpk_\"");
  CHECK(fault_of(known_answer::private_key) ==
        "malformed_secret at \"whsk_\" is a signing key (ed25519); this scheme needs \"whpk_\"");
  CHECK(fault_of(known_answer::public_key.substr(5)) ==
        "malformed_secret at it does not begin with \"whpk_\", as the sender's dashboard shows it");
  CHECK(fault_of("v1a," + std::string{known_answer::public_key}) ==
        "malformed_secret at it starts with \"v1a,\": give it from \"whpk_\" on");
  CHECK(fault_of("whpk_c2hvcnQ=") == "malformed_secret at it decodes to 5 bytes; a public key of ed25519 has 32");
  CHECK(fault_of("whpk_") == "empty_secret at nothing stands behind \"whpk_\"");
  CHECK(fault_of("") == "empty_secret");
  CHECK(fault_of("whpk_AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=") ==
        "malformed_secret at it is a key of small order, under which anybody can sign");
  const auto second_bad = verifier::create({known_answer::public_key, known_answer::secret});
  CHECK(verdict(second_bad) ==
        "malformed_secret at secret 2: \"whsec_\" is a shared secret (HMAC); this scheme needs \"whpk_\"");
}

TEST_CASE("svix_v1a: a signer needs the private key") {
  const auto fault = [](std::string_view key) -> std::string {
    try {
      static_cast<void>(sello::signer<sello::svix_v1a>{key});
      return "ok";
    } catch (const sello::bad_result& thrown) {
      return thrown.error().where;
    }
  };
  CHECK(fault(known_answer::private_key) == "ok");
  CHECK(fault(known_answer::public_key) == "\"whpk_\" is a public key (ed25519); a signer needs \"whsk_\"");
  CHECK(fault(known_answer::secret) == "\"whsec_\" is a shared secret (HMAC); a signer needs \"whsk_\"");
  CHECK(fault("whsk_c2hvcnQ=") ==
        "it decodes to 5 bytes; a signing key of ed25519 has 64, or 32 without its public half");
  std::string other{known_answer::private_key};
  other[60] = other[60] == 'A' ? 'B' : 'A';
  CHECK(fault(other) == "its second half is not the public key of the first");
}

TEST_CASE("svix_v1a: in a rotation any live key counts") {
  CHECK(judge(known_answer::signature_v1a, other_key) == "signature_mismatch at webhook-signature");
  const verifier both{{other_key, known_answer::public_key}};
  CHECK(both.verify(with_signature(known_answer::signature_v1a), known_answer::body, known_answer::now));
  const verifier turned{{known_answer::public_key, other_key}};
  CHECK(turned.verify(with_signature(known_answer::signature_v1a), known_answer::body, known_answer::now));
}

TEST_CASE("svix_v1a: four signatures are looked at and more are refused") {
  const std::string wrong = "v1a," + std::string(86, 'A') + "== ";
  std::string list{known_answer::signature_v1a};
  for (int i = 0; i < 3; ++i) list.insert(0, wrong);
  CHECK(judge(list) == "ok");
  CHECK(judge(wrong + list) == "malformed_header at webhook-signature");
  CHECK(judge("v1a,short " + list) == "ok");
  CHECK(judge("v1,x v2,y " + list) == "ok");
}

TEST_CASE("svix_v1a: the window for the time is the one of v1") {
  const verifier keys{known_answer::public_key, {.tolerance = std::chrono::seconds{10}}};
  const lines headers = with_signature(known_answer::signature_v1a);
  using std::chrono::seconds;
  CHECK(keys.verify(headers, known_answer::body, known_answer::now + seconds{10}));
  CHECK(verdict(keys.verify(headers, known_answer::body, known_answer::now + seconds{11})) ==
        "timestamp_too_old at webhook-timestamp");
  CHECK(verdict(
            verifier{known_answer::public_key}.verify(headers, known_answer::body, known_answer::now - seconds{301})) ==
        "timestamp_too_new at webhook-timestamp");
}
