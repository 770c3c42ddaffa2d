// SPDX-License-Identifier: MIT
// From a request to a response: the size limit, the verifier, the router, and one record of what happened.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sello/detail/route.hpp>
#include <sello/error.hpp>
#include <sello/headers.hpp>
#include <sello/router.hpp>
#include <sello/verifier.hpp>

namespace sello::inline v0 {

/// What to answer. The body is one line, the same for every cause of refusal: the cause is for the log, not for the peer.
struct response {
  int status = 500;
  std::array<std::pair<std::string_view, std::string_view>, 1> headers{{{"Content-Type", "text/plain; charset=utf-8"}}};
  std::string body = "refused\n";

  friend bool operator==(const response&, const response&) = default;
};

/// The HTTP status of a failure: 401 where nothing proves who sent it, 400 where it is not what the sender documents,
/// 413 over the limit, and 5xx where the sender should try again.
[[nodiscard]] constexpr int http_status(errc code) noexcept {
  if (code <= errc::signature_mismatch) return 401;
  if (code <= errc::header_body_mismatch) return 400;
  if (code == errc::body_too_large) return 413;
  return code == errc::store_unavailable ? 503 : 500;
}

/// One delivery, for logs and metrics. Has nothing of the payload but the idempotency key, and nothing of a signature or
/// a secret. The texts live as long as the observer's call.
struct record {
  std::string_view provider{};
  std::string_view type{};  ///< empty unless verified and read: what is not signed is not recorded
  std::string_view id{};    ///< the idempotency key, once a handler is about to run
  std::optional<sello::outcome> outcome{};  ///< or else:
  std::optional<errc> error{};
  std::string_view where{};  ///< as in `error::where`: a header, a JSON Pointer, or what the handler threw
  int status = 0;
  std::size_t body_size = 0;
  std::chrono::nanoseconds verifying{};
  std::chrono::nanoseconds decoding{};
  std::chrono::nanoseconds handling{};
};

struct receiver_options {
  /// A larger body is refused before it is hashed. In bytes.
  std::size_t body_limit = 1024 * 1024;

  /// Refuse an event whose signed body says that it occurred further from now than this: `timestamp_too_old` or
  /// `timestamp_too_new`, and `missing_field` where the body has no time. For senders whose headers sign no time (Kuenta,
  /// Gu1), against replays. Off by default: how late their retries may come is not documented.
  std::optional<std::chrono::seconds> freshness{};

  /// Called once a delivery, on the thread of `receive`, so from several threads at once. What it throws is dropped.
  std::function<void(const record&)> observer = nullptr;
};

/// Verifies, decodes and handles deliveries in the request's own thread. A retry runs the handler again: handle each
/// idempotency key once. A `const receiver` is shared by all threads without a lock.
template <class Verifier>
class receiver {
 public:
  using time_point = std::chrono::system_clock::time_point;

  /// The router is copied, so register its handlers first.
  receiver(Verifier verifier, sello::router router, receiver_options options = {})
      : verifier_{std::move(verifier)}, router_{std::move(router)}, options_{std::move(options)} {}

  /// Never throws; whatever happens becomes a response and a record. `headers` and `body` need live only for the call.
  template <header_source Headers>
  [[nodiscard]] response receive(const Headers& headers, std::string_view body,
                                 time_point now = std::chrono::system_clock::now()) const noexcept {
    record seen{.provider = Verifier::provider_type::name, .body_size = body.size()};
    if (body.size() > options_.body_limit) return answer(seen, errc::body_too_large, {});

    const auto begun = std::chrono::steady_clock::now();
    const auto verified = verifier_.check(headers, body, now);
    const auto proven = std::chrono::steady_clock::now();
    seen.verifying = proven - begun;
    if (!verified) return answer(seen, verified.error().code, verified.error().where);

    detail::visit visited{.freshness = options_.freshness, .now = now};
    const auto dispatched = router_.dispatch(*verified, visited);
    const auto done = std::chrono::steady_clock::now();
    seen.type = visited.type;
    seen.id = visited.id;
    seen.decoding = visited.decoded.value_or(done) - proven;
    seen.handling = done - visited.decoded.value_or(done);
    if (!dispatched) return answer(seen, dispatched.error().code, dispatched.error().where);
    seen.outcome = *dispatched;
    return answer(seen, {.status = 200, .body = "ok\n"});
  }

 private:
  [[nodiscard]] response answer(record& seen, errc code, std::string_view where) const noexcept {
    seen.error = code;
    seen.where = where;
    return answer(seen, {.status = http_status(code)});
  }

  [[nodiscard]] response answer(record& seen, response what) const noexcept {
    if (options_.observer) {
      seen.status = what.status;
      try {
        options_.observer(seen);
      } catch (...) {  // an observer cannot change what became of the delivery
      }
    }
    return what;
  }

  Verifier verifier_;
  sello::router router_;
  receiver_options options_;
};

}  // namespace sello::inline v0
