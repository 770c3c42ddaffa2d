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
  std::string places;
  int patience = 1000;

  bool null() override { return say("null"); }
  bool boolean(bool value) override { return say(value ? "true" : "false"); }
  bool number(std::string_view sent) override { return say(std::string{sent}); }
  bool string(std::string_view text, std::string_view sent) override {
    places += std::string{sent} + ';';
    return say('"' + std::string{text} + '"');
  }
  bool key(std::string_view text, std::string_view) override { return say(std::string{text} + ':'); }
  bool begin(bool array, std::size_t at) override {
    places += std::to_string(at) + ';';
    return say(array ? "[" : "{");
  }
  bool end(std::size_t behind) override {
    places += std::to_string(behind) + ';';
    return say("end");
  }

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

TEST_CASE("read_tokens: a number may be beyond every double, and the reading goes on") {
  CHECK(tokens("[1e999,-1e999,1]") == "[ 1e999 -1e999 1 end");
  CHECK(end_of("[1e999") == read_end::malformed);
  CHECK(end_of("[1e999,garbage") == read_end::malformed);
}

TEST_CASE("read_tokens: what begins like a number and is none is no JSON") {
  for (const char* text :
       {"-",     "--1",   "-a",    "01",     "00",    "-01",   "1.",   "1.e1",  "1e",     "1e+", "1e-", "1e+-1",
        "1e1.5", "1.5.5", "1-2",   "1+2",    "1e1e1", "1-",    "0-0",  "0.1.2", ".5",     "+1",  "0x1", "1a",
        "1_0",   "1e5a",  "1\"\"", "\"a\"1", "1true", "true1", "nul1", "tr1ue", "-\"1\"", "1:2", "1 2", "1,2"}) {
    CAPTURE(text);
    CHECK(end_of(text) == read_end::malformed);
    CHECK(end_of("[" + std::string{text} + "") == read_end::malformed);
    if (text != "1,2"sv) CHECK(end_of("[" + std::string{text} + "]") == read_end::malformed);
    CHECK(end_of("{\"a\":" + std::string{text} + "}") == read_end::malformed);
    CHECK(end_of("{" + std::string{text} + ":1}") == read_end::malformed);
  }
}

TEST_CASE("read_tokens: digits, quotes and brackets in a string are only that") {
  CHECK(tokens(R"(["-1","1e","\"01\"","\\",{"1.":"]}"},"\\\"-"])") ==
        R"([ "-1" "1e" ""01"" "\" { 1.: "]}" end "\"-" end)");
  CHECK(end_of(R"(["\\\"])") == read_end::malformed);
}

TEST_CASE("read_tokens: each token is given as it was sent, and each bracket with its place") {
  transcript heard;
  CHECK(read_tokens(R"( {"a" : [ "x\u0041" ,1 , [] ],"b":{ "c":"" }} )", heard) == read_end::complete);
  CHECK(heard.places == R"(1;8;"x\u0041";25;27;29;34;"";44;45;)");
  transcript scalar;
  CHECK(read_tokens(R"( "\/" )", scalar) == read_end::complete);
  CHECK(scalar.places == R"("\/";)");
}

TEST_CASE("read_tokens: a text without an escape is the part of the document between its quotes") {
  class reader final : public sello::detail::token_sink {
   public:
    std::string seen;
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number(std::string_view) override { return true; }
    bool string(std::string_view text, std::string_view sent) override { return see(text, sent); }
    bool key(std::string_view text, std::string_view sent) override { return see(text, sent); }
    bool begin(bool, std::size_t) override { return true; }
    bool end(std::size_t) override { return true; }

   private:
    bool see(std::string_view text, std::string_view sent) {
      const bool same = text.data() == sent.data() + 1 && text.size() + 2 == sent.size();
      seen += std::string{text} + (same ? ";" : " (unescaped);");
      return true;
    }
  } sink;
  CHECK(read_tokens("{\"a\":\"one\",\"\":[2.5,\"\x7f\",\"\xC3\xA9\",\"\\u00e9\",\"\\\\\",\"\"],\"\\u0062\":\"c d\"}",
                    sink) == read_end::complete);
  CHECK(sink.seen == "a;one;;\x7f;\xC3\xA9;\xC3\xA9 (unescaped);\\ (unescaped);;b (unescaped);c d;");
}

TEST_CASE("read_tokens: what no string may hold is found in each place of one, plain or not") {
  for (const std::string bad :
       {"\x1f", "\n", "\x80", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xFF", "\\x", "\\u12x", "\\ud83d"}) {
    for (const std::string other : {"", "plain", "caf\xC3\xA9", "a\\n"}) {
      CAPTURE(bad, other);
      CHECK(end_of('"' + other + "\"") == read_end::complete);
      CHECK(end_of('"' + other + bad + "\"") == read_end::malformed);
      CHECK(end_of('"' + bad + other + "\"") == read_end::malformed);
      CHECK(end_of("{\"" + other + bad + other + "\":1}") == read_end::malformed);
    }
  }
}

TEST_CASE("read_tokens: blanks are blanks, and nothing else is") {
  CHECK(tokens(" \t\r\n[ \n 1 \t , \r\n\"a  b\" \n] \n ") == "[ 1 \"a  b\" end");
  for (const std::string bad : {"\v", "\f", "\xC2\xA0", "\b"}) {
    CHECK(end_of("[1, " + bad + " 2]") == read_end::malformed);
    CHECK(end_of(" " + bad + "1") == read_end::malformed);
  }
  CHECK(end_of(" \n ") == read_end::malformed);
  CHECK(end_of("[1 2]") == read_end::malformed);
  CHECK(end_of("tr ue") == read_end::malformed);
}

TEST_CASE("read_tokens: says how the reading ended") {
  CHECK(end_of("{}") == read_end::complete);
  CHECK(end_of("") == read_end::malformed);
  CHECK(end_of("{") == read_end::malformed);
  CHECK(end_of("{}x") == read_end::malformed);
  CHECK(end_of({}) == read_end::malformed);
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
