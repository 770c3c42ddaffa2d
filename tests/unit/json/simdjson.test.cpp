// SPDX-License-Identifier: MIT
#include <sello/json/simdjson.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sello/sello.hpp>

#include "catch.hpp"
#include "json/transcript.hpp"
#include "support/samples.hpp"
#include "support/sender.hpp"

namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

[[nodiscard]] std::vector<std::string> corpora() {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{SELLO_TEST_DATA_DIR "/fuzz/corpus"}) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file{entry.path(), std::ios::binary};
    texts.emplace_back(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
    // Of a request, the body as well.
    if (const auto body = texts.back().find("\n\n"); body != std::string::npos)
      texts.push_back(texts.back().substr(body + 2));
  }
  return texts;
}

[[nodiscard]] std::string nested(std::size_t depth, std::string_view open, std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  text += "1";
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

}  // namespace

TEST_CASE("simdjson: says of every JSON text what nlohmann says") {
  const std::vector<std::string> texts{
      "", " ", "null", " true ", "false\n", "0", "-0", "-0.0e-0", "1.5E+3", "\"\"", "\"a\"", "{}", "[]", " [ ] ",
      R"({"a":1})", R"({ "a" : [ 1 , "b" , null , true , false , { } , [ ] ] , "" : "" })",
      R"({"a":{"b":{"c":[[[]]]}}})", R"(["key" , ":" , "a:b", {":" : ":"}])",
      R"(["\"","\\","\/","\b\f\n\r\t","\u0041\u00e9\u20ac\uFFFF","\\u0041","\\\"","\\\\"])",
      R"(["\ud83d\ude00","\uD83D\uDE00 and more"])", "[\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 \x7F\"]",
      // Beyond what simdjson counts in.
      "18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809",
      "[123456789012345678901234567890]", "1e308", "1e309", "[1e400]", "-1e400", "1e-400", "0.1e-9999999999",
      "0." + std::string(400, '1'), std::string(400, '1'), "[" + std::string(400, '1') + ".0e5]", nested(64, "[", "]"),
      nested(65, "[", "]"), nested(1023, "[", "]"), nested(1024, "[", "]"), nested(1025, "[", "]"),
      nested(3000, "[", "]"), nested(64, R"({"a":)", "}"), nested(2000, R"({"a":)", "}")};
  for (const auto& text : texts) {
    INFO(text.substr(0, 200));
    CHECK(say_the_same(text));
  }
}

TEST_CASE("simdjson: refuses where nlohmann refuses, at the same token") {
  const std::vector<std::string> texts{
      "\xEF\xBB\xBF{}", "{}\0"s, "\0{}"s, "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1", "[1,", "{", "{\"a\"",
      "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{1:2}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{null:1}",
      "[}", "{]", "]", "}", ",", ":", "[:]", "[\"a\":1]", "1 2", "{}{}", "[] 1", "nul", "nulll", "True", "tru",
      "falsey", "NaN", "[Infinity]", "01", "-01", "+1", "1.", ".5", "1.e5", "1e", "1e+", "-", "--1", "0x10", "1_000",
      "1a", "[01]", "[1.]", "[-]", "[1e]", R"({"unread":01})", R"({"unread":[1,}})", R"({"unread":nul})",
      R"({"unread":"\x"})", "\"", "\"a", "\"\\\"", "\"\\", R"("\x")", R"("\u12")", R"("\u12G4")", R"("\U0041")",
      R"(["\ud800"])", R"(["\udc00"])", R"(["\ud800\ud800"])", R"(["\udbff\u0041"])", R"(["\ud800x"])", R"(["\uDFFF"])",
      "\"\t\"", "\"\n\"", "[\"\x01\"]", "[\"\x1f\"]", "[\"a\0b\"]"s, "[\"\xC0\xAF\"]", "[\"\xED\xA0\x80\"]",
      "[\"\xF4\x90\x80\x80\"]", "[\"\xFF\"]", "[\"\xC3\"]", "[\"\xE2\x82\"]", "\xC3\xA9", "[\xC2\xA0]", "[1\f]",
      "[1\v]", "{'a':1}", "[1]//", "/**/[1]", "[1]#", "[\"a\" \"b\"]",
      // The bracket that is not JSON stands behind what a struct reads.
      R"({"type":"a","data":{},"more":[1}})"};
  for (const auto& text : texts) {
    INFO(text);
    CHECK(say_the_same(text));
    transcript heard{0};
    CHECK(sello::simdjson_tokens_t::read<nlohmann::json>(text, heard) == sello::detail::read_end::malformed);
  }
}

