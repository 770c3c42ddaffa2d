// SPDX-License-Identifier: MIT
// What can go wrong with a delivery, and how it is said: a code, and the place of the fault.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sello/base/printable.hpp>
#include <sello/base/text.hpp>

namespace sello::inline v0 {

/// Every way in which a delivery, or the configuration of its receiver, can fail.
/// The comment behind each group is the HTTP status that `receiver` answers with.
enum class errc : std::uint8_t {
  // Nothing proves who sent it: 401.
  missing_header,       ///< a header that the scheme needs is absent or empty
  malformed_header,     ///< repeated with different values, too long, or with a forbidden character
  malformed_timestamp,  ///< the signed time is not plain decimal digits, or more than eleven
  timestamp_too_old,    ///< sent before the tolerance window: a replay, or a slow clock at the sender
  timestamp_too_new,    ///< sent after the tolerance window: a slow clock here
  malformed_signature,  ///< the signature is not text of the form that the scheme prescribes
  signature_mismatch,   ///< no signature was made with a live secret over these bytes
  // Proven, but not what the provider documents: 400.
  malformed_json,        ///< not one complete JSON value in UTF-8 (RFC 8259)
  duplicate_key,         ///< one object has the same key twice
  too_deep,              ///< more than 64 levels of nesting
  missing_field,         ///< a required member is absent or null
  wrong_type,            ///< a member has another JSON type than documented
  out_of_range,          ///< a number does not fit its member
  header_body_mismatch,  ///< an unsigned header contradicts the signed body
  body_too_large,        ///< over the receiver's limit: 413
  bad_request,           ///< a request that carries no delivery; a server refused it: 400, 405, 408, 411, 415 or 431
  // The configuration is wrong; found when a verifier is made, never while it runs.
  empty_secret,      ///< no secret, or nothing behind its prefix
  malformed_secret,  ///< a secret in another form than the scheme prescribes
  malformed_option,  ///< an option of a scheme that cannot be meant: a header's name that is no token, a negative time
  // Ours to mend.
  permanent_failure,  ///< the handler said that trying again is of no use: 422
  // Ours to mend; the sender should try again.
  handler_failed,     ///< the handler threw or returned an error: 500
  store_unavailable,  ///< the durable store did not answer: 503
  internal_error,     ///< OpenSSL, the memory or code of this program failed, nothing was decided: 500
};

/// The exact name of the enumerator.
[[nodiscard]] constexpr std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::missing_header: return "missing_header";
    case errc::malformed_header: return "malformed_header";
    case errc::malformed_timestamp: return "malformed_timestamp";
    case errc::timestamp_too_old: return "timestamp_too_old";
    case errc::timestamp_too_new: return "timestamp_too_new";
    case errc::malformed_signature: return "malformed_signature";
    case errc::signature_mismatch: return "signature_mismatch";
    case errc::malformed_json: return "malformed_json";
    case errc::duplicate_key: return "duplicate_key";
    case errc::too_deep: return "too_deep";
    case errc::missing_field: return "missing_field";
    case errc::wrong_type: return "wrong_type";
    case errc::out_of_range: return "out_of_range";
    case errc::header_body_mismatch: return "header_body_mismatch";
    case errc::body_too_large: return "body_too_large";
    case errc::bad_request: return "bad_request";
    case errc::empty_secret: return "empty_secret";
    case errc::malformed_secret: return "malformed_secret";
    case errc::malformed_option: return "malformed_option";
    case errc::permanent_failure: return "permanent_failure";
    case errc::handler_failed: return "handler_failed";
    case errc::store_unavailable: return "store_unavailable";
    case errc::internal_error: return "internal_error";
  }
  return "unknown";
}

/// One sentence for the log, written for the person who has to mend it.
[[nodiscard]] constexpr std::string_view explain(errc code) noexcept {
  switch (code) {
    case errc::missing_header: return "a header that the signature needs is absent or empty";
    case errc::malformed_header:
      return "the header is repeated with different values, too long, or has a forbidden character";
    case errc::malformed_timestamp:
      return "the signed time must be Unix seconds in plain decimal digits; 13 digits look like milliseconds";
    case errc::timestamp_too_old: return "sent before the tolerance window; a replay, or clocks that differ";
    case errc::timestamp_too_new: return "sent after the tolerance window; check this machine's clock";
    case errc::malformed_signature: return "the signature is not written as this scheme writes it";
    case errc::signature_mismatch:
      return "no live secret signed these bytes; check the secret and that the raw body is verified";
    case errc::malformed_json: return "the body is not one complete JSON value in UTF-8";
    case errc::duplicate_key: return "the same key stands twice in one object";
    case errc::too_deep: return "more than 64 levels of nesting";
    case errc::missing_field: return "a required member is absent or null";
    case errc::wrong_type: return "the member has another type than documented";
    case errc::out_of_range: return "the number does not fit its member";
    case errc::header_body_mismatch: return "an unsigned header contradicts the signed body";
    case errc::body_too_large: return "the body is over the receiver's limit";
    case errc::bad_request: return "the request carries no delivery; the server refused it";
    case errc::empty_secret: return "the secret is empty; is its variable set?";
    case errc::malformed_secret: return "the secret has not the form that this sender uses";
    case errc::malformed_option: return "an option cannot be meant as it is set";
    case errc::permanent_failure: return "the handler said that trying again is of no use";
    case errc::handler_failed: return "the handler did not finish";
    case errc::store_unavailable: return "the durable store did not answer";
    case errc::internal_error: return "something failed in this program; nothing was decided";
  }
  return "";
}

/// A failure. Never contains a secret, a signature or a MAC.
struct error {
  errc code{};
  /// The header's name; or the JSON Pointer (RFC 6901) of the fault in the whole body, "" being the body itself;
  /// or, for a secret or an option, what is wrong with it; or, for a handler that failed, what it threw; or, for an
  /// `internal_error`, what failed.
  std::string where{};

  /// For the log of the receiving side, never for the peer: the code, what it means, and the place, `printable`.
  [[nodiscard]] std::string message() const {
    std::string text{to_string(code)};
    text.append(": ").append(explain(code));
    if (!where.empty()) text.append(" (").append(printable(where)).append(")");
    return text;
  }

  friend bool operator==(const error&, const error&) = default;
};

/// A failure that owns nothing, so that refusing a delivery allocates nothing.
/// `where` points to a constant or into the scheme that said it; a temporary string does not compile.
struct refusal {
  errc code{};
  lasting_view where{};

  /// Where memory for the place is not to be had, the code still comes through.
  operator error() const noexcept {
    try {
      return {code, std::string{std::string_view{where}}};
    } catch (...) {
      return {code, {}};
    }
  }
};

}  // namespace sello::inline v0
