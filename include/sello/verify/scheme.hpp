// SPDX-License-Identifier: MIT
// What a signature scheme is: it reads headers into a claim, and does no cryptography.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/verify/encoding.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/secret.hpp>

namespace sello::inline v0 {

/// What the headers of a delivery claim, not yet proven. Its views point into the headers.
class claim {
 public:
  static constexpr std::size_t max_parts = 4;
  static constexpr std::size_t max_signatures = 16;

  /// The signed bytes are the parts in the order of these calls (at most four), then the body.
  void signs(std::string_view part) {
    parts_.at(part_count_) = part;
    ++part_count_;
  }

  /// A claim over the body alone, with one signature of 64 hex digits that stood in `header`. `missing_header` or
  /// `malformed_signature`, with the header's name, which must outlive the result.
  [[nodiscard]] static result<claim, refusal> from_hex(std::string_view text, std::string_view header) noexcept {
    claim read;
    read.signature_header = header;
    text = trimmed(text);
    if (text.empty()) return refusal{errc::missing_header, header};
    if (!read.add_hex(text)) return refusal{errc::malformed_signature, header};
    return read;
  }

  /// Adds a signature: 64 hex digits of either case. False: it is not that, or the claim is full.
  [[nodiscard]] bool add_hex(std::string_view text) noexcept { return add(detail::hex_decode<32>(text)); }

  /// Adds a signature: the canonical, padded standard base64 of 32 bytes. False: it is not that, or the claim is full.
  [[nodiscard]] bool add_base64(std::string_view text) noexcept {
    std::array<unsigned char, 33> bytes{};
    if (text.size() != detail::base64_encoded_size(32) || detail::base64_decode(text, bytes) != 32) return false;
    mac signature{};
    std::copy_n(bytes.begin(), signature.size(), signature.begin());
    return add(signature);
  }

  /// The id and the time of sending, where the signed bytes contain them.
  std::string_view message_id;
  std::optional<std::chrono::sys_seconds> sent_at;

  /// Where the signature and the time stood, for error messages. Must outlive what is said of this claim.
  std::string_view signature_header;
  std::string_view timestamp_header;

  /// The event type that an unsigned header names, and that header's name. A hint: the signed body decides, and must not
  /// contradict it. An empty value: the header's lines contradict each other.
  std::string_view type_header;
  std::optional<std::string_view> type_hint;

  [[nodiscard]] std::span<const std::string_view> parts() const noexcept { return {parts_.data(), part_count_}; }
  [[nodiscard]] std::span<const mac> signatures() const noexcept { return {signatures_.data(), signature_count_}; }

 private:
  [[nodiscard]] bool add(const std::optional<mac>& signature) noexcept {
    if (!signature || signature_count_ == max_signatures) return false;
    signatures_[signature_count_++] = *signature;
    return true;
  }

  std::array<std::string_view, max_parts> parts_;
  std::array<mac, max_signatures> signatures_{};
  std::size_t part_count_ = 0;
  std::size_t signature_count_ = 0;
};

/// A signature scheme: a small value whose data members are its options (so `verifier{secret, {.option = …}}` sets
/// them, and an option that the scheme has not does not compile), with
/// - `read(headers)`: the claim, or which header is at fault;
/// - `key(secret)`: the key bytes of a secret as the sender's dashboard shows it, or what is wrong with it.
/// Where the signed bytes contain the delivery's id, the scheme says `static constexpr bool signs_id = true` and fills
/// `message_id` in the claim. Where they contain the time of sending, it says `static constexpr bool signs_time = true`,
/// fills `sent_at`, and has the option `tolerance`.
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

/// A scheme that can also write: `signed_prefix(message)` are the signed bytes before the body, and
/// `write(message, mac)` the header lines.
template <class S>
concept signing_scheme = scheme<S> && requires(const S s, const message& m, const mac& code) {
  { s.signed_prefix(m) } -> std::same_as<std::string>;
  { s.write(m, code) } -> std::same_as<header_list>;
};

/// The key of senders whose secret is plain text: its bytes, never stripped or decoded. `empty_secret` if there are none.
[[nodiscard]] inline result<secret> text_key(std::string_view text) {
  if (text.empty()) return error{errc::empty_secret};
  return secret{text};
}

/// A MAC as 64 lower-case hex digits, for the `write` of a scheme.
[[nodiscard]] inline std::string to_hex(const mac& code) { return detail::hex_encode(code); }

}  // namespace sello::inline v0
