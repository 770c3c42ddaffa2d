// SPDX-License-Identifier: MIT
// A body for every known event, from those of the demo.
#pragma once

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../demo/samples.hpp"
#include "senders.hpp"
#include "times.hpp"

namespace cli {

/// The types of a sender's catalog; Standard Webhooks has none, and one is made up.
template <class Sender>
[[nodiscard]] std::vector<std::string> types_of() {
  std::vector<std::string> types;
  for (const std::string_view type : Sender::provider::catalog::types) types.emplace_back(type);
  if (types.empty()) types.emplace_back("invoice.paid");
  return types;
}

/// Of all senders, each once.
[[nodiscard]] inline std::vector<std::string> known_types() {
  std::vector<std::string> all;
  each_sender([&]<class Sender>() {
    for (std::string& type : types_of<Sender>()) {
      if (std::find(all.begin(), all.end(), type) == all.end()) all.push_back(std::move(type));
    }
  });
  return all;
}

namespace detail {

template <class Event>
[[nodiscard]] std::string sample_of(const std::string& now) {
  using provider = typename Event::provider;
  if constexpr (std::same_as<provider, sello::kuenta::provider>) {
    return demo::kuenta_body(Event::type, now);
  } else if constexpr (std::same_as<provider, sello::akua::provider>) {
    return demo::akua_body(Event::type, demo::akua_data<Event>());
  } else if constexpr (std::derived_from<Event, sello::gu1::kyc_validation>) {
    std::string_view status = Event::type;
    status.remove_prefix(std::string_view{"kyc.validation_"}.size());
    return demo::gu1_body(Event::type, demo::gu1_newer_validation(status == "created" ? "pending" : status), now);
  } else {
    return demo::gu1_body(Event::type, demo::gu1_payload<Event>(), now);
  }
}

}  // namespace detail

/// A body as the sender documents it; throws `failure` for an event that it has not.
[[nodiscard]] inline std::string sample(const std::string& sender, const std::string& type) {
  const std::string now = written(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
  return with_sender(sender, [&]<class Sender>() -> std::string {
    std::optional<std::string> body;
    if constexpr (Sender::provider::catalog::size == 0) {
      return R"({"type":")" + type + R"(","timestamp":")" + now + R"(","data":{"id":"in_1","amount":"120.50"}})";
    } else {
      Sender::provider::catalog::for_each([&]<class Event>() {
        if (Event::type == type) body = detail::sample_of<Event>(now);
      });
    }
    if (!body)
      throw failure{wrong_usage, sender + " has no event " + shown(type) + "; sello events --sender " + sender +
                                     " lists those that it has"};
    return *std::move(body);
  });
}

}  // namespace cli
