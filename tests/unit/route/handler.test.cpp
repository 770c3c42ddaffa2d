// SPDX-License-Identifier: MIT
#include <sello/route/handler.hpp>

#include <exception>
#include <functional>
#include <stdexcept>

#include "catch.hpp"
#include "support/fault.hpp"

TEST_CASE("call: what a handler may answer") {
  using sello::detail::call;
  const int event = 7;
  CHECK(call([](const int&) {}, event));
  CHECK(call([](const int&) -> sello::result<void> { return {}; }, event));
  CHECK(support::fault(call([](const int&) { throw std::runtime_error{"no disk"}; }, event)) ==
        "handler_failed no disk");
  CHECK(support::fault(call([](const int&) { throw 5; }, event)) ==
        "handler_failed it threw something that is no std::exception");
  CHECK(support::fault(call(
            [](const int&) -> sello::result<void> { return sello::error{sello::errc::wrong_type, "/x"}; }, event)) ==
        "handler_failed " + sello::error{sello::errc::wrong_type, "/x"}.message());
  CHECK(support::fault(
            call([](const int&) -> sello::result<void> { return sello::error{sello::errc::store_unavailable, "db"}; },
                 event)) == "store_unavailable db");
}

TEST_CASE("call: what is permanent stays that, and what is to be tried again keeps its words") {
  using sello::detail::call;
  CHECK(support::fault(call([](const int&) { return sello::permanent("no such order"); }, 7)) ==
        "permanent_failure no such order");
  CHECK(support::fault(call([](const int&) { return sello::retry("the bank is closed"); }, 7)) ==
        "handler_failed the bank is closed");
}

TEST_CASE("call: an error that is thrown is the error that is returned") {
  const auto after = [](sello::error thrown) {
    return support::fault(sello::detail::call([&](const int&) { throw sello::bad_result{thrown}; }, 7));
  };
  CHECK(after({sello::errc::handler_failed, "no such table"}) == "handler_failed no such table");
  CHECK(after({sello::errc::permanent_failure, "no such order"}) == "permanent_failure no such order");
  CHECK(after({sello::errc::store_unavailable, "db"}) == "store_unavailable db");
  const sello::error other{sello::errc::wrong_type, "/x"};
  CHECK(after(other) == "handler_failed " + other.message());
}

TEST_CASE("call: an exception that says nothing is told in words of our own") {
  struct silent : std::exception {
    const char* what() const noexcept override { return nullptr; }
  };
  CHECK(support::fault(sello::detail::call([](const int&) { throw silent{}; }, 7)) ==
        "handler_failed it threw an exception that says nothing");
}

TEST_CASE("is_null: of what can be") {
  using sello::detail::is_null;
  CHECK(is_null(static_cast<void (*)(int)>(nullptr)));
  CHECK_FALSE(is_null(static_cast<void (*)(int)>([](int) {})));
  CHECK(is_null(std::function<void(int)>{}));
  CHECK_FALSE(is_null(std::function<void(int)>{[](int) {}}));
  std::function<void(int)> none;
  CHECK(is_null(std::ref(none)));
  CHECK(is_null(std::cref(none)));
  none = [](int) {};
  CHECK_FALSE(is_null(std::ref(none)));
  CHECK_FALSE(is_null([](int) {}));
  CHECK_FALSE(is_null([x = 5](int) { return x; }));
}
