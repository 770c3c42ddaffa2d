// SPDX-License-Identifier: MIT
// Routers whose handlers compare what they get, and what is to become of a body by the reference alone.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sello/route/router.hpp>

#include "events.hpp"
#include "fuzz.hpp"
#include "reference_json.hpp"
#include "svix.hpp"
#include "verify_text_key.hpp"

namespace fuzz {

/// What the documentation of each sender says, in plain words.
struct sender {
  std::string name;
  std::string type_key;
  std::string data_key;
  std::string time_key;          // none: ""
  std::string organization_key;  // none: ""
  std::string_view default_secret;
};

/// One sender: its types in sello, and its rules in the reference.
template <class Provider>
struct kit;

template <>
struct kit<sello::akua::provider> {
  using verifier = sello::akua::verifier;
  static inline const sender about{"akua", "type", "data", "", "", svix_secret};

  static void fill_in(request& given) {
    std::string fault;
    const auto keys = svix_keys(given, fault);
    fill_in_svix(given, keys);
  }
  static reference::svix_reading verify(const request& given) {
    std::string fault;
    const auto keys = svix_keys(given, fault);
    return reference::verify_svix(given.headers, keys, given.body, given.now, 300);
  }
  static bool hint_contradicts(const request&, const std::string&) { return false; }
  static std::string undescribed_key(const reference::svix_reading& proven, const reference::json&,
                                     const std::string&) {
    return proven.id;
  }
};

template <>
struct kit<sello::kuenta::provider> {
  using verifier = sello::kuenta::verifier;
  static inline const sender about{"kuenta", "event", "data", "timestamp", "", text_secret};

  static void fill_in(request& given) { fill_in_hex(given); }
  static reference::svix_reading verify(const request& given) {
    return {reference::verify_hex(given.headers, given.secrets, given.body), "", 0};
  }
  static bool hint_contradicts(const request&, const std::string&) { return false; }
  static std::string undescribed_key(const reference::svix_reading&, const reference::json&, const std::string& body) {
    return reference::digest(body);
  }
};

template <>
struct kit<sello::gu1::provider> {
  using verifier = sello::gu1::verifier;
  static inline const sender about{"gu1", "event", "payload", "timestamp", "organizationId", text_secret};

  static void fill_in(request& given) { fill_in_hex(given); }
  static reference::svix_reading verify(const request& given) {
    return {reference::verify_hex(given.headers, given.secrets, given.body), "", 0};
  }
  static bool hint_contradicts(const request& given, const std::string& type) {
    const auto hint = reference::type_hint(given.headers);
    return reference::type_hint_contradicts(given.headers) || (hint && *hint != type);
  }
  static std::string undescribed_key(const reference::svix_reading&, const reference::json& body,
                                     const std::string& text) {
    const std::string type = body.value("event", "");
    if (type.starts_with("kyc.") && body.contains("payload") && body.at("payload").is_object()) {
      for (const char* id : {"validationId", "id"}) {
        const auto& payload = body.at("payload");
        if (payload.contains(id) && payload.at(id).is_string())
          return escaped(type) + ":" + payload.at(id).get<std::string>();
      }
    }
    return reference::digest(text);
  }
  static std::string escaped(const std::string& type) {
    std::string text;
    for (const char c : type) text += c == ':' ? "%3A" : c == '%' ? "%25" : std::string{c};
    return text;
  }
};

/// What the handlers saw, and what they are to do.
struct handling {
  int calls = 0;
  std::string how;  // "exact", "prefix", "otherwise" or "unreadable"
  std::string type;
  std::string key;
  std::string fault;  // of what is unreadable
  std::optional<std::int64_t> time;
  std::optional<std::string> organization;
  std::vector<sello::error> misfits;
  std::string_view order;  // "throws", "fails", "busy", "permanent" or nothing
  bool compare = true;     // what they get with the reference, member by member

  static handling& now() {
    static handling one;
    return one;
  }

