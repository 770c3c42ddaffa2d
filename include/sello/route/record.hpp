// SPDX-License-Identifier: MIT
// What became of a delivery, and the one record of it for logs and metrics.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sello/base/error.hpp>
#include <sello/base/passing_view.hpp>
#include <sello/verify/headers.hpp>

namespace sello::inline v0 {

/// What became of a delivery that was no error. A router gives the first three; the others are a durable inbox's.
enum class outcome : unsigned char {
  handled,     ///< a handler ran and succeeded
  ignored,     ///< nobody handles this event: normal, senders add events
  unreadable,  ///< proven, but it cannot become its event; the handler for such bodies has taken it
  duplicate,   ///< its idempotency key was handled before
  conflict,    ///< the same key came with other content
  queued,      ///< stored, to be handled soon
  parked,      ///< stored, and set aside after too many failures
};

/// The exact name of the enumerator.
[[nodiscard]] constexpr std::string_view to_string(outcome what) noexcept {
  switch (what) {
    case outcome::handled: return "handled";
    case outcome::ignored: return "ignored";
    case outcome::unreadable: return "unreadable";
    case outcome::duplicate: return "duplicate";
    case outcome::conflict: return "conflict";
    case outcome::queued: return "queued";
    case outcome::parked: return "parked";
  }
  return "unknown";
}

/// One request, for logs and metrics. Has nothing of a signature or a secret, and of the payload the event's type, the
/// idempotency key and, where a member is at fault, its key: `type`, `id` and `where` are as the sender or a handler wrote
/// them, so a log needs them `printable`. The observer's parameter lives as long as its call; a copy, in a queue say, on its own.
struct record {
  passing_view provider{};
  passing_view type{};                      ///< empty unless verified and read: what is not signed is not recorded
  passing_view id{};                        ///< the idempotency key, once a handler is about to run
  std::optional<sello::outcome> outcome{};  ///< or else:
  std::optional<errc> error{};
  passing_view where{};                 ///< as in `error::where`: a header, a JSON Pointer, or what the handler threw
  std::vector<sello::error> misfits{};  ///< what did not fit and was left out; first of an unreadable event, its fault
  passing_view request_id{};  ///< of the header that `request_id_header` names: joins this with the access log
  passing_view webhook{};     ///< the sender's name of the webhook's configuration, which has one secret
  int status = 0;             ///< what the peer is answered
  std::size_t body_size = 0;  ///< in bytes; of a request refused early, what had come by then
  std::chrono::nanoseconds verifying{};
  std::chrono::nanoseconds decoding{};
  std::chrono::nanoseconds handling{};
  passing_view endpoint{};             ///< of an inbox; else ""
  std::chrono::nanoseconds storing{};  ///< into an inbox, until it would outlive a power cut

  /// The outcome's name, or `error::message()`, and what did not fit: one printable line for the log.
  [[nodiscard]] std::string message() const {
    std::string line = error     ? sello::error{*error, std::string{where}}.message()
                       : outcome ? std::string{to_string(*outcome)}
                                 : std::string{};
    constexpr std::size_t enough = 4;
    for (std::size_t i = 0; i < misfits.size() && i < enough; ++i) {
      line.append(i == 0 ? "; did not fit: " : ", ").append(to_string(misfits[i].code));
      if (!misfits[i].where.empty()) line.append(" at ").append(printable(misfits[i].where));
    }
    if (misfits.size() > enough) line.append(", and ").append(std::to_string(misfits.size() - enough)).append(" more");
    return line;
  }
};

namespace detail {

/// The time, if anybody reads the record: it takes some 20 ns to look.
[[nodiscard]] inline std::chrono::steady_clock::time_point time_for_record(bool read) noexcept {
  return read ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point{};
}

/// The first value of an unsigned header, for the log alone: at most 128 bytes of it, and a question mark for each that
/// is no printable ASCII. Allocates nothing.
class log_text {
 public:
  void read(const header_view& headers, std::string_view name) {
    bool seen = false;
    headers.each(name, [&](std::string_view line) {
      if (!seen) assign(trimmed(line));
      seen = true;
    });
  }

  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  void assign(std::string_view value) noexcept {
    size_ = (std::min)(value.size(), text_.size());
    std::transform(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(size_), text_.begin(),
                   [](char c) { return c >= ' ' && c <= '~' ? c : '?'; });
  }

  std::array<char, 128> text_{};
  std::size_t size_ = 0;
};

/// Which request it was, by unsigned headers.
struct request_names {
  log_text request_id{};
  log_text webhook{};

  /// Headers that throw have told no names; whether they matter, the verifier says.
  template <class Provider>
  void read(const header_view& headers, std::string_view request_id_header) noexcept {
    try {
      if (!request_id_header.empty()) request_id.read(headers, request_id_header);
      if constexpr (requires { Provider::webhook_header; }) webhook.read(headers, Provider::webhook_header);
    } catch (...) {  // NOLINT(bugprone-empty-catch)
    }
  }

  void tell(record& seen) const noexcept {
    seen.request_id.borrow(request_id.view());
    seen.webhook.borrow(webhook.view());
  }
};

}  // namespace detail
}  // namespace sello::inline v0