TEST_CASE("simdjson: says the same of every seed of the fuzzers, and of each with a byte cut off or changed") {
  std::size_t taken = 0;
  for (const auto& seed : corpora()) {
    std::string text = seed;
    if (sello::detail::simdjson_takes(text)) ++taken;
    REQUIRE(say_the_same(text));
    if (text.size() > 400) continue;
    for (std::size_t at = 0; at < text.size(); at += 3) {
      CAPTURE(seed, at);
      REQUIRE(say_the_same(std::string_view{text}.substr(0, at)));
      for (const char put : {'"', '\\', '}', ',', '\x80', '0'}) {
        std::string changed = text;
        changed[at] = put;
        REQUIRE(say_the_same(changed));
      }
    }
  }
  CHECK(taken > 100);
}

TEST_CASE("simdjson: reads what the senders send, without nlohmann") {
  const auto each = [](auto bodies) {
    for (const auto& body : bodies) {
      INFO(body);
      CHECK(sello::detail::simdjson_takes(body));
      CHECK_FALSE(sello::detail::has_escaped_surrogate(body));
      CHECK(say_the_same(body));
    }
  };
  each(std::vector{samples::body<sello::kuenta::credit_disbursed>(),
                   samples::body<sello::akua::payment_capture_cleared>(),
                   samples::body<sello::gu1::kyc_validation_approved>()});
  CHECK(sello::detail::simdjson_takes(R"({"name":"Jos\u00e9"})"));
}

TEST_CASE("simdjson: a half of a surrogate pair is for nlohmann to judge") {
  using sello::detail::has_escaped_surrogate;
  CHECK(has_escaped_surrogate(R"(["\ud800"])"));
  CHECK(has_escaped_surrogate(R"(["\uDFFF"])"));
  CHECK(has_escaped_surrogate(R"(["\u00e9\udc00"])"));
  CHECK(has_escaped_surrogate(R"(["\u)"));
  CHECK_FALSE(has_escaped_surrogate(R"(["\ud7ff \u00e9"])"));
  CHECK_FALSE(has_escaped_surrogate("plain"));
}

TEST_CASE("simdjson: large texts and small ones by turns") {
  std::string large = "[";
  for (int i = 0; i < 20'000; ++i) large += R"({"a":"\u00e9","b":[1.5,true]},)";
  large += "{}]";
  for (const std::string_view text : {std::string_view{large}, "[1]"sv, std::string_view{large}, "{}"sv}) {
    CHECK(sello::detail::simdjson_takes(text));
    CHECK(say_the_same(text));
  }
  large.back() = '}';
  CHECK(say_the_same(large));
}

TEST_CASE("simdjson: two routers of one program read with different tokenisers, and any number of threads") {
  using akua_event = sello::akua::payment_capture_cleared;
  std::atomic<int> handled{0};
  const auto count = [&](const sello::event<akua_event>&) { ++handled; };
  sello::router one;
  one.on<akua_event>(count);
  sello::router other;
  other.read_with(sello::simdjson_tokens).on<akua_event>(count);
  auto third = sello::router{}.read_with(sello::simdjson_tokens);
  STATIC_REQUIRE(std::same_as<decltype(third), sello::router>);
  const support::request<sello::akua::verifier> sent{samples::body<akua_event>()};
  const sello::receiver first{sello::akua::verifier{support::secret}, one};
  const sello::receiver second{sello::akua::verifier{support::secret}, other};
  std::vector<std::thread> threads;
  std::atomic<int> answered{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int times = 0; times < 50; ++times) {
        answered += first.receive(sent.headers, sent.body).status == 200;
        answered += second.receive(sent.headers, sent.body).status == 200;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(answered == 400);
  CHECK(handled == 400);
  CHECK_THROWS_AS(other.read_with(sello::simdjson_tokens), std::logic_error);  // its receiver has a copy
}

TEST_CASE("simdjson: faults and misfits have the same places") {
  using kyc = sello::gu1::kyc_validation_approved;
  for (const auto& text : {R"({"type":"kyc.validation_approved","data":{"id":7}})"s,
                           R"({"type":"kyc.validation_approved","data":{"id":"v","id":"w"}})"s,
                           R"({"type":"kyc.validation_approved","data":{"id":"v","verifiedAt":"never","n":1e999}})"s,
                           "{\"type\":01}"s, nested(70, R"({"a":)", "}")}) {
    INFO(text);
    std::vector<sello::error> misfits[2];
    const auto one = sello::detail::decode<kyc>(text, &sello::detail::read_tokens<nlohmann::json>, &misfits[0]);
    const auto other = sello::detail::decode<kyc>(text, &sello::simdjson_tokens_t::read<nlohmann::json>, &misfits[1]);
    REQUIRE(one.has_value() == other.has_value());
    if (!one) CHECK(one.error().message() == other.error().message());
    REQUIRE(misfits[0].size() == misfits[1].size());
    for (std::size_t i = 0; i < misfits[0].size(); ++i) CHECK(misfits[0][i].message() == misfits[1][i].message());
  }
}