  template <class Event>
  static sello::result<void> see(std::string_view how, const Event& event) {
    handling& seen = now();
    ++seen.calls;
    seen.how = how;
    seen.type = event.type;
    seen.key = event.idempotency_key;
    if constexpr (requires { event.fault; }) {
      seen.fault = to_string(event.fault.code);
    } else {
      seen.time = microseconds(event.envelope.timestamp);
      seen.organization = event.envelope.organization_id;
      seen.misfits = event.misfits;
      if (seen.compare) require(event.json() == reference::json::parse(event.body), "the whole body as JSON");
    }
    if (seen.order == "throws") throw std::runtime_error{"as told"};
    if (seen.order == "fails") return sello::error{sello::errc::wrong_type, "as told"};
    if (seen.order == "busy") return sello::error{sello::errc::store_unavailable, "as told"};
    if (seen.order == "permanent") return sello::permanent("as told");
    return {};
  }
};

/// Whether an event's data may be absent, or anything: no member of it is required.
template <class E>
inline constexpr bool needs_nothing =
    std::derived_from<E, sello::kuenta::details> || std::derived_from<E, sello::akua::failed_validation> ||
    std::derived_from<E, sello::gu1::entity_change> || std::derived_from<E, sello::gu1::rule_match> ||
    std::derived_from<E, sello::gu1::transaction>;

/// Compares the data with the body, and says whether the reference takes it; its misfits go to `misfits`.
template <class E>
[[nodiscard]] bool compare_data(const E* got, const reference::json& whole, std::string_view body,
                                std::vector<std::string>& misfits) {
  static const reference::json nothing = reference::json::object();
  const std::string& key = kit<typename E::provider>::about.data_key;
  const auto found = whole.find(key);
  const bool absent = found == whole.end() || found->is_null();
  const bool object = !absent && found->is_object();
  if (!object && !needs_nothing<E>) return false;
  if (!object && !absent) misfits.push_back("wrong_type /" + key);
  object_reader data{object ? *found : nothing, object ? reference::raw_member(body, key) : "{}", "/" + key};
  const bool taken = compare(got, data);
  misfits.insert(misfits.end(), data.misfits.begin(), data.misfits.end());
  return taken;
}

template <class E>
void add_handler(sello::router& router) {
  router.on<E>([](const sello::event<E>& event) {
    require_same(event.type, E::type, "the handler of this type");
    if (handling::now().compare) {
      std::vector<std::string> misfits;
      const auto whole = reference::json::parse(event.body);
      require(compare_data(&event.data, whole, event.body, misfits), "handles what the reference accepts");
    }
    return handling::see("exact", event);
  });
}

template <class Catalog>
void add_all_handlers(sello::router& router) {
  Catalog::for_each([&]<class E>() { add_handler<E>(router); });
}

/// A sender that nobody is, so that a router has a handler and handles nothing.
struct nobody {
  static constexpr std::string_view name = "nobody";
  static constexpr sello::envelope_keys keys{.type = "type"};
  struct catalog;
  static std::string idempotency_key(const sello::signed_facts& facts, const auto&) { return facts.body_digest(); }
};
template <class Provider>
struct nothing : sello::named<"nothing"> {
  using provider = Provider;
  static constexpr std::array<sello::member<nothing>, 0> fields{};
};

/// The key by a rule of the owner's.
[[nodiscard]] inline std::string ruled_key(std::string_view body) { return "ruled-" + std::to_string(body.size()); }

/// "all": every event has a handler, and there are `otherwise` and `unreadable`. "ruled": so too, with a rule for the
/// keys. "some": two have one, there are prefixes, and neither of those. "none": nothing is handled.
[[nodiscard]] inline const sello::router& router_of(std::string_view routes) {
  static const auto make_all = [] {
    sello::router made;
    add_all_handlers<sello::akua::catalog>(made);
    add_all_handlers<sello::gu1::catalog>(made);
    add_all_handlers<sello::kuenta::catalog>(made);
    made.otherwise([](const sello::unknown_event& event) { return handling::see("otherwise", event); });
    made.unreadable([](const sello::unreadable_event& event) { return handling::see("unreadable", event); });
    return made;
  };
  static const sello::router all = make_all();
  static const sello::router ruled = [] {
    const auto rule = [](const sello::signed_facts& facts) { return ruled_key(facts.body); };
    sello::router made = make_all();
    made.identify<sello::akua::provider>(rule).identify<sello::gu1::provider>(rule).identify<sello::kuenta::provider>(
        rule);
    return made;
  }();
  static const sello::router some = [] {
    const auto prefix = [](const sello::unknown_event& event) { return handling::see("prefix", event); };
    sello::router made;
    add_handler<sello::kuenta::payment_created>(made);
    add_handler<sello::akua::payment_capture_cleared>(made);
    add_handler<sello::gu1::kyc_validation_approved>(made);
    made.on_prefix<sello::kuenta::provider>("payment.", prefix);
    made.on_prefix<sello::akua::provider>("payment.capture", prefix);
    made.on_prefix<sello::gu1::provider>("kyc", prefix);
    return made;
  }();
  static const sello::router none = [] {
    sello::router made;
    const auto ignore = [](const auto&) {};
    made.on<nothing<sello::akua::provider>>(ignore).on<nothing<sello::gu1::provider>>(ignore);
    made.on<nothing<sello::kuenta::provider>>(ignore);
    return made;
  }();
  return routes == "some" ? some : routes == "none" ? none : routes == "ruled" ? ruled : all;
}

/// Whether what is unreadable has a handler.
[[nodiscard]] inline bool takes_unreadable(std::string_view routes) { return routes != "some" && routes != "none"; }

/// What is to become of a proven body.
struct expectation {
  std::string judged;         // of the text alone, "" for no fault
  bool values = true;         // the type is one, or absent, and nothing required is missing or of another type
  std::string fault;          // why it is refused although it can be read: "timestamp_too_old", "missing_field", …
  bool time_unknown = false;  // the text's fault may stand before its time or behind it: then freshness may refuse it
  std::string how;            // as in `handling`, "" for nobody
  std::string type;
  std::string key;
  std::optional<std::int64_t> time;
  std::optional<std::string> organization;
  std::vector<std::string> misfits;

