// SPDX-License-Identifier: MIT
#include <sello/verify/text_key.hpp>

#include <string>
#include <string_view>

#include "catch.hpp"
#include "support/verdict.hpp"

namespace {

[[nodiscard]] std::string judge(std::string_view text) { return verdict(sello::text_key(text)); }

[[nodiscard]] bool blames(std::string_view text, std::string_view what) {
  const auto key = sello::text_key(text);
  return !key && key.error().code == sello::errc::malformed_secret && key.error().where == what;
}

constexpr std::string_view stands_for_one = "it stands for a secret and is none; was its variable filled in?";

}  // namespace

TEST_CASE("a plain text secret is its bytes") {
  for (const std::string_view text : {"tu-secreto-webhook", "whsec_c2VjcmV0", "con \xc3\xb1 dentro", "eight888",
                                      "its \"quotes\" inside", "\xc3\xa0 la carte \xc3\xa0"}) {
    const auto key = sello::text_key(text);
    REQUIRE(key);
    CHECK(std::string{key->bytes().begin(), key->bytes().end()} == text);
  }
}

TEST_CASE("a plain text secret that is blank is empty") {
  CHECK(judge("") == "empty_secret");
  for (const char* text : {" ", "\n", " \t\r\n", "\xc2\xa0", "\xef\xbb\xbf", "\xef\xbb\xbf \n", "\xe3\x80\x80"})
    CHECK(judge(text) == "empty_secret at there is only white space");
}

TEST_CASE("a plain text secret begins and ends with its own characters") {
  const std::string secret = "s3cret-of-kuenta";
  struct stray {
    std::string_view text;
    std::string_view name;
  };
  for (const auto& [text, name] : {stray{" ", "white space"},
                                   {"\t", "white space"},
                                   {"\xe3\x80\x80", "white space"},
                                   {"\xe2\x80\x8b", "white space"},
                                   {"\n", "a line break"},
                                   {"\r\n", "a line break"},
                                   {"\r", "a line break"},
                                   {"\xc2\x85", "a line break"},
                                   {"\xe2\x80\xa8", "a line break"},
                                   {"\xc2\xa0", "a no-break space"},
                                   {"\xe2\x80\xaf", "a no-break space"},
                                   {"\xef\xbb\xbf", "a byte order mark"},
                                   {"\"", "a quote"},
                                   {"'", "a quote"},
                                   {"\xe2\x80\x9c", "a quote"},
                                   {"\xc2\xbb", "a quote"}}) {
    CHECK(blames(std::string{text} + secret, std::string{"it begins with "} + std::string{name}));
    CHECK(blames(secret + std::string{text}, std::string{"it ends with "} + std::string{name}));
  }
}

TEST_CASE("a plain text secret has no control character") {
  for (const std::string& text :
       {std::string{"s3cret\0of-kuenta", 16}, std::string{"s3cret\tof-kuenta"}, std::string{"s3cret-of-kuenta\0", 17},
        std::string{"s3cret\x7fof-kuenta"}, std::string{"s3cret\nof-kuenta"}, std::string{"s3cret\xc2\x9bof-kuenta"}})
    CHECK(blames(text, "it has a control character"));
}

TEST_CASE("what stands for a secret is none") {
  for (const char* text : {"${KUENTA_SECRET}",
                           "${kuenta.secret:-x}",
                           "$KUENTA_SECRET",
                           "%KUENTA_SECRET%",
                           "{{ kuenta.secret }}",
                           "<your secret>",
                           "aaaaaaaa",
                           "****************",
                           "a",
                           "\xc3\xb1\xc3\xb1\xc3\xb1\xc3\xb1",
                           "null",
                           "NULL",
                           "nil",
                           "None",
                           "undefined",
                           "changeme",
                           "ChangeMe",
                           "change-me",
                           "change_me",
                           "secret",
                           "Secret",
                           "placeholder",
                           "your-secret",
                           "YOUR_SECRET",
                           "your secret",
                           "your-secret-here",
                           "your_webhook_secret",
                           "Your Secret Key"}) {
    INFO(text);
    CHECK(blames(text, stands_for_one));
  }
}

TEST_CASE("what only looks like it is somebody's secret") {
  for (const char* text : {"tu-secreto-webhook", "$ecret-Passw0rd", "$3cr3t-of-kuenta", "100%-secret%", "{one brace}",
                           "<not closed", "aaaaaaab", "\xc3\xb1\xc3\xb1\xc3\xb1\xc3\xb1\xc3", "nullnull", "changeme1",
                           "your-own-long-secret", "yoursecret", "your--secret", "my-secret-here", "secret-of-kuenta",
                           "your-secret-", "a-secret-of-yours", "%d0%b0%d0%b1"}) {
    INFO(text);
    CHECK(judge(text) == "ok");
  }
}

TEST_CASE("a plain text secret has eight bytes or more") {
  CHECK(judge("1234567") == "malformed_secret at it has 7 bytes, and needs 8 or more");
  CHECK(judge("12345678") == "ok");
  CHECK(judge("\xc3\xb1"
              "and\xc3\xba!") == "ok");  // bytes, not characters
}

TEST_CASE("what is said of a bad secret does not repeat it") {
  for (const char* text : {"TOPSECRETVALUE\n", "\"TOPSECRETVALUE\"", "TOPSECRET\tVALUE", "${TOPSECRETVALUE}"})
    CHECK(sello::text_key(text).error().message().find("TOPSECRET") == std::string::npos);
}
