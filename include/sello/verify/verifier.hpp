// SPDX-License-Identifier: MIT
// Verification: the one place where secrets, the time window and the comparison of MACs meet.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/base/function_ref.hpp>
#include <sello/base/result.hpp>
#include <sello/base/text.hpp>
#include <sello/verify/body_copy.hpp>
#include <sello/verify/delivery.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/key_ring.hpp>
#include <sello/verify/public_key_ring.hpp>
#include <sello/verify/scheme.hpp>
#include <sello/verify/verification.hpp>

namespace sello::inline v0 {

/// Proves who sent a delivery. Immutable once made, so any number of threads may use one `const verifier` without a
/// lock; copies share their keys. Making one throws `bad_result` on a bad secret; use `create` where that must not be.
template <scheme Scheme, class Provider = any_provider>
class verifier {
  static_assert((detail::check_words<Scheme>(), true));
  using ring = detail::ring_of<Scheme>;

 public:
  using scheme_type = Scheme;
  using provider_type = Provider;
  using delivery_type = delivery<Scheme, Provider>;
  using time_point = std::chrono::system_clock::time_point;
  using secret_list = std::initializer_list<secret_text>;

  /// A secret as the sender's dashboard shows it, then the scheme's options by name: `{.tolerance = 60s}`.
  /// Throws `bad_result` with `empty_secret`, `malformed_secret` or `malformed_option`, whose `where` says what is wrong.
  explicit verifier(secret_text secret, Scheme options = {});

  /// During a rotation: a delivery is accepted if any of the secrets signed it. They are a list of its own, before the
  /// options: `{{current, previous}}`, `{{current, previous}, {.tolerance = 60s}}`; or any range of texts.
  template <std::same_as<secret_list> List = secret_list>  // else `{secret, {"X-Name"}}` would be two secrets
  verifier(List secrets, Scheme options = {}) : verifier{create(secrets, std::move(options)).value()} {}
  template <detail::secret_range Secrets>
  explicit verifier(Secrets&& secrets, Scheme options = {})
      : verifier{create(std::forward<Secrets>(secrets), std::move(options)).value()} {}

  /// Two bare texts do not compile: is the second one a secret, or a header's name, which everybody knows? A rotation is a
  /// list of its own, `{{current, previous}}`; an option has its name, `{secret, {.signature_header = "X-Name"}}`.
  template <class First, class Second, class... More>
    requires(std::convertible_to<const First&, secret_text> && std::convertible_to<const Second&, secret_text>)
  verifier(const First&, const Second&, const More&...) = delete;  // {{current, previous}} or {secret, {.option = ...}}

  /// The same without an exception: also where OpenSSL has no algorithm to give, memory runs out, or a range of secrets throws
  /// (`internal_error`).
  [[nodiscard]] static result<verifier> create(secret_text secret) noexcept {
    return make_of({&secret, 1}, [] { return Scheme{}; });
  }
  [[nodiscard]] static result<verifier> create(secret_text secret, Scheme options) noexcept {
    return make_of({&secret, 1}, [&] { return std::move(options); });
  }
  [[nodiscard]] static result<verifier> create(secret_list secrets) noexcept {
    return make_of({secrets.begin(), secrets.size()}, [] { return Scheme{}; });
  }
  [[nodiscard]] static result<verifier> create(secret_list secrets, Scheme options) noexcept {
    return make_of({secrets.begin(), secrets.size()}, [&] { return std::move(options); });
  }
  template <detail::secret_range Secrets>
  [[nodiscard]] static result<verifier> create(Secrets&& secrets) noexcept {
    return make(secrets, [] { return Scheme{}; });
  }
  template <detail::secret_range Secrets>
  [[nodiscard]] static result<verifier> create(Secrets&& secrets, Scheme options) noexcept {
    return make(secrets, [&] { return std::move(options); });
  }

  /// The delivery, if a live secret signed exactly these bytes within the tolerance of `now`; else why not (an `errc` of
  /// the first group, or `internal_error`). Never throws. `body` is the raw request body, never JSON written anew, and
  /// must outlive the delivery unchanged: a temporary string does not compile. `verify_owned` takes one.
  template <header_source Headers>
  [[nodiscard]] result<delivery_type> verify(const Headers& headers, lasting_view body,
                                             time_point now = time_for_window()) const noexcept {
    return verify_in(header_view{headers}, body, now);
  }

