// SPDX-License-Identifier: MIT
// Routers whose handlers compare what they get, and what is to become of a body by the reference alone.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
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
  static bool contradicts(const request&, const std::string&) { return false; }
  static bool may_lack_data(const std::string& type) { return type == "payment.validation.failed"; }
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
  static bool contradicts(const request&, const std::string&) { return false; }
  static bool may_lack_data(const std::string&) { return true; }
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
  static bool contradicts(const request& given, const std::string& type) {
    const auto hint = reference::type_hint(given.headers);
    return hint && (*hint != type || reference::type_hint_contradicts(given.headers));
  }
  static bool may_lack_data(const std::string& type) { return !type.starts_with("kyc."); }
  static std::string undescribed_key(const reference::svix_reading&, const reference::json& body,
                                     const std::string& text) {
    const std::string type = body.value("event", "");
    if (type.starts_with("kyc.") && body.contains("payload") && body.at("payload").is_object()) {
      std::string escaped;
      for (const char c : type) escaped += c == ':' ? "%3A" : c == '%' ? "%25" : std::string(1, c);
      for (const char* id : {"validationId", "id"}) {
        const auto& payload = body.at("payload");
        if (payload.contains(id) && payload.at(id).is_string())
          return escaped + ":" + payload.at(id).get<std::string>();
      }
    }
    return reference::digest(text);
  }
};

/// What the handlers saw, and what they are to do.
struct handling {
  int calls = 0;
  std::string how;  // "exact", "prefix" or "otherwise"
  std::string type;
  std::string key;
  std::optional<std::int64_t> time;
  std::optional<std::string> organization;
  std::vector<std::string> misfits;  // sorted
  std::string_view order;            // "throws", "fails", "busy" or nothing
  bool compare = true;               // what they get with the reference, member by member

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
    seen.time = microseconds(event.envelope.timestamp);
    seen.organization = event.envelope.organization_id;
    for (const auto& misfit : event.misfits)
      seen.misfits.push_back(std::string{to_string(misfit.code)} + " " + misfit.where);
    std::sort(seen.misfits.begin(), seen.misfits.end());
    if (seen.compare) require(event.json() == reference::json::parse(event.body), "the whole body as JSON");
    if (seen.order == "throws") throw std::runtime_error{"as told"};
    if (seen.order == "fails") return sello::error{sello::errc::wrong_type, "as told"};
    if (seen.order == "busy") return sello::error{sello::errc::store_unavailable, "as told"};
    return {};
  }
};

template <class E>
void add_handler(sello::router& router) {
  router.on<E>([](const sello::event<E>& event) {
    require_same(event.type, E::type, "the handler of this type");
    if (handling::now().compare) {
      const std::string& key = kit<typename E::provider>::about.data_key;
      const auto whole = reference::json::parse(event.body);
      const auto empty = reference::json::object();
      const bool given = whole.contains(key) && whole.at(key).is_object();
      object_reader data{given ? whole.at(key) : empty, given ? reference::raw_member(event.body, key) : "{}"};
      require(compare(&event.data, data), "handles what the reference accepts");
    }
    return handling::see("exact", event);
  });
}

template <class Catalog>
void add_all_handlers(sello::router& router) {
  Catalog::for_each([&]<class E>() { add_handler<E>(router); });
}

/// A sender that sends nothing: a receiver's router must handle something.
struct silent_provider {
  static constexpr std::string_view name = "silent";
  static constexpr sello::envelope_keys keys{.type = "type", .data = "data"};
  class catalog;
  static std::string idempotency_key(const sello::signed_facts& facts, const auto&) { return facts.body_digest(); }
};
struct never_sent : sello::named<"never"> {
  using provider = silent_provider;
  static constexpr std::array<sello::member<never_sent>, 0> fields{};
};
class silent_provider::catalog : public sello::catalog_of<never_sent> {};

/// "all": every event has a handler, and there is an `otherwise`. "some": two have one, there are prefixes, and no
/// `otherwise`. "none": nothing of the three senders is.
[[nodiscard]] inline const sello::router& router_of(std::string_view routes) {
  static const sello::router all = [] {
    sello::router made;
    add_all_handlers<sello::akua::catalog>(made);
    add_all_handlers<sello::gu1::catalog>(made);
    add_all_handlers<sello::kuenta::catalog>(made);
    made.otherwise([](const sello::unknown_event& event) { return handling::see("otherwise", event); });
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
    made.on<never_sent>([](const sello::event<never_sent>&) {});
    return made;
  }();
  return routes == "some" ? some : routes == "none" ? none : all;
}

