// SPDX-License-Identifier: MIT
// The live secrets of one sender, and the one place where MACs are compared.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/verify/hmac.hpp>
#include <sello/verify/scheme.hpp>
#include <sello/verify/secret.hpp>

namespace sello::inline v0 {

/// A secret as an argument: anything that is text. Unlike `std::string_view` it takes a null pointer, as `getenv` gives
/// it for an unset variable, for an empty secret (which is refused), and never `{"one", "two"}` for a pair of pointers.
class secret_text {
 public:
  template <class T>
    requires std::convertible_to<const T&, std::string_view>
  secret_text(const T& text) {
    if constexpr (std::is_pointer_v<T>) {
      if (text == nullptr) return;
    }
    text_ = text;
  }

  secret_text(std::nullptr_t) = delete;

  [[nodiscard]] operator std::string_view() const noexcept { return text_; }

 private:
  std::string_view text_;
};

namespace detail {

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

/// The keys that are live. Every key and every signature is tried, whatever the others gave.
class key_ring {
 public:
  void add(const secret& key) { keys_.push_back(std::make_unique<const hmac_sha256>(key.bytes())); }

  /// Over the claim's parts and a body in one piece. Allocates nothing.
  [[nodiscard]] verdict judge(const claim& claimed, std::string_view body) const noexcept {
    unsigned matches = 0;
    for (const auto& key : keys_) {
      auto computation = begin(*key, claimed);
      computation.update(body);
      if (!compare(computation, claimed.signatures(), matches)) return verdict::undecided;
    }
    return published(matches);
  }

  /// Over the claim's parts, and a body that comes in pieces: one running MAC a key.
  [[nodiscard]] std::vector<hmac_sha256::computation> begin(const claim& claimed) const {
    std::vector<hmac_sha256::computation> running;
    running.reserve(keys_.size());
    for (const auto& key : keys_) running.push_back(begin(*key, claimed));
    return running;
  }

  [[nodiscard]] static verdict judge(std::span<hmac_sha256::computation> running,
                                     std::span<const mac> signatures) noexcept {
    unsigned matches = 0;
    for (auto& computation : running) {
      if (!compare(computation, signatures, matches)) return verdict::undecided;
    }
    return published(matches);
  }

 private:
  [[nodiscard]] static hmac_sha256::computation begin(const hmac_sha256& key, const claim& claimed) noexcept {
    hmac_sha256::computation computation{key};
    for (const std::string_view part : claimed.parts()) computation.update(part);
    return computation;
  }

  std::vector<std::unique_ptr<const hmac_sha256>> keys_;
};

/// The keys of some secrets, or what is wrong with the first bad one.
template <scheme Scheme, class Secrets>
[[nodiscard]] result<std::shared_ptr<const key_ring>> make_keys(const Secrets& secrets) {
  auto keys = std::make_shared<key_ring>();
  std::size_t count = 0;
  for (const std::string_view text : secrets) {
    ++count;
    auto key = Scheme::key(text);
    if (!key) {
      error fault = std::move(key).error();
      if (std::size(secrets) > 1)
        fault.where = "secret " + std::to_string(count) + (fault.where.empty() ? "" : ": ") + fault.where;
      return fault;
    }
    keys->add(*key);
  }
  if (count == 0) return error{errc::empty_secret, "the list of secrets is empty"};
  return std::shared_ptr<const key_ring>{std::move(keys)};
}

}  // namespace detail

}  // namespace sello::inline v0
