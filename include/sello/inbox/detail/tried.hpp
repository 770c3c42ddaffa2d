// SPDX-License-Identifier: MIT
// One try of a delivery by a worker, and the record of it.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <sello/inbox/stored.hpp>
#include <sello/route/record.hpp>
#include <sello/route/route.hpp>

namespace sello::inline v0::detail {

/// What was tried, and what is to become of it.
struct tried {
  const stored* row = nullptr;
  settlement settled{};
  std::optional<sello::outcome> outcome{};
  visit visited{.timed = true};
  std::chrono::nanoseconds decoding{};
  std::chrono::nanoseconds handling{};
};

/// Borrows from the try. Its status stays 0: nobody is answered.
[[nodiscard]] inline record record_of(const tried& one) {
  const stored_fields& row = **one.row;
  record seen{.provider = std::string_view{row.provider},
              .type = std::string_view{row.type},
              .id = std::string_view{row.idempotency_key},
              .outcome = one.outcome,
              .misfits = one.visited.misfits,
              .body_size = row.body.size(),
              .decoding = one.decoding,
              .handling = one.handling,
              .endpoint = std::string_view{row.endpoint}};
  if (one.settled.why) {
    seen.error = one.settled.why->code;
    seen.where.borrow(one.settled.why->where);
  }
  return seen;
}

}  // namespace sello::inline v0::detail