/// What is to become of a proven body.
struct expectation {
  std::string judged;  // of the text alone, "" for no fault
  bool values = true;  // everything is of its type and nothing required is missing
  std::string fault;   // another one: "timestamp_too_old", …
  std::string how;     // as in `handling`, "" for nobody
  std::string type;
  std::string key;
  std::optional<std::int64_t> time;
  std::optional<std::string> organization;
  std::vector<std::string> misfits;  // sorted

  [[nodiscard]] bool accepted() const { return judged.empty() && values && fault.empty(); }
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
[[nodiscard]] bool takes_data(const std::string& type, object_reader& data) {
  bool taken = false;
  Provider::catalog::for_each([&]<class E>() {
    if (E::type == type) taken = compare(static_cast<const E*>(nullptr), data);
  });
  return taken;
}

template <class Provider>
[[nodiscard]] expectation expect(const request& given, std::string_view routes, std::optional<std::int64_t> freshness) {
  const sender& about = kit<Provider>::about;
  expectation made;
  made.judged = reference::judge_text(given.body);
  if (!made.judged.empty()) return made;

  const auto whole = reference::json::parse(given.body);
  object_reader body{whole, given.body};
  if (body.ok && whole.contains(about.type_key)) made.type = body.required_text(about.type_key);
  if (!about.time_key.empty()) made.time = body.time(about.time_key);
  if (!about.organization_key.empty()) made.organization = body.text(about.organization_key);
  made.how = body.ok ? expected_route<Provider>(routes, made.type) : "";
  if (made.how == "exact") {
    const auto* value = body.find(about.data_key);
    const bool object = value != nullptr && value->is_object();
    if (object) {
      object_reader data{*value, reference::raw_member(given.body, about.data_key), "/" + about.data_key};
      if (!takes_data<Provider>(made.type, data)) body.ok = false;
      body.misfits.insert(body.misfits.end(), data.misfits.begin(), data.misfits.end());
    } else if (!kit<Provider>::may_lack_data(made.type)) {
      body.ok = false;
    } else if (value != nullptr) {
      body.note("wrong_type", about.data_key);
    }
  }
  made.values = body.ok;
  if (!made.values) return made;

  const auto proven = kit<Provider>::verify(given);
  if (about.time_key.empty()) made.time = proven.sent_at * 1'000'000;
  if (freshness && !made.time) {
    made.fault = "missing_field";
    for (const auto& misfit : body.misfits) {
      if (misfit.ends_with(" /" + about.time_key)) made.fault = misfit.substr(0, misfit.find(' '));
    }
  } else if (freshness) {
    const std::int64_t second = 1'000'000;
    const std::int64_t sent = (*made.time >= 0 ? *made.time : *made.time - (second - 1)) / second;
    if (given.now - sent > *freshness) made.fault = "timestamp_too_old";
    if (sent - given.now > *freshness) made.fault = "timestamp_too_new";
  }
  if (kit<Provider>::contradicts(given, made.type)) body.misfits.emplace_back("header_body_mismatch X-Webhook-Event");
  std::sort(body.misfits.begin(), body.misfits.end());
  made.misfits = body.misfits;
  made.key = kit<Provider>::undescribed_key(proven, whole, given.body);
  return made;
}

/// What the one handler that ran saw.
inline void check_handling(const expectation& expected) {
  const handling& seen = handling::now();
  require(seen.calls == (expected.accepted() && !expected.how.empty() ? 1 : 0), "one call where there is a handler");
  if (seen.calls == 0) return;
  require_same(seen.how, expected.how, "the right handler");
  require_same(seen.type, expected.type, "the type as it was signed");
  require_same(seen.key, expected.key, "the idempotency key");
  require(seen.time == expected.time, "the envelope's time");
  require(seen.organization == expected.organization, "the envelope's organization");
  require(seen.misfits == expected.misfits, "the misfits");
}

/// The outcome, or the fault's code, of a body that was proven.
inline void check_outcome(const std::optional<sello::outcome>& outcome, std::optional<sello::errc> fault,
                          const expectation& expected) {
  using sello::errc;
  if (fault == errc::handler_failed || fault == errc::store_unavailable) {
    const std::string_view order = handling::now().order;
    require(expected.accepted() && !expected.how.empty(), "a handler fails only where it runs");
    require_same(fault == errc::store_unavailable ? "busy" : order, order, "the handler's own failure");
    return;
  }
  const bool by_text = !expected.judged.empty() || expected.fault.empty() || !expected.values;
  if (by_text) {
    if (!check_verdict(fault, expected.judged)) return;
    require(fault.has_value() == !expected.values, "accepts what the reference accepts");
  } else {
    require_same(fault ? to_string(*fault) : "", expected.fault, "the reference's fault");
  }
  if (expected.accepted()) {
    require(outcome == (expected.how.empty() ? sello::outcome::ignored : sello::outcome::handled), "the outcome");
  }
}

}  // namespace fuzz
