// SPDX-License-Identifier: MIT
#include <sello/base/function_ref.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "catch.hpp"

using sello::detail::function_ref;

namespace {

[[nodiscard]] int call(function_ref<int(int)> work, int argument) { return work(argument); }

struct doubler {
  int operator()(int value) const { return 2 * value; }
};

}  // namespace

TEST_CASE("a function reference calls what it refers to") {
  int calls = 0;
  CHECK(call([&](int value) { return value + ++calls; }, 10) == 11);
  CHECK(calls == 1);
}

TEST_CASE("a function reference refers to constant and temporary and changing callables") {
  const doubler constant;
  CHECK(call(constant, 4) == 8);
  CHECK(call(doubler{}, 5) == 10);
  int (*const pointer)(int) = [](int value) { return value - 1; };
  CHECK(call(pointer, 6) == 5);
  auto counter = [n = 0](int step) mutable { return n += step; };
  CHECK(call(counter, 2) == 2);
  CHECK(call(counter, 3) == 5);  // the same object, not a copy
}

TEST_CASE("a copied function reference refers to the same callable") {
  auto counter = [n = 0](int step) mutable { return n += step; };
  const function_ref<int(int)> first{counter};
  const function_ref<int(int)> second{first};  // NOLINT(performance-unnecessary-copy-initialization)
  CHECK(first(1) == 1);
  CHECK(second(1) == 2);
}

TEST_CASE("arguments and results may be moved through") {
  const auto take = [](std::unique_ptr<int> owned) { return owned; };
  const function_ref<std::unique_ptr<int>(std::unique_ptr<int>)> reference{take};
  CHECK(*reference(std::make_unique<int>(9)) == 9);

  std::string text;
  const auto append = [](std::string& to) { to += '!'; };
  const function_ref<void(std::string&)> change{append};
  change(text);
  CHECK(text == "!");
}

TEST_CASE("a result that nobody asked for is dropped") {
  int calls = 0;
  const auto count = [&] { return ++calls; };
  const function_ref<void()> reference{count};
  reference();
  CHECK(calls == 1);
}

TEST_CASE("a function reference takes only what can be called so") {
  STATIC_REQUIRE(std::is_constructible_v<function_ref<int(int)>, doubler&>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<function_ref<int(std::string)>, doubler&>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<function_ref<std::string(int)>, doubler&>);
}

TEST_CASE("an exception passes through") {
  const auto fail = [](int value) -> int { throw value; };
  CHECK_THROWS_AS(call(fail, 3), int);
}
