// SPDX-License-Identifier: MIT
#include <sello/inbox/detail/guarded.hpp>

#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "catch.hpp"
#include "support/fault.hpp"

using sello::bad_result;
using sello::errc;
using sello::error;
using sello::result;
using sello::detail::guarded;

TEST_CASE("guarded: a value, nothing, and a result each come out as one result", "[inbox]") {
  CHECK(guarded([] { return 7; }).value() == 7);
  CHECK(guarded([] {}).has_value());
  const auto already = guarded([]() -> result<int> { return error{errc::wrong_type, "/x"}; });
  static_assert(std::is_same_v<decltype(already), const result<int>>);
  CHECK(support::fault(already) == "wrong_type /x");
}

TEST_CASE("guarded: what is thrown inside is a result outside", "[inbox]") {
  static_assert(noexcept(guarded([] { return 7; })));
  CHECK(support::fault(guarded([]() -> int { throw bad_result{{errc::store_unavailable, "the disk is full"}}; })) ==
        "store_unavailable the disk is full");
  CHECK(guarded([] { throw std::bad_alloc{}; }).error().code == errc::internal_error);
  CHECK(guarded([] { throw std::runtime_error{"secret"}; }).error().where.find("secret") == std::string::npos);
  CHECK(guarded([] { throw 1; }).error().code == errc::internal_error);
}
