// SPDX-License-Identifier: MIT
// Why a delivery does not verify: the usual causes, and what is said of one that was found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sello/version.hpp>

namespace sello::inline v0 {

/// The usual causes of a mismatch; of two that fit equally well, the one that stands first here is the likelier.
enum class cause : std::uint8_t {
  verified,            ///< none: the delivery verifies as it is
  another_scheme,      ///< it verifies as another scheme than the expected one
  another_secret,      ///< it verifies with a secret that the endpoint has not
  sent_too_long_ago,   ///< the MAC is right, the time is before the window
  sent_in_the_future,  ///< the MAC is right, the time is after the window
  // What happened to the body.
  newline_added,          ///< a line break behind it, or white space around it
  newline_cut,            ///< it had a line break at its end
  line_endings_changed,   ///< LF became CRLF, or the other way round
  byte_order_mark_added,  ///< in front of it
  byte_order_mark_cut,    ///< it had one
  json_rewritten,         ///< parsed and written again: other blanks, other escapes
  keys_reordered,         ///< the keys of its objects stand in another order than the sender documents
  body_quoted,            ///< the whole body became one JSON string
  body_in_event,          ///< it stands in the JSON event that a gateway makes of a request
  body_form_encoded,      ///< it became a form (`application/x-www-form-urlencoded`)
  body_form_decoded,      ///< it was a form, which was read
  body_in_base64,         ///< it was encoded in base64 on its way, as some gateways do
  body_out_of_base64,     ///< it was base64, which was decoded
  character_set_changed,  ///< UTF-8 was taken for Latin-1, or made of it
  body_empty,             ///< nothing is left of it
  body_of_another_size,   ///< `Content-Length` says another size
  body_compressed,        ///< it is still, or again, compressed
  // What happened to the secret.
  secret_untrimmed,   ///< something stands around it: white space, a line break, quotes
  secret_line_break,  ///< the sender's ends in a line break, which is missing here
  secret_prefix,      ///< `whsec_` is there and does not belong to the key, or the other way round
  secret_as_text,     ///< the key was its text, where the scheme decodes it
  secret_as_base64,   ///< the key was what its base64 stands for, where the scheme takes its text
  secret_as_hex,      ///< the key was what its hexadecimal digits stand for
  secret_encoded,     ///< the key was the base64 or the hexadecimal text of it
  secrets_joined,     ///< several stand in one text
  secret_refused,     ///< no verifier takes it
  // What happened to the headers.
  headers_renamed,       ///< their names were changed
  time_in_milliseconds,  ///< where seconds are expected, or the other way round
  time_changed,          ///< the header does not have the time that was signed
  time_elsewhere,        ///< the time that was signed stands in another header
  id_changed,            ///< the header does not have the id that was signed
  id_elsewhere,          ///< the id that was signed stands in another header
  header_repeated,       ///< a header that must be one comes with different values
  families_mixed,        ///< `svix-*` and `webhook-*` in one delivery
  signed_otherwise,      ///< other bytes than the scheme's are signed: the body alone, or with a time in front of it
  header_missing,        ///< a header that the scheme needs is not there
  header_refused,        ///< the MAC is right, but a header is not as the scheme wants it
  // What happened to the signature.
  signature_prefixed,    ///< something stands before it, as in `sha256=…`
  signature_hex,         ///< hexadecimal where base64 is expected
  signature_base64,      ///< base64 where hexadecimal is expected
  signature_altered,     ///< URL-safe base64, without padding, `%2B` or a blank for `+`
  signature_cut,         ///< only its beginning is there
  signature_version,     ///< not named `v1`
  signature_elsewhere,   ///< in another header
  signature_asymmetric,  ///< `v1a`, for which the secret is a public key
  signature_missing,     ///< no header has anything like it
  nothing_fits,          ///< none of these explains it
};

/// The exact name of the enumerator.
[[nodiscard]] constexpr std::string_view to_string(cause why) noexcept {
  switch (why) {
    case cause::verified: return "verified";
    case cause::another_scheme: return "another_scheme";
    case cause::another_secret: return "another_secret";
    case cause::sent_too_long_ago: return "sent_too_long_ago";
    case cause::sent_in_the_future: return "sent_in_the_future";
    case cause::newline_added: return "newline_added";
    case cause::newline_cut: return "newline_cut";
    case cause::line_endings_changed: return "line_endings_changed";
    case cause::byte_order_mark_added: return "byte_order_mark_added";
    case cause::byte_order_mark_cut: return "byte_order_mark_cut";
    case cause::json_rewritten: return "json_rewritten";
    case cause::keys_reordered: return "keys_reordered";
    case cause::body_quoted: return "body_quoted";
    case cause::body_in_event: return "body_in_event";
    case cause::body_form_encoded: return "body_form_encoded";
    case cause::body_form_decoded: return "body_form_decoded";
    case cause::body_in_base64: return "body_in_base64";
    case cause::body_out_of_base64: return "body_out_of_base64";
    case cause::character_set_changed: return "character_set_changed";
    case cause::body_empty: return "body_empty";
    case cause::body_of_another_size: return "body_of_another_size";
    case cause::body_compressed: return "body_compressed";
    case cause::secret_untrimmed: return "secret_untrimmed";
    case cause::secret_line_break: return "secret_line_break";
    case cause::secret_prefix: return "secret_prefix";
    case cause::secret_as_text: return "secret_as_text";
    case cause::secret_as_base64: return "secret_as_base64";
    case cause::secret_as_hex: return "secret_as_hex";
    case cause::secret_encoded: return "secret_encoded";
    case cause::secrets_joined: return "secrets_joined";
    case cause::secret_refused: return "secret_refused";
    case cause::headers_renamed: return "headers_renamed";
    case cause::time_in_milliseconds: return "time_in_milliseconds";
    case cause::time_changed: return "time_changed";
    case cause::time_elsewhere: return "time_elsewhere";
    case cause::id_changed: return "id_changed";
    case cause::id_elsewhere: return "id_elsewhere";
    case cause::header_repeated: return "header_repeated";
    case cause::families_mixed: return "families_mixed";
    case cause::signed_otherwise: return "signed_otherwise";
    case cause::header_missing: return "header_missing";
    case cause::header_refused: return "header_refused";
    case cause::signature_prefixed: return "signature_prefixed";
    case cause::signature_hex: return "signature_hex";
    case cause::signature_base64: return "signature_base64";
    case cause::signature_altered: return "signature_altered";
    case cause::signature_cut: return "signature_cut";
    case cause::signature_version: return "signature_version";
    case cause::signature_elsewhere: return "signature_elsewhere";
    case cause::signature_asymmetric: return "signature_asymmetric";
    case cause::signature_missing: return "signature_missing";
    case cause::nothing_fits: return "nothing_fits";
  }
  return "unknown";
}

/// One explanation of what came.
struct finding {
  sello::cause cause{};
  /// One sentence for the person who has to mend it: what is wrong, and what to do. It has no secret, no signature and no
  /// MAC in it, and nothing of the body. For the log, never for the peer.
  std::string text{};
  /// What has to be mended together with it, where one thing alone does not explain the mismatch.
  std::vector<sello::cause> also{};
  /// Which secret made the signature: its position, from 1 on; 0 where none is known to.
  std::size_t secret = 0;
  /// A signature that came is right once this is undone. Else it is a fault that was seen, and may not be the only one.
  bool proven = false;

  friend bool operator==(const finding&, const finding&) = default;
};

}  // namespace sello::inline v0
