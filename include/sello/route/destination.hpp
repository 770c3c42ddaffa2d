// SPDX-License-Identifier: MIT
// Where a receiver brings what is proven: a router's handlers, or the endpoint of a durable inbox.
#pragma once

#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sello/base/result.hpp>
#include <sello/route/record.hpp>
#include <sello/route/route.hpp>
#include <sello/route/router.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/scheme.hpp>

namespace sello::inline v0::detail {

/// What it is given it answers for: an outcome is a 2xx. Shared by all threads of a receiver; nothing throws.
template <class Delivery>
class destination {
 public:
  destination() = default;
  destination(const destination&) = delete;
  destination& operator=(const destination&) = delete;
  virtual ~destination() = default;

  [[nodiscard]] virtual result<outcome> take(const Delivery& proven, visit& visited) const noexcept = 0;
  /// The inbox's; else "".
  [[nodiscard]] virtual std::string_view endpoint() const noexcept { return {}; }
  /// Whether it keeps what was refused for this, though nothing proves it.
  [[nodiscard]] virtual bool keeps(errc) const noexcept { return false; }
  virtual void suspect(header_list&&, std::string_view) const noexcept {}
};

/// The handlers, in the request's own thread.
template <class Delivery>
class routed final : public destination<Delivery> {
 public:
  explicit routed(router handlers) : router_{std::move(handlers)} {}
  [[nodiscard]] result<outcome> take(const Delivery& proven, visit& visited) const noexcept override {
    return router_access::dispatch(router_, proven, visited);
  }

 private:
  router router_;
};

/// An endpoint, which has a destination for such deliveries, and the options of the receiver.
template <class E, class Delivery>
concept stores = requires(const E& endpoint) {
  { endpoint.template destination<Delivery>() } -> std::same_as<std::shared_ptr<const destination<Delivery>>>;
  endpoint.reception();
};

/// The headers that a verifier reads, each as one line, as HTTP joins them; without one that is too long for a verifier.
/// Empty if they cannot be had.
template <class Verifier>
[[nodiscard]] header_list asked_headers(const Verifier& verifier, const header_view& headers,
                                        std::chrono::system_clock::time_point now) noexcept {
  try {
    header_list asked;
    asked.reserve(16);  // more, and what was given of them would move
    const auto look_up = [&](std::string_view name) -> std::optional<std::string_view> {
      for (const auto& line : asked)
        if (same_header_name(line.first, name)) return line.second;
      if (asked.size() == asked.capacity()) return std::nullopt;
      std::optional<std::string> joined;
      const bool within = headers.each_bounded(name, [&](std::string_view line) {
        if (joined) {
          joined->append(", ").append(line);
        } else {
          joined = line;
        }
      });
      if (!joined || !within) return std::nullopt;
      return asked.emplace_back(name, *std::move(joined)).second;
    };
    static_cast<void>(verifier.begin(look_up, now));
    return asked;
  } catch (...) {
    return {};
  }
}

}  // namespace sello::inline v0::detail
