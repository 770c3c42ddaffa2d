// SPDX-License-Identifier: MIT
// A proven delivery as it is stored: its type and its key are read from the signed bytes, and nothing else of it.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <sello/base/timestamp.hpp>
#include <sello/decode/tokens.hpp>
#include <sello/inbox/detail/text.hpp>
#include <sello/inbox/options.hpp>
#include <sello/route/body_reader.hpp>
#include <sello/route/provider.hpp>
#include <sello/route/route.hpp>
#include <sello/verify/delivery.hpp>

namespace sello::inline v0::detail {

/// What the rule for keys is, in this version; stored with each key.
inline constexpr int key_version = 1;

/// The type that a body says of itself, as far as it can be read: whatever is wrong with the body comes to light when a
/// worker decodes it, and parks it.
template <class Json>
[[nodiscard]] std::string tolerant_type(const envelope_keys& keys, std::string_view body) {
  const auto nobody = [](std::string_view) -> const route* { return nullptr; };
  const body_reader::finder find{nobody};
  body_reader reader{keys, find, &read_tokens<Json>};
  static_cast<void>(reader.read(body));
  return reader.type();
}

/// What is known of a delivery once it was stored, for its record.
struct noted {
  std::string type{};
  std::string key{};
  std::vector<error> misfits{};
  std::optional<std::chrono::steady_clock::time_point> read{};  ///< when they were
};

/// Made of a proof alone, so that nothing else can be stored. Borrows the endpoint's name, the provider's and the body.
class incoming {
 public:
  template <class Json = own_json, scheme S, provider_for<S> P>
  incoming(const delivery<S, P>& proven, std::string_view endpoint_, const endpoint_options& options,
           timestamp arrived_)
      : endpoint{endpoint_}, provider{P::name}, body{proven.body()}, arrived{arrived_} {
    const std::string hex = proven.body_digest();
    digest = hex_decode<32>(hex).value();
    const std::string read = tolerant_type<Json>(P::keys, body);
    signed_facts facts{.body = body, .type = read};
    if constexpr (identified_scheme<S>) {
      facts.message_id = proven.message_id();
      message_id = proven.message_id();
    }
    if constexpr (timed_scheme<S>) sent_at = proven.sent_at();
    std::string own = ask(options.identify, facts, "identify");
    if (own.empty()) own = ask([](const signed_facts& f) { return P::idempotency_key(f, undescribed{}); }, facts, {});
    if (own.empty()) own = hex;
    key_is_digest = own.ends_with(hex);
    key = storable(own, 512);
    type = storable(read, 256);
    if (const std::string serial = ask(options.serial_by, facts, "serial_by"); !serial.empty())
      serial_key = storable(serial, 256);
    parked_blocks = options.parked_blocks;
    if (const auto& hint = proven.type_hint()) {
      hint_header = hint->header;
      if (!hint->contradictory) hint_value = hint->value;
    }
    key_retention = options.key_retention.value_or(default_retention<P>(key_is_digest));
    if (key_is_digest) occasion = window(arrived, key_retention);
  }

  /// What the signed headers said, and the hint; no signature.
  [[nodiscard]] std::string headers() const {
    std::string lines;
    if (!message_id.empty()) write_line(lines, "message-id", message_id);
    if (sent_at) write_line(lines, "sent-at", std::to_string(sent_at->time_since_epoch().count()));
    if (!hint_header.empty()) write_line(lines, hint_header, hint_value);
    return lines;
  }

  std::string_view endpoint;
  std::string_view provider;
  std::string_view body;
  timestamp arrived;
  std::array<unsigned char, 32> digest{};
  std::string type{};
  std::string key{};
  bool key_is_digest = false;
  std::int64_t occasion = 0;  ///< as in its mark
  std::chrono::seconds key_retention{};
  std::optional<std::string> serial_key{};
  bool parked_blocks = true;
  std::vector<error> misfits{};  ///< rules of the owner's that failed
  std::string message_id{};
  std::optional<std::chrono::sys_seconds> sent_at{};
  std::string hint_header{};
  std::string hint_value{};

 private:
  /// What a rule throws kills no proven delivery: it is stored under another key, and the record says so.
  template <class Rule>
  [[nodiscard]] std::string ask(const Rule& rule, const signed_facts& facts, std::string_view name) {
    if constexpr (std::is_same_v<Rule, std::function<std::string(const signed_facts&)>>) {  // which may be unset
      if (!rule) return {};
    }
    try {
      return rule(facts);
    } catch (...) {
      if (!name.empty()) misfits.push_back({errc::handler_failed, std::string{name}});
      return {};
    }
  }

  /// Where the window of an arrival begins. A day, but never longer than the key is known: so what comes after that is in
  /// another one.
  [[nodiscard]] static std::int64_t window(timestamp arrived, std::chrono::seconds known) noexcept {
    const std::int64_t length =
        (std::max)(std::int64_t{1}, micros((std::min<std::chrono::seconds>)(known, std::chrono::days{1})));
    const std::int64_t moment = arrived.time_since_epoch().count();
    const std::int64_t begun = moment - moment % length;
    // Two windows of different lengths, where an owner has changed the retention, are never the same.
    return length < micros(std::chrono::days{1}) ? begun + 1 + length / 1'000'000 : begun;
  }

  template <class P>
  [[nodiscard]] static constexpr std::chrono::seconds default_retention(bool digest_key) {
    if (digest_key) return std::chrono::days{3};
    if constexpr (requires { P::key_retention; }) {
      return P::key_retention;
    } else {
      return std::chrono::days{90};
    }
  }
};

}  // namespace sello::inline v0::detail
