// SPDX-License-Identifier: MIT
#include <sello/verify/public_key_ring.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <sello/verify/signer.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/svix_v1a.hpp>
#include <sello/verify/verifier.hpp>

#include "catch.hpp"
#include "support/known_answer.hpp"
#include "support/verdict.hpp"

using sello::detail::public_key_ring;
using verdict_of_ring = sello::detail::verdict;
using verifier = sello::verifier<sello::svix_v1a>;

namespace {

[[nodiscard]] sello::header_list signed_headers(std::string_view body) {
  return sello::signer<sello::svix_v1a>{known_answer::private_key}.sign(
      body, {.id = known_answer::id, .sent_at = known_answer::now});
}

/// One header with the signature of the body alone, as a user writes a scheme.
struct plain {
  static constexpr bool has_public_keys = true;
  [[nodiscard]] static sello::result<sello::claim, sello::refusal> read(const sello::header_view& headers) {
    const auto value = headers.one("X-Signature-Ed25519");
    if (!value) return value.error();
    sello::claim read;
    read.signature_header = "X-Signature-Ed25519";
    if (!read.add_ed25519_hex(*value)) return sello::refusal{sello::errc::malformed_signature, "X-Signature-Ed25519"};
    return read;
  }
  /// In hexadecimal; a key of small order is refused all the same.
  [[nodiscard]] static sello::result<sello::secret> key(std::string_view text) {
    const auto bytes = sello::detail::hex_decode<32>(text);
    if (!bytes) return sello::error{sello::errc::malformed_secret, "no key"};
    return sello::secret{*bytes};
  }
};

}  // namespace

TEST_CASE("public keys: a scheme's ring is that of its keys") {
  STATIC_REQUIRE(std::is_same_v<sello::detail::ring_of<sello::svix_v1a>, public_key_ring>);
  STATIC_REQUIRE(std::is_same_v<sello::detail::ring_of<sello::svix_v1>, sello::detail::key_ring>);
}

TEST_CASE("public keys: a scheme of the user's own takes them") {
  const std::string key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";  // RFC 8032, test 2
  const sello::header_list headers{{"X-Signature-Ed25519",
                                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e45"
                                    "8f3613d0f11d8c387b2eaeb4302aeeb0"
                                    "0d291612bb0c00"}};
  const sello::verifier<plain> keys{key};
  CHECK(verdict(keys.verify(headers, "\x72")) == "ok");
  CHECK(verdict(keys.verify(headers, "\x73")) == "signature_mismatch at X-Signature-Ed25519");
  auto begun = keys.begin(headers, {});
  REQUIRE(begun);
  begun->update("\x72");
  CHECK(verdict(begun->finish()) == "ok");
  STATIC_REQUIRE_FALSE(sello::signing_scheme<plain>);
  CHECK(sello::verifier<plain>::create(std::string(64, '0')).error().code == sello::errc::malformed_secret);
}

TEST_CASE("public keys: a ring without a key or a claim without a signature proves nothing") {
  sello::claim claimed;
  claimed.signs("part");
  CHECK(public_key_ring{}.judge(claimed, "body") == verdict_of_ring::no);
  REQUIRE(claimed.add_ed25519_base64(known_answer::signature_v1a.substr(4)));
  CHECK(public_key_ring{}.judge(claimed, "body") == verdict_of_ring::no);
}

TEST_CASE("public keys: a body that comes in pieces is judged at its end, and once") {
  const std::string body(5000, 'x');
  const verifier keys{known_answer::public_key};
  auto given = signed_headers(body);
  auto begun = keys.begin(given, known_answer::now);
  given.clear();  // it outlives the headers
  REQUIRE(begun);
  auto running = *std::move(begun);
  for (std::size_t at = 0; at < body.size(); at += 7) running.update(std::string_view{body}.substr(at, 7));
  const auto delivery = running.finish();
  REQUIRE(delivery);
  CHECK(delivery->body() == body);
  CHECK(delivery->message_id() == known_answer::id);
  CHECK(delivery->sent_at() == known_answer::now);
  CHECK(verdict(running.finish()) == "signature_mismatch at webhook-signature");
}

TEST_CASE("public keys: a body in pieces that was not signed is refused") {
  const verifier keys{known_answer::public_key};
  const auto headers = signed_headers("a body");
  for (const std::string_view body : {"", "a bod", "a bodyx", "b body"}) {
    auto running = keys.begin(headers, known_answer::now);
    REQUIRE(running);
    running->update(body);
    CHECK(verdict(running->finish()) == "signature_mismatch at webhook-signature");
  }
}

TEST_CASE("public keys: a refused body stays where it was, and an accepted one is the delivery's") {
  const verifier keys{known_answer::public_key};
  const auto headers = signed_headers("a body");
  std::string other = "another body";
  CHECK_FALSE(keys.verify_owned(headers, std::move(other), known_answer::now));
  CHECK(other == "another body");  // NOLINT(bugprone-use-after-move)
  std::string body = "a body";
  const auto delivery = keys.verify_owned(headers, std::move(body), known_answer::now);
  REQUIRE(delivery);
  CHECK(delivery->body() == "a body");
}
