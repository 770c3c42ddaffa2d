// SPDX-License-Identifier: MIT
#include <sello/base/result.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "catch.hpp"

using sello::bad_result;
using sello::errc;
using sello::error;
using sello::result;

namespace {

[[nodiscard]] result<int> parsed(bool good) {
  if (good) return 7;
  return error{errc::wrong_type, "/data"};
}

/// Whether `work` ends the program through std::terminate; tried in a process of its own.
template <class Work>
[[nodiscard]] bool terminates(Work work) {
  const pid_t child = fork();
  if (child == 0) {
    std::set_terminate([] { _exit(42); });
    work();
    _exit(0);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 42;
}

}  // namespace

TEST_CASE("a result holds a value") {
  const auto good = parsed(true);
  CHECK(good.has_value());
  CHECK(static_cast<bool>(good));
  CHECK(*good == 7);
  CHECK(good.value() == 7);
  CHECK(good.value_or(1) == 7);
}

TEST_CASE("a result holds an error") {
  const auto bad = parsed(false);
  CHECK_FALSE(bad.has_value());
  CHECK_FALSE(static_cast<bool>(bad));
  CHECK(bad.error() == error{errc::wrong_type, "/data"});
  CHECK(bad.value_or(1) == 1);
}

TEST_CASE("value throws the error of a result that has none") {
  try {
    static_cast<void>(parsed(false).value());
    FAIL("nothing was thrown");
  } catch (const bad_result& thrown) {
    CHECK(thrown.error() == error{errc::wrong_type, "/data"});
    CHECK(thrown.what() == error{errc::wrong_type, "/data"}.message());
  }
  const auto bad = parsed(false);
  CHECK_THROWS_AS(bad.value(), bad_result);
}

TEST_CASE("a bad result is a standard exception whose copies do not throw") {
  STATIC_REQUIRE(std::is_base_of_v<std::exception, bad_result>);
  STATIC_REQUIRE(std::is_nothrow_copy_constructible_v<bad_result>);
  std::exception_ptr kept;
  try {
    throw bad_result{{errc::empty_secret, "kuenta"}};
  } catch (...) {
    kept = std::current_exception();
  }
  CHECK_THROWS_AS(std::rethrow_exception(kept), bad_result);
}

TEST_CASE("a bad result that was moved from still says what it said") {
  bad_result first{{errc::empty_secret, "kuenta"}};
  const bad_result second = std::move(first);
  CHECK(first.what() == std::string{second.what()});  // NOLINT(bugprone-use-after-move)
  CHECK(first.error().where == "kuenta");
}

namespace {

struct with_views {
  using gives_views = void;
  int number = 7;
};

template <class Result>
concept has_arrow = requires(Result&& given) { std::forward<Result>(given).operator->(); };

}  // namespace

TEST_CASE("of a temporary result the value and the error outlive it") {
  STATIC_REQUIRE(std::is_same_v<decltype(*parsed(true)), int>);
  STATIC_REQUIRE(std::is_same_v<decltype(parsed(true).value()), int>);
  STATIC_REQUIRE(std::is_same_v<decltype(parsed(false).error()), error>);
  const auto& value = result<std::string>{std::string(100, 'x')}.value();
  const auto& same = *result<std::string>{std::string(100, 'x')};
  const auto& where = result<int>{error{errc::wrong_type, std::string(100, 'x')}}.error().where;
  CHECK(value == std::string(100, 'x'));
  CHECK(same == std::string(100, 'x'));
  CHECK(where == std::string(100, 'x'));
}

TEST_CASE("a temporary result has no arrow to a value that gives views of itself") {
  STATIC_REQUIRE(has_arrow<result<std::string>>);
  STATIC_REQUIRE(has_arrow<result<with_views>&>);
  STATIC_REQUIRE(has_arrow<const result<with_views>&>);
  STATIC_REQUIRE_FALSE(has_arrow<result<with_views>>);
  CHECK(parsed(true).operator->() != nullptr);
}

TEST_CASE("the value can be changed and moved out") {
  result<std::string> text{std::string{"one"}};
  *text += " two";
  text->append(" three");
  CHECK(text->size() == 13);
  const std::string taken = *std::move(text);
  CHECK(taken == "one two three");
}

TEST_CASE("a value that can only be moved goes through") {
  const auto make = [](bool good) -> result<std::unique_ptr<int>> {
    if (good) return std::make_unique<int>(3);
    return error{errc::internal_error, {}};
  };
  const std::unique_ptr<int> owned = make(true).value();
  CHECK(*owned == 3);
  CHECK_THROWS_AS(make(false).value(), bad_result);
}

TEST_CASE("a value of the type of an error is not taken for one") {
  const result<bool> no{false};
  CHECK(no.has_value());
  CHECK_FALSE(*no);
}

TEST_CASE("the error can be moved out") {
  auto bad = parsed(false);
  const error taken = std::move(bad).error();
  CHECK(taken == error{errc::wrong_type, "/data"});
}

TEST_CASE("a result can carry a refusal") {
  const result<int, sello::refusal> refused{sello::refusal{errc::missing_header, "svix-id"}};
  CHECK_FALSE(refused);
  CHECK(refused.error().where == "svix-id");
}

TEST_CASE("a result of nothing is a success or an error") {
  const result<void> done;
  CHECK(done.has_value());
  CHECK_NOTHROW(done.value());

  const result<void> failed{error{errc::store_unavailable, "db"}};
  CHECK_FALSE(failed);
  CHECK(failed.error().code == errc::store_unavailable);
  CHECK_THROWS_AS(failed.value(), bad_result);
}

TEST_CASE("a result becomes a boolean only where one is asked for") {
  STATIC_REQUIRE_FALSE(std::is_convertible_v<result<int>, bool>);
  STATIC_REQUIRE(std::is_constructible_v<bool, result<int>>);
}

TEST_CASE("reading a value that is not there ends the program") {
  CHECK(terminates([] { static_cast<void>(*parsed(false)); }));
  CHECK(terminates([] { static_cast<void>(parsed(false).operator->()); }));
  CHECK_FALSE(terminates([] { static_cast<void>(*parsed(true)); }));
}

TEST_CASE("reading an error that is not there ends the program") {
  CHECK(terminates([] { static_cast<void>(parsed(true).error()); }));
  CHECK(terminates([] { static_cast<void>(result<void>{}.error()); }));
}

TEST_CASE("a result with one kind of error becomes one with another kind") {
  using short_result = sello::result<std::string, sello::refusal>;
  const auto widened = [](short_result from) -> sello::result<std::string> { return from; };
  CHECK(widened(std::string{"value"}).value() == "value");
  const auto failed = widened(sello::refusal{sello::errc::missing_header, "X-Name"});
  CHECK(failed.error().code == sello::errc::missing_header);
  CHECK(failed.error().where == "X-Name");
  STATIC_REQUIRE_FALSE(std::is_convertible_v<sello::result<std::string>, short_result>);
}

namespace {

/// Counts how many of it there are; its copies and moves throw when told.
struct counted {
  static inline int alive = 0;
  static inline bool copies_throw = false;
  static inline bool moves_throw = false;

