// SPDX-License-Identifier: MIT
#include <sello/verify/encoding.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"

using namespace sello::detail;

namespace {

[[nodiscard]] std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

[[nodiscard]] std::optional<std::string> decoded(std::string_view text) {
  std::vector<unsigned char> bytes(text.size());
  const auto size = base64_decode(text, bytes);
  if (!size) return std::nullopt;
  return std::string{reinterpret_cast<const char*>(bytes.data()), *size};
}

[[nodiscard]] std::string encoded(std::string_view bytes) {
  std::vector<unsigned char> text(base64_encoded_size(bytes.size()) + 1);
  base64_encode(bytes_of(bytes), text.data());
  return reinterpret_cast<const char*>(text.data());
}

}  // namespace

TEST_CASE("hexadecimal text becomes bytes in either case") {
  STATIC_REQUIRE(hex_decode<2>("00ff") == std::array<unsigned char, 2>{0x00, 0xff});
  STATIC_REQUIRE(hex_decode<2>("aBCd") == std::array<unsigned char, 2>{0xab, 0xcd});
  STATIC_REQUIRE(hex_decode<4>("01239aF0") == std::array<unsigned char, 4>{0x01, 0x23, 0x9a, 0xf0});
  STATIC_REQUIRE(hex_decode<0>("").has_value());
}

TEST_CASE("hexadecimal text of another length is refused") {
  for (const std::string_view text : {"", "0", "00", "000", "00000", "000000"}) CHECK_FALSE(hex_decode<2>(text));
}

TEST_CASE("hexadecimal text has no other character") {
  for (int c = 0; c < 256; ++c) {
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    const std::string front{static_cast<char>(c), '0'};
    const std::string back{'0', static_cast<char>(c)};
    CHECK(hex_decode<1>(front).has_value() == digit);
    CHECK(hex_decode<1>(back).has_value() == digit);
  }
  CHECK_FALSE(hex_decode<2>("0x12"));
}

TEST_CASE("bytes become lower-case hexadecimal text") {
  CHECK(hex_encode({}).empty());
  CHECK(hex_encode(bytes_of(std::string_view{"\x00\x0f\xa0\xff", 4})) == "000fa0ff");
}

TEST_CASE("base64 has the answers of RFC 4648") {
  const std::array<std::array<std::string_view, 2>, 7> table{{{"", ""},
                                                              {"f", "Zg=="},
                                                              {"fo", "Zm8="},
                                                              {"foo", "Zm9v"},
                                                              {"foob", "Zm9vYg=="},
                                                              {"fooba", "Zm9vYmE="},
                                                              {"foobar", "Zm9vYmFy"}}};
  for (const auto& [plain, text] : table) {
    CHECK(encoded(plain) == text);
    CHECK(base64_encoded_size(plain.size()) == text.size());
    CHECK(decoded(text) == std::string{plain});
  }
}

TEST_CASE("base64 without its padding is refused") {
  for (const std::string_view text : {"Zg", "Zg=", "Zm8", "Zm9vYg", "Zm9vYg=", "Z", "Zm9vY"})
    CHECK_FALSE(decoded(text));
}

TEST_CASE("base64 with padding that does not belong there is refused") {
  for (const std::string_view text : {"=", "====", "Z===", "Zg==Zg==", "Zg==Zm9v", "=Zg=", "Zm=v", "Z=9v",
                                      "Zm9v====", "Zm9v=", "Zm9v=Zm9", "Zm8=Zm8="})
    CHECK_FALSE(decoded(text));
}

TEST_CASE("base64 with stray bits behind the last byte is refused") {
  // The canonical texts end in "g==" and "8=": every other last digit with the same leading bits says the same bytes.
  for (const std::string_view text : {"Zh==", "Zi==", "Zv==", "Zm9=", "Zm+=", "Zm/="}) CHECK_FALSE(decoded(text));
}

TEST_CASE("base64 with white space is refused") {
  for (const std::string_view text :
       {" Zm9v", "Zm9v ", "Zm9v\n", "Zm 9v", "Zm9v\r\nZm9v", "\tZm9", "Zm9\n", " \n\t ", "Zg= ", "Zg=\n"})
    CHECK_FALSE(decoded(text));
}

