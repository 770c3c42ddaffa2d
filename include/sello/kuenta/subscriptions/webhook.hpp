// SPDX-License-Identifier: MIT
// What a subscription is made of: its URL, its events, its secret; and whose it is.
#pragma once

#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <sello/base/printable.hpp>
#include <sello/base/result.hpp>
#include <sello/base/text.hpp>
#include <sello/kuenta/events.hpp>
#include <sello/kuenta/subscriptions/url.hpp>
#include <sello/verify/secret.hpp>

namespace sello::inline v0::kuenta {

/// The name of an event that the catalog does not have, on purpose.
struct other_event {
  explicit other_event(text_argument name_) : name{std::string_view{name_}} {}

  std::string name;
};

/// One event to subscribe to, of the catalog: `kuenta::payment_created{}`; or, on purpose, any name: `other_event{"…"}`.
class subscribed_event {
 public:
  template <event_type E>
  subscribed_event(const E&) : name_{E::type} {
    static_assert(
        std::same_as<typename E::provider, provider>,
        "sello: Kuenta sends Kuenta's events alone; a name that the catalog does not have is other_event{\"…\"}");
  }
  subscribed_event(other_event other) : name_{std::move(other.name)} {}
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  subscribed_event(const Text&) = delete;  // look it up by named(text), or say other_event{text}

  /// The event of the catalog that has this name, as from a command line; `malformed_option` if none has.
  [[nodiscard]] static result<subscribed_event> named(text_argument name) {
    const std::string_view text = name;
    if (std::find(catalog::types.begin(), catalog::types.end(), text) == catalog::types.end())
      return detail::bad_option("events", "Kuenta documents no event " + printable(text));
    return subscribed_event{other_event{text}};
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  friend bool operator==(const subscribed_event&, const subscribed_event&) = default;

 private:
  std::string name_;
};

/// Every event of the catalog.
[[nodiscard]] inline std::vector<subscribed_event> every_event() {
  std::vector<subscribed_event> events;
  catalog::for_each([&]<class E>() { events.emplace_back(E{}); });
  return events;
}

/// Whose webhooks they are: the id that goes into both headers, `Organization-ID` and `Config-Organization-ID`, as on
/// Kuenta's page.
struct organization {
  explicit organization(text_argument id_) : id{std::string_view{id_}} {}

  std::string id;
};

/// The secret of a new webhook, wiped when it goes; the text that it is made of is the caller's to wipe. Move-only.
class webhook_secret {
 public:
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  webhook_secret(const Text& text) : kept_{sello::detail::view_of(text)} {}

  /// Lives as long as this object.
  [[nodiscard]] std::string_view text() const& noexcept {
    const auto bytes = kept_.bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  std::string_view text() && = delete;

 private:
  secret kept_;
};

/// What a POST sends. Set by name; what is left out does not compile or is refused.
struct new_webhook {
  std::string url{};                       ///< where the deliveries go: https
  std::vector<subscribed_event> events{};  ///< at least one, none twice
  webhook_secret secret;                   ///< the one that the verifier gets, under its rules: see `text_key`
};

/// What a PUT sends. The secret stays: Kuenta's page has none there.
struct webhook_change {
  std::string url{};
  std::vector<subscribed_event> events{};
};

}  // namespace sello::inline v0::kuenta
