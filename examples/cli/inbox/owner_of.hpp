// SPDX-License-Identifier: MIT
// The owner's view of an inbox in one kind of database.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "owner.hpp"

namespace cli {

template <class Inbox>
class owner_of final : public inbox_owner {
 public:
  owner_of(Inbox inbox, std::string place) : inbox_{std::move(inbox)}, place_{std::move(place)} {}

  std::string place() const override { return place_; }
  sello::result<sello::inbox_stats> stats() override { return inbox_.stats(); }
  sello::result<std::vector<sello::delivery_row>> list(const sello::delivery_filter& filter) override {
    return inbox_.list(filter);
  }
  sello::result<sello::delivery_details> show(sello::delivery_id id) override { return inbox_.show(id); }
  sello::result<void> replay(sello::delivery_id id) override { return inbox_.replay(id); }
  sello::result<std::size_t> replay(const sello::delivery_filter& filter) override { return inbox_.replay(filter); }
  sello::result<void> park(sello::delivery_id id) override { return inbox_.park(id); }
  sello::result<sello::pruned_rows> prune() override { return inbox_.prune(); }

  sello::result<std::size_t> requalify(const sender_settings& settings, const secret_list& secrets,
                                       const std::string& endpoint) override {
    static_cast<void>(inbox_.endpoint(endpoint));
    return with_sender(settings.name, [&]<class Sender>() {
      return inbox_.requalify(make_verifier<Sender>(settings, secrets), endpoint);
    });
  }

  judge storing(const sender_settings& settings, const secret_list& secrets, const std::string& endpoint,
                std::size_t body_limit) override {
    return with_sender(settings.name, [&]<class Sender>() {
      using receiver = sello::receiver<verifier_of<Sender>>;
      return judge_of<receiver>([&](std::function<void(const sello::record&)> observer) {
        sello::endpoint_options options{.body_limit = body_limit, .observer = std::move(observer)};
        return receiver{make_verifier<Sender>(settings, secrets), inbox_.endpoint(endpoint, std::move(options))};
      });
    });
  }

 private:
  Inbox inbox_;
  std::string place_;
};

/// What an inbox that does not open says. None of it has the location, which may have a password.
template <class Inbox>
[[nodiscard]] std::unique_ptr<inbox_owner> open(const std::string& location, const inbox_settings& settings,
                                                std::string place) {
  auto opened = Inbox::create(location, {.body_retention = settings.body_retention});
  if (!opened) {
    const sello::error& why = opened.error();
    throw failure{why.code == sello::errc::store_unavailable ? unreachable : wrong_usage, why.message()};
  }
  return std::make_unique<owner_of<Inbox>>(*std::move(opened), std::move(place));
}

}  // namespace cli
