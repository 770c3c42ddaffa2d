// SPDX-License-Identifier: MIT
// From a request to a response: the size limit, the verifier, the router, and one record of what happened.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <sello/base/error.hpp>
#include <sello/route/current.hpp>
#include <sello/route/destination.hpp>
#include <sello/route/receiver_options.hpp>
#include <sello/route/record.hpp>
#include <sello/route/response.hpp>
#include <sello/route/route.hpp>
#include <sello/route/router.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/verifier.hpp>

namespace sello::inline v0 {

/// Verifies, decodes and handles deliveries in the request's own thread. A retry runs the handler again: handle each
/// idempotency key once. A `const receiver` is shared by all threads.
/// A handler must not end its thread (`pthread_exit`, `pthread_cancel`): glibc then ends the process, at `noexcept`.
template <class Verifier>
class receiver {
  static_assert(std::same_as<Verifier, verifier<typename Verifier::scheme_type, typename Verifier::provider_type>>,
                "sello: a receiver takes a sello::verifier; what a class derived from it checks would not be asked");

 public:
  using time_point = std::chrono::system_clock::time_point;
  using delivery_type = typename Verifier::delivery_type;
  /// The router is copied. Throws `std::logic_error` if it has no handler; later registrations throw it as well.
  receiver(Verifier verifier, const sello::router& handlers, receiver_options options = {});

  /// An endpoint of a durable inbox: deliveries are stored, and answered when they outlive a power cut; a worker handles
  /// them. The endpoint has the options.
  template <class Endpoint>
    requires detail::stores<Endpoint, delivery_type>
  receiver(Verifier verifier, const Endpoint& endpoint)
      : verifier_{std::move(verifier)},
        destination_{endpoint.template destination<delivery_type>()},
        options_{endpoint.reception()},
        asked_headers_{&detail::asked_headers<Verifier>} {}

  template <class Transaction>
    requires(!std::is_void_v<Transaction>)
  receiver(Verifier, const basic_router<Transaction>&, receiver_options = {}) = delete;  // give it to a worker, and
                                                                                         // inbox.endpoint("…") here

  /// Moving copies, so a receiver that was moved from still receives.
  receiver(const receiver&) = default;
  receiver& operator=(const receiver&) = default;
  ~receiver();

  /// From now on deliveries are proven by this verifier: for secrets that change while the program runs. May be called
  /// beside running requests, each of which keeps the verifier that it began with. Copies of the receiver keep theirs.
  /// Not const: whoever has a receiver to receive with cannot change its secrets.
  void replace(Verifier verifier) { verifier_.replace(std::move(verifier)); }

  /// Never throws; whatever happens becomes a response and a record. `headers` and `body` need live only for the call.
  template <header_source Headers>
  [[nodiscard]] response receive(const Headers& headers, text_argument raw_body,
                                 time_point now = std::chrono::system_clock::now()) const noexcept {
    return receive_in(header_view{headers}, raw_body, now);
  }

  /// A request whose body comes in pieces; made by `begin`. Its receiver must outlive it. For one thread.
  class intake {
   public:
    /// The answer, once there is one. Before `finish` that is a refusal: send it, and do not read on.
    [[nodiscard]] const std::optional<response>& answered() const noexcept { return answer_; }

    /// The next bytes of the body, in order. False means stop: the request is refused, over the limit say, and `answered`
    /// has the answer to send. A caller who feeds on is refused no less, but reads for nothing.
    [[nodiscard]] bool feed(text_argument piece) noexcept;

    /// Verifies and handles what came, unless there is an answer already; gives the answer.
    [[nodiscard]] response finish() noexcept;

   private:
    friend class receiver;
    intake(const receiver& owner, time_point now, const detail::request_names& names) noexcept
        : receiver_{owner}, now_{now}, names_{names} {}

    /// The record lives for one call, as the texts do that are lent to it.
    void tell(record& seen) const noexcept {
      seen.provider.borrow(provider_name);
      seen.body_size = size_;
      seen.verifying = verifying_;
      seen.endpoint.borrow(receiver_.destination_->endpoint());
      names_.tell(seen);
    }

