// SPDX-License-Identifier: MIT
// Verification: the one place where secrets, the time window and the comparison of MACs meet.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <sello/delivery.hpp>
#include <sello/detail/crypto.hpp>
#include <sello/headers.hpp>
#include <sello/result.hpp>
#include <sello/scheme.hpp>

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

  [[nodiscard]] operator std::string_view() const noexcept { return text_; }

 private:
  std::string_view text_;
};

namespace detail {

/// A string that would be gone before a view of it is read.
template <class T>
concept expiring_text = !std::is_lvalue_reference_v<T> && std::ranges::range<T> && !std::ranges::borrowed_range<T>;

/// The keys that are live, in the order of configuration.
class key_ring {
 public:
  void add(const secret& key) { keys_.push_back(std::make_unique<const hmac_sha256>(key.bytes())); }

  enum class verdict : unsigned char { no, yes, undecided };

  /// Whether one of the signatures was made with one of the keys over the parts and the body. Every key and every
  /// signature is tried, whatever the others gave; nothing branches on a MAC. `undecided`: OpenSSL failed.
  [[nodiscard]] verdict judge(const claim& claimed, std::string_view body) const noexcept {
    unsigned matches = 0;
    for (const auto& key : keys_) {
      hmac_sha256::computation computation{*key};
      for (const std::string_view part : claimed.parts()) computation.update(part);
      computation.update(body);
      mac expected{};
      if (!computation.finish(expected)) return verdict::undecided;
      for (const mac& signature : claimed.signatures()) matches |= equal_in_constant_time(expected, signature);
      wipe(expected);
    }
    return published(matches);
  }

 private:
  /// From here on the verdict is public: it decides what the peer gets.
  [[nodiscard]] static verdict published(unsigned matches) noexcept { return matches != 0 ? verdict::yes : verdict::no; }

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
      if (std::size(secrets) > 1) fault.where = "secret " + std::to_string(count) + (fault.where.empty() ? "" : ": ") + fault.where;
      return fault;
    }
    keys->add(*key);
  }
  if (count == 0) return error{errc::empty_secret, "the list of secrets is empty"};
  return std::shared_ptr<const key_ring>{std::move(keys)};
}

}  // namespace detail

/// Proves who sent a delivery. Immutable once made, so any number of threads may use one `const verifier` without a
/// lock; copies share their keys. Making one throws `bad_result` on a bad secret; use `create` where that must not be.
template <scheme Scheme, class Provider = any_provider>
class verifier {
 public:
  using scheme_type = Scheme;
  using provider_type = Provider;
  using delivery_type = delivery<Scheme, Provider>;
  using time_point = std::chrono::system_clock::time_point;

  /// A secret as the sender's dashboard shows it, then the scheme's options: `{.tolerance = 60s}`.
  /// Throws `bad_result` with `empty_secret` or `malformed_secret`, whose `where` says what is wrong.
  explicit verifier(secret_text secret, Scheme options = {}) : verifier{create(secret, std::move(options)).value()} {}

  /// During a rotation: a delivery is accepted if any of the secrets signed it.
  verifier(std::initializer_list<secret_text> secrets, Scheme options = {})
      : verifier{create(secrets, std::move(options)).value()} {}
  explicit verifier(std::span<const std::string_view> secrets, Scheme options = {})
      : verifier{create(secrets, std::move(options)).value()} {}

  /// The same without an exception for a bad secret.
  [[nodiscard]] static result<verifier> create(secret_text secret, Scheme options = {}) {
    return make(std::span{&secret, 1}, std::move(options));
  }
  [[nodiscard]] static result<verifier> create(std::initializer_list<secret_text> secrets, Scheme options = {}) {
    return make(secrets, std::move(options));
  }
  [[nodiscard]] static result<verifier> create(std::span<const std::string_view> secrets, Scheme options = {}) {
    return make(secrets, std::move(options));
  }