  /// The same, and the delivery owns the body: for a queue, or whatever else outlives the request. A body that is refused
  /// stays where it was.
  template <header_source Headers>
  [[nodiscard]] result<delivery_type> verify_owned(const Headers& headers, std::string&& body,
                                                   time_point now = time_for_window()) const noexcept {
    return verify_owned_in(header_view{headers}, std::move(body), now);
  }

  /// The same for a signature that the caller has already taken from its header.
  [[nodiscard]] result<delivery_type> verify_signature(text_argument signature, lasting_view body) const noexcept
    requires single_signature_scheme<Scheme>
  {
    return verify_signature_in(signature, body);
  }

  /// What `verify` says, with a refusal that owns nothing: to refuse a delivery so allocates nothing. The refusal's
  /// `where` points to a constant or into this verifier, so a temporary one does not compile.
  template <header_source Headers>
  [[nodiscard]] result<delivery_type, refusal> check(const Headers& headers, lasting_view body,
                                                     time_point now) const& noexcept {
    return check_in(header_view{headers}, body, now);
  }
  template <class Headers>
  void check(const Headers& headers, lasting_view body,
             time_point now) const&& = delete;  // keep the verifier in a variable first

  /// A delivery whose body is still coming.
  using verification = sello::verification<Scheme, Provider>;

  /// Begins with the headers alone: what can be refused before the body is seen, is.
  template <header_source Headers>
  [[nodiscard]] result<verification, refusal> begin(const Headers& headers, time_point now) const& noexcept {
    return begin_in(header_view{headers}, now);
  }
  template <class Headers>
  void begin(const Headers& headers, time_point now) const&& = delete;  // keep the verifier in a variable first

 private:
  verifier(std::shared_ptr<const ring> keys, Scheme options) : keys_{std::move(keys)}, scheme_{std::move(options)} {}

  template <class Verifier>
  friend class receiver;

  /// `check` of a copy that is made in `copy`, once the headers have not refused it.
  [[nodiscard]] result<delivery_type, refusal> check_copy(const header_view& headers, std::string_view body,
                                                          detail::body_copy& copy, time_point now) const noexcept {
    return prove([&] { return scheme_.read(headers); }, now,
                 [&](const claim& read) -> result<delivery_type, refusal> {
                   try {
                     return keys_->template prove<delivery_type>(read, copy.take(body));
                   } catch (...) {
                     return refusal{errc::internal_error, detail::out_of_memory};
                   }
                 });
  }

  [[nodiscard]] static result<verifier> make_of(std::span<const secret_text> secrets,
                                                detail::function_ref<Scheme()> take_options) noexcept;
  [[nodiscard]] result<delivery_type, refusal> check_in(const header_view& headers, std::string_view body,
                                                        time_point now) const noexcept;
  [[nodiscard]] result<delivery_type> verify_in(const header_view& headers, std::string_view body,
                                                time_point now) const noexcept;
  [[nodiscard]] result<delivery_type> verify_owned_in(const header_view& headers, std::string&& body,
                                                      time_point now) const noexcept;
  [[nodiscard]] result<delivery_type> verify_signature_in(std::string_view signature,
                                                          std::string_view body) const noexcept
    requires single_signature_scheme<Scheme>;
  [[nodiscard]] result<verification, refusal> begin_in(const header_view& headers, time_point now) const noexcept;

  template <class Secrets, class Options>
  [[nodiscard]] static result<verifier> make(Secrets&& secrets, Options take_options) noexcept {
    try {
      try {
        Scheme options = take_options();
        if (auto checked = detail::check_options(options); !checked) return checked.error();
        auto keys = detail::make_keys<Scheme, ring>(secrets);
        if (!keys) return std::move(keys).error();
        return verifier{*std::move(keys), std::move(options)};
      } catch (const bad_result& thrown) {
        return thrown.error();
      }
    } catch (const std::bad_alloc&) {
      return static_cast<error>(refusal{errc::internal_error, detail::out_of_memory});
    } catch (...) {
      return static_cast<error>(refusal{errc::internal_error, "reading the secrets threw an exception"});
    }
  }

  /// Headers are the caller's code: whatever they throw, nothing was decided.
  template <class Read>
  [[nodiscard]] static result<claim, refusal> claim_of(Read read) noexcept {
    try {
      return read();
    } catch (const std::bad_alloc&) {
      return refusal{errc::internal_error, detail::out_of_memory};
    } catch (...) {
      return refusal{errc::internal_error, "reading the headers threw an exception"};
    }
  }

  template <class Read, class Judge>
  [[nodiscard]] result<delivery_type, refusal> prove(Read read, time_point now, Judge judge) const noexcept {
    const auto claimed = claim_of(read);
    if (const auto refused = refuse_unseen(claimed, now)) return *refused;
    return judge(*claimed);
  }

