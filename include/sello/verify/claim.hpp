// SPDX-License-Identifier: MIT
// What the headers of a delivery claim: which bytes are signed, by which signatures, and when it was sent.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <sello/base/result.hpp>
#include <sello/verify/encoding.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/hmac.hpp>

namespace sello::inline v0 {

/// A text of a claim. A view is borrowed: it points into the headers, or at a constant, as `"v0:"sv` does. Of anything
/// else, which may be gone when the MAC is computed, a copy is kept, so that `signs("v0:" + time + ":")` is right.
class claim_text {
  template <class T>
  static constexpr bool borrows = std::ranges::borrowed_range<std::remove_cvref_t<T>>;

 public:
  claim_text() noexcept = default;

  /// Throws `std::bad_alloc` where it copies.
  template <class T>
    requires(std::convertible_to<T, std::string_view> && !std::same_as<std::remove_cvref_t<T>, claim_text>)
  claim_text(T&& text) noexcept(borrows<T>) : view_{detail::view_of(text)} {
    if constexpr (!borrows<T>) {
      kept_ = std::make_shared<const std::string>(view_);
      view_ = *kept_;
    }
  }

  [[nodiscard]] operator std::string_view() const noexcept { return view_; }
  [[nodiscard]] bool empty() const noexcept { return view_.empty(); }
  friend bool operator==(const claim_text& a, std::string_view b) noexcept { return a.view_ == b; }

 private:
  std::string_view view_{};
  std::shared_ptr<const std::string> kept_{};
};

/// What the headers of a delivery claim, not yet proven.
class claim {
 public:
  static constexpr std::size_t max_parts = 4;
  static constexpr std::size_t max_signatures = 16;

  /// The signed bytes are the parts in the order of these calls (at most four), then the body.
  void signs(claim_text part) {
    parts_.at(part_count_) = std::move(part);
    ++part_count_;
  }

  /// A claim over the body alone, with one signature of 64 hex digits, the `single_value` of `header`. `missing_header` or
  /// `malformed_signature`, with the header's name, which must outlive the result.
  [[nodiscard]] static result<claim, refusal> from_hex(std::string_view text, lasting_view header) noexcept {
    claim read;
    read.signature_header = header;
    text = single_value(text);
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
  claim_text message_id{};
  std::optional<std::chrono::sys_seconds> sent_at{};

  /// Where the signature and the time stood, for error messages.
  lasting_view signature_header{};
  lasting_view timestamp_header{};

  /// The event type that an unsigned header names, and that header's name. A hint: the signed body decides.
  lasting_view type_header{};
  std::optional<claim_text> type_hint{};
  bool type_hint_contradictory = false;  ///< the header has lines that say different things: no body can agree

  /// Whether one of the parts has this text.
  [[nodiscard]] bool signs_text(std::string_view text) const noexcept {
    return std::ranges::any_of(parts(), [text](std::string_view part) { return part.find(text) != part.npos; });
  }

  [[nodiscard]] std::span<const claim_text> parts() const noexcept { return {parts_.data(), part_count_}; }
  [[nodiscard]] std::span<const mac> signatures() const noexcept { return {signatures_.data(), signature_count_}; }

 private:
  [[nodiscard]] bool add(const std::optional<mac>& signature) noexcept {
    if (!signature || signature_count_ == max_signatures) return false;
    signatures_[signature_count_++] = *signature;
    return true;
  }

  std::array<claim_text, max_parts> parts_{};
  std::array<mac, max_signatures> signatures_{};
  std::size_t part_count_ = 0;
  std::size_t signature_count_ = 0;
};

}  // namespace sello::inline v0
