// SPDX-License-Identifier: MIT
// What strangers send, and senders that have gone wrong.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "samples.hpp"
#include "senders.hpp"
#include "server.hpp"
#include "trial.hpp"

namespace demo {

using std::chrono::hours;
using std::chrono::minutes;

/// An endpoint, and how its own sender would send to it.
struct target {
  std::string_view sender;
  std::string_view type_key;  ///< the key of the event's type in the body
  std::string_view signature_header;
  std::string_view other_secret;  ///< of the right form, but not this sender's
  std::string_view other_senders_secret;
  std::string body;  ///< a good one
  std::function<sello::header_list(std::string_view body, std::string_view secret)> sign_with;
  std::function<sello::header_list(std::string_view body)> sign;

  [[nodiscard]] trial expect(std::string what, std::string_view verdict, int status, sello::header_list headers,
                             std::string sent) const {
    return {.sender = sender,
            .what = std::move(what),
            .headers = std::move(headers),
            .body = std::move(sent),
            .verdict = verdict,
            .status = status};
  }
  [[nodiscard]] trial expect(std::string what, std::string_view verdict, int status, sello::header_list headers) const {
    return expect(std::move(what), verdict, status, std::move(headers), body);
  }
  /// Signed as it should be: what is wrong is in the body.
  [[nodiscard]] trial expect_signed(std::string what, std::string_view verdict, int status, std::string sent) const {
    auto headers = sign(sent);
    return expect(std::move(what), verdict, status, std::move(headers), std::move(sent));
  }
};

/// `body`, an object, with one more member.
[[nodiscard]] inline std::string with_member(std::string body, std::string_view member) {
  body.pop_back();
  return body.append(",").append(member).append("}");
}

/// `body` with `from`, which it has, replaced.
[[nodiscard]] inline std::string replaced(std::string body, std::string_view from, std::string_view to) {
  return body.replace(body.find(from), from.size(), to);
}

/// The same on all three endpoints.
[[nodiscard]] inline std::vector<trial> common_attacks(const target& on) {
  const std::string same_type_twice = '"' + std::string{on.type_key} + R"(":"x")";
  const std::string deep = R"("deep":)" + std::string(64, '[') + std::string(64, ']');
  const std::string too_large = on.body + std::string(body_limit + 1 - on.body.size(), ' ');

  std::vector<trial> trials{
      on.expect("body changed after signing", "signature_mismatch", 401, on.sign(on.body), on.body + " "),
      on.expect("signed with another secret", "signature_mismatch", 401, on.sign_with(on.body, on.other_secret)),
      on.expect("signed with another sender's secret", "signature_mismatch", 401,
                on.sign_with(on.body, on.other_senders_secret)),
      on.expect("unsigned", "missing_header", 401, without(on.sign(on.body), on.signature_header)),
      on.expect("empty signature", "missing_header", 401, with(on.sign(on.body), on.signature_header, "")),
      on.expect_signed("not JSON", "malformed_json", 400, "event=payment.completed&amount=1"),
      on.expect_signed("half of the body", "malformed_json", 400, on.body.substr(0, on.body.size() / 2)),
      on.expect_signed("the same key twice", "duplicate_key", 400, with_member(on.body, same_type_twice)),
      on.expect_signed("65 levels deep", "too_deep", 400, with_member(on.body, deep)),
      on.expect_signed("no event type", "missing_field", 400, "{}"),
      on.expect_signed("too large, Content-Length", "body_too_large", 413, too_large),
      on.expect_signed("too large, chunked", "body_too_large", 413, too_large),
  };
  trials.back().chunked = true;
  return trials;
}

/// Where the signature is one header with hexadecimal digits, and the body has the time.
[[nodiscard]] inline std::vector<trial> hex_attacks(const target& on,
                                                    const std::function<std::string(time_point)>& body_at) {
  const auto now = std::chrono::system_clock::now();
  const std::string signature = value(on.sign(on.body), on.signature_header);
  const auto signed_by = [&](std::string text) { return with(on.sign(on.body), on.signature_header, std::move(text)); };
  return {
      on.expect("signature one digit short", "malformed_signature", 401, signed_by(signature.substr(1))),
      on.expect("signature with a prefix", "malformed_signature", 401, signed_by("sha256=" + signature)),
      on.expect("two signatures, one of them right", "malformed_header", 401,
                plus(on.sign(on.body), on.signature_header, std::string(64, '0'))),
      on.expect_signed("replayed after 25 hours", "timestamp_too_old", 401, body_at(now - hours{25})),
      on.expect_signed("25 hours in the future", "timestamp_too_new", 401, body_at(now + hours{25})),
  };
}

