// SPDX-License-Identifier: MIT
#include <sello/verify/secret.hpp>

#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "catch.hpp"

using sello::secret;

namespace {

template <class T>
concept printable = requires(std::ostream& out, const T& value) { out << value; };

[[nodiscard]] std::string text_of(const secret& key) {
  const auto bytes = key.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("a secret holds a copy of its bytes") {
  std::string text{"s3cret"};
  const secret key{std::string_view{text}};
  text[0] = 'x';
  CHECK(text_of(key) == "s3cret");
}

TEST_CASE("a secret may hold any bytes") {
  const std::array<unsigned char, 4> bytes{0x00, 0xff, 0x0a, 0x00};
  const secret key{std::span<const unsigned char>{bytes}};
  CHECK(std::ranges::equal(key.bytes(), bytes));
}

TEST_CASE("a secret may be empty") {
  CHECK(secret{std::string_view{}}.bytes().empty());
  CHECK(secret{std::span<const unsigned char>{}}.bytes().empty());
}

TEST_CASE("a secret that was moved from is empty") {
  secret key{std::string_view{"s3cret"}};
  const secret other{std::move(key)};
  CHECK(text_of(other) == "s3cret");
  CHECK(key.bytes().empty());  // NOLINT(bugprone-use-after-move): its state is documented

  secret third{std::string_view{"longer than the other"}};
  third = secret{std::string_view{"short"}};
  CHECK(text_of(third) == "short");
}

TEST_CASE("a secret cannot be copied or compared or printed or made from text by accident") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<secret>);
  STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<secret>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<secret>);
  STATIC_REQUIRE_FALSE(std::equality_comparable<secret>);
  STATIC_REQUIRE_FALSE(printable<secret>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string_view, secret>);
}

TEST_CASE("wiping overwrites every byte") {
  std::array<unsigned char, 64> bytes{};
  bytes.fill(0xa5);
  sello::wipe(std::span{bytes}.first(63));
  CHECK(std::all_of(bytes.begin(), bytes.end() - 1, [](unsigned char byte) { return byte == 0; }));
  CHECK(bytes.back() == 0xa5);
  sello::wipe({});
}
