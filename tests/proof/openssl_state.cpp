// SPDX-License-Identifier: MIT
// What happens to OpenSSL while a program runs does no harm: `fips=yes` set later, and OPENSSL_cleanup, as some hosts call
// it at their end while threads still answer. What was made before still gives the right verdict, or a clear
// internal_error; nothing crashes, and nothing that is forged gets in.
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <exception>
#include <string>
#include <string_view>

#include <sello/verify.hpp>

#include "check.hpp"

namespace {

constexpr std::string_view body = R"({"event":"x"})";
constexpr std::string_view public_key = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
constexpr std::string_view private_key = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=";

/// The verdicts of a verifier that was made before, of a body's digest, and of a new verifier.
void look(const sello::verifier<sello::hex_hmac>& verifier, const sello::header_list& headers, std::string_view when,
          bool may_fail) {
  const auto fine = [&](std::string_view answer, std::string_view expected) {
    proof::expect(answer == expected || (may_fail && answer == "internal_error"), when, answer);
  };
  const auto word = [](const auto& answer) { return answer ? std::string_view{"ok"} : to_string(answer.error().code); };
  for (int again = 0; again < 20; ++again) {
    const auto good = verifier.verify(headers, body);
    fine(word(good), "ok");
    fine(word(verifier.verify(headers, "{}")), "signature_mismatch");
    auto begun = verifier.begin(headers, {});
    fine(word(begun), "ok");
    if (begun) {
      begun->update(body);
      fine(word(begun->finish()), "ok");
    }
    if (!good) continue;
    try {
      fine(good->body_digest().size() == 64 ? "ok" : "no digest", "ok");
    } catch (const sello::bad_result& thrown) {
      fine(to_string(thrown.error().code), "ok");
    }
  }
}

/// The verdicts of a verifier with public keys. OpenSSL looks for its ed25519 at each of them, so what the host does
/// may leave it undecided; it never lets a forgery in, nor calls a good delivery one.
void look(const sello::verifier<sello::svix_v1a>& keys, const sello::header_list& headers, std::string_view when,
          bool may_fail) {
  const auto fine = [&](const auto& answer, std::string_view expected) {
    const std::string_view word = answer ? std::string_view{"ok"} : to_string(answer.error().code);
    proof::expect(word == expected || (may_fail && word == "internal_error"), when, word);
  };
  fine(keys.verify(headers, body), "ok");
  fine(keys.verify(headers, "{}"), "signature_mismatch");
}

}  // namespace

int main() {
  const sello::header_list headers = sello::signer<sello::hex_hmac>{"s3cret-of-it"}.sign(body);
  const auto verifier = sello::verifier<sello::hex_hmac>::create("s3cret-of-it");
  proof::expect(verifier.has_value(), "at first", "no verifier");
  if (!verifier) return proof::verdict();
  look(*verifier, headers, "at first", false);
  const sello::header_list signed_headers = sello::signer<sello::svix_v1a>{private_key}.sign(body);
  const sello::verifier<sello::svix_v1a> keys{public_key};
  look(keys, signed_headers, "public keys, at first", false);

  proof::expect(EVP_default_properties_enable_fips(nullptr, 1) == 1, "fips=yes", "could not be set");
  look(*verifier, headers, "after fips=yes", false);
  look(keys, signed_headers, "public keys, after fips=yes", true);
  proof::expect(ERR_peek_error() == 0, "after fips=yes", "an error is left in OpenSSL's queue");
  proof::expect(EVP_default_properties_enable_fips(nullptr, 0) == 1, "fips=no", "could not be set");

  look(keys, signed_headers, "public keys, after fips=no", false);

  OPENSSL_cleanup();
  look(*verifier, headers, "after OPENSSL_cleanup", true);
  look(keys, signed_headers, "public keys, after OPENSSL_cleanup", true);
  const auto late = sello::verifier<sello::hex_hmac>::create("s3cret-of-it");
  proof::expect(!late && late.error().code == sello::errc::internal_error, "after OPENSSL_cleanup",
                "a verifier is made, or another error");
  return proof::verdict();
}
