// SPDX-License-Identifier: MIT
// A durable inbox as its owner sees it, whichever database it is in.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <sello/inbox/rows.hpp>
#include <sello/sello.hpp>

#include "../judge.hpp"
#include "../senders.hpp"

namespace cli {

class inbox_owner {
 public:
  inbox_owner() = default;
  inbox_owner(const inbox_owner&) = delete;
  inbox_owner& operator=(const inbox_owner&) = delete;
  virtual ~inbox_owner() = default;

  /// Where it is, without a password.
  [[nodiscard]] virtual std::string place() const = 0;
  [[nodiscard]] virtual sello::result<sello::inbox_stats> stats() = 0;
  [[nodiscard]] virtual sello::result<std::vector<sello::delivery_row>> list(const sello::delivery_filter&) = 0;
  [[nodiscard]] virtual sello::result<sello::delivery_details> show(sello::delivery_id) = 0;
  [[nodiscard]] virtual sello::result<void> replay(sello::delivery_id) = 0;
  [[nodiscard]] virtual sello::result<std::size_t> replay(const sello::delivery_filter&) = 0;
  [[nodiscard]] virtual sello::result<void> park(sello::delivery_id) = 0;
  [[nodiscard]] virtual sello::result<sello::pruned_rows> prune() = 0;
  /// What is in quarantine of this endpoint, tried with these secrets.
  [[nodiscard]] virtual sello::result<std::size_t> requalify(const sender_settings&, const secret_list&,
                                                             const std::string& endpoint) = 0;
  /// A receiver that stores what it is given.
  [[nodiscard]] virtual judge storing(const sender_settings&, const secret_list&, const std::string& endpoint,
                                      std::size_t body_limit) = 0;
};

/// How long the body of what is done is kept; of use to `prune` alone.
struct inbox_settings {
  std::chrono::days body_retention{30};
};

/// Each throws `failure` where there is no inbox, or where the program was built without that database.
[[nodiscard]] std::unique_ptr<inbox_owner> open_sqlite(const std::string& path, const inbox_settings& settings,
                                                       bool make);
[[nodiscard]] std::unique_ptr<inbox_owner> open_postgres(const std::string& conninfo, const inbox_settings& settings,
                                                         bool make);

}  // namespace cli
