// SPDX-License-Identifier: MIT
// What the headers of a delivery claim: which bytes are signed, by which signatures, and when it was sent.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
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
#include <sello/verify/ed25519.hpp>
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
  claim_text(T&& text) noexcept(borrows<T> && noexcept(detail::view_of(text))) : view_{detail::view_of(text)} {
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

namespace detail {

/// Signatures in a fixed place. A copy copies those that there are: one, mostly.
template <class Signature, std::size_t Most>
class signature_list {
 public:
  // NOLINTBEGIN(modernize-use-equals-default,cppcoreguidelines-pro-type-member-init): the places are not written
  signature_list() noexcept {}
  signature_list(const signature_list& other) noexcept { assign(other); }
  // NOLINTEND(modernize-use-equals-default,cppcoreguidelines-pro-type-member-init)
  signature_list& operator=(const signature_list& other) noexcept {
    if (this != &other) assign(other);
    return *this;
  }
  ~signature_list() = default;

  /// False: it is full.
  [[nodiscard]] bool add(const Signature& signature) noexcept {
    if (size_ == Most) return false;
    all_[size_++] = signature;
    return true;
  }

  [[nodiscard]] std::span<const Signature> view() const noexcept { return {all_.data(), size_}; }

 private:
  void assign(const signature_list& other) noexcept {
    size_ = other.size_;
    std::copy_n(other.all_.begin(), size_, all_.begin());
  }

  std::size_t size_ = 0;
  std::array<Signature, Most> all_;
};

}  // namespace detail

/// What the headers of a delivery claim, not yet proven.
class claim {
 public:
  static constexpr std::size_t max_parts = 4;
  static constexpr std::size_t max_signatures = 16;
  static constexpr std::size_t max_ed25519_signatures = 4;

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
  [[nodiscard]] bool add_hex(std::string_view text) noexcept { return add(signatures_, detail::hex_decode<32>(text)); }

  /// Adds a signature: the canonical, padded standard base64 of 32 bytes. False: it is not that, or the claim is full.
  [[nodiscard]] bool add_base64(std::string_view text) noexcept {
    return add(signatures_, detail::base64_decode<32>(text));
  }

  /// The same for a scheme with public keys, whose signatures have 64 bytes. Of these at most four are taken.
  [[nodiscard]] bool add_ed25519_hex(std::string_view text) noexcept {
    return add(ed25519_signatures_, detail::hex_decode<64>(text));
  }
  [[nodiscard]] bool add_ed25519_base64(std::string_view text) noexcept {
    return add(ed25519_signatures_, detail::base64_decode<64>(text));
  }

  /// The id and the time of sending, where the signed bytes contain them.
  claim_text message_id{};
  std::optional<std::chrono::sys_seconds> sent_at{};
  /// The time as it stands in the signed bytes, where that is not Unix seconds.
  claim_text sent_as{};

  /// Where the signature and the time stood, for error messages.
  lasting_view signature_header{};
  lasting_view timestamp_header{};

  /// The event type that an unsigned header names, and that header's name. A hint: the signed body decides.
  lasting_view type_header{};
  std::optional<claim_text> type_hint{};
  bool type_hint_contradictory = false;  ///< the header has lines that say different things: no body can agree

  /// Whether one of the parts has this text.
  [[nodiscard]] bool signs_text(std::string_view text) const noexcept {
    const auto all = parts();
    return std::any_of(all.begin(), all.end(), [text](std::string_view part) { return part == text; }) ||
           std::any_of(all.begin(), all.end(), [text](std::string_view part) { return part.find(text) != part.npos; });
  }

  /// Whether one of the parts has the time of sending.
  [[nodiscard]] bool signs_sent_at() const noexcept {
    if (!sent_at || !sent_as.empty()) return sent_at && signs_text(sent_as);
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), sent_at->time_since_epoch().count());
    return signs_text({digits.data(), static_cast<std::size_t>(end.ptr - digits.data())});
  }

  [[nodiscard]] std::span<const claim_text> parts() const noexcept { return {parts_.data(), part_count_}; }
  [[nodiscard]] std::span<const mac> signatures() const noexcept { return signatures_.view(); }
  [[nodiscard]] std::span<const ed25519_signature> ed25519_signatures() const noexcept {
    return ed25519_signatures_.view();
  }

 private:
  template <class List, class Signature>
  [[nodiscard]] static bool add(List& to, const std::optional<Signature>& signature) noexcept {
    return signature && to.add(*signature);
  }

  std::array<claim_text, max_parts> parts_{};
  detail::signature_list<mac, max_signatures> signatures_{};
  detail::signature_list<ed25519_signature, max_ed25519_signatures> ed25519_signatures_{};
  std::size_t part_count_ = 0;
};

}  // namespace sello::inline v0
