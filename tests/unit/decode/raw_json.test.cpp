// SPDX-License-Identifier: MIT
#include <sello/decode/raw_json.hpp>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <sello/decode/decoder.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "catch.hpp"
#include "support/fault.hpp"

namespace {

using sello::raw_json;

struct decision {
  std::string result;
  std::optional<int> score;
  static constexpr std::array fields{sello::field<&decision::result>("result"),
                                     sello::field<&decision::score>("score")};
};

raw_json json(std::string_view text) { return raw_json::parse(text).value(); }

/// The text at a pointer, or `nothing`.
std::string at(std::string_view text, std::string_view pointer) {
  const auto found = json(text).at(pointer);
  return found ? std::string{found->text()} : "nothing";
}

}  // namespace

TEST_CASE("raw_json: null until it gets a value") {
  raw_json made;
  CHECK(made.text() == "null");
  CHECK(made.json().is_null());
  CHECK(made == json("null"));
  made = json("[1]");
  CHECK(made.text() == "[1]");
  const raw_json taken = std::move(made);
  CHECK(taken.text() == "[1]");
}

TEST_CASE("raw_json: parse takes one value that is valid, and leaves out the blanks around it") {
  CHECK(json(" \t\r\n{ \"a\" : 1.50 }\n").text() == "{ \"a\" : 1.50 }");
  CHECK(json(" \"a\" ").text() == "\"a\"");
  const auto fault = [](std::string_view text) { return support::fault(raw_json::parse(text)); };
  CHECK(fault("") == "malformed_json");
  CHECK(fault("[1,]") == "malformed_json");
  CHECK(fault("{} x") == "malformed_json");
  CHECK(fault("[01]") == "malformed_json");
  CHECK(fault("\"\xFF\"") == "malformed_json");
  CHECK(fault(R"([{"a":1,"a":2}])") == "duplicate_key /0/a");
  CHECK(fault("[1e400]") == "out_of_range /0");
  CHECK(fault(std::string(65, '[') + std::string(65, ']')).starts_with("too_deep"));
}

TEST_CASE("raw_json: equal if the texts are") {
  CHECK(json(R"({"a":1})") == json(R"({"a":1})"));
  CHECK_FALSE(json(R"({"a":1})") == json(R"({"a": 1})"));
  CHECK(json("1.0") != json("1"));
}

TEST_CASE("raw_json: json() is what nlohmann's own parser makes") {
  for (const char* text : {"null",
                           "true",
                           "false",
                           "0",
                           "-0",
                           "-0.0",
                           "7",
                           "-7",
                           "9223372036854775807",
                           "9223372036854775808",
                           "-9223372036854775808",
                           "-9223372036854775809",
                           "18446744073709551615",
                           "18446744073709551616",
                           "1.5",
                           "-2e-3",
                           "1e-400",
                           "-1e-400",
                           "4.9e-324",
                           "2.2250738585072014e-308",
                           "1.7976931348623157e308",
                           "0.1",
                           "1234567890123456.78",
                           R"("\u00e9\u0000")",
                           "[]",
                           "{}",
                           "[[],{},[{}]]",
                           R"({"b":{"b":[1,[2,[3]]]},"a":null,"d":[null,"x"],"e":{"f":{}}})"}) {
    CAPTURE(text);
    const auto expected = nlohmann::json::parse(text);
    const auto made = json(text).json();
    CHECK(made == expected);
    CHECK(made.type() == expected.type());
    CHECK(made.dump() == expected.dump());
    if (made.is_number_float()) CHECK(std::signbit(made.get<double>()) == std::signbit(expected.get<double>()));
    CHECK(json(text).json<nlohmann::ordered_json>().dump() == nlohmann::ordered_json::parse(text).dump());
  }
}

TEST_CASE("json_of: a text that is no JSON is discarded, as nlohmann has it") {
  for (const char* text : {"", "{", "[1,]", "tru", "{} {}"}) {
    CAPTURE(text);
    CHECK(sello::detail::json_of(text).is_discarded());
  }
  CHECK(sello::detail::json_of(" [1] ") == nlohmann::json{1});
}

