// SPDX-License-Identifier: MIT
#include <sello/verify/key_ring.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/svix_v1.hpp>

#include "catch.hpp"
#include "support/sign.hpp"

using sello::claim;
using sello::secret_text;
using sello::detail::key_ring;
using verdict_of_ring = sello::detail::verdict;

namespace {

[[nodiscard]] std::string text_of(secret_text text) { return std::string{std::string_view{text}}; }

[[nodiscard]] key_ring ring(std::initializer_list<std::string_view> keys) {
  key_ring made;
  for (const std::string_view key : keys) made.add(sello::secret{key});
  return made;
}

/// A claim over "part" and a body, with one signature a key.
[[nodiscard]] claim signed_by(std::initializer_list<std::string_view> keys, std::string_view body) {
  claim made;
  made.signs("part");
  for (const std::string_view key : keys) {
    const bool added = made.add_hex(independent::hex_signature(key, "part" + std::string{body}));
    REQUIRE(added);
  }
  return made;
}

}  // namespace

TEST_CASE("a secret is given as any text") {
  char array[] = "one";
  const char* const null = nullptr;
  CHECK(text_of("one") == "one");
  CHECK(text_of(array) == "one");
  CHECK(text_of(std::string{"one"}) == "one");
  CHECK(text_of(std::string_view{"one"}) == "one");
  CHECK(text_of(null).empty());
  STATIC_REQUIRE_FALSE(std::is_convertible_v<int, secret_text>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<secret_text, const char*, const char*>);
}

TEST_CASE("any key may have made any of the signatures") {
  const std::string body = "body";
  for (const char* key : {"one", "two", "three"}) {
    CHECK(ring({"one", "two", "three"}).judge(signed_by({key}, body), body) == verdict_of_ring::yes);
    CHECK(ring({"one", "two", "three"}).judge(signed_by({"x", "y", key, "z"}, body), body) == verdict_of_ring::yes);
    CHECK(ring({key}).judge(signed_by({"one", "two", "three"}, body), body) == verdict_of_ring::yes);
  }
}

TEST_CASE("a signature of no live key or of other bytes is not accepted") {
  CHECK(ring({"one", "two"}).judge(signed_by({"three"}, "body"), "body") == verdict_of_ring::no);
  CHECK(ring({"one", "two"}).judge(signed_by({"one", "two"}, "body"), "other") == verdict_of_ring::no);
  CHECK(ring({"one"}).judge(signed_by({}, "body"), "body") == verdict_of_ring::no);
  CHECK(ring({}).judge(signed_by({"one"}, "body"), "body") == verdict_of_ring::no);
}

TEST_CASE("two signatures that are right do not cancel each other") {
  CHECK(ring({"one", "one"}).judge(signed_by({"one"}, "body"), "body") == verdict_of_ring::yes);
  CHECK(ring({"one", "two"}).judge(signed_by({"one", "two", "one"}, "body"), "body") == verdict_of_ring::yes);
}

TEST_CASE("signed texts of every size are hashed in their order") {
  for (const std::size_t first : {0U, 1U, 200U, 511U, 512U, 513U, 2000U}) {
    for (const std::size_t second : {0U, 1U, 311U, 312U, 313U, 512U, 600U}) {
      for (const std::size_t rest : {0U, 1U, 512U, 5000U}) {
        const std::string parts[] = {std::string(first, 'a'), std::string(second, 'b')};
        const std::string body(rest, 'c');
        claim made;
        for (const std::string& part : parts) made.signs(std::string_view{part});
        REQUIRE(made.add_hex(independent::hex_signature("one", parts[0] + parts[1] + body)));
        CAPTURE(first, second, rest);
        const key_ring keys = ring({"two", "one"});
        CHECK(keys.judge(made, body) == verdict_of_ring::yes);
        auto running = keys.begin(made);
        key_ring::update(running, body);
        CHECK(key_ring::judge(running, made.signatures()) == verdict_of_ring::yes);
      }
    }
  }
}

TEST_CASE("a body that comes in pieces is judged as a whole") {
  const key_ring keys = ring({"one", "two"});
  const claim claimed = signed_by({"two"}, "a body");
  auto running = keys.begin(claimed);
  CHECK(running.size() == 2);
  for (auto& computation : running) {
    computation.update("a ");
    computation.update("body");
  }
  CHECK(key_ring::judge(running, claimed.signatures()) == verdict_of_ring::yes);

  auto other = keys.begin(claimed);
  for (auto& computation : other) computation.update("a bod");
  CHECK(key_ring::judge(other, claimed.signatures()) == verdict_of_ring::no);
}

TEST_CASE("keys are made of secrets or the first bad one is named") {
  using sello::detail::make_keys;
  const std::vector<secret_text> good{"secret number one", "secret number two"};
  const std::vector<secret_text> second_empty{"secret number one", ""};
  const std::vector<secret_text> empty{""};
  const std::vector<secret_text> none;
  CHECK(make_keys<sello::hex_hmac>(good));
  CHECK(make_keys<sello::hex_hmac>(second_empty).error() == sello::error{sello::errc::empty_secret, "secret 2"});
  CHECK(make_keys<sello::hex_hmac>(empty).error() == sello::error{sello::errc::empty_secret, ""});
  CHECK(make_keys<sello::hex_hmac>(none).error().code == sello::errc::empty_secret);
}
