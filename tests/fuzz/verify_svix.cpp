// SPDX-License-Identifier: MIT
// Headers to verdict: svix_v1.
#include <sello/verify/svix_v1.hpp>

#include "svix.hpp"
#include "verify.hpp"

namespace {

using verifier = sello::verifier<sello::svix_v1>;

/// The signed id and time may not change either.
void refuse_changed_headers(const verifier& accepts, const fuzz::request& given) {
  for (const std::string name : {"svix-id", "svix-timestamp", "webhook-id", "webhook-timestamp"}) {
    const bool is_time = name.ends_with("timestamp");
    fuzz::request changed = given;
    bool found = false;
    for (auto& line : changed.headers) {
      if (!reference::same_name(line.first, name) || line.second.empty()) continue;
      char& byte = line.second.back();
      byte = is_time ? (byte == '0' ? '1' : static_cast<char>(byte - 1)) : (byte == 'x' ? 'y' : 'x');
      found = true;
    }
    const bool decides = name.starts_with("svix-") == reference::is_complete(given.headers, "svix-");
    if (!found || !decides) continue;
    const std::string verdict =
        fuzz::verdict_of(accepts.check(changed.headers, changed.body, fuzz::time_of(given.now)));
    fuzz::require(!verdict.empty(), "a changed id or time is refused");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::request given = fuzz::parse_request(fuzz::text_of(data, size), fuzz::svix_secret);
  const std::int64_t tolerance = fuzz::number_of(given.directive("tolerance", "300"));

  std::string fault;
  const auto keys = fuzz::svix_keys(given, fault);
  const auto secrets = fuzz::views_of(given.secrets);
  const auto made = verifier::create(secrets, {.tolerance = std::chrono::seconds{tolerance}});
  fuzz::require_same(fuzz::verdict_of(made), fault, "the reference's verdict on the secrets");
  if (!made) return 0;

  fuzz::fill_in_svix(given, keys);
  const auto expected = [&](const fuzz::request& asked) {
    return reference::verify_svix(asked.headers, keys, asked.body, asked.now, tolerance).error;
  };
  const std::string verdict = fuzz::verdict_in_every_way(*made, given);
  fuzz::require_same(verdict, expected(given), "the reference's verdict");
  if (verdict.empty()) {
    const auto proven = made->verify(given.headers, given.body, fuzz::time_of(given.now));
    const auto read = reference::verify_svix(given.headers, keys, given.body, given.now, tolerance);
    fuzz::require(proven->body() == given.body && proven->message_id() == read.id &&
                      proven->sent_at().time_since_epoch().count() == read.sent_at,
                  "body, id and time as they were signed");
    fuzz::refuse_changed_bodies(*made, given);
    refuse_changed_headers(*made, given);
  }
  const std::string id = "msg_" + std::to_string(fuzz::hash_of(given.body));
  fuzz::sign_then_verify(*made, given, {.id = id, .sent_at = fuzz::time_of(given.now)}, expected);
  return 0;
}