TEST_CASE("raw_json: as a described struct, strictly, with pointers from this value on") {
  const auto read = json(R"({"result":"approved","score":7,"more":[]})").as<decision>();
  REQUIRE(read);
  CHECK(read->result == "approved");
  CHECK(read->score == 7);
  CHECK(support::fault(json(R"({"score":7})").as<decision>()) == "missing_field /result");
  CHECK(support::fault(json(R"({"result":"a","score":"7"})").as<decision>()) == "wrong_type /score");
  CHECK(support::fault(json("[]").as<decision>()) == "wrong_type");
  CHECK(support::fault(raw_json{}.as<decision>()) == "wrong_type");
}

TEST_CASE("raw_json: a part at a JSON Pointer is exactly what was sent") {
  constexpr std::string_view text =
      R"({ "data" : {"total": 1234567890123456.78 ,"list":[ 10, [20 ,{"x":"}]"}] ,"a\"b"],"":{"":5}, "n":null} })";
  CHECK(at(text, "") == text);
  CHECK(at(text, "/data/total") == "1234567890123456.78");
  CHECK(at(text, "/data/list") == R"([ 10, [20 ,{"x":"}]"}] ,"a\"b"])");
  CHECK(at(text, "/data/list/0") == "10");
  CHECK(at(text, "/data/list/1") == R"([20 ,{"x":"}]"}])");
  CHECK(at(text, "/data/list/1/0") == "20");
  CHECK(at(text, "/data/list/1/1/x") == R"("}]")");
  CHECK(at(text, "/data/list/2") == R"("a\"b")");
  CHECK(at(text, "/data/") == R"({"":5})");
  CHECK(at(text, "/data//") == "5");
  CHECK(at(text, "/data/n") == "null");
  CHECK(json(text).at("/data")->at("/list")->at("/1/0")->text() == "20");
  CHECK(at("12345678901234567890", "") == "12345678901234567890");
  CHECK(at(" [1]", "/0") == "1");
}

TEST_CASE("raw_json: where the pointer leads nowhere there is nothing") {
  constexpr std::string_view text = R"({"a":[10,20],"b":"text","1":true})";
  for (const char* pointer : {"/c",
                              "/A",
                              "/a/2",
                              "/a/-",
                              "/a/-1",
                              "/a/00",
                              "/a/01",
                              "/a/1 ",
                              "/a/+1",
                              "/a/1.0",
                              "/a/x",
                              "/a/",
                              "/a/18446744073709551616",
                              "/a/99999999999999999999999",
                              "/b/0",
                              "/b/text",
                              "/1/0",
                              "/",
                              "/a/0/",
                              "/a//0"}) {
    CAPTURE(pointer);
    CHECK(at(text, pointer) == "nothing");
  }
  CHECK(at(text, "/1") == "true");
  CHECK(at("[]", "/0") == "nothing");
  CHECK(at("{}", "/") == "nothing");
  CHECK(at("5", "/0") == "nothing");
}

TEST_CASE("raw_json: a malformed pointer names nothing") {
  for (const char* pointer : {"a", "a/b", " /a", "#/a", "/~", "/~2", "/a~", "/~a", "0"}) {
    CAPTURE(pointer);
    CHECK(at(R"({"a":{"b":1},"~":1,"~2":2,"~a":3,"a~":4})", pointer) == "nothing");
  }
}

TEST_CASE("raw_json: keys count by their characters, in the document and in the pointer") {
  constexpr std::string_view text =
      R"({"a/b":1,"m~n":2,"~1":3,"\u006b":4,"q\"\\\n\t\b\f\r\/":5,"\u00e9":6,"\u20ac":7,"\ud83d\ude00":8,"x\u0000y":9})";
  CHECK(at(text, "/a~1b") == "1");
  CHECK(at(text, "/m~0n") == "2");
  CHECK(at(text, "/~01") == "3");
  CHECK(at(text, "/k") == "4");
  CHECK(at(text, "/q\"\\\n\t\b\f\r~1") == "5");
  CHECK(at(text, "/\xC3\xA9") == "6");
  CHECK(at(text, "/\xE2\x82\xAC") == "7");
  CHECK(at(text, "/\xF0\x9F\x98\x80") == "8");
  CHECK(at(text, std::string_view{"/x\0y", 4}) == "9");
  CHECK(at(text, "/\\u006b") == "nothing");
}

TEST_CASE("raw_json: no type of nlohmann's is in it") {
  STATIC_REQUIRE(std::is_copy_constructible_v<raw_json>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<raw_json>);
  STATIC_REQUIRE(sizeof(raw_json) == sizeof(std::string));
}