[[nodiscard]] inline std::vector<trial> attacks_on_kuenta() {
  const auto body_at = [](time_point when) { return kuenta_body("credit.application.created", rfc3339(when)); };
  const target on{.sender = "kuenta",
                  .type_key = "event",
                  .signature_header = "X-Webhook-Signature",
                  .other_secret = "otro-secreto-webhook",
                  .other_senders_secret = gu1_secret,
                  .body = body_at(std::chrono::system_clock::now()),
                  .sign_with = sign_as_kuenta,
                  .sign = [](std::string_view body) { return sign_as_kuenta(body); }};
  auto trials = common_attacks(on);
  for (auto& trial : hex_attacks(on, body_at)) trials.push_back(std::move(trial));
  trials.push_back(on.expect_signed("amount as text", "wrong_type", 400, replaced(on.body, "5000000", R"("5000000")")));
  trials.push_back(
      on.expect_signed("term of 20 digits", "out_of_range", 400, replaced(on.body, "12,", "12345678901234567890,")));
  return trials;
}

[[nodiscard]] inline std::vector<trial> attacks_on_akua() {
  const auto now = std::chrono::system_clock::now();
  const target on{
      .sender = "akua",
      .type_key = "type",
      .signature_header = "svix-signature",
      .other_secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      .other_senders_secret = gu1_secret,
      .body = akua_body("payment.capture.cleared", akua_data<sello::akua::payment_capture_cleared>()),
      .sign_with = [](std::string_view body, std::string_view secret) { return sign_as_akua(body, secret); },
      .sign = [](std::string_view body) { return sign_as_akua(body); }};
  const auto signed_at = [&](time_point when) { return sign_as_akua(on.body, akua_secret, when); };
  const auto good = on.sign(on.body);
  const std::string signature = value(good, "svix-signature");
  const std::string hex = value(sign_as_kuenta(on.body), "X-Webhook-Signature");

  auto mixed = good;
  mixed.front().first = "webhook-id";
  auto both = with(good, "svix-signature", "v1," + std::string(43, 'A') + '=');
  for (const std::string_view name : {"id", "timestamp", "signature"})
    both.emplace_back("webhook-" + std::string{name}, value(good, "svix-" + std::string{name}));

  auto trials = common_attacks(on);
  for (auto& trial : std::vector{
           on.expect("signature one character short", "signature_mismatch", 401,
                     with(good, "svix-signature", signature.substr(0, signature.size() - 1))),
           on.expect("signature in hexadecimal", "signature_mismatch", 401, with(good, "svix-signature", "v1," + hex)),
           on.expect("signature of version v2", "signature_mismatch", 401,
                     with(good, "svix-signature", "v2" + signature.substr(2))),
           on.expect("replayed after 6 minutes", "timestamp_too_old", 401, signed_at(now - minutes{6})),
           on.expect("6 minutes in the future", "timestamp_too_new", 401, signed_at(now + minutes{6})),
           on.expect("replayed with a new time", "signature_mismatch", 401,
                     with(signed_at(now - minutes{6}), "svix-timestamp", value(good, "svix-timestamp"))),
           on.expect("time with a sign", "malformed_timestamp", 401,
                     with(good, "svix-timestamp", "+" + value(good, "svix-timestamp"))),
           on.expect("two ids", "malformed_header", 401, plus(good, "svix-id", "msg_other")),
           on.expect("id with a dot", "malformed_header", 401, with(good, "svix-id", "msg.other")),
           on.expect("svix-* and webhook-* mixed", "missing_header", 401, mixed),
           on.expect("bad svix-*, good webhook-*", "signature_mismatch", 401, both),
           on.expect("a delivery of Kuenta", "missing_header", 401, sign_as_kuenta(on.body)),
           on.expect_signed("no payment_id", "missing_field", 400, replaced(on.body, "payment_id", "other_id")),
       })
    trials.push_back(std::move(trial));
  return trials;
}

[[nodiscard]] inline std::vector<trial> attacks_on_gu1() {
  const std::string type = "kyc.validation_approved";
  const auto body_at = [&](time_point when) { return gu1_body(type, gu1_older_validation("approved"), rfc3339(when)); };
  const target on{
      .sender = "gu1",
      .type_key = "event",
      .signature_header = "X-Webhook-Signature",
      .other_secret = "8c1f0b6a",
      .other_senders_secret = kuenta_secret,
      .body = body_at(std::chrono::system_clock::now()),
      .sign_with = [&](std::string_view body, std::string_view secret) { return sign_as_gu1(body, type, secret); },
      .sign = [&](std::string_view body) { return sign_as_gu1(body, type); }};
  auto trials = common_attacks(on);
  for (auto& trial : hex_attacks(on, body_at)) trials.push_back(std::move(trial));
  trials.push_back(on.expect("another X-Webhook-Event", "header_body_mismatch", 400,
                             with(on.sign(on.body), "X-Webhook-Event", "kyc.validation_rejected")));
  trials.push_back(on.expect("two X-Webhook-Event, one of them right", "header_body_mismatch", 400,
                             plus(on.sign(on.body), "X-Webhook-Event", "kyc.validation_rejected")));
  trials.push_back(
      on.expect_signed("no validationId", "missing_field", 400, replaced(on.body, "validationId", "otherId")));
  return trials;
}

[[nodiscard]] inline std::vector<trial> hostile_deliveries() {
  std::vector<trial> trials = attacks_on_kuenta();
  for (auto* more : {attacks_on_akua, attacks_on_gu1}) {
    for (auto& trial : more()) trials.push_back(std::move(trial));
  }
  return trials;
}

}  // namespace demo