    void refuse(const refusal& why) noexcept {
      record seen;
      tell(seen);
      answer_ = receiver_.refuse(seen, why);
    }

    const receiver& receiver_;
    time_point now_;
    detail::request_names names_;
    std::size_t size_ = 0;
    std::chrono::nanoseconds verifying_{};
    std::shared_ptr<const Verifier> verifier_{};  // which the verification borrows
    std::optional<typename Verifier::verification> verification_{};
    header_list asked_{};  // for an inbox's quarantine
    std::optional<response> answer_{};
  };

  /// For servers that hand over the body in pieces: refuses on headers alone (a missing or malformed signature, a stale
  /// timestamp, a `Content-Length` over the limit) before a byte of the body is kept, hashes as it comes, stops at the
  /// limit. However the body is cut, the answer is that of `receive`; but an unsigned body over the limit that was not
  /// declared is refused for its headers here, and for its size there.
  template <header_source Headers>
  [[nodiscard]] intake begin(const Headers& headers,
                             time_point now = std::chrono::system_clock::now()) const& noexcept {
    return begin_in(header_view{headers}, now);
  }

  template <class Headers>
  void begin(const Headers& headers, time_point now = {}) const&& = delete;  // the intake would outlive its receiver

  /// For a server that refuses a request before there is a delivery: the answer with that status, 4xx or 5xx (anything
  /// else becomes 400), and the request's one record: `bad_request`, or `body_too_large` for 413. `where` is the header at
  /// fault, or the method.
  template <header_source Headers>
  [[nodiscard]] response refuse(int status, std::string_view where, const Headers& headers) const noexcept {
    return refuse(status, where, names_of(header_view{headers}));
  }
  /// The same where the headers could not be read: the record has no request id.
  [[nodiscard]] response refuse(int status, std::string_view where) const noexcept {
    return refuse(status, where, detail::request_names{});
  }

  /// The largest body that is read, in bytes; for servers that have a limit of their own to set.
  [[nodiscard]] std::size_t body_limit() const noexcept { return options_.body_limit; }

 private:
  [[nodiscard]] response receive_in(const header_view& headers, std::string_view body, time_point now) const noexcept;
  [[nodiscard]] intake begin_in(const header_view& headers, time_point now) const noexcept;
  [[nodiscard]] auto clock() const noexcept { return detail::time_for_record(options_.observer != nullptr); }
  static constexpr std::string_view provider_name = Verifier::provider_type::name;

  [[nodiscard]] detail::request_names names_of(const header_view& headers) const noexcept {
    detail::request_names names;
    if (options_.observer) names.read<typename Verifier::provider_type>(headers, options_.request_id_header);
    return names;
  }

  [[nodiscard]] response refuse(int status, std::string_view where, const detail::request_names& names) const noexcept {
    record seen{
        .provider = provider_name, .error = status == 413 ? errc::body_too_large : errc::bad_request, .where = where};
    seen.endpoint.borrow(destination_->endpoint());
    names.tell(seen);
    return answer(seen, {.status = status >= 400 && status <= 599 ? status : 400});
  }

  [[nodiscard]] response dispatch(record& seen, const delivery_type& proven, time_point now) const noexcept {
    const auto begun = clock();
    detail::visit visited{.freshness = options_.freshness, .now = now, .timed = options_.observer != nullptr};
    const auto dispatched = destination_->take(proven, visited);
    const auto done = clock();
    seen.type.borrow(visited.type);
    seen.id.borrow(visited.id);
    seen.decoding = visited.decoded.value_or(done) - begun;
    seen.storing = visited.storing;
    seen.handling = done - visited.decoded.value_or(done) - visited.storing;
    seen.misfits = std::move(visited.misfits);
    if (!dispatched) return refuse(seen, {dispatched.error().code, dispatched.error().where});
    seen.outcome = *dispatched;
    return answer(seen, {.status = 200, .body = "ok\n"});
  }

