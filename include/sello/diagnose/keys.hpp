// SPDX-License-Identifier: MIT
// The keys that a secret's text may stand for: as it is, decoded, without its prefix, without what a copy brought along.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/diagnose/coding.hpp>
#include <sello/diagnose/finding.hpp>
#include <sello/diagnose/options.hpp>
#include <sello/verify/ed25519.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/key_ring.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/svix_v1a.hpp>

namespace sello::inline v0::detail {

/// How a text becomes a key.
enum class reading : std::uint8_t {
  text,
  decoded,          ///< as `svix_v1` reads it
  public_key,       ///< as `svix_v1a` does
  decoded_loosely,  ///< base64 that `svix_v1` refuses: URL-safe, of a short key, with a back-slash
  decoded_whole,    ///< with `whsec_` as a part of the base64, as lenient decoders do
  without_prefix,
  with_prefix,
  cleaned,
  cleaned_decoded,
  with_newline,
  hex,
};

/// One key to try. An HMAC's, or a public one.
struct diagnosed_key {
  std::size_t secret = 0;
  reading how = reading::text;
  std::unique_ptr<const hmac_sha256> shared{};
  std::unique_ptr<const ed25519_public_key> public_key{};
};

/// What is unusual in such a reading, for a sender whose secret is base64 or, if not `encoded`, text.
[[nodiscard]] inline std::optional<deviation> deviation_of(reading how, bool encoded) {
  switch (how) {
    case reading::public_key: return std::nullopt;
    case reading::text:
      if (!encoded) return std::nullopt;
      return deviation{cause::secret_encoding,
                       "the key is the secret's text itself and not what its base64 decodes to: make the verifier of a "
                       "sender with a secret in base64 from the very text that the sender's dashboard shows"};
    case reading::decoded:
      if (encoded) return std::nullopt;
      return deviation{cause::secret_encoding,
                       "the key is what the secret's base64 decodes to and not its text: this sender takes the text as "
                       "it is, so give it the text that it really signs with"};
    case reading::decoded_loosely:
      return deviation{cause::secret_encoding,
                       "the key is what the secret decodes to as base64 in a form that is refused (URL-safe, a stray "
                       "character, or too short): copy it again from the dashboard, or write it in standard base64"};
    case reading::decoded_whole:
      return deviation{
          cause::secret_prefix,
          "the sender decoded \"whsec_\" as a part of the base64: let it cut the prefix before it decodes"};
    case reading::without_prefix:
      return deviation{
          cause::secret_prefix,
          "the key is the secret without \"whsec_\": configure it without that prefix, which is no part of it"};
    case reading::with_prefix:
      return deviation{
          cause::secret_prefix,
          "the key is the secret with \"whsec_\" before it: configure it with that prefix, as the dashboard shows it"};
    case reading::cleaned:
    case reading::cleaned_decoded:
      return deviation{
          cause::secret_space,
          "the configured secret has white space, quotes or a back-slash that are no part of it: take them "
          "out of the variable or the file"};
    case reading::with_newline:
      return deviation{
          cause::secret_newline,
          "the sender's key ends with a line break: it was read from a file with the break at its end; cut it there"};
    case reading::hex:
      return deviation{cause::secret_hex,
                       "the key is the bytes that the secret's hexadecimal digits stand for: let the sender take the "
                       "text as it is, or write a scheme whose key decodes them"};
  }
  return std::nullopt;
}

/// Reads the secrets in every way, each key once for each secret.
class key_reader {
 public:
  [[nodiscard]] static std::vector<diagnosed_key> read(std::span<const diagnosed_secret> secrets) {
    std::vector<diagnosed_key> keys;
    for (std::size_t at = 0; at < secrets.size(); ++at) key_reader{keys, at}.read_one(secrets[at].text);
    return keys;
  }

  /// Without white space, quotes and back-slashes.
  [[nodiscard]] static std::string clean(std::string_view text) {
    constexpr std::string_view stray = " \t\r\n\v\f\"'";
    const auto begin = text.find_first_not_of(stray);
    std::string made;
    if (begin == text.npos) return made;
    for (const char c : text.substr(begin, text.find_last_not_of(stray) - begin + 1)) {
      if (c != '\\') made += c;
    }
    return made;
  }

 private:
  key_reader(std::vector<diagnosed_key>& keys, std::size_t secret) noexcept : keys_{keys}, secret_{secret} {}

  void read_one(std::string_view text) {
    constexpr std::string_view prefix = "whsec_";
    const std::string clean_text = clean(text);
    const std::string_view bare =
        std::string_view{clean_text}.substr(clean_text.starts_with(prefix) ? prefix.size() : 0);
    if (auto key = svix_v1a::key(text); key && !fault_of_public_key(key->bytes()))
      keys_.push_back({secret_, reading::public_key, nullptr, std::make_unique<ed25519_public_key>(key->bytes())});
    add(reading::text, text);
    if (const auto key = svix_v1::key(text)) add(reading::decoded, key->bytes());
    if (const auto key = svix_v1::key(clean_text)) add(reading::cleaned_decoded, key->bytes());
    if (const auto bytes = loose_base64_decode(bare)) add(reading::decoded_loosely, *bytes);
    if (const auto bytes = loose_base64_decode(clean_text)) add(reading::decoded_whole, *bytes);
    add(reading::cleaned, clean_text);
    add(clean_text.starts_with(prefix) ? reading::without_prefix : reading::with_prefix,
        clean_text.starts_with(prefix) ? std::string{bare} : std::string{prefix} + clean_text);
    add(reading::with_newline, std::string{text} + '\n');
    if (const auto bytes = loose_hex_decode(bare)) add(reading::hex, *bytes);
  }

  void add(reading how, std::span<const unsigned char> bytes) {
    if (bytes.empty() || !seen_.insert(sha256_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()})).second)
      return;
    keys_.push_back({secret_, how, std::make_unique<hmac_sha256>(bytes), nullptr});
  }
  void add(reading how, std::string_view bytes) {
    add(how, std::span{reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
  }

  std::vector<diagnosed_key>& keys_;
  std::size_t secret_;
  std::set<std::string> seen_{};
};

}  // namespace sello::inline v0::detail