  counted() { ++alive; }
  counted(const counted&) {
    if (copies_throw) throw std::bad_alloc{};
    ++alive;
  }
  counted(counted&&) {  // NOLINT(performance-noexcept-move-constructor): it is what is tested
    if (moves_throw) throw std::bad_alloc{};
    ++alive;
  }
  counted& operator=(const counted&) = delete;
  counted& operator=(counted&&) = delete;
  ~counted() { --alive; }
};

}  // namespace

TEST_CASE("a result is copied and moved as its value is, and assigned whatever it held") {
  STATIC_REQUIRE(std::is_copy_constructible_v<result<std::string>>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<result<std::string>>);
  STATIC_REQUIRE(std::is_nothrow_move_assignable_v<result<std::string>>);
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<result<std::unique_ptr<int>>>);
  STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<result<std::unique_ptr<int>>>);
  STATIC_REQUIRE(std::is_nothrow_move_assignable_v<result<std::unique_ptr<int>>>);

  const result<std::string> good{std::string(100, 'x')};
  const result<std::string> bad{error{errc::wrong_type, std::string(100, 'y')}};
  for (const auto& before : {good, bad}) {
    for (const auto& after : {good, bad}) {
      auto copied = before;
      copied = after;
      auto moved = before;
      moved = result<std::string>{after};
      CHECK(copied.has_value() == after.has_value());
      CHECK(moved.has_value() == after.has_value());
      CHECK(copied.value_or("none") == after.value_or("none"));
      CHECK(moved.value_or("none") == after.value_or("none"));
      if (!after) CHECK((copied.error() == bad.error() && moved.error() == bad.error()));
    }
  }
  auto self = good;
  const auto& same = self;
  self = same;
  CHECK(*self == std::string(100, 'x'));
}

TEST_CASE("a result ends each value once, also where a copy or a move throws") {
  counted::copies_throw = counted::moves_throw = false;
  {
    const result<counted> one{counted{}};
    auto other = one;
    other = one;
    other = error{errc::internal_error, {}};
    CHECK(counted::alive == 1);
    other = one;
    CHECK(counted::alive == 2);

    counted::copies_throw = true;
    CHECK_THROWS_AS(other = one, std::bad_alloc);
    CHECK(other.has_value());  // as it was
    CHECK(counted::alive == 2);

    auto source = result<counted>{counted{}};
    counted::moves_throw = true;
    CHECK_THROWS_AS(other = std::move(source), std::bad_alloc);
    counted::moves_throw = false;
    CHECK(counted::alive == 3);
  }
  counted::copies_throw = false;
  CHECK(counted::alive == 0);
}

TEST_CASE("a result into which a value could not be moved has neither value nor error") {
  CHECK(terminates([&] {
    // The move into the assignment's argument passes, the one into the result throws.
    struct second_move {
      int moves = 0;
      second_move() = default;
      second_move(second_move&& other) noexcept(false) : moves{other.moves + 1} {
        if (moves == 2) throw std::bad_alloc{};
      }
      second_move& operator=(second_move&&) = delete;
      ~second_move() = default;
    };
    result<second_move> to{error{errc::internal_error, {}}};
    try {
      to = result<second_move>{second_move{}};
    } catch (const std::bad_alloc&) {
      if (to.has_value()) _exit(1);
      static_cast<void>(to.error());
    }
    _exit(2);
  }));
}