TEST_CASE("base64 has exactly the 64 characters of the standard alphabet") {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int c = 0; c < 256; ++c) {
    for (std::size_t position = 0; position < 4; ++position) {
      std::string group = "AAAA";
      group[position] = static_cast<char>(c);
      const bool padding = c == '=' && position == 3;
      const bool good = alphabet.find(static_cast<char>(c)) != alphabet.npos || padding;
      INFO("character " << c << " at " << position);
      CHECK(decoded(group).has_value() == good);
      CHECK(decoded("AAAA" + group).has_value() == good);
      CHECK(decoded(group + "AAAA").has_value() == (good && !padding));
    }
  }
}

TEST_CASE("base64 is decoded only where there is room") {
  std::array<unsigned char, 6> bytes{};
  CHECK(base64_decode("Zm9vYmFy", bytes) == 6u);
  CHECK_FALSE(base64_decode("Zm9vYmFy", std::span{bytes}.first(5)));
  CHECK(base64_decode("", {}) == 0u);
}

TEST_CASE("base64 of 32 bytes is read as any base64 is, whatever stands at each place") {
  const std::string good = encoded("\x01\xfe 32 bytes that are no text  \xff\x7f");
  REQUIRE(base64_decode<32>(good).has_value());
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[at] = static_cast<char>(byte);
      const auto read = base64_decode<32>(text);
      const auto as_any = decoded(text);
      const bool same = read ? as_any == std::string{reinterpret_cast<const char*>(read->data()), read->size()}
                             : !as_any || as_any->size() != 32;
      if (!same) {
        CAPTURE(at, byte);
        CHECK(same);
      }
    }
  }
  for (const std::string& text :
       {good + "=", good.substr(1), good.substr(0, 43), " " + good.substr(1), good + good,
        good.substr(0, 42) + "==", encoded(std::string(31, 'x')), encoded(std::string(33, 'x')), std::string{}}) {
    CAPTURE(text);
    CHECK_FALSE(base64_decode<32>(text));
  }
}

TEST_CASE("base64 of 64 bytes is read as any base64 is, whatever stands at each place") {
  const std::string good = encoded("\x01\xfe sixty-four bytes that are no text, as any signature has the\xff\x7f");
  REQUIRE(base64_decode<64>(good).has_value());
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[at] = static_cast<char>(byte);
      const auto read = base64_decode<64>(text);
      const auto as_any = decoded(text);
      const bool same = read ? as_any == std::string{reinterpret_cast<const char*>(read->data()), read->size()}
                             : !as_any || as_any->size() != 64;
      if (!same) {
        CAPTURE(at, byte);
        CHECK(same);
      }
    }
  }
  for (const std::string& text : {good + "=", good.substr(1), good.substr(0, 87), good.substr(0, 86), good + good,
                                  encoded(std::string(63, 'x')), encoded(std::string(65, 'x')), std::string{}}) {
    CAPTURE(text);
    CHECK_FALSE(base64_decode<64>(text));
  }
}

TEST_CASE("bytes of every number have their base64") {
  CHECK(to_base64({}).empty());
  for (const std::string_view text : {"f", "fo", "foo", "foob", "fooba", "foobar"})
    CHECK(to_base64(bytes_of(text)) == encoded(text));
}

TEST_CASE("base64 that is longer than any key or MAC is refused") {
  CHECK(decoded(std::string(base64_max_size, 'A')) == std::string(base64_max_size / 4 * 3, '\0'));
  CHECK_FALSE(decoded(std::string(base64_max_size + 4, 'A')));
  CHECK_FALSE(decoded(std::string(1'000'000, 'A')));
}

TEST_CASE("every text that base64 makes is the only one that is read back") {
  std::mt19937 random{20240320};
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t size = 0; size < 100; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() & 0xffU);
    const std::string text = encoded(bytes);
    REQUIRE(decoded(text) == bytes);

    // Any other last digit is either refused or means other bytes.
    const auto last = text.find_last_not_of('=');
    if (last == text.npos) continue;
    for (const char digit : alphabet) {
      std::string other = text;
      other[last] = digit;
      if (other != text) REQUIRE(decoded(other) != bytes);
    }
  }
}
