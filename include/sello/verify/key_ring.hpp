// SPDX-License-Identifier: MIT
// The live secrets of one sender, and the one place where MACs are compared.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/base/text.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/scheme.hpp>
#include <sello/verify/secret.hpp>

namespace sello::inline v0 {

/// A secret as an argument: anything that is text. Unlike `std::string_view` it takes a null pointer, as `getenv` gives
/// it for an unset variable, for an empty secret, and never `{"one", "two"}` for a pair of pointers. Text that throws when
/// it is read is an empty secret, too, which is refused.
class secret_text {
 public:
  template <class T>
    requires std::convertible_to<const T&, std::string_view>
  secret_text(const T& text) noexcept {
    try {
      text_ = detail::view_of(text);
    } catch (...) {
      text_ = {};
    }
  }

  secret_text(std::nullptr_t) = delete;

  [[nodiscard]] operator std::string_view() const noexcept { return text_; }

 private:
  std::string_view text_{};
};

namespace detail {

/// Several secrets: any range of texts that is no text itself.
template <class R>
concept secret_range =
    !std::convertible_to<R, secret_text> && !std::same_as<std::remove_cvref_t<R>, std::initializer_list<secret_text>> &&
    std::ranges::input_range<R> && std::convertible_to<std::ranges::range_reference_t<R>, secret_text>;

inline constexpr std::string_view out_of_memory = "memory ran out";

/// Whether one of the signatures was made with one of the keys; undecided: OpenSSL failed.
enum class verdict : unsigned char { no, yes, undecided };

/// From here on the verdict is public: it decides what the peer gets.
[[nodiscard]] inline verdict published(unsigned matches) noexcept { return matches != 0 ? verdict::yes : verdict::no; }

/// Finishes the MAC of one key and compares it with every signature: adds 1 to `matches` for a match, and branches on no
/// MAC. False: OpenSSL failed.
[[nodiscard]] inline bool compare(hmac_sha256::computation& computation, std::span<const mac> signatures,
                                  unsigned& matches) noexcept {
  mac expected{};
  if (!computation.finish(expected)) return false;
  for (const mac& signature : signatures) matches |= equal_in_constant_time(expected, signature);
  wipe(expected);
  return true;
}

/// Short texts side by side in one update: each costs OpenSSL as much as half a block of SHA-256.
class joined_updates {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): what waits is written before it is read
  explicit joined_updates(hmac_sha256::computation& to) noexcept : to_{to} {}

  void add(std::string_view text) noexcept {
    if (text.size() > waiting_.size() - size_) flush();
    if (text.size() > waiting_.size()) {
      to_.update(text);
    } else {
      std::copy_n(text.begin(), text.size(), waiting_.begin() + static_cast<std::ptrdiff_t>(size_));
      size_ += text.size();
    }
  }

  /// To be called behind the last.
  void flush() noexcept {
    if (size_ != 0) to_.update({waiting_.data(), size_});
    size_ = 0;
  }

 private:
  hmac_sha256::computation& to_;
  std::size_t size_ = 0;
  std::array<char, 512> waiting_;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
};

/// The keys that are live. Every key and every signature is tried, whatever the others gave. The only one that makes
/// deliveries: each from a verdict of its own.
class key_ring {
 public:
  /// One running MAC a key; none once they were judged.
  using running = std::vector<hmac_sha256::computation>;

  void add(const secret& key) { keys_.push_back(std::make_unique<const hmac_sha256>(key.bytes())); }

  /// The delivery, which borrows the body; or `signature_mismatch`, or `internal_error`. A refusal allocates nothing.
  template <class Delivery>
  [[nodiscard]] result<Delivery, refusal> prove(const claim& claimed, std::string_view body) const noexcept {
    return conclude<Delivery>(judge(claimed, body), claimed, body, [] { return owned_body{}; });
  }

  /// The same, and the delivery takes the body; where it is refused, the body stays as it is.
  template <class Delivery>
  [[nodiscard]] result<Delivery, refusal> prove_owned(const claim& claimed, std::string& body) const noexcept {
    const auto take = [&]() -> owned_body { return std::make_shared<const std::string>(std::move(body)); };
    return conclude<Delivery>(judge(claimed, body), claimed, body, take);
  }

