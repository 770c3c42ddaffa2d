// SPDX-License-Identifier: MIT
// What strangers send, and senders that have gone wrong: the library's list of attacks on each endpoint, and what takes
// knowledge of one sender's events or of these endpoints.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/testing/attacks.hpp>

#include "samples.hpp"
#include "senders.hpp"
#include "trial.hpp"

namespace demo {

struct attacked {
  std::string_view sender;
  std::vector<sello::testing::attack> list;
};

[[nodiscard]] inline std::vector<attacked> attacks_on_all(std::size_t body_limit) {
  const std::string now = rfc3339(std::chrono::system_clock::now());
  const auto list = [&]<class Scheme>(Scheme scheme, std::string_view secret, std::string_view other,
                                      std::string_view type_key, std::string_view type, std::string body) {
    return sello::testing::attacks(sello::testing::target<Scheme>{.secret = std::string{secret},
                                                                  .other_secret = std::string{other},
                                                                  .body = std::move(body),
                                                                  .type_key = std::string{type_key},
                                                                  .type = std::string{type},
                                                                  .options = std::move(scheme),
                                                                  .body_limit = body_limit});
  };
  const std::string_view created = "credit.application.created";
  const std::string_view cleared = "payment.capture.cleared";
  const std::string_view approved = "kyc.validation_approved";
  return {
      {"kuenta", list(sello::hex_hmac{}, kuenta_secret, gu1_secret, "event", created, kuenta_body(created, now))},
      {"akua", list(sello::svix_v1{}, akua_secret, other_akua_secret, "type", cleared,
                    akua_body(cleared, akua_data<sello::akua::payment_capture_cleared>()))},
      {"gu1", list(sello::gu1_hmac{}, gu1_secret, kuenta_secret, "event", approved,
                   gu1_body(approved, gu1_older_validation("approved"), now))},
  };
}

[[nodiscard]] inline std::vector<trial> hostile_deliveries() {
  using std::chrono::hours, std::chrono::minutes;
  const auto now = std::chrono::system_clock::now();
  std::vector<trial> trials;
  const auto add = [&](std::string_view sender, std::string what, std::string_view verdict, int status,
                       sello::header_list headers, std::string body) {
    trials.push_back({.sender = sender,
                      .what = std::move(what),
                      .headers = std::move(headers),
                      .body = std::move(body),
                      .verdict = verdict,
                      .status = status});
  };

  const auto kuenta_at = [](time_point when) { return kuenta_body("credit.application.created", rfc3339(when)); };
  const auto from_kuenta = [&](std::string what, std::string_view verdict, int status, const std::string& body) {
    add("kuenta", std::move(what), verdict, status, sign_as_kuenta(body), body);
  };
  from_kuenta("replayed after 25 hours", "timestamp_too_old", 401, kuenta_at(now - hours{25}));
  from_kuenta("25 hours in the future", "timestamp_too_new", 401, kuenta_at(now + hours{25}));

  const std::string akua = akua_body("payment.capture.cleared", akua_data<sello::akua::payment_capture_cleared>());
  const auto good = sign_as_akua(akua);
  const auto by_kuenta = sign_as_kuenta(akua);
  const std::string hex = "v1," + value(by_kuenta, "X-Webhook-Signature");
  auto mixed = good;
  mixed.front().first = "webhook-id";
  auto both = with(good, "svix-signature", "v1," + std::string(43, 'A') + '=');
  for (const std::string_view name : {"id", "timestamp", "signature"})
    both.emplace_back("webhook-" + std::string{name}, value(good, "svix-" + std::string{name}));
  const auto to_akua = [&](std::string what, std::string_view verdict, sello::header_list headers) {
    add("akua", std::move(what), verdict, 401, std::move(headers), akua);
  };
  to_akua("signature in hexadecimal", "malformed_signature", with(good, "svix-signature", hex));
  to_akua("replayed after 6 minutes", "timestamp_too_old", sign_as_akua(akua, akua_secret, now - minutes{6}));
  to_akua("6 minutes in the future", "timestamp_too_new", sign_as_akua(akua, akua_secret, now + minutes{6}));
  to_akua("svix-* and webhook-* mixed", "missing_header", mixed);
  to_akua("bad svix-*, good webhook-*", "signature_mismatch", both);
  to_akua("a delivery of Kuenta", "missing_header", by_kuenta);
  const std::string nameless = replaced(akua, "payment_id", "other_id");
  add("akua", "no payment_id", "missing_field", 400, sign_as_akua(nameless), nameless);
  // What a page or a log must not take for its own.
  const std::string_view key = R"("<img src=x onerror='alert(1)'>":1,)";
  const std::string marked = replaced(akua, R"("payment_id")", std::string{key}.append(key).append(R"("payment_id")"));
  add("akua", "a key with markup, twice", "duplicate_key", 400, sign_as_akua(marked), marked);

  const std::string_view type = "kyc.validation_approved";
  const auto gu1_at = [&](time_point when) { return gu1_body(type, gu1_older_validation("approved"), rfc3339(when)); };
  const auto from_gu1 = [&](std::string what, std::string_view verdict, int status, const std::string& body) {
    add("gu1", std::move(what), verdict, status, sign_as_gu1(body, type), body);
  };
  from_gu1("replayed after 25 hours", "timestamp_too_old", 401, gu1_at(now - hours{25}));
  from_gu1("25 hours in the future", "timestamp_too_new", 401, gu1_at(now + hours{25}));
  from_gu1("no validationId", "missing_field", 400, replaced(gu1_at(now), "validationId", "otherId"));
  return trials;
}

}  // namespace demo