  [[nodiscard]] response refuse(record& seen, const refusal& why) const noexcept {
    seen.error = why.code;
    seen.where.borrow(why.where);
    response refused{.status = http_status(why.code)};
    if constexpr (requires { Verifier::provider_type::abort_header; }) {
      if (why.code == errc::permanent_failure)
        refused.headers = {refused.headers[0], Verifier::provider_type::abort_header};
    }
    return answer(seen, std::move(refused));
  }

  [[nodiscard]] response answer(record& seen, response what) const noexcept {
    if (options_.observer) {
      seen.status = what.status;
      try {
        options_.observer(seen);
      } catch (...) {  // NOLINT(bugprone-empty-catch): an observer cannot change what became of the delivery
      }
    }
    return what;
  }

  detail::current<Verifier> verifier_;
  std::shared_ptr<const detail::destination<delivery_type>> destination_;
  receiver_options options_;
  header_list (*asked_headers_)(const Verifier&, const header_view&, time_point) noexcept = nullptr;  // of an endpoint
};

template <class Verifier>
receiver<Verifier>::receiver(Verifier verifier, const sello::router& handlers, receiver_options options)
    : verifier_{std::move(verifier)},
      destination_{std::make_shared<const detail::routed<delivery_type>>(
          handlers.template give<typename Verifier::provider_type>())},
      options_{std::move(options)} {}

template <class Verifier>
receiver<Verifier>::~receiver() = default;

template <class Verifier>
response receiver<Verifier>::receive_in(const header_view& headers, std::string_view body,
                                        time_point now) const noexcept {
  const auto names = names_of(headers);
  record seen{.provider = provider_name, .body_size = body.size(), .endpoint = destination_->endpoint()};
  names.tell(seen);
  if (body.size() > options_.body_limit) return refuse(seen, {errc::body_too_large});
  const auto begun = clock();
  const auto verifier = verifier_.get();  // to the end: what is refused points into it
  detail::body_copy kept;                 // so that what is proven is handled, whatever writes into the caller's buffer
  const auto verified = verifier->check_copy(headers, body, kept, now);
  seen.verifying = clock() - begun;
  if (!verified && destination_->keeps(verified.error().code))
    destination_->suspect(asked_headers_(*verifier, headers, now), body);
  return verified ? dispatch(seen, *verified, now) : refuse(seen, verified.error());
}

template <class Verifier>
auto receiver<Verifier>::begin_in(const header_view& headers, time_point now) const noexcept -> intake {
  intake incoming{*this, now, names_of(headers)};
  const auto begun = clock();
  if (detail::declares_more_than(options_.body_limit, headers)) {
    incoming.refuse({errc::body_too_large});
    return incoming;
  }
  incoming.verifier_ = verifier_.get();
  auto verification = incoming.verifier_->begin_in(headers, now);
  incoming.verifying_ = clock() - begun;
  if (verification) {
    if (destination_->keeps(errc::signature_mismatch))
      incoming.asked_ = asked_headers_(*incoming.verifier_, headers, now);
    incoming.verification_.emplace(*std::move(verification));
  } else {
    incoming.refuse(verification.error());
  }
  return incoming;
}

template <class Verifier>
bool receiver<Verifier>::intake::feed(text_argument piece) noexcept {
  if (answer_) return false;
  const auto begun = receiver_.clock();
  const std::string_view bytes = piece;
  size_ += bytes.size();
  try {
    if (size_ > receiver_.options_.body_limit) {
      refuse({errc::body_too_large});
    } else {
      verification_->update(bytes);
    }
  } catch (...) {
    refuse({errc::internal_error});
  }
  verifying_ += receiver_.clock() - begun;
  return !answer_;
}

template <class Verifier>
response receiver<Verifier>::intake::finish() noexcept {
  if (answer_) return *answer_;
  const auto begun = receiver_.clock();
  const auto verified = verification_->finish();
  verifying_ += receiver_.clock() - begun;
  if (!verified && receiver_.destination_->keeps(verified.error().code))
    receiver_.destination_->suspect(std::move(asked_), verification_->body());
  record seen;
  tell(seen);
  answer_ = verified ? receiver_.dispatch(seen, *verified, now_) : receiver_.refuse(seen, verified.error());
  return *answer_;
}

}  // namespace sello::inline v0