  /// The same for a body that came in pieces; the delivery owns it with the caller, who must not change it any more.
  template <class Delivery>
  [[nodiscard]] static result<Delivery, refusal> prove(std::span<hmac_sha256::computation> running,
                                                       const claim& claimed,
                                                       const std::shared_ptr<std::string>& body) noexcept {
    return conclude<Delivery>(judge(running, claimed.signatures()), claimed, {}, [&]() -> owned_body { return body; });
  }

  /// Over the claim's parts and a body in one piece. Allocates nothing.
  [[nodiscard]] verdict judge(const claim& claimed, std::string_view body) const noexcept {
    const error_mark mark;
    unsigned matches = 0;
    for (const auto& key : keys_) {
      hmac_sha256::computation computation{*key};
      joined_updates updates{computation};
      for (const std::string_view part : claimed.parts()) updates.add(part);
      updates.add(body);
      updates.flush();
      if (!compare(computation, claimed.signatures(), matches)) return verdict::undecided;
    }
    return published(matches);
  }

  /// Over the claim's parts, and a body that comes in pieces.
  [[nodiscard]] running begin(const claim& claimed) const {
    const error_mark mark;
    running begun;
    begun.reserve(keys_.size());
    for (const auto& key : keys_) begun.push_back(begin(*key, claimed));
    return begun;
  }

  static void update(std::span<hmac_sha256::computation> running, std::string_view bytes) noexcept {
    const error_mark mark;
    for (auto& computation : running) computation.update(bytes);
  }

  [[nodiscard]] static verdict judge(std::span<hmac_sha256::computation> running,
                                     std::span<const mac> signatures) noexcept {
    const error_mark mark;
    unsigned matches = 0;
    for (auto& computation : running) {
      if (!compare(computation, signatures, matches)) return verdict::undecided;
    }
    return published(matches);
  }

 private:
  [[nodiscard]] static hmac_sha256::computation begin(const hmac_sha256& key, const claim& claimed) noexcept {
    hmac_sha256::computation computation{key};
    joined_updates updates{computation};
    for (const std::string_view part : claimed.parts()) updates.add(part);
    updates.flush();
    return computation;
  }

  friend class public_key_ring;
  using owned_body = std::shared_ptr<const std::string>;

  template <class Delivery, class Own>
  [[nodiscard]] static result<Delivery, refusal> conclude(verdict given, const claim& proven, std::string_view body,
                                                          Own own) noexcept {
    switch (given) {
      case verdict::yes: break;
      case verdict::no: return refusal{errc::signature_mismatch, proven.signature_header};
      case verdict::undecided: return refusal{errc::internal_error, "OpenSSL failed"};
    }
    try {
      result<Delivery, refusal> made{Delivery{body, proven}};
      made->keep(own());  // last: what may fail behind it would take the caller's body along
      return made;
    } catch (...) {
      return refusal{errc::internal_error, out_of_memory};
    }
  }

  std::vector<std::unique_ptr<const hmac_sha256>> keys_{};
};

/// The key of a secret. One of no byte is everybody's, and so is a public key of small order, whatever the scheme says of it.
template <scheme Scheme>
[[nodiscard]] result<secret> key_of_secret(std::string_view text) {
  auto key = Scheme::key(text);
  if (key && key->bytes().empty()) return error{errc::empty_secret, {}};
  if constexpr (public_key_scheme<Scheme>) {
    if (!key) return key;
    if (auto fault = fault_of_public_key(key->bytes())) return *std::move(fault);
  }
  return key;
}

/// The keys of some secrets, or what is wrong with the first bad one: with its position, where there are several.
template <scheme Scheme, class Ring = key_ring, class Secrets>
[[nodiscard]] result<std::shared_ptr<const Ring>> make_keys(Secrets&& secrets) {
  auto keys = std::make_shared<Ring>();
  std::size_t count = 0;
  std::size_t bad = 0;
  error fault;
  for (auto&& each : secrets) {
    ++count;
    if (bad != 0) continue;
    const secret_text text = each;
    auto key = key_of_secret<Scheme>(text);
    if (key) {
      keys->add(*key);
    } else {
      bad = count;
      fault = std::move(key).error();
    }
  }
  if (count == 0) return error{errc::empty_secret, "the list of secrets is empty"};
  if (bad == 0) return std::shared_ptr<const Ring>{std::move(keys)};
  if (count > 1) fault.where = "secret " + std::to_string(bad) + (fault.where.empty() ? "" : ": ") + fault.where;
  return fault;
}

}  // namespace detail

}  // namespace sello::inline v0
