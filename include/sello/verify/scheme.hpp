// SPDX-License-Identifier: MIT
// What a signature scheme is: it reads headers into a claim, and does no cryptography.
#pragma once

#include <chrono>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/verify/claim.hpp>
#include <sello/verify/ed25519.hpp>
#include <sello/verify/encoding.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/secret.hpp>
#include <sello/verify/text_key.hpp>

namespace sello::inline v0 {

/// A signature scheme: a small value whose data members are its options (so `verifier{secret, {.option = …}}` sets
/// them, and an option that the scheme has not does not compile), with
/// - `read(headers)`: the claim, or which header is at fault;
/// - `key(secret)`: the key bytes of a secret as the sender's dashboard shows it, or what is wrong with it.
/// Where the signed bytes contain the delivery's id, the scheme says `static constexpr bool signs_id = true` and fills
/// `message_id` in the claim. Where they contain the time of sending, it says `static constexpr bool signs_time = true`,
/// fills `sent_at`, and has the option `tolerance`. Both must then be in a part that it signs, else the delivery is refused:
/// the time as decimal Unix seconds (so milliseconds fit, too), or else in the form that `sent_as` has.
/// Where the sender signs with a private key of ed25519, the scheme says `static constexpr bool has_public_keys = true`: its
/// secrets are public keys, of which `key` gives the 32 bytes, and its claims have signatures of 64 bytes.
/// Where some values of its options cannot be meant, it has a `check()` that gives a `result<void>`, `malformed_option` and
/// which option is wrong: it is asked when a verifier or signer is made. A negative `tolerance` needs none.
template <class S>
concept scheme = std::copyable<S> && requires(const S s, const header_view headers, std::string_view text) {
  { s.read(headers) } -> std::same_as<result<claim, refusal>>;
  { S::key(text) } -> std::same_as<result<secret>>;
};

/// A scheme that says, under the MAC, which delivery this is.
template <class S>
concept identified_scheme = scheme<S> && S::signs_id;

/// A scheme that says, under the MAC, when the delivery was sent.
template <class S>
concept timed_scheme = scheme<S> && S::signs_time && requires(const S s) {
  { s.tolerance } -> std::convertible_to<std::chrono::seconds>;
};

/// A scheme whose sender signs with a private key, and whose receivers have the public one.
template <class S>
concept public_key_scheme = scheme<S> && S::has_public_keys;

namespace detail {

/// Says that it signs a time; without an option `tolerance` it would be believed at any time.
template <class S>
concept says_time = S::signs_time;

/// Whether what a scheme says of itself is said so that it counts.
template <class S>
consteval void check_words() {
  static_assert(
      !requires(const S& s) { s.signs_time; } || requires { std::bool_constant<S::signs_time>{}; },
      "sello: a scheme says `static constexpr bool signs_time = true`");
  static_assert(
      !requires(const S& s) { s.signs_id; } || requires { std::bool_constant<S::signs_id>{}; },
      "sello: a scheme says `static constexpr bool signs_id = true`");
  static_assert(
      !requires(const S& s) { s.has_public_keys; } || requires { std::bool_constant<S::has_public_keys>{}; },
      "sello: a scheme says `static constexpr bool has_public_keys = true`");
  static_assert(
      !requires(const S& s) { s.tolerance; } || requires { requires S::signs_time; },
      "sello: a scheme with an option `tolerance` says `static constexpr bool signs_time = true`, else no time "
      "is looked at");
  static_assert(!says_time<S> || timed_scheme<S>,
                "sello: a scheme that says signs_time has a data member `tolerance`, in std::chrono::seconds: the time "
                "window");
}

/// What is wrong with the options of a scheme.
template <scheme S>
[[nodiscard]] result<void> check_options(const S& options) {
  if constexpr (timed_scheme<S>) {
    if (options.tolerance < std::chrono::seconds{0}) return error{errc::malformed_option, "tolerance: it is negative"};
  }
  if constexpr (requires { options.check(); }) return options.check();
  return {};
}

}  // namespace detail

/// For the `check()` of a scheme: an option that is a header's name has to be a token (RFC 9110, 5.6.2).
[[nodiscard]] inline result<void> check_header_name(std::string_view option, std::string_view name) {
  constexpr std::string_view token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const auto bad = [&](std::string_view why) {
    return error{errc::malformed_option, std::string{option}.append(": ").append(why)};
  };
  if (name.empty()) return bad("it is empty; give the header's name");
  if (name.ends_with(':')) return bad("it ends with a colon; give the name alone");
  if (name.find_first_not_of(token) != name.npos) return bad("it has a character that no header's name can have");
  return {};
}

/// A scheme whose signature can be read from one text that the caller has already taken from wherever it came.
template <class S>
concept single_signature_scheme = scheme<S> && requires(const S s, std::string_view text) {
  { s.read_signature(text) } -> std::same_as<result<claim, refusal>>;
};

/// What a sender writes into a delivery besides its body. A scheme uses what it has a header for.
struct message {
  std::string_view id = "msg_sello";  ///< the delivery's id, the same for every retry
  std::chrono::system_clock::time_point sent_at = std::chrono::system_clock::now();
  std::string_view type{};  ///< the event's type, for an unsigned header that names it
};

/// Header lines as a list; fit for any function here that takes headers.
using header_list = std::vector<std::pair<std::string, std::string>>;

namespace detail {

template <class S, class Signature>
concept writing_scheme = requires(const S s, const message& m, const Signature& signature) {
  { s.signed_prefix(m) } -> std::same_as<std::string>;
  { s.write(m, signature) } -> std::same_as<header_list>;
};

/// A public key signs nothing.
template <class S>
concept private_key_scheme = public_key_scheme<S> && requires(std::string_view text) {
  { S::private_key(text) } -> std::same_as<result<secret>>;
};

}  // namespace detail

/// A scheme that can also write: `signed_prefix(message)` are the signed bytes before the body, and
/// `write(message, mac)` the header lines. One with public keys also has `private_key(text)`, which is to the signer's
/// secret what `key` is to the verifier's, and writes an `ed25519_signature`.
template <class S>
concept signing_scheme = (scheme<S> && !public_key_scheme<S> && detail::writing_scheme<S, mac>) ||
                         (detail::private_key_scheme<S> && detail::writing_scheme<S, ed25519_signature>);

/// A MAC as 64 lower-case hex digits, for the `write` of a scheme.
[[nodiscard]] inline std::string to_hex(const mac& code) { return detail::hex_encode(code); }

}  // namespace sello::inline v0
