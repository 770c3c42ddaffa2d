// SPDX-License-Identifier: MIT
#include <sello/decode/tokens.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "catch.hpp"

namespace {

using namespace std::string_view_literals;
using sello::detail::read_end;

/// Writes down what it is told, and says stop after some tokens.
class transcript final : public sello::detail::token_sink {
 public:
  std::string said;
  int patience = 1000;

  bool null() override { return say("null"); }
  bool boolean(bool value) override { return say(value ? "true" : "false"); }
  bool number(std::string& text) override { return say(text); }
  bool string(std::string& text) override { return say('"' + text + '"'); }
  bool key(const std::string& text) override { return say(text + ':'); }
  bool begin(bool array) override { return say(array ? "[" : "{"); }
  bool end() override { return say("end"); }

 private:
  bool say(const std::string& token) {
    said += said.empty() ? token : ' ' + token;
    return --patience > 0;
  }
};

std::string tokens(std::string_view text) {
  transcript heard;
  return read_tokens(text, heard) == read_end::complete ? heard.said : "not complete";
}

read_end end_of(std::string_view text) {
  transcript heard;
  return read_tokens(text, heard);
}

}  // namespace

TEST_CASE("read_tokens: every token, in order") {
  CHECK(tokens(R"({"a":[null,true,false,"x\ny",{}],"b":{"\u0063":[]}})") ==
        "{ a: [ null true false \"x\ny\" { end end b: { c: [ end end end");
  CHECK(tokens("null") == "null");
  CHECK(tokens(" \"\" ") == "\"\"");
}

TEST_CASE("read_tokens: a number is the text that was sent") {
  for (const char* text :
       {"0", "-0", "1", "-1", "5.0", "5e0", "5E+00", "-0.0", "12345678901234567.89", "12345678901234567890",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "18446744073709551615", "18446744073709551616", "1e-400", "100", "1.10"}) {
    CAPTURE(text);
    CHECK(tokens(text) == text);
    CHECK(tokens('[' + std::string{text} + ']') == "[ " + std::string{text} + " end");
  }
}

TEST_CASE("read_tokens: a text may be moved from") {
  class thief final : public sello::detail::token_sink {
   public:
    std::string loot;
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number(std::string& text) override { return take(text); }
    bool string(std::string& text) override { return take(text); }
    bool key(const std::string&) override { return true; }
    bool begin(bool) override { return true; }
    bool end() override { return true; }

   private:
    bool take(std::string& text) {
      loot += std::string{std::move(text)} + ';';
      return true;
    }
  } sink;
  CHECK(read_tokens(R"({"a":"one","b":[2.5,"a text that is too long for the small buffer",4,"five"]})", sink) ==
        read_end::complete);
  CHECK(sink.loot == "one;2.5;a text that is too long for the small buffer;4;five;");
}

TEST_CASE("read_tokens: says how the reading ended") {
  CHECK(end_of("{}") == read_end::complete);
  CHECK(end_of("") == read_end::malformed);
  CHECK(end_of("{") == read_end::malformed);
  CHECK(end_of("{}x") == read_end::malformed);
  CHECK(end_of("1e999") == read_end::number_too_large);
  CHECK(end_of("[-1e999]") == read_end::number_too_large);
  CHECK(end_of("[1e999") == read_end::number_too_large);
  CHECK(end_of("[1e]") == read_end::malformed);
}

TEST_CASE("read_tokens: stops at the first token to which the sink says no") {
  const std::string_view text = R"({"a":[null,true,0,-1,2.5,"s",{}]})";
  const int all = 13;
  for (int patience = 1; patience <= all; ++patience) {
    CAPTURE(patience);
    transcript heard;
    heard.patience = patience;
    CHECK(read_tokens(text, heard) == read_end::stopped);
    CHECK(heard.patience == 0);
  }
  transcript heard;
  heard.patience = all + 1;
  CHECK(read_tokens(text, heard) == read_end::complete);
}

TEST_CASE("read_tokens: neither a byte order mark nor a NUL stands in a JSON text") {
  for (const std::string_view text : {"\xEF\xBB\xBF{}"sv, "{}\0"sv, "\0{}"sv, "{\0}"sv, "{}\0x"sv, "\"\0\""sv}) {
    transcript heard;
    CHECK(read_tokens(text, heard) == read_end::malformed);
    CHECK(heard.said.empty());
  }
}

TEST_CASE("json_number: an integer where it is one that fits") {
  CHECK(sello::detail::json_number("7").is_number_unsigned());
  CHECK(sello::detail::json_number("-7").is_number_integer());
  CHECK(sello::detail::json_number("18446744073709551616").is_number_float());
  CHECK(sello::detail::json_number("7.0").is_number_float());
  CHECK(sello::detail::json_number("-0") == 0);
}
