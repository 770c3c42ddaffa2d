// SPDX-License-Identifier: MIT
#include <sello/base/printable.hpp>

#include <string>
#include <string_view>

#include "catch.hpp"

using sello::printable;

namespace {

/// Every byte as it is written where it is not seen.
[[nodiscard]] std::string escaped(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    text.append("\\x").append(1, digits[byte / 16]).append(1, digits[byte % 16]);
  }
  return text;
}

}  // namespace

TEST_CASE("text that can be seen stays as it is") {
  for (const std::string_view text : {"", "/~1 \"x\" \\",
                                      "/\xc3\xb1"
                                      "and\xc3\xba",
                                      "\xe6\x9d\xb1\xe4\xba\xac", "\xf0\x9f\x98\x80",
                                      "\xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a", "\xc2\xa0\xc2\xac", "\xef\xbf\xbd"})
    CHECK(printable(text) == text);
}

TEST_CASE("what ends a line, moves the cursor, turns text around or is not seen is written in hex") {
  for (const std::string_view unseen : {"\n",
                                        "\r",
                                        "\t",
                                        "\x1b",
                                        "\x7f",
                                        "\xc2\x80" /* C1 */,
                                        "\xc2\x85" /* NEL */,
                                        "\xc2\x9b" /* CSI */,
                                        "\xc2\x9f",
                                        "\xc2\xad" /* soft hyphen */,
                                        "\xd8\x9c" /* U+061C */,
                                        "\xe2\x80\x8b" /* zero width */,
                                        "\xe2\x80\x8e",
                                        "\xe2\x80\x8f",
                                        "\xe2\x80\xa8" /* U+2028 */,
                                        "\xe2\x80\xa9",
                                        "\xe2\x80\xaa",
                                        "\xe2\x80\xae" /* U+202E */,
                                        "\xe2\x81\xa0",
                                        "\xe2\x81\xa6" /* U+2066 */,
                                        "\xe2\x81\xa9",
                                        "\xef\xbb\xbf" /* byte order mark */,
                                        "\xf3\xa0\x80\xa0" /* a tag */}) {
    CHECK(printable(unseen) == escaped(unseen));
    CHECK(printable("a" + std::string{unseen} + "b") == "a" + escaped(unseen) + "b");
  }
  CHECK(printable(std::string_view{"\0", 1}) == "\\x00");
}

TEST_CASE("bytes that are no UTF-8 are written in hex") {
  for (const std::string_view bad :
       {"\x80", "\xbf", "\xff", "\xfe", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x80\x80\xaf",
        "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3", "\xe2\x80",
        "\xf0\x9f\x98", "\x9b"})
    CHECK(printable(bad) == escaped(bad));
  CHECK(printable("\xe2\x80\xc3\xb1") == "\\xe2\\x80\xc3\xb1");
}

TEST_CASE("the edges of UTF-8 are seen") {
  for (const std::string_view edge :
       {"\xc2\xa1", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    CHECK(printable(edge) == edge);
}

TEST_CASE("of a long text as many whole characters as fit in 256 bytes are left") {
  CHECK(printable(std::string(256, 'a')) == std::string(256, 'a'));
  CHECK(printable(std::string(257, 'a')) == std::string(256, 'a') + "...");
  CHECK(printable(std::string(255, 'a') + "\xc3\xb1") == std::string(255, 'a') + "...");
  CHECK(printable(std::string(254, 'a') + "\xc3\xb1") == std::string(254, 'a') + "\xc3\xb1");
  CHECK(printable(std::string(254, 'a') + "\xf0\x9f\x98\x80") == std::string(254, 'a') + "...");
  CHECK(printable(std::string(1'000'000, '\n')).size() == 4 * 256 + 3);
}
