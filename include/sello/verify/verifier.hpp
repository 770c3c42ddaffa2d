// SPDX-License-Identifier: MIT
// Verification: the one place where secrets, the time window and the comparison of MACs meet.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/verify/delivery.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/key_ring.hpp>
#include <sello/verify/scheme.hpp>

namespace sello::inline v0 {

/// Proves who sent a delivery. Immutable once made, so any number of threads may use one `const verifier` without a
/// lock; copies share their keys. Making one throws `bad_result` on a bad secret; use `create` where that must not be.
template <scheme Scheme, class Provider = any_provider>
class verifier {
 public:
  using scheme_type = Scheme;
  using provider_type = Provider;
  using delivery_type = delivery<Scheme, Provider>;
  using time_point = std::chrono::system_clock::time_point;
  using secret_list = std::initializer_list<secret_text>;

  /// A secret as the sender's dashboard shows it, then the scheme's options by name: `{.tolerance = 60s}`.
  /// Throws `bad_result` with `empty_secret` or `malformed_secret`, whose `where` says what is wrong.
  explicit verifier(secret_text secret, Scheme options = {}) : verifier{create(secret, std::move(options)).value()} {}

  /// During a rotation: a delivery is accepted if any of the secrets signed it. They are a list of its own, before the
  /// options: `{{current, previous}}`, `{{current, previous}, {.tolerance = 60s}}`.
  template <std::same_as<secret_list> List = secret_list>  // else `{secret, {"X-Name"}}` would be two secrets
  verifier(List secrets, Scheme options = {}) : verifier{create(secrets, std::move(options)).value()} {}
  explicit verifier(std::span<const std::string_view> secrets, Scheme options = {})
      : verifier{create(secrets, std::move(options)).value()} {}

  /// Two bare texts do not compile: is the second one a secret, or a header's name, which everybody knows? A rotation is a
  /// list of its own, `{{current, previous}}`; an option has its name, `{secret, {.signature_header = "X-Name"}}`.
  template <class First, class Second, class... More>
    requires(std::convertible_to<const First&, secret_text> && std::convertible_to<const Second&, secret_text>)
  verifier(const First&, const Second&, const More&...) = delete;  // {{current, previous}} or {secret, {.option = ...}}

  /// The same without an exception for a bad secret.
  [[nodiscard]] static result<verifier> create(secret_text secret, Scheme options = {}) {
    return make(std::span{&secret, 1}, std::move(options));
  }
  [[nodiscard]] static result<verifier> create(secret_list secrets, Scheme options = {}) {
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
  template <class Headers, detail::expiring_text Body>
  void check(const Headers& headers, Body&& body, time_point now) const = delete;

  /// A delivery whose body is still coming: hashed as it comes, so that at its end only the comparison is left. It owns
  /// what it was fed, because nothing else may become the proven body. For one thread; may
  /// outlive the headers, not the verifier.
  class verification {
   public:
    verification(const verification&) = delete;
    verification(verification&&) noexcept = default;
    verification& operator=(const verification&) = delete;
    verification& operator=(verification&&) = delete;
    ~verification() = default;

    /// The next bytes of the body, in order. Throws `std::bad_alloc`. Bounding the size is the caller's affair.
    void update(std::string_view bytes) {
      if (running_.empty()) return;
      body_ += bytes;
      for (auto& computation : running_) computation.update(bytes);
    }

    /// What came so far.
    [[nodiscard]] const std::string& body() const noexcept { return body_; }

    /// To be called once, at the end: what `check` would say of the whole. The delivery borrows the body from here, which
    /// nothing changes any more; a second call finds no running MAC that matches.
    [[nodiscard]] result<delivery_type, refusal> finish() & noexcept {
      claimed_.message_id = message_id_;
      if (claimed_.type_hint) claimed_.type_hint = type_hint_;
      const auto given = detail::key_ring::judge(running_, claimed_.signatures());
      running_.clear();
      return guarded([&] { return conclude(given, claimed_, body_); });
    }

   private:
    friend class verifier;
    verification(std::shared_ptr<const detail::key_ring> keys, const claim& claimed)
        : keys_{std::move(keys)},
          running_{keys_->begin(claimed)},
          claimed_{claimed},
          message_id_{claimed.message_id},
          type_hint_{claimed.type_hint.value_or("")} {}

    std::shared_ptr<const detail::key_ring> keys_;  // outlives the MACs that run with its keys
    std::vector<detail::hmac_sha256::computation> running_;
    claim claimed_;
    std::string message_id_;
    std::string type_hint_;
    std::string body_;
  };

  /// Begins with the headers alone: what can be refused before the body is seen, is.
  template <header_source Headers>
  [[nodiscard]] result<verification, refusal> begin(const Headers& headers, time_point now) const noexcept {
    return guarded([&]() -> result<verification, refusal> {
      const auto read = scheme_.read(header_view{headers});
      if (const auto refused = refuse_unseen(read, now)) return *refused;
      return verification{keys_, *read};
    });
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
    if (const auto refused = refuse_unseen(read, now)) return *refused;
    return conclude(keys_->judge(*read, body), *read, body);
  }

  /// What can be refused before the body is seen.
  [[nodiscard]] std::optional<refusal> refuse_unseen(const result<claim, refusal>& read,
                                                     time_point now) const noexcept {
    if (!keys_) return refusal{errc::internal_error};  // it was moved from
    if (!read) return read.error();
    if constexpr (timed_scheme<Scheme>) return outside_window(*read, now);
    return std::nullopt;
  }

  [[nodiscard]] static result<delivery_type, refusal> conclude(detail::verdict given, const claim& proven,
                                                               std::string_view body) {
    switch (given) {
      case detail::verdict::yes: return delivery_type{body, proven};
      case detail::verdict::no: return refusal{errc::signature_mismatch, proven.signature_header};
      case detail::verdict::undecided: break;
    }
    return refusal{errc::internal_error};
  }

  /// In whole seconds on both sides, so that no clock's resolution and no far-off time can overflow.
  [[nodiscard]] std::optional<refusal> outside_window(const claim& read, time_point now) const noexcept
    requires timed_scheme<Scheme>
  {
    if (!read.sent_at) return refusal{errc::malformed_timestamp, read.timestamp_header};
    const std::chrono::seconds age = std::chrono::floor<std::chrono::seconds>(now) - *read.sent_at;
    const std::chrono::seconds tolerance = scheme_.tolerance;
    if (age > tolerance) return refusal{errc::timestamp_too_old, read.timestamp_header};
    if (-age > tolerance) return refusal{errc::timestamp_too_new, read.timestamp_header};
    return std::nullopt;
  }

  /// Headers are the caller's code, and memory can run out: whatever is thrown, nothing was decided.
  template <class Work>
  [[nodiscard]] static std::invoke_result_t<Work&> guarded(Work work) noexcept {
    try {
      return work();
    } catch (...) {
      return refusal{errc::internal_error};
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
