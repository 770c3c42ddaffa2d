// SPDX-License-Identifier: MIT
#include <sello/verify/claim.hpp>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "catch.hpp"
#include "support/allocations.hpp"
#include "support/verdict.hpp"

using sello::claim;
using namespace std::string_view_literals;

namespace {

constexpr std::string_view some_hex = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";
constexpr std::string_view some_base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

}  // namespace

TEST_CASE("a claim keeps its signatures as bytes in order") {
  claim read;
  CHECK(read.signatures().empty());
  CHECK(read.add_base64(some_base64));
  CHECK(read.add_hex(std::string(64, '0')));
  CHECK(read.add_hex(some_hex));
  REQUIRE(read.signatures().size() == 3);
  CHECK(read.signatures()[0] == read.signatures()[2]);
  CHECK(read.signatures()[0][31] == 31);
  CHECK(read.signatures()[1] == sello::mac{});
}

TEST_CASE("a claim takes no signature of another form or length") {
  claim read;
  for (const std::string& text : {std::string{}, std::string(63, '0'), std::string(65, '0'), std::string(66, '0'),
                                  std::string(63, '0') + "g", "0x" + std::string(62, '0'), std::string{some_base64}})
    CHECK_FALSE(read.add_hex(text));
  // 31 and 33 bytes have as many characters as 32.
  for (const std::string& text :
       {std::string{}, std::string(42, 'A') + "==", std::string(44, 'A'), std::string(43, 'A'), std::string(40, 'A'),
        std::string(48, 'A'), std::string(43, 'A') + "\n", std::string(43, 'A') + " ", std::string(43, '=') + "=",
        std::string{some_hex}})
    CHECK_FALSE(read.add_base64(text));
  CHECK(read.signatures().empty());
  CHECK(read.add_base64(std::string(43, 'A') + "="));
}

TEST_CASE("a claim has room for 16 signatures") {
  claim read;
  for (int i = 0; i < 16; ++i) CHECK(read.add_hex(some_hex));
  CHECK_FALSE(read.add_hex(some_hex));
  CHECK_FALSE(read.add_base64(some_base64));
  CHECK(read.signatures().size() == 16);
}

TEST_CASE("a claim keeps four signatures of ed25519 beside its MACs") {
  claim read;
  CHECK(read.ed25519_signatures().empty());
  CHECK(read.add_ed25519_hex(std::string{some_hex} + std::string{some_hex}));
  CHECK(read.add_ed25519_base64(std::string(86, 'A') + "=="));
  CHECK(read.signatures().empty());
  CHECK(read.ed25519_signatures()[0][31] == 31);
  CHECK(read.ed25519_signatures()[0][63] == 31);
  CHECK(read.ed25519_signatures()[1] == sello::ed25519_signature{});
  for (const std::string& text : {std::string{}, std::string{some_hex}, std::string{some_base64}, std::string(88, 'A'),
                                  std::string(87, 'A') + "=", std::string(85, 'A') + "B==", std::string(127, '0')}) {
    CHECK_FALSE(read.add_ed25519_hex(text));
    CHECK_FALSE(read.add_ed25519_base64(text));
  }
  CHECK(read.add_ed25519_hex(std::string(128, '0')));
  CHECK(read.add_ed25519_hex(std::string(128, '1')));
  CHECK_FALSE(read.add_ed25519_hex(std::string(128, '2')));
  const claim copy = read;
  CHECK(copy.ed25519_signatures().size() == 4);
  CHECK(copy.ed25519_signatures()[3] == read.ed25519_signatures()[3]);
  CHECK(read.add_hex(some_hex));
}

TEST_CASE("a claim has room for four signed parts") {
  claim read;
  CHECK(read.parts().empty());
  for (const std::string_view part : {"one", "", "three", "four"}) read.signs(part);
  REQUIRE(read.parts().size() == 4);
  CHECK(read.parts()[2] == "three");
  CHECK_THROWS_AS(read.signs("five"), std::out_of_range);
  CHECK(read.parts().size() == 4);
}

TEST_CASE("a claim from hexadecimal text is one signature over the body alone") {
  const std::string spaced = " \t" + std::string{some_hex} + "\t ";
  for (const std::string_view text : {some_hex, std::string_view{spaced}}) {
    const auto read = claim::from_hex(text, "X-Signature");
    REQUIRE(read);
    CHECK(read->parts().empty());
    CHECK(read->signatures().size() == 1);
    CHECK(read->signature_header == "X-Signature");
    CHECK_FALSE(read->sent_at);
    CHECK_FALSE(read->type_hint);
  }
}

TEST_CASE("a claim from hexadecimal text says what is wrong with it") {
  CHECK(verdict(claim::from_hex("", "X-Signature")) == "missing_header at X-Signature");
  CHECK(verdict(claim::from_hex(" \t ", "X-Signature")) == "missing_header at X-Signature");
  CHECK(verdict(claim::from_hex("00", "X-Signature")) == "malformed_signature at X-Signature");
}

TEST_CASE("a claim keeps a copy of a string, which may be gone when the MAC is computed") {
  const auto read = [] {
    claim made;
    const std::string time = "a time of more characters than a small string has room for";
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%s", "in a buffer of the caller");
    const char array[] = "an array of characters on the stack";
    made.signs("v0:" + time + ":");
    made.signs(time);
    made.signs(buffer.data());
    made.signs(array);
    CHECK(std::string_view{made.parts()[3]}.data() != &array[0]);
    made.message_id = time.c_str();
    return made;
  }();
  const claim copy = read;  // NOLINT(performance-unnecessary-copy-initialization)
  for (const claim* each : {&read, &copy}) {
    CHECK(each->parts()[0] == "v0:a time of more characters than a small string has room for:");
    CHECK(each->parts()[1] == "a time of more characters than a small string has room for");
    CHECK(each->parts()[2] == "in a buffer of the caller");
    CHECK(each->parts()[3] == "an array of characters on the stack");
    CHECK(each->message_id == "a time of more characters than a small string has room for");
  }
}

TEST_CASE("a claim borrows views and copies nothing of them") {
  const std::string_view view = "a view of text that is longer than a small string";
  const std::size_t before = support::allocations();
  claim read;
  read.signs(view);
  read.signs("a constant that is longer than a small string has room for"sv);
  read.message_id = view;
  const std::size_t after = support::allocations();
  CHECK(after == before);
  CHECK(std::string_view{read.parts()[0]}.data() == view.data());
}

TEST_CASE("a claim knows which texts are in what it signs") {
  claim read;
  CHECK_FALSE(read.signs_text("id"));
  read.signs("v0:id:");
  read.signs("12");
  CHECK(read.signs_text("id"));
  CHECK(read.signs_text("12"));
  CHECK_FALSE(read.signs_text(":12"));
}

TEST_CASE("the names in a claim cannot be strings that are about to go") {
  STATIC_REQUIRE(std::is_assignable_v<decltype((claim::signature_header)), std::string_view>);
  STATIC_REQUIRE(std::is_assignable_v<decltype((claim::signature_header)), const std::string&>);
  STATIC_REQUIRE_FALSE(std::is_assignable_v<decltype((claim::signature_header)), std::string>);
}
