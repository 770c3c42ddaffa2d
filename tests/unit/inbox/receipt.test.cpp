// SPDX-License-Identifier: MIT
#include <sello/inbox/receipt.hpp>

#include <type_traits>
#include <utility>

#include "catch.hpp"
#include "support/fault.hpp"

namespace {

using sello::durable;
using sello::errc;
using sello::error;
using sello::outcome;
using sello::receipt;
using sello::result;
using sello::detail::barrier;

// One pass is one receipt: it is moved in, and cannot be had otherwise.
static_assert(!std::is_default_constructible_v<durable> && !std::is_copy_constructible_v<durable>);
static_assert(!std::is_default_constructible_v<barrier>);
static_assert(!std::is_constructible_v<receipt, outcome> && !std::is_constructible_v<receipt, durable&, outcome>);
static_assert(std::is_constructible_v<receipt, durable&&, outcome>);

}  // namespace

TEST_CASE("a receipt is given behind a sync that succeeded", "[inbox]") {
  int syncs = 0;
  const auto passed = barrier::pass([&]() -> result<void> {
    ++syncs;
    return {};
  });
  REQUIRE(passed);
  CHECK(syncs == 1);
  for (const outcome what : {outcome::queued, outcome::duplicate, outcome::conflict})
    CHECK(receipt{passed->mint(), what}.outcome() == what);
}

TEST_CASE("a sync that failed gives none, and says why", "[inbox]") {
  const auto refused =
      barrier::pass([]() -> result<void> { return error{errc::store_unavailable, "the disk failed"}; });
  CHECK(support::fault(refused) == "store_unavailable the disk failed");
}
