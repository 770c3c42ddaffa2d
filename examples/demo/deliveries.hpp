// SPDX-License-Identifier: MIT
// What the senders really send: every known event, and what is unusual about some good deliveries.
#pragma once

#include <chrono>
#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include "samples.hpp"
#include "senders.hpp"
#include "trial.hpp"

namespace demo {

/// Every event of the three catalogs; the identity checks of Gu1 in both shapes that it documents.
[[nodiscard]] inline std::vector<trial> known_events() {
  std::vector<trial> trials;
  const std::string now = rfc3339(std::chrono::system_clock::now());

  sello::kuenta::catalog::for_each([&]<class Event>() {
    const std::string body = kuenta_body(Event::type, now);
    trials.push_back(
        {.sender = "kuenta", .what = std::string{Event::type}, .headers = sign_as_kuenta(body), .body = body});
  });

  sello::akua::catalog::for_each([&]<class Event>() {
    const std::string body = akua_body(Event::type, akua_data<Event>());
    trials.push_back({.sender = "akua", .what = std::string{Event::type}, .headers = sign_as_akua(body), .body = body});
  });

  sello::gu1::catalog::for_each([&]<class Event>() {
    const auto add = [&](std::string what, std::string_view payload) {
      const std::string body = gu1_body(Event::type, payload, now);
      trials.push_back(
          {.sender = "gu1", .what = std::move(what), .headers = sign_as_gu1(body, Event::type), .body = body});
    };
    if constexpr (std::derived_from<Event, sello::gu1::kyc_validation>) {
      std::string_view status = Event::type;
      status.remove_prefix(std::string_view{"kyc.validation_"}.size());
      if (status == "created") status = "pending";
      add(std::string{Event::type}, gu1_newer_validation(status));
      if (status != "in_review" && status != "cancelled")
        add(std::string{Event::type} + ", older shape", gu1_older_validation(status));
    } else {
      add(std::string{Event::type}, gu1_payload<Event>());
    }
  });
  return trials;
}

/// Good deliveries that a careless receiver loses.
[[nodiscard]] inline std::vector<trial> unusual_deliveries() {
  const std::string now = rfc3339(std::chrono::system_clock::now());
  const std::string kuenta = kuenta_body("payment.completed", now);
  const std::string akua = akua_body("merchant.created", akua_data<sello::akua::merchant_created>());
  const std::string gu1 = gu1_body("gu1.test", R"({"hello":"world"})", now);

  auto loud = sign_as_kuenta(kuenta);
  loud.front().first = "X-WEBHOOK-SIGNATURE";
  // During a rotation Svix signs with every live key.
  auto rotated = sign_as_akua(akua, akua_secret);
  const auto new_key = sello::signer<sello::svix_v1>{other_akua_secret};
  const auto by_new_key = new_key.sign(akua, {.id = value(rotated, "svix-id")});
  rotated =
      with(rotated, "svix-signature", value(by_new_key, "svix-signature") + ' ' + value(rotated, "svix-signature"));

  // What is not essential and does not fit is left out, and noted.
  const std::string created = kuenta_body("credit.application.created", now);
  const std::string quoted = replaced(created, "5000000", R"("5000000")");
  const std::string large = replaced(created, "12,", "12345678901234567890,");
  const std::string approved = gu1_body("kyc.validation_approved", gu1_older_validation("approved"), now);
  auto two_types = sign_as_gu1(approved, "kyc.validation_approved");
  two_types.emplace_back("X-Webhook-Event", "kyc.validation_rejected");

  // What a page or a log must not take for its own.
  const std::string markup = "<script>alert('x')</script>";
  const std::string marked = kuenta_body(markup, now);
  const auto marked_id = sello::signer<sello::svix_v1>{akua_secret}.sign(akua, {.id = markup});

  return {
      {.sender = "kuenta", .what = "amount as text", .headers = sign_as_kuenta(quoted), .body = quoted},
      {.sender = "kuenta", .what = "term of 20 digits", .headers = sign_as_kuenta(large), .body = large},
      {.sender = "gu1", .what = "two X-Webhook-Event, one right", .headers = two_types, .body = approved},
      {.sender = "kuenta", .what = "header name in capitals", .headers = loud, .body = kuenta},
      {.sender = "kuenta", .what = "chunked body", .headers = sign_as_kuenta(kuenta), .body = kuenta, .chunks = {64}},
      {.sender = "akua", .what = "signed with a new key and with ours", .headers = rotated, .body = akua},
      {.sender = "gu1", .what = "an event that nobody knows", .headers = sign_as_gu1(gu1, "gu1.test"), .body = gu1},
      {.sender = "kuenta", .what = "a type with markup", .headers = sign_as_kuenta(marked), .body = marked},
      {.sender = "akua", .what = "a svix-id with markup", .headers = marked_id, .body = akua},
  };
}

}  // namespace demo
