// SPDX-License-Identifier: MIT
// What an endpoint of a sender says of one delivery: verified and decoded as a receiver does it, with its record.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include <sello/sello.hpp>

#include "output.hpp"
#include "senders.hpp"
#include "times.hpp"

namespace cli {

struct judgement {
  sello::response answer{};
  sello::record seen{};  ///< its texts are its own

  /// Whether a live secret signed these bytes, whatever became of them then.
  [[nodiscard]] bool proven() const {
    using sello::errc;
    return !seen.error || (*seen.error >= errc::malformed_json && *seen.error <= errc::header_body_mismatch) ||
           (*seen.error >= errc::permanent_failure && *seen.error <= errc::store_unavailable);
  }
};

/// One at a time.
using judge = std::function<judgement(const sello::header_list&, std::string_view body, time_point now)>;

/// A judge that asks a receiver, which is made with an observer.
template <class Receiver>
[[nodiscard]] judge judge_of(const std::function<Receiver(std::function<void(const sello::record&)>)>& make) {
  struct state {
    std::mutex guard{};
    sello::record last{};
    std::unique_ptr<Receiver> receiver{};
  };
  const auto shared = std::make_shared<state>();
  shared->receiver =
      std::make_unique<Receiver>(make([kept = shared.get()](const sello::record& seen) { kept->last = seen; }));
  return [shared](const sello::header_list& headers, std::string_view body, time_point now) {
    const std::lock_guard lock{shared->guard};
    judgement made;
    made.answer = shared->receiver->receive(headers, body, now);
    made.seen = std::move(shared->last);
    return made;
  };
}

/// A router that decodes each event of the sender's catalog, and takes what the catalog does not have.
template <class Provider>
[[nodiscard]] sello::router decoding_router() {
  sello::router router;
  Provider::catalog::for_each([&]<class Event>() { router.on<Event>([](const sello::event<Event>&) {}); });
  router.otherwise([](const sello::unknown_event&) {});
  return router;
}

[[nodiscard]] inline judge make_judge(const sender_settings& settings, const secret_list& secrets,
                                      std::size_t body_limit) {
  return with_sender(settings.name, [&]<class Sender>() {
    using receiver = sello::receiver<verifier_of<Sender>>;
    return judge_of<receiver>([&](std::function<void(const sello::record&)> observer) {
      return receiver{make_verifier<Sender>(settings, secrets),
                      decoding_router<typename Sender::provider>(),
                      {.body_limit = body_limit, .observer = std::move(observer)}};
    });
  });
}

/// What can be said of it in one line: the cause of a refusal is for its receiver alone, and so for this program.
[[nodiscard]] inline json told(const judgement& of) {
  const sello::record& seen = of.seen;
  json made{{"verified", of.proven()}, {"status", of.answer.status}};
  if (seen.outcome) made["outcome"] = to_string(*seen.outcome);
  if (seen.error) {
    made["error"] = to_string(*seen.error);
    made["where"] = std::string{seen.where};
    made["message"] = seen.message();
  }
  if (!seen.type.empty()) made["type"] = std::string{seen.type};
  if (!seen.id.empty()) made["idempotency_key"] = std::string{seen.id};
  made["bytes"] = seen.body_size;
  json misfits = json::array();
  for (const sello::error& each : seen.misfits)
    misfits.push_back({{"code", to_string(each.code)}, {"where", each.where}});
  if (!misfits.empty()) made["misfits"] = std::move(misfits);
  return made;
}

}  // namespace cli