  /// The delivery, if a live secret signed exactly these bytes within the tolerance of `now`; else why not (an `errc` of
  /// the first group, or `internal_error`). Never throws. `body` is the raw request body, never JSON written anew, and
  /// must outlive the delivery: a temporary string does not compile.
  template <header_source Headers>
  [[nodiscard]] result<delivery_type> verify(const Headers& headers, std::string_view body,
                                             time_point now = std::chrono::system_clock::now()) const noexcept {
    return owned(check(headers, body, now));
  }
  template <class Headers, detail::expiring_text Body>
  void verify(const Headers& headers, Body&& body, time_point now = {}) const = delete;

  /// The same for a signature that the caller has already taken from its header.
  [[nodiscard]] result<delivery_type> verify_signature(std::string_view signature, std::string_view body) const noexcept
    requires single_signature_scheme<Scheme>
  {
    return owned(guarded([&] { return prove(scheme_.read_signature(signature), body, {}); }));
  }
  template <detail::expiring_text Body>
  void verify_signature(std::string_view signature, Body&& body) const = delete;

  /// What `verify` says, with a refusal that owns nothing: to refuse a delivery so allocates nothing. The refusal's
  /// `where` points to a constant or into this verifier.
  template <header_source Headers>
  [[nodiscard]] result<delivery_type, refusal> check(const Headers& headers, std::string_view body,
                                                     time_point now) const noexcept {
    return guarded([&] { return prove(scheme_.read(header_view{headers}), body, now); });
  }

 private:
  verifier(std::shared_ptr<const detail::key_ring> keys, Scheme options)
      : keys_{std::move(keys)}, scheme_{std::move(options)} {}

  template <class Secrets>
  [[nodiscard]] static result<verifier> make(const Secrets& secrets, Scheme options) {
    auto keys = detail::make_keys<Scheme>(secrets);
    if (!keys) return std::move(keys).error();
    return verifier{*std::move(keys), std::move(options)};
  }

  [[nodiscard]] result<delivery_type, refusal> prove(const result<claim, refusal>& read, std::string_view body,
                                                     time_point now) const {
    using verdict = detail::key_ring::verdict;
    if (!read) return read.error();
    if constexpr (timed_scheme<Scheme>) {
      if (const auto late = outside_window(*read, now)) return *late;
    }
    switch (keys_->judge(*read, body)) {
      case verdict::yes: return delivery_type{body, *read};
      case verdict::no: return refusal{errc::signature_mismatch, read->signature_header};
      case verdict::undecided: break;
    }
    return refusal{errc::internal_error, {}};
  }

  /// In whole seconds on both sides, so that no clock's resolution and no far-off time can overflow.
  [[nodiscard]] std::optional<refusal> outside_window(const claim& read, time_point now) const noexcept {
    if (!read.sent_at) return refusal{errc::malformed_timestamp, read.timestamp_header};
    const std::chrono::seconds age = std::chrono::floor<std::chrono::seconds>(now) - *read.sent_at;
    const std::chrono::seconds tolerance = scheme_.tolerance;
    if (age > tolerance) return refusal{errc::timestamp_too_old, read.timestamp_header};
    if (-age > tolerance) return refusal{errc::timestamp_too_new, read.timestamp_header};
    return std::nullopt;
  }

  /// Headers are the caller's code, and memory can run out: whatever is thrown, nothing was decided.
  template <class Work>
  [[nodiscard]] static result<delivery_type, refusal> guarded(Work work) noexcept {
    try {
      return work();
    } catch (...) {
      return refusal{errc::internal_error, {}};
    }
  }

  [[nodiscard]] static result<delivery_type> owned(result<delivery_type, refusal> answer) noexcept {
    if (!answer) return static_cast<error>(answer.error());
    return *std::move(answer);
  }

  std::shared_ptr<const detail::key_ring> keys_;
  Scheme scheme_;
};

}  // namespace sello::inline v0
