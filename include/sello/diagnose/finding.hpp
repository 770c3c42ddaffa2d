// SPDX-License-Identifier: MIT
// What a diagnosis finds: the usual causes of a mismatch by name, and a sentence for the person who has to mend it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sello/version.hpp>

namespace sello::inline v0 {

/// Why a delivery does not verify, the likeliest first.
enum class cause : std::uint8_t {
  verified,            ///< it does, as it is
  clock_off,           ///< signed right, but the time lies outside the window
  other_secret,        ///< signed with a secret that the receiver does not use
  json_rewritten,      ///< the JSON was parsed and written anew: spaces, line breaks, escapes
  json_reordered,      ///< the JSON was written anew with its members in another order
  newline,             ///< white space at an end of the body was added or cut
  line_ends,           ///< CRLF became LF, or LF became CRLF
  byte_order_mark,     ///< added or cut
  secret_encoding,     ///< the secret's text is the key, or what it decodes to is
  secret_prefix,       ///< `whsec_` is a part of the key, or is not
  secret_space,        ///< white space or quotes around the secret
  secret_newline,      ///< the sender's key ends with a line break
  secret_hex,          ///< the key is what the secret's hexadecimal digits stand for
  signature_encoding,  ///< hexadecimal for base64, or the other way round, or another base64
  signature_prefix,    ///< `sha256=` or the like stands before it, or `v1,` does not
  header_renamed,      ///< a value stands in a header of another name
  headers_mixed,       ///< some headers begin with `svix-` and others with `webhook-`
  id_changed,          ///< another id was signed than the header has
  time_changed,        ///< another time was signed than the header has
  time_unit,           ///< milliseconds for seconds, or the other way round
  other_scheme,        ///< signed as another sender signs
  form_encoding,       ///< the body was form-encoded, or decoded
  base64_body,         ///< the body was written in base64, or decoded
  charset,             ///< the body was taken for Latin-1, or written in it
  json_quoted,         ///< the body was written as a JSON string
  header_missing,      ///< a header that the signature needs is not there
  header_malformed,    ///< a header that the signature needs has another form
  body_empty,          ///< there is no body
  secret_malformed,    ///< a secret that no verifier takes
  unknown,             ///< nothing that was tried fits
};

/// The exact name of the enumerator.
[[nodiscard]] constexpr std::string_view to_string(cause why) noexcept {
  switch (why) {
    case cause::verified: return "verified";
    case cause::clock_off: return "clock_off";
    case cause::other_secret: return "other_secret";
    case cause::json_rewritten: return "json_rewritten";
    case cause::json_reordered: return "json_reordered";
    case cause::newline: return "newline";
    case cause::line_ends: return "line_ends";
    case cause::byte_order_mark: return "byte_order_mark";
    case cause::secret_encoding: return "secret_encoding";
    case cause::secret_prefix: return "secret_prefix";
    case cause::secret_space: return "secret_space";
    case cause::secret_newline: return "secret_newline";
    case cause::secret_hex: return "secret_hex";
    case cause::signature_encoding: return "signature_encoding";
    case cause::signature_prefix: return "signature_prefix";
    case cause::header_renamed: return "header_renamed";
    case cause::headers_mixed: return "headers_mixed";
    case cause::id_changed: return "id_changed";
    case cause::time_changed: return "time_changed";
    case cause::time_unit: return "time_unit";
    case cause::other_scheme: return "other_scheme";
    case cause::form_encoding: return "form_encoding";
    case cause::base64_body: return "base64_body";
    case cause::charset: return "charset";
    case cause::json_quoted: return "json_quoted";
    case cause::header_missing: return "header_missing";
    case cause::header_malformed: return "header_malformed";
    case cause::body_empty: return "body_empty";
    case cause::secret_malformed: return "secret_malformed";
    case cause::unknown: return "unknown";
  }
  return "";
}

/// One explanation. Never contains a secret, a signature or a MAC.
struct finding {
  std::vector<cause> causes{};          ///< more than one: all of them together explain it
  std::string text{};                   ///< one sentence, one line: what is wrong and what to do
  bool proven = false;                  ///< with these changes undone, a signature of the delivery is right
  std::optional<std::size_t> secret{};  ///< its place among the given ones, from 0, where one is meant
};

namespace detail {

/// One change between what was signed and what came.
struct deviation {
  cause why{};
  std::string text{};
};
using deviations = std::vector<deviation>;

}  // namespace detail
}  // namespace sello::inline v0