  /// Now, where the scheme has a window to hold it against: to look at the clock takes some 20 ns.
  [[nodiscard]] static time_point time_for_window() noexcept {
    if constexpr (timed_scheme<Scheme>) return std::chrono::system_clock::now();
    return {};
  }

  /// What can be refused before the body is seen.
  [[nodiscard]] std::optional<refusal> refuse_unseen(const result<claim, refusal>& read,
                                                     time_point now) const noexcept {
    if (!keys_) return refusal{errc::internal_error, "the verifier was moved from"};
    if (!read) return read.error();
    if constexpr (identified_scheme<Scheme>) {
      if (read->message_id.empty()) return refusal{errc::internal_error, "the scheme read no message_id"};
      if (!read->signs_text(read->message_id))
        return refusal{errc::internal_error, "the scheme's message_id is in no part that it signs"};
    }
    if constexpr (timed_scheme<Scheme>) return outside_window(*read, now);
    return std::nullopt;
  }

  /// In whole seconds on both sides, so that no clock's resolution can overflow; a time in no year that the calendar has is none.
  [[nodiscard]] std::optional<refusal> outside_window(const claim& read, time_point now) const noexcept
    requires timed_scheme<Scheme>
  {
    using std::chrono::seconds;
    constexpr std::chrono::sys_seconds first = std::chrono::sys_days{std::chrono::year::min() / 1 / 1};
    constexpr std::chrono::sys_seconds last = std::chrono::sys_days{std::chrono::year::max() / 12 / 31};
    if (!read.sent_at || *read.sent_at < first || *read.sent_at > last)
      return refusal{errc::malformed_timestamp, read.timestamp_header};
    if (!read.signs_sent_at()) return refusal{errc::internal_error, "the scheme's sent_at is in no part that it signs"};
    const seconds age = std::chrono::floor<seconds>(now) - *read.sent_at;
    const seconds tolerance = scheme_.tolerance;
    if (age > tolerance) return refusal{errc::timestamp_too_old, read.timestamp_header};
    if (-age > tolerance) return refusal{errc::timestamp_too_new, read.timestamp_header};
    return std::nullopt;
  }

  std::shared_ptr<const ring> keys_;
  Scheme scheme_;
};

template <scheme Scheme, class Provider>
verifier<Scheme, Provider>::verifier(secret_text secret, Scheme options)
    : verifier{create(secret, std::move(options)).value()} {}

template <scheme Scheme, class Provider>
result<verifier<Scheme, Provider>> verifier<Scheme, Provider>::make_of(
    std::span<const secret_text> secrets, detail::function_ref<Scheme()> take_options) noexcept {
  return make(secrets, take_options);
}

template <scheme Scheme, class Provider>
auto verifier<Scheme, Provider>::check_in(const header_view& headers, std::string_view body,
                                          time_point now) const noexcept -> result<delivery_type, refusal> {
  return prove([&] { return scheme_.read(headers); }, now,
               [&](const claim& read) { return keys_->template prove<delivery_type>(read, body); });
}

template <scheme Scheme, class Provider>
auto verifier<Scheme, Provider>::verify_in(const header_view& headers, std::string_view body,
                                           time_point now) const noexcept -> result<delivery_type> {
  return check_in(headers, body, now);
}

template <scheme Scheme, class Provider>
auto verifier<Scheme, Provider>::verify_owned_in(const header_view& headers, std::string&& body,
                                                 time_point now) const noexcept -> result<delivery_type> {
  return prove([&] { return scheme_.read(headers); }, now,
               [&](const claim& read) { return keys_->template prove_owned<delivery_type>(read, body); });
}

template <scheme Scheme, class Provider>
auto verifier<Scheme, Provider>::verify_signature_in(std::string_view signature, std::string_view body) const noexcept
    -> result<delivery_type>
  requires single_signature_scheme<Scheme>
{
  return prove([&] { return scheme_.read_signature(signature); }, {},
               [&](const claim& read) { return keys_->template prove<delivery_type>(read, body); });
}

template <scheme Scheme, class Provider>
auto verifier<Scheme, Provider>::begin_in(const header_view& headers, time_point now) const noexcept
    -> result<verification, refusal> {
  const auto read = claim_of([&] { return scheme_.read(headers); });
  if (const auto refused = refuse_unseen(read, now)) return *refused;
  try {
    return verification{keys_, *read};
  } catch (...) {
    return refusal{errc::internal_error, detail::out_of_memory};
  }
}

}  // namespace sello::inline v0