  [[nodiscard]] bool readable() const { return judged.empty() && values; }
  [[nodiscard]] bool accepted() const { return readable() && fault.empty(); }
  /// A handler runs.
  [[nodiscard]] bool handled() const { return fault.empty() && !how.empty(); }
};

template <class Provider>
[[nodiscard]] std::string expected_route(std::string_view routes, const std::string& type) {
  const std::string name = kit<Provider>::about.name;
  if (routes == "none") return "";
  if (routes == "some") {
    const std::string exact = name == "kuenta" ? "payment.created"
                              : name == "akua" ? "payment.capture.cleared"
                                               : "kyc.validation_approved";
    const std::string prefix = name == "kuenta" ? "payment" : name == "akua" ? "payment.capture" : "kyc";
    if (type == exact) return "exact";
    return type == prefix || type.starts_with(prefix + ".") ? "prefix" : "";
  }
  bool listed = false;
  Provider::catalog::for_each([&]<class E>() { listed = listed || E::type == type; });
  return listed ? "exact" : "otherwise";
}

/// Whether the reference takes the data of an event of that type.
template <class Provider>
[[nodiscard]] bool takes_data(const std::string& type, const reference::json& whole, std::string_view body,
                              std::vector<std::string>& misfits) {
  bool taken = false;
  Provider::catalog::for_each([&]<class E>() {
    if (E::type == type) taken = compare_data(static_cast<const E*>(nullptr), whole, body, misfits);
  });
  return taken;
}

/// Why the freshness that was asked for refuses an event, or "".
[[nodiscard]] inline std::string stale(const request& given, const expectation& read, const std::string& time_key,
                                       std::int64_t freshness) {
  if (!read.time) {
    for (const std::string& misfit : read.misfits) {
      if (misfit.ends_with(" /" + time_key)) return misfit.substr(0, misfit.find(' '));
    }
    return "missing_field";
  }
  const std::int64_t second = 1'000'000;
  const std::int64_t sent = (*read.time >= 0 ? *read.time : *read.time - (second - 1)) / second;
  if (given.now - sent > freshness) return "timestamp_too_old";
  if (sent - given.now > freshness) return "timestamp_too_new";
  return "";
}

template <class Provider>
[[nodiscard]] expectation expect(const request& given, std::string_view routes, std::optional<std::int64_t> freshness) {
  const sender& about = kit<Provider>::about;
  const auto proven = kit<Provider>::verify(given);
  expectation made;
  made.judged = reference::judge_text(given.body);
  if (about.time_key.empty()) made.time = proven.sent_at * 1'000'000;

  const auto whole = made.judged.empty() ? reference::json::parse(given.body) : reference::json{};
  if (made.judged.empty()) {
    object_reader body{whole, given.body};
    made.values = whole.is_object();
    if (made.values && whole.contains(about.type_key)) {
      made.values = whole.at(about.type_key).is_string();
      if (made.values) made.type = whole.at(about.type_key);
    }
    if (!about.time_key.empty()) made.time = body.time(about.time_key);
    if (!about.organization_key.empty()) made.organization = body.text(about.organization_key);
    made.misfits = body.misfits;
  }
  if (made.readable()) {
    made.how = expected_route<Provider>(routes, made.type);
    if (made.how == "exact") made.values = takes_data<Provider>(made.type, whole, given.body, made.misfits);
    if (kit<Provider>::hint_contradicts(given, made.type))
      made.misfits.push_back("header_body_mismatch X-Webhook-Event");
    made.key = routes == "ruled" ? ruled_key(given.body) : kit<Provider>::undescribed_key(proven, whole, given.body);
  }
  if (!made.readable()) {
    made.how = takes_unreadable(routes) ? "unreadable" : "";
    made.key = routes == "ruled"   ? ruled_key(given.body)
               : proven.id.empty() ? reference::digest(given.body)
                                   : proven.id;
    made.time_unknown = freshness && !about.time_key.empty() && !made.judged.empty();
    if (made.how.empty()) return made;
  }
  if (freshness && !made.time_unknown) {
    made.fault = stale(given, made, about.time_key, *freshness);
    if (!made.readable() && !made.fault.starts_with("timestamp_") && !made.fault.empty()) made.how = made.fault = "";
  }
  return made;
}

/// What the one handler that ran saw.
inline void check_handling(const expectation& expected) {
  const handling& seen = handling::now();
  if (expected.time_unknown && seen.calls == 0) return;
  require(seen.calls == (expected.handled() ? 1 : 0), "one call where there is a handler");
  if (seen.calls == 0) return;
  require_same(seen.how, expected.how, "the right handler");
  require_same(seen.key, expected.key, "the idempotency key");
  if (expected.readable()) {
    require_same(seen.type, expected.type, "the type as it was signed");
    require(seen.time == expected.time, "the envelope's time");
    require(seen.organization == expected.organization, "the envelope's organization");
    check_misfits(seen.misfits, expected.misfits);
  } else if (expected.judged.empty()) {
    require_same(seen.type, expected.type, "the type of what is unreadable otherwise");
  } else if (expected.judged != "out_of_range") {
    require_same(seen.fault, expected.judged, "the fault of what is unreadable");
  }
}

/// The outcome, or the fault's code, of a body that was proven.
inline void check_outcome(const std::optional<sello::outcome>& outcome, std::optional<sello::errc> fault,
                          const expectation& expected) {
  using sello::errc;
  if (fault == errc::handler_failed || fault == errc::store_unavailable || fault == errc::permanent_failure) {
    const std::string_view order = handling::now().order;
    require(handling::now().calls == 1, "a handler fails only where it runs");
    require_same(fault == errc::store_unavailable   ? "busy"
                 : fault == errc::permanent_failure ? "permanent"
                                                    : order,
                 order, "the handler's own failure");
    return;
  }
  if (expected.time_unknown && (fault == errc::timestamp_too_old || fault == errc::timestamp_too_new)) return;
  if (!expected.fault.empty()) {
    require_same(fault ? to_string(*fault) : "", expected.fault, "the reference's fault");
    return;
  }
  if (outcome == sello::outcome::unreadable) {
    require(!expected.readable() && expected.how == "unreadable", "unreadable is what cannot be read");
    return;
  }
  if (check_verdict(fault, expected.judged))
    require(fault.has_value() == !expected.values, "accepts what the reference accepts");
  if (expected.accepted()) {
    require(outcome == (expected.how.empty() ? sello::outcome::ignored : sello::outcome::handled), "the outcome");
  } else {
    require(expected.how.empty() || expected.time_unknown, "what is unreadable goes to its handler");
  }
}

}  // namespace fuzz
