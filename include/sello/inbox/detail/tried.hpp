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

/// Borrows from the delivery. Its status stays 0: nobody is answered.
[[nodiscard]] inline record record_of(const stored& held) {
  return {.provider = std::string_view{held->provider},
          .type = std::string_view{held->type},
          .id = std::string_view{held->idempotency_key},
          .body_size = held->body.size(),
          .endpoint = std::string_view{held->endpoint}};
}

/// A database does not answer; of the delivery at which that was seen, if it was one.
[[nodiscard]] inline record record_of(const error& why, const stored* held_up) {
  record seen = held_up != nullptr ? record_of(*held_up) : record{};
  seen.error = why.code;
  seen.where.borrow(why.where);
  return seen;
}

/// Borrows from the try.
[[nodiscard]] inline record record_of(const tried& one) {
  record seen = record_of(*one.row);
  seen.outcome = one.outcome;
  seen.misfits = one.visited.misfits;
  seen.decoding = one.decoding;
  seen.handling = one.handling;
  if (one.settled.why) {
    seen.error = one.settled.why->code;
    seen.where.borrow(one.settled.why->where);
  }
  return seen;
}

}  // namespace sello::inline v0::detail
