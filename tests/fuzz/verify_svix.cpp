// SPDX-License-Identifier: MIT
// Headers to verdict: svix_v1, and svix_v1a where the input says `!scheme v1a`.
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/svix_v1a.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "svix.hpp"
#include "verify.hpp"

namespace {

/// The signed id and time may not change either.
template <class Verifier>
void refuse_changed_headers(const Verifier& accepts, const fuzz::request& given) {
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

/// What one scheme says of the input must be what the reference says of it. `fill_in(given, keys)` puts the signatures in.
template <class Scheme, class ReadKey, class FillIn>
void look(fuzz::request given, const std::string& version, ReadKey read_key, FillIn fill_in) {
  const std::int64_t tolerance = fuzz::number_of(given.directive("tolerance", "300"));
  std::string fault;
  std::vector<std::string> keys;
  for (const auto& secret : given.secrets) {
    const reference::key_reading read = read_key(secret);
    if (fault.empty()) fault = read.error;
    keys.push_back(read.key);
  }
  const auto made =
      sello::verifier<Scheme>::create(fuzz::views_of(given.secrets), {.tolerance = std::chrono::seconds{tolerance}});
  fuzz::require_same(fuzz::verdict_of(made), fault, "the reference's verdict on the secrets");
  if (!made) return;

  fill_in(given, keys);
  const auto expected = [&](const fuzz::request& asked) {
    return reference::verify_svix(asked.headers, keys, asked.body, asked.now, tolerance, version);
  };
  const std::string verdict = fuzz::verdict_in_every_way(*made, given);
  const auto read = expected(given);
  fuzz::require_same(verdict, read.error, "the reference's verdict");
  if (verdict.empty()) {
    const auto proven = made->verify(given.headers, given.body, fuzz::time_of(given.now));
    fuzz::require(proven->body() == given.body && proven->message_id() == read.id &&
                      proven->sent_at().time_since_epoch().count() == read.sent_at,
                  "body, id and time as they were signed");
    fuzz::refuse_changed_bodies(*made, given);
    refuse_changed_headers(*made, given);
  }
  const std::string id = "msg_" + std::to_string(fuzz::hash_of(given.body));
  const sello::message sent{.id = id, .sent_at = fuzz::time_of(given.now)};
  if constexpr (!sello::public_key_scheme<Scheme>)
    fuzz::sign_then_verify(*made, given, sent, [&](const auto& asked) { return expected(asked).error; });
}

/// The known key pair, and that of RFC 8032's first test.
constexpr std::string_view public_key = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
const std::array<std::string, 2> seeds{*reference::from_base64("6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc="),
                                       *reference::from_base64("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text_of(data, size);
  if (fuzz::parse_request(input, public_key).directive("scheme") == "v1a") {
    look<sello::svix_v1a>(fuzz::parse_request(input, public_key), "v1a", reference::v1a_key,
                          [](fuzz::request& given, const auto&) {
                            fuzz::fill_in_signatures(given, [](std::size_t which, const std::string& signed_bytes) {
                              return reference::sign_ed25519(seeds[which], signed_bytes);
                            });
                          });
  } else {
    look<sello::svix_v1>(fuzz::parse_request(input, fuzz::svix_secret), "v1", reference::svix_key, fuzz::fill_in_svix);
  }
  return 0;
}
