// SPDX-License-Identifier: MIT
// The live public keys of one sender, and the one place where signatures of ed25519 are judged.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/verify/ed25519.hpp>
#include <sello/verify/key_ring.hpp>
#include <sello/verify/scheme.hpp>
#include <sello/verify/secret.hpp>

namespace sello::inline v0::detail {

/// What `key_ring` is to secrets. Here nothing is secret: the first signature that is right ends the search. Ed25519 goes over
/// the message twice, so it takes no pieces: the whole of it, in one copy, is judged at the end.
class public_key_ring {
 public:
  /// The signed bytes that stand before a body which still comes; none once they were judged.
  using running = std::vector<std::string>;

  /// Throws `bad_result` with `internal_error` if OpenSSL has no ed25519 to give.
  void add(const secret& key) { keys_.push_back(std::make_unique<const ed25519_public_key>(key.bytes())); }

  /// The delivery, which borrows the body; or `signature_mismatch`, or `internal_error`.
  template <class Delivery>
  [[nodiscard]] result<Delivery, refusal> prove(const claim& claimed, std::string_view body) const noexcept {
    return conclude<Delivery>(claimed, body, [&] { return judge(claimed, body); }, [] { return owned_body{}; });
  }

  /// The same, and the delivery takes the body; where it is refused, the body stays as it is.
  template <class Delivery>
  [[nodiscard]] result<Delivery, refusal> prove_owned(const claim& claimed, std::string& body) const noexcept {
    const auto take = [&]() -> owned_body { return std::make_shared<const std::string>(std::move(body)); };
    return conclude<Delivery>(claimed, body, [&] { return judge(claimed, body); }, take);
  }

  /// The same for a body that came in pieces; the delivery owns it with the caller, who must not change it any more.
  template <class Delivery>
  [[nodiscard]] result<Delivery, refusal> prove(const running& begun, const claim& claimed,
                                                const std::shared_ptr<std::string>& body) const noexcept {
    return conclude<Delivery>(
        claimed, {},
        [&] { return begun.empty() ? verdict::no : judge(begun.front() + *body, claimed.ed25519_signatures()); },
        [&]() -> owned_body { return body; });
  }

  /// Over the claim's parts and a body in one piece. Throws `std::bad_alloc`.
  [[nodiscard]] verdict judge(const claim& claimed, std::string_view body) const {
    return judge(before(claimed, body.size()).append(body), claimed.ed25519_signatures());
  }

  /// Throws `std::bad_alloc`.
  [[nodiscard]] static running begin(const claim& claimed) { return {before(claimed, 0)}; }

  /// Nothing to do for a piece: the caller keeps it.
  static void update(const running&, std::string_view) noexcept {}

 private:
  using owned_body = std::shared_ptr<const std::string>;

  [[nodiscard]] static std::string before(const claim& claimed, std::size_t body_size) {
    std::size_t size = body_size;
    for (const std::string_view part : claimed.parts()) size += part.size();
    std::string text;
    text.reserve(size);
    for (const std::string_view part : claimed.parts()) text += part;
    return text;
  }

  [[nodiscard]] verdict judge(std::string_view message, std::span<const ed25519_signature> signatures) const noexcept {
    const error_mark mark;
    bool failed = false;
    for (const auto& key : keys_) {
      for (const ed25519_signature& signature : signatures) {
        const std::optional<bool> right = key->verify(signature, message);
        if (right.value_or(false)) return verdict::yes;
        failed = failed || !right;
      }
    }
    return failed ? verdict::undecided : verdict::no;
  }

  template <class Delivery, class Judge, class Own>
  [[nodiscard]] static result<Delivery, refusal> conclude(const claim& claimed, std::string_view body, Judge judge,
                                                          Own own) noexcept {
    try {
      return key_ring::conclude<Delivery>(judge(), claimed, body, own);
    } catch (...) {
      return refusal{errc::internal_error, out_of_memory};
    }
  }

  std::vector<std::unique_ptr<const ed25519_public_key>> keys_{};
};

/// The ring of a scheme's keys.
template <scheme Scheme>
using ring_of = std::conditional_t<public_key_scheme<Scheme>, public_key_ring, key_ring>;

}  // namespace sello::inline v0::detail
