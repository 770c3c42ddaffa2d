// SPDX-License-Identifier: MIT
#include <sello/decode/decoder.hpp>

#include <sys/mman.h>

#include <array>
#include <chrono>
#include <clocale>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "catch.hpp"
#include "support/allocations.hpp"
#include "support/fault.hpp"
#include "support/samples.hpp"

namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using sello::decimal;
using sello::field;

/// A required member `v` of any type.
template <class T>
struct one {
  T v{};
  static constexpr std::array fields{field<&one::v>("v")};
};

/// Describes nothing: everything is unknown, and checked all the same.
struct nothing {
  static constexpr std::array<sello::member<nothing>, 0> fields{};
};

enum class state : std::uint8_t { open, closed };
constexpr std::array<std::string_view, 2> enum_names(state) noexcept { return {"open", "closed"}; }

struct line {
  std::string name;
  std::optional<std::int32_t> count;
  static constexpr std::array fields{field<&line::name>("name"), field<&line::count>("count")};
};

struct order {
  std::string id;
  std::optional<decimal> amount;
  std::optional<line> first;
  std::vector<line> lines;
  std::optional<std::vector<std::string>> tags;
  std::optional<sello::raw_json> more;
  std::optional<sello::open_enum<state>> status;
  std::optional<bool> paid;

  static constexpr std::array fields{field<&order::id>("id"),         field<&order::amount>("amount"),
                                     field<&order::first>("first"),   field<&order::lines>("lines"),
                                     field<&order::tags>("tags"),     field<&order::more>("more"),
                                     field<&order::status>("status"), field<&order::paid>("paid")};
};

struct with_fallback {
  std::string id;
  std::optional<int> count;
  static constexpr std::array fields{field<&with_fallback::id>("validationId").or_key("id"),
                                     field<&with_fallback::count>("count").or_key("number")};
};

/// A struct derived from a described one, beside another base.
struct something_else {
  int kept = 7;
};
struct derived_order : something_else, order {};

/// What `decode` says of a text, as one line.
template <class T>
std::string fault(std::string_view text) {
  return support::fault(sello::decode<T>(text));
}

/// The value of a text's member `v`.
template <class T>
T read(std::string_view v) {
  return sello::decode<one<T>>(std::string{R"({"v":)"}.append(v).append("}")).value().v;
}

/// What is said of a member `v`.
template <class T>
std::string fault_of(std::string_view v) {
  return fault<one<T>>(std::string{R"({"v":)"}.append(v).append("}"));
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += part;
  return all;
}

std::string nested_arrays(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }
std::string nested_objects(std::size_t depth) { return repeated(R"({"k":)", depth) + "0" + std::string(depth, '}'); }
/// Objects and arrays in turn, the innermost one empty.
std::string nested_mixed(std::size_t depth) {
  std::string front;
  std::string back;
  for (std::size_t i = 0; i < depth; ++i) {
    const bool array = i % 2 == 0;
    front += array ? "[" : i + 1 < depth ? R"({"k":)" : "{";
    back.insert(back.begin(), array ? ']' : '}');
  }
  return front + back;
}

}  // namespace

// --- what is read ----------------------------------------------------------------------------

TEST_CASE("decode: puts every member where its struct says") {
  const auto read = sello::decode<order>(R"({
    "id": "o-1", "amount": 5000.10, "first": {"name": "a", "count": 2},
    "lines": [{"name": "b"}, {"count": null, "name": "c"}, {"name": "d", "count": -3}],
    "tags": ["x", "y"], "more": {"k": [1, 2.5, null, true, "z"]}, "status": "closed", "paid": false
  })");
  REQUIRE(read);
  CHECK(read->id == "o-1");
  CHECK(read->amount->text() == "5000.10");
  CHECK(read->first->name == "a");
  CHECK(read->first->count == 2);
  REQUIRE(read->lines.size() == 3);
  CHECK(read->lines[0].name == "b");
  CHECK_FALSE(read->lines[0].count);
  CHECK(read->lines[1].name == "c");
  CHECK_FALSE(read->lines[1].count);
  CHECK(read->lines[2].count == -3);
  CHECK(*read->tags == std::vector<std::string>{"x", "y"});
  CHECK(read->more->text() == R"({"k": [1, 2.5, null, true, "z"]})");
  CHECK(*read->status == state::closed);
  CHECK(read->paid == false);
}

TEST_CASE("decode: optional members may be absent or null") {
  for (const auto text :
       {R"({"id":"o-1","lines":[]})"sv,
        R"({"id":"o-1","lines":[],"amount":null,"first":null,"tags":null,"more":null,"status":null,"paid":null})"sv}) {
    const auto read = sello::decode<order>(text);
    REQUIRE(read);
    CHECK(read->lines.empty());
    CHECK_FALSE(read->amount);
    CHECK_FALSE(read->first);
    CHECK_FALSE(read->tags);
    CHECK_FALSE(read->more);
    CHECK_FALSE(read->status);
    CHECK_FALSE(read->paid);
  }
}

struct with_default {
  std::optional<int> count = 7;
  static constexpr std::array fields{field<&with_default::count>("count")};
};

TEST_CASE("decode: null empties an optional that had a default") {
  CHECK(sello::decode<with_default>("{}").value().count == 7);
  CHECK(sello::decode<with_default>(R"({"count":8})").value().count == 8);
  CHECK_FALSE(sello::decode<with_default>(R"({"count":null})").value().count);
}

TEST_CASE("decode: a struct derived from a described one") {
  const auto read = sello::decode<derived_order>(R"({"id":"o-1","lines":[{"name":"a"}]})");
  REQUIRE(read);
  CHECK(read->id == "o-1");
  CHECK(read->lines.at(0).name == "a");
  CHECK(read->kept == 7);
  CHECK(fault<derived_order>(R"({"lines":[]})") == "missing_field /id");
}

TEST_CASE("decode: keys that no member has are ignored") {
  const auto read = sello::decode<line>(R"({"x":{"name":5},"Name":1,"name":"a","nam":2,"name ":3,"":4,"names":[{}]})");
  REQUIRE(read);
  CHECK(read->name == "a");
  CHECK(sello::decode<nothing>(R"({"any":["thing",{"at":"all"}]})"));
}

TEST_CASE("decode: a key counts by its characters, not by how they are escaped") {
  const auto read = sello::decode<line>(R"({"\u006ea\u006De":"a"})");
  REQUIRE(read);
  CHECK(read->name == "a");
}

TEST_CASE("decode: white space around a value is no part of it") {
  CHECK(read<std::string>(" \t\r\n\"a\" \t\r\n") == "a");
  CHECK(sello::decode<nothing>(" \t\r\n{ \t\r\n} \t\r\n"));
}

// --- strings ---------------------------------------------------------------------------------

TEST_CASE("decode: strings are unescaped") {
  CHECK(read<std::string>(R"("")").empty());
  CHECK(read<std::string>(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(read<std::string>(R"("\u00e9\u20AC")") == "\xC3\xA9\xE2\x82\xAC");
  CHECK(read<std::string>(R"("\ud83d\ude00")") == "\xF0\x9F\x98\x80");
  CHECK(read<std::string>("\"\xF0\x9F\x98\x80\x7F\"") == "\xF0\x9F\x98\x80\x7F");
}

TEST_CASE("decode: an escaped NUL is a character like any other") {
  CHECK(read<std::string>(R"("a\u0000b")") == "a\0b"s);
  CHECK(fault<nothing>(R"({"a\u0000b":1,"a\u0000c":1})") == "none");
  CHECK(fault<nothing>(R"({"a\u0000b":1,"a\u0000b":1})") == "duplicate_key /a\0b"s);
}

TEST_CASE("decode: a string is nothing but a string") {
  for (const char* v : {"5", "5.0", "true", "false", "{}", "[]", "[\"a\"]"}) {
    CAPTURE(v);
    CHECK(fault_of<std::string>(v) == "wrong_type /v");
  }
}

// --- booleans --------------------------------------------------------------------------------

TEST_CASE("decode: a boolean is nothing but true or false") {
  CHECK(read<bool>("true") == true);
  CHECK(read<bool>("false") == false);
  for (const char* v : {"0", "1", "\"true\"", "{}", "[]", "[true]"}) {
    CAPTURE(v);
    CHECK(fault_of<bool>(v) == "wrong_type /v");
  }
}

// --- integers --------------------------------------------------------------------------------

TEMPLATE_TEST_CASE("decode: integers of every width are exact up to their limits", "", std::int8_t, std::uint8_t,
                   std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t) {
  constexpr auto smallest = std::numeric_limits<TestType>::min();
  constexpr auto largest = std::numeric_limits<TestType>::max();
  CHECK(read<TestType>(std::to_string(smallest)) == smallest);
  CHECK(read<TestType>(std::to_string(largest)) == largest);
  CHECK(read<TestType>("0") == 0);
  CHECK(read<TestType>("-0") == 0);

  // One further on either side: as text, since the widest types have no wider one.
  const std::string over = sizeof(TestType) < 8         ? std::to_string(static_cast<std::int64_t>(largest) + 1)
                           : std::is_signed_v<TestType> ? "9223372036854775808"
                                                        : "18446744073709551616";
  const std::string under = std::is_unsigned_v<TestType> ? "-1"
                            : sizeof(TestType) < 8       ? std::to_string(static_cast<std::int64_t>(smallest) - 1)
                                                         : "-9223372036854775809";
  CHECK(fault_of<TestType>(over) == "out_of_range /v");
  CHECK(fault_of<TestType>(under) == "out_of_range /v");
  CHECK(fault_of<TestType>("123456789012345678901234567890") == "out_of_range /v");
  CHECK(fault_of<TestType>("-123456789012345678901234567890") == "out_of_range /v");
}

TEST_CASE("decode: an integer is not wrapped, cut or taken from another type") {
  CHECK(fault_of<std::int32_t>("4294967301") == "out_of_range /v");
  for (const char* v : {"5.9", "5e-1", "12.5", "-0.5", "1e-400", "0.00000000000000000000000000000001", "true", "false",
                        "\"5\"", "\"5.0\"", "{}", "[]", "[5]"}) {
    CAPTURE(v);
    CHECK(fault_of<std::int32_t>(v) == "wrong_type /v");
    CHECK(fault_of<std::uint64_t>(v) == "wrong_type /v");
    CHECK(fault_of<std::optional<std::int32_t>>(v) == "wrong_type /v");
  }
}

TEST_CASE("decode: an integer counts by its value, not by its spelling") {
  for (const char* v : {"12", "12.0", "12.000", "1.2e1", "1.2E+1", "0.12e2", "120e-1", "1200.00e-2",
                        "0.000000000000000000000000000012e30", "12e0", "12e00000000000000000000000000000"}) {
    CAPTURE(v);
    CHECK(read<std::int8_t>(v) == 12);
    CHECK(read<std::uint8_t>(v) == 12);
    CHECK(read<std::int64_t>(v) == 12);
    CHECK(read<std::uint64_t>(v) == 12);
    CHECK(read<std::optional<std::int32_t>>(v) == 12);
  }
  for (const char* v : {"0", "-0", "0.0", "-0.0", "0e0", "-0E-5", "0e99999999999999999999", "0.000e-99999999999999"}) {
    CAPTURE(v);
    CHECK(read<std::int8_t>(v) == 0);
    CHECK(read<std::uint64_t>(v) == 0);
  }
  CHECK(read<std::int8_t>("-1.28e2") == -128);
  CHECK(fault_of<std::int8_t>("1.28e2") == "out_of_range /v");
  CHECK(fault_of<std::int8_t>("-1.29e2") == "out_of_range /v");
  CHECK(read<std::uint8_t>("2.55e2") == 255);
  CHECK(fault_of<std::uint8_t>("25.6e1") == "out_of_range /v");
  CHECK(fault_of<std::uint8_t>("-1.0") == "out_of_range /v");
  CHECK(read<std::int64_t>("9223372036854775807.0") == std::numeric_limits<std::int64_t>::max());
  CHECK(read<std::int64_t>("-9.223372036854775808e18") == std::numeric_limits<std::int64_t>::min());
  CHECK(fault_of<std::int64_t>("9223372036854775808.0") == "out_of_range /v");
  CHECK(read<std::uint64_t>("18446744073709551615e0") == std::numeric_limits<std::uint64_t>::max());
  CHECK(fault_of<std::uint64_t>("18446744073709551616e0") == "out_of_range /v");
  CHECK(read<std::int64_t>("9007199254740993.0") == 9007199254740993);  // which no double holds
  CHECK(fault_of<std::int64_t>("1e300") == "out_of_range /v");
}

// --- decimals --------------------------------------------------------------------------------

TEST_CASE("decode: a decimal is exactly what was sent") {
  for (const char* v :
       {"0", "-0", "5000000", "5000.10", "5000.00", "-0.0", "12345678901234567.89", "12345678901234567890",
        "-12345678901234567890", "18446744073709551615", "18446744073709551616", "0.1000000000000000055511151231257827",
        "1e3", "1E+3", "1.0e-3", "123456789012345678901234567890.123456789", "1e-400"}) {
    CAPTURE(v);
    CHECK(read<decimal>(v).text() == v);
  }
}

TEST_CASE("decode: a decimal is also read from a text with the grammar of a number") {
  for (const char* v : {"5000000.10", "5", "-0", "1e3", "1e999", "12345678901234567890.00"}) {
    CAPTURE(v);
    CHECK(read<decimal>('"' + std::string{v} + '"').text() == v);
  }
  CHECK(read<decimal>(R"("5\u0030.5")").text() == "50.5");
}

TEST_CASE("decode: a decimal is nothing but a number") {
  for (const char* v : {R"("")", R"(" 5")", R"("5 ")", R"("+5")", R"("05")", R"("5,0")", R"("5.")", R"(".5")",
                        R"("5.000.000")", R"("$5")", R"("0x5")", R"("NaN")", R"("1e")", "true", "{}", "[]", "[5]"}) {
    CAPTURE(v);
    CHECK(fault_of<decimal>(v) == "wrong_type /v");
  }
}

TEST_CASE("decode: numbers under a locale that writes a decimal comma") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  const char* found = nullptr;
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "es_AR.UTF-8", "es_CO.UTF-8", "es_ES.UTF-8",
                           "fr_FR.UTF-8", "pt_BR.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) != nullptr && std::localeconv()->decimal_point == ","sv) {
      found = name;
      break;
    }
  }
  if (found == nullptr) {
    WARN("skipped: this machine has no locale with a decimal comma");
  } else {
    const auto money = sello::decode<one<decimal>>(R"({"v":12345678901234567.89})");
    const auto json = sello::decode<one<sello::raw_json>>(R"({"v":[1.5,-2.25e-1,7]})");
    const auto comma = fault<one<decimal>>(R"({"v":1,5})");
    const auto tree = json ? json->v.json() : nullptr;
    const auto integer = fault<one<int>>(R"({"v":5.5})");
    std::setlocale(LC_ALL, before.c_str());
    CAPTURE(found);
    REQUIRE(money);
    CHECK(money->v.text() == "12345678901234567.89");
    REQUIRE(json);
    CHECK(json->v.text() == "[1.5,-2.25e-1,7]");
    CHECK(tree == nlohmann::json::parse("[1.5,-0.225,7]"));
    CHECK(comma == "malformed_json /v");
    CHECK(integer == "wrong_type /v");
  }
  CHECK(std::setlocale(LC_ALL, before.c_str()) == before);
}

TEST_CASE("decode: a number that no double can hold is out of range, wherever it stands") {
  CHECK(fault_of<decimal>("1e999") == "out_of_range /v");
  CHECK(fault_of<std::int64_t>("-1e999") == "out_of_range /v");
  CHECK(fault_of<std::optional<std::int64_t>>("1e999") == "out_of_range /v");
  CHECK(fault_of<sello::raw_json>("1e999") == "out_of_range /v");
  CHECK(fault<nothing>(R"({"a":{"b":1e999}})") == "out_of_range /a/b");
  CHECK(fault<nothing>(R"({"a":[1e999]})") == "out_of_range /a/0");
  CHECK(fault<nothing>(R"({"a":[1,{},1e999]})") == "out_of_range /a/2");
  CHECK(fault_of<std::vector<decimal>>("[0,1e999]") == "out_of_range /v/1");
  CHECK(fault<nothing>("1e999") == "out_of_range");
  std::vector<sello::error> misfits;
  CHECK(support::fault(sello::decode<one<std::optional<decimal>>>(R"({"v":1e999})", misfits)) == "out_of_range /v");
}

TEST_CASE("decode: what comes behind a number that no double can hold is read as well") {
  CHECK(fault<nothing>(R"({"x":1e999,garbage)") == "malformed_json /x");
  CHECK(fault<nothing>(R"({"x":1e999)") == "malformed_json /x");
  CHECK(fault<nothing>(R"({"x":1e999,"y":1,"y":2})") == "duplicate_key /y");
  CHECK(fault<nothing>(R"({"x":1e999,"y":)" + nested_arrays(64) + "}") == "too_deep /y" + repeated("/0", 63));
  CHECK(fault<nothing>(R"({"x":1e999,"y":"\ud83d"})") == "malformed_json /y");
  CHECK(fault<nothing>(R"({"x":1e999,"y":2e999})") == "out_of_range /x");
  CHECK(fault<one<int>>(R"({"x":1e999,"v":"a"})") == "out_of_range /x");
  CHECK(fault<one<int>>(R"({"v":"a","x":1e999})") == "wrong_type /v");
}

// --- timestamps ------------------------------------------------------------------------------

TEST_CASE("decode: a timestamp is a text with its offset, Unix seconds or milliseconds") {
  using namespace std::chrono;
  const sello::timestamp ten = sys_days{2024y / March / 20} + 10h;
  CHECK(read<sello::timestamp>(R"("2024-03-20T10:00:00Z")") == ten);
  CHECK(read<sello::timestamp>(R"("2024-03-20 10:00:00.120 +0000")") == ten + 120ms);
  CHECK(read<sello::timestamp>(R"("2024-03-20T05:00:00-05:00")") == ten);
  CHECK(read<sello::timestamp>("1710928800") == ten);
  CHECK(read<sello::timestamp>("0") == sello::timestamp{});
  CHECK_FALSE(read<std::optional<sello::timestamp>>("null"));
}

TEST_CASE("decode: a number is a point in time by its value, milliseconds from 10^11 on") {
  using namespace std::chrono;
  const auto micros = [](std::string_view v) { return read<sello::timestamp>(v).time_since_epoch().count(); };
  for (const char* v : {"1710928800", "1710928800.0", "1.7109288e9", "17109288e2", "1710928800000", "1710928800000.000",
                        "1.7109288e12"}) {
    CAPTURE(v);
    CHECK(micros(v) == 1'710'928'800'000'000);
  }
  CHECK(micros("-0") == 0);
  CHECK(micros("0.5") == 500'000);
  CHECK(micros("1710928800.5") == 1'710'928'800'500'000);
  CHECK(micros("1710928800.123456") == 1'710'928'800'123'456);
  CHECK(micros("1710928800.1234569") == 1'710'928'800'123'456);
  CHECK(micros("1710928800123") == 1'710'928'800'123'000);
  CHECK(micros("1710928800123.4567") == 1'710'928'800'123'456);
  CHECK(micros("99999999999") == 99'999'999'999'000'000);
  CHECK(micros("99999999999.999999") == 99'999'999'999'999'999);
  CHECK(micros("100000000000") == 100'000'000'000'000);
  CHECK(micros("253402300799999") == 253'402'300'799'999'000);
  CHECK(micros("253402300799999.999") == 253'402'300'799'999'999);
}

TEST_CASE("decode: a timestamp in another form is of the wrong type") {
  for (const char* v :
       {R"("")", R"("2024-03-20")", R"("2024-03-20T10:00:00")", R"("2024-03-20 10:00:00")", R"("2024-02-30T10:00:00Z")",
        R"("2024-03-20T24:00:00Z")", R"("2024-03-20T10:00:00.Z")", R"("2024-03-20T10:00:00Z ")", R"("1710928800")",
        R"("1710928800.0")", "true", "{}", "[]", "[0]"}) {
    CAPTURE(v);
    CHECK(fault_of<sello::timestamp>(v) == "wrong_type /v");
  }
}

TEST_CASE("decode: a number before 1970 or after 9999 is out of range") {
  for (const char* v : {"-1", "-0.5", "-0.0000001", "-1710928800", "253402300800000", "1e300", "1710928800000000",
                        "9223372036854775807", "9223372036854775808", "-9223372036854775809"}) {
    CAPTURE(v);
    CHECK(fault_of<sello::timestamp>(v) == "out_of_range /v");
  }
}

// --- enumerations ----------------------------------------------------------------------------

TEST_CASE("decode: an unknown name of an enumeration is kept") {
  CHECK(read<sello::open_enum<state>>(R"("open")").known() == state::open);
  const auto read_text = read<sello::open_enum<state>>(R"("half-open")");
  CHECK_FALSE(read_text.known());
  CHECK(read_text.text() == "half-open");
  for (const char* v : {"0", "1", "true", "{}", "[]"}) {
    CAPTURE(v);
    CHECK(fault_of<sello::open_enum<state>>(v) == "wrong_type /v");
  }
}

// --- JSON members ----------------------------------------------------------------------------

TEST_CASE("decode: a JSON member is what was sent") {
  for (const char* v :
       {"0", "-1", "18446744073709551615", "18446744073709551616", "1.50", "-2e-3", "1234567890123456.78", "true",
        "false", "\"\"", R"("\u00e9\u0000\"\\")", "{}", "[]", "[ ]", "{\n}", "[[],{},[{}]]", "[ [1 ] , 2\t]",
        R"({"a":{"b":[1,[2,[3]]]},"c":null,"d":[null]})", R"({ "a" : "}]" , "b":[ "{[" ]})"}) {
    CAPTURE(v);
    for (const char* blanks : {"", " ", " \t\r\n"}) {
      const std::string sent = std::string{blanks}.append(v).append(blanks);
      CHECK(read<sello::raw_json>(sent).text() == v);
      CHECK(read<std::optional<sello::raw_json>>(sent)->text() == v);
      CHECK(read<std::vector<sello::raw_json>>("[" + sent + "," + sent + "]").at(1).text() == v);
    }
  }
  CHECK_FALSE(read<std::optional<sello::raw_json>>("null"));
  CHECK(fault_of<sello::raw_json>("null") == "missing_field /v");
  CHECK(read<std::vector<sello::raw_json>>("[null,1]").at(0).text() == "null");
  CHECK(read<std::vector<sello::raw_json>>("[null,1]").at(1).text() == "1");
}

TEST_CASE("decode: what stands in a JSON member is checked like everything else") {
  CHECK(fault_of<sello::raw_json>(R"([{"k":1,"k":2}])") == "duplicate_key /v/0/k");
  CHECK(fault_of<sello::raw_json>("[1e400]") == "out_of_range /v/0");
  CHECK(fault_of<sello::raw_json>("[01]") == "malformed_json /v");
  CHECK(fault_of<sello::raw_json>(R"({"a":"\ud800"})") == "malformed_json /v/a");
}

// --- vectors and nested structs --------------------------------------------------------------

TEST_CASE("decode: arrays of arrays, of optionals, of structs") {
  CHECK(read<std::vector<std::vector<int>>>("[[1,2],[],[3]]") == std::vector<std::vector<int>>{{1, 2}, {}, {3}});
  CHECK(read<std::vector<std::optional<int>>>("[1,null,3]") == std::vector<std::optional<int>>{1, std::nullopt, 3});
  CHECK(read<std::vector<line>>(R"([{"name":"a"},{"name":"b"}])").at(1).name == "b");
  CHECK(read<std::vector<one<std::vector<line>>>>(R"([{"v":[]},{"v":[{"name":"a"}]}])").at(1).v.at(0).name == "a");
}

TEST_CASE("decode: the place of a fault in arrays and structs") {
  CHECK(fault_of<std::vector<int>>("[1,2,\"3\"]") == "wrong_type /v/2");
  CHECK(fault_of<std::vector<int>>("[null]") == "wrong_type /v/0");
  CHECK(fault_of<std::vector<int>>("[[]]") == "wrong_type /v/0");
  CHECK(fault_of<std::vector<int>>("{}") == "wrong_type /v");
  CHECK(fault_of<std::vector<int>>("5") == "wrong_type /v");
  CHECK(fault_of<std::vector<int>>("null") == "missing_field /v");
  CHECK(fault_of<std::vector<std::vector<int>>>("[[],[1,true]]") == "wrong_type /v/1/1");
  CHECK(fault_of<std::vector<std::vector<int>>>("[null]") == "wrong_type /v/0");
  CHECK(fault_of<std::vector<line>>(R"([{"name":"a"},{}])") == "missing_field /v/1/name");
  CHECK(fault_of<std::vector<line>>(R"([null])") == "wrong_type /v/0");
  CHECK(fault_of<line>("[]") == "wrong_type /v");
  CHECK(fault_of<line>("\"a\"") == "wrong_type /v");
  CHECK(fault_of<line>("null") == "missing_field /v");
  CHECK(fault_of<line>("{}") == "missing_field /v/name");
  CHECK(fault_of<std::optional<line>>("5") == "wrong_type /v");
  CHECK(fault_of<std::optional<line>>("[]") == "wrong_type /v");
  CHECK(fault_of<std::optional<line>>("{}") == "missing_field /v/name");
  CHECK(fault_of<one<one<int>>>(R"({"v":{"v":null}})") == "missing_field /v/v/v");
  CHECK(fault_of<one<one<int>>>(R"({"v":{"v":2147483648}})") == "out_of_range /v/v/v");
}

TEST_CASE("decode: the body itself has the empty pointer") {
  for (const char* text : {"5", "\"a\"", "true", "null", "[]", "[{\"v\":1}]"}) {
    CAPTURE(text);
    CHECK(fault<one<int>>(text) == "wrong_type");
  }
  CHECK(fault<one<int>>("") == "malformed_json");
  CHECK(fault<one<int>>("nul") == "malformed_json");
}

TEST_CASE("decode: a required member must be there") {
  CHECK(fault<one<int>>("{}") == "missing_field /v");
  CHECK(fault<one<int>>(R"({"v":null})") == "missing_field /v");
  CHECK(fault<one<int>>(R"({"V":1})") == "missing_field /v");
  CHECK(fault<one<std::string>>("{}") == "missing_field /v");
  CHECK(fault<one<std::vector<int>>>("{}") == "missing_field /v");
  CHECK(fault<one<std::optional<int>>>("{}") == "none");
}

TEST_CASE("decode: the first fault is the one that is told") {
  CHECK(fault<order>(R"({"id":5,"lines":6})") == "wrong_type /id");
  CHECK(fault<order>(R"({"lines":6,"id":5})") == "wrong_type /lines");
  CHECK(fault<order>(R"({"lines":[{"name":1},{}]})") == "wrong_type /lines/0/name");
}

// --- JSON Pointers ---------------------------------------------------------------------------

struct odd_keys {
  std::optional<int> slash;
  std::optional<int> tilde;
  std::optional<int> both;
  std::optional<int> empty;
  std::optional<int> quoted;
  static constexpr std::array fields{field<&odd_keys::slash>("a/b"), field<&odd_keys::tilde>("m~n"),
                                     field<&odd_keys::both>("~/~1"), field<&odd_keys::empty>(""),
                                     field<&odd_keys::quoted>("q\"\n")};
};

TEST_CASE("decode: pointers escape tilde and slash, and nothing else") {
  CHECK(fault<odd_keys>(R"({"a/b":true})") == "wrong_type /a~1b");
  CHECK(fault<odd_keys>(R"({"m~n":true})") == "wrong_type /m~0n");
  CHECK(fault<odd_keys>(R"({"~/~1":true})") == "wrong_type /~0~1~01");
  CHECK(fault<odd_keys>(R"({"":true})") == "wrong_type /");
  CHECK(fault<odd_keys>(R"({"q\"\n":true})") == "wrong_type /q\"\n");
  CHECK(fault<nothing>(R"({"x":[{"a/b":{"~":1,"~":2}}]})") == "duplicate_key /x/0/a~1b/~0");
}

TEST_CASE("decode: the pointer is right behind what came before") {
  CHECK(fault<order>(R"({"x":[[1],{"y":2}],"z":{"u":{}},"id":"a","lines":[{"name":"a","w":[{}]},{"name":7}]})") ==
        "wrong_type /lines/1/name");
}

TEST_CASE("decode: a text over 4 GiB is refused unread") {
  const std::size_t size = std::size_t{std::numeric_limits<std::uint32_t>::max()} + 1;
  void* const pages = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(pages != MAP_FAILED);
  CHECK(fault<nothing>({static_cast<const char*>(pages), size}) == "body_too_large");
  munmap(pages, size);
}

// --- misfits ---------------------------------------------------------------------------------

namespace {

/// What is left of a text that is read leniently: the fault, or the misfits, each as one line.
template <class T>
std::string noted(std::string_view text, T* read = nullptr) {
  std::vector<sello::error> misfits{{sello::errc::internal_error, "/from/before"}};
  auto given = sello::decode<T>(text, misfits);
  if (!given) return "fault: " + support::line(given.error());
  std::string lines;
  for (const auto& misfit : misfits) lines += (lines.empty() ? "" : ", ") + support::line(misfit);
  if (read != nullptr) *read = *std::move(given);
  return lines;
}

template <class T>
std::string noted_of(std::string_view v, std::optional<T>* read = nullptr) {
  one<std::optional<T>> whole{.v = T{}};
  const auto lines = noted(std::string{R"({"v":)"}.append(v).append("}"), &whole);
  if (read != nullptr) *read = whole.v;
  return lines;
}

struct shipment {
  std::string id;
  std::optional<order> content;
  std::vector<std::optional<line>> parts;
  static constexpr std::array fields{field<&shipment::id>("id"), field<&shipment::content>("content"),
                                     field<&shipment::parts>("parts")};
};

}  // namespace

TEST_CASE("misfits: an optional member that does not fit is left empty, and noted") {
  const auto empty = [](const auto& value) { return !value.has_value(); };
  std::optional<std::string> text;
  CHECK(noted_of<std::string>("5", &text) == "wrong_type /v");
  CHECK(empty(text));
  std::optional<std::int8_t> small = 7;
  CHECK(noted_of<std::int8_t>("128", &small) == "out_of_range /v");
  CHECK(empty(small));
  CHECK(noted_of<std::int8_t>("12.5") == "wrong_type /v");
  CHECK(noted_of<decimal>(R"("many")") == "wrong_type /v");
  CHECK(noted_of<sello::timestamp>(R"("2018-03-07 19:52:55")") == "wrong_type /v");
  CHECK(noted_of<sello::timestamp>("-1") == "out_of_range /v");
  CHECK(noted_of<sello::open_enum<state>>("{}") == "wrong_type /v");
  CHECK(noted_of<bool>("[]") == "wrong_type /v");
  CHECK(noted_of<sello::raw_json>("[1,{}]").empty());
  CHECK(noted_of<std::string>("null").empty());
  CHECK(noted_of<std::string>(R"("a")").empty());
}

TEST_CASE("misfits: an optional struct is left empty as a whole, and the place is that of what did not fit") {
  std::optional<line> read;
  for (const auto& [v, said] :
       {std::pair{"5"sv, "wrong_type /v"sv}, std::pair{"[]"sv, "wrong_type /v"sv},
        std::pair{R"("ent_1")"sv, "wrong_type /v"sv}, std::pair{"{}"sv, "missing_field /v/name"sv},
        std::pair{R"({"name":null})"sv, "missing_field /v/name"sv},
        std::pair{R"({"name":5})"sv, "wrong_type /v/name"sv},
        std::pair{R"({"name":5,"count":1})"sv, "wrong_type /v/name"sv},
        std::pair{R"({"count":"1","name":[{"name":"b"}]})"sv, "wrong_type /v/count, wrong_type /v/name"sv}}) {
    CAPTURE(v);
    CHECK(noted_of<line>(v, &read) == said);
    CHECK_FALSE(read);
  }
  CHECK(noted_of<line>(R"({"name":"a","count":"1"})", &read) == "wrong_type /v/count");
  REQUIRE(read);
  CHECK(read->name == "a");
  CHECK_FALSE(read->count);
}

TEST_CASE("misfits: an optional vector is left empty as a whole") {
  std::optional<std::vector<int>> read;
  CHECK(noted_of<std::vector<int>>("[1,\"2\",3,\"4\"]", &read) == "wrong_type /v/1");
  CHECK_FALSE(read);
  CHECK(noted_of<std::vector<int>>("[1,null]", &read) == "wrong_type /v/1");
  CHECK_FALSE(read);
  CHECK(noted_of<std::vector<int>>("{}", &read) == "wrong_type /v");
  CHECK_FALSE(read);
  CHECK(noted_of<std::vector<std::vector<line>>>(R"([[],[{"name":"a"},{"count":1}],5])") ==
        "missing_field /v/1/1/name");
  std::optional<std::vector<std::optional<int>>> each;
  CHECK(noted_of<std::vector<std::optional<int>>>("[1,\"2\",3]", &each) == "wrong_type /v/1");
  CHECK(each == std::vector<std::optional<int>>{1, std::nullopt, 3});
}

TEST_CASE("misfits: only the innermost optional is emptied") {
  shipment read;
  CHECK(noted(R"({"id":"s","content":{"id":"o","lines":[],"first":{"name":1},"paid":true},"parts":[]})", &read) ==
        "wrong_type /content/first/name");
  REQUIRE(read.content);
  CHECK(read.content->id == "o");
  CHECK_FALSE(read.content->first);
  CHECK(read.content->paid == true);

  CHECK(
      noted(R"({"content":{"id":"o","lines":[{"name":"a"},{}],"tags":["x"]},"id":"s","parts":[null,{},{"name":"b"}]})",
            &read) == "missing_field /content/lines/1/name, missing_field /parts/1/name");
  CHECK(read.id == "s");
  CHECK_FALSE(read.content);
  REQUIRE(read.parts.size() == 3);
  CHECK_FALSE(read.parts[0]);
  CHECK_FALSE(read.parts[1]);
  CHECK(read.parts[2]->name == "b");
}

TEST_CASE("misfits: what is required stays a fault") {
  CHECK(noted<shipment>(R"({"id":5,"parts":[]})") == "fault: wrong_type /id");
  CHECK(noted<shipment>(R"({"content":5,"parts":[]})") == "fault: missing_field /id");
  CHECK(noted<shipment>(R"({"id":"s","parts":{}})") == "fault: wrong_type /parts");
  CHECK(noted<order>(R"({"id":"o","lines":[{"name":"a"},{"name":1}]})") == "fault: wrong_type /lines/1/name");
  CHECK(noted<order>("[]") == "fault: wrong_type");
  CHECK(noted<order>(R"({"id":"o","paid":5,"lines":[],"lines":[]})") == "fault: duplicate_key /lines");
  CHECK(noted<order>(R"({"id":"o","paid":5,"lines":[])") == "fault: malformed_json /lines");
  CHECK(noted<order>(R"({"id":"o","lines":[],"first":{"name":1e400}})") == "fault: out_of_range /first/name");
}

TEST_CASE("misfits: what is strictly a fault is a misfit or a fault leniently, and nothing else is") {
  for (const auto text :
       {R"({"id":"s","parts":[],"content":{"lines":7}})"sv, R"({"id":"s","parts":[{"name":"a","count":[]}]})"sv,
        R"({"id":7,"parts":[]})"sv, R"({"id":"s","parts":[],"content":{"id":"o","lines":[],"tags":[5]}})"sv}) {
    CHECK(fault<shipment>(text) != "none");
    CHECK_FALSE(noted<shipment>(text).empty());
  }
  CHECK(fault<shipment>(R"({"id":"s","parts":[{"name":"a","count":[]}]})") == "wrong_type /parts/0/count");
  CHECK(noted<shipment>(R"({"id":"s","parts":[{"name":"a"}],"content":null,"x":{"id":5}})").empty());
}

TEST_CASE("misfits: a bounded number of them is noted, and all members are left empty") {
  std::string text = R"({"v":[)";
  for (int i = 0; i < 1000; ++i) text += "\"x\",";
  std::vector<sello::error> misfits;
  const auto read = sello::decode<one<std::vector<std::optional<int>>>>(text + "7]}", misfits).value();
  CHECK(misfits.size() == sello::max_misfits);
  CHECK(misfits.front().where == "/v/0");
  CHECK(misfits.back().where == "/v/63");
  REQUIRE(read.v.size() == 1001);
  CHECK_FALSE(read.v[999]);
  CHECK(read.v[1000] == 7);
}

TEST_CASE("misfits: a second key") {
  struct lenient {
    static std::string of(std::string_view text) { return noted<with_fallback>(text); }
  };
  CHECK(lenient::of(R"({"id":"a","number":"x"})") == "wrong_type /number");
  CHECK(lenient::of(R"({"id":"a","number":"x","count":1})").empty());
  CHECK(lenient::of(R"({"id":"a","count":1,"number":"x"})").empty());
  CHECK(lenient::of(R"({"id":5,"validationId":null})") == "fault: wrong_type /id");
  with_fallback read;
  CHECK(noted(R"({"id":"a","number":2,"count":"x"})", &read) == "wrong_type /count");
  CHECK_FALSE(read.count);
  CHECK(noted(R"({"id":"a","count":"x","number":2})", &read) == "wrong_type /count");
  CHECK_FALSE(read.count);
}

TEST_CASE("misfits: in an emptied struct nothing more is read, and second keys of it are forgotten") {
  shipment read;
  CHECK(noted(R"({"id":"s","parts":[],"content":{"id":5,"lines":[{"name":"a"}],"first":{"name":7},"more":{"k":[1]}}})",
              &read) == "wrong_type /content/id");
  CHECK_FALSE(read.content);
  CHECK(noted<one<std::vector<std::optional<with_fallback>>>>(
            R"({"v":[{"id":5},{"id":"b","number":"x"},{"id":5,"number":"x"},{"id":"c"}]})") ==
        "wrong_type /v/0/id, wrong_type /v/1/number, wrong_type /v/2/id");
}

// --- a second key ----------------------------------------------------------------------------

TEST_CASE("or_key: the second key is read only where the first is absent or null, in whatever order") {
  const auto id = [](std::string_view text) { return sello::decode<with_fallback>(text).value().id; };
  CHECK(id(R"({"validationId":"a"})") == "a");
  CHECK(id(R"({"id":"b"})") == "b");
  CHECK(id(R"({"validationId":"a","id":"b"})") == "a");
  CHECK(id(R"({"id":"b","validationId":"a"})") == "a");
  CHECK(id(R"({"validationId":null,"id":"b"})") == "b");
  CHECK(id(R"({"id":"b","validationId":null})") == "b");
  CHECK(id(R"({"validationId":"a","id":null})") == "a");
  CHECK(id(R"({"id":null,"validationId":"a"})") == "a");
  CHECK(id(R"({"validationId":"","id":"b"})").empty());
  CHECK(fault<with_fallback>(R"({})") == "missing_field /validationId");
  CHECK(fault<with_fallback>(R"({"validationId":null})") == "missing_field /validationId");
  CHECK(fault<with_fallback>(R"({"id":null})") == "missing_field /validationId");
  CHECK(fault<with_fallback>(R"({"id":null,"validationId":null})") == "missing_field /validationId");
}

TEST_CASE("or_key: on an optional member") {
  const auto count = [](std::string_view rest) {
    return sello::decode<with_fallback>(std::string{R"({"id":"a")"}.append(rest).append("}")).value().count;
  };
  CHECK_FALSE(count(""));
  CHECK(count(R"(,"count":1)") == 1);
  CHECK(count(R"(,"number":2)") == 2);
  CHECK(count(R"(,"count":1,"number":2)") == 1);
  CHECK(count(R"(,"number":2,"count":1)") == 1);
  CHECK(count(R"(,"count":null,"number":2)") == 2);
  CHECK(count(R"(,"number":2,"count":null)") == 2);
  CHECK(count(R"(,"count":1,"number":null)") == 1);
  CHECK(count(R"(,"number":null,"count":1)") == 1);
  CHECK_FALSE(count(R"(,"number":null,"count":null)"));
}

TEST_CASE("or_key: a fault names the key that was sent") {
  CHECK(fault<with_fallback>(R"({"validationId":5})") == "wrong_type /validationId");
  CHECK(fault<with_fallback>(R"({"id":5})") == "wrong_type /id");
  CHECK(fault<with_fallback>(R"({"id":5,"number":"x"})") == "wrong_type /id");
  CHECK(fault<with_fallback>(R"({"number":"x","id":5})") == "wrong_type /number");
  CHECK(fault<with_fallback>(R"({"id":"b","validationId":5})") == "wrong_type /validationId");
  CHECK(fault<with_fallback>(R"({"validationId":5,"id":"b"})") == "wrong_type /validationId");
}

TEST_CASE("or_key: what stands under the second key does not matter where the first has a value") {
  CHECK(fault<with_fallback>(R"({"validationId":"a","id":5})") == "none");
  CHECK(fault<with_fallback>(R"({"id":5,"validationId":"a"})") == "none");
  CHECK(fault<with_fallback>(R"({"id":{"x":1},"validationId":"a"})") == "none");
  CHECK(fault<with_fallback>(R"({"id":5,"validationId":null})") == "wrong_type /id");
}

namespace {
struct with_fallbacks_inside {
  std::string id;
  std::optional<with_fallback> inner;
  static constexpr std::array fields{field<&with_fallbacks_inside::id>("validationId").or_key("id"),
                                     field<&with_fallbacks_inside::inner>("inner")};
};
}  // namespace

TEST_CASE("or_key: each object answers for its own second keys") {
  const auto said = [](std::string_view text) { return fault<with_fallbacks_inside>(text); };
  CHECK(said(R"({"id":5,"inner":{"id":"b"}})") == "wrong_type /id");
  CHECK(said(R"({"id":5,"inner":{"id":"b"},"validationId":"a"})") == "none");
  CHECK(said(R"({"id":5,"inner":{"id":6},"validationId":"a"})") == "wrong_type /inner/id");
  CHECK(said(R"({"id":5,"inner":{"id":6,"validationId":"b"}})") == "wrong_type /id");
  CHECK(said(R"({"id":5,"inner":{"id":6,"validationId":"b"},"validationId":"a"})") == "none");
}

// --- duplicate keys --------------------------------------------------------------------------

TEST_CASE("decode: a key twice in one object, at any level") {
  CHECK(fault<one<int>>(R"({"v":1,"v":1})") == "duplicate_key /v");
  CHECK(fault<one<int>>(R"({"v":1,"w":2,"w":3})") == "duplicate_key /w");
  CHECK(fault<order>(R"({"id":"a","lines":[{"name":"b"},{"name":"c","name":"d"}]})") == "duplicate_key /lines/1/name");
  CHECK(fault<one<sello::raw_json>>(R"({"v":{"a":[{"b":1,"c":2,"b":3}]}})") == "duplicate_key /v/a/0/b");
  CHECK(fault<nothing>(R"({"a":{"b":{"c":[[{"d":null,"d":null}]]}}})") == "duplicate_key /a/b/c/0/0/d");
  CHECK(fault<nothing>(R"({"":1,"":2})") == "duplicate_key /");
  CHECK(fault<one<int>>(R"({"x":[{"k":1,"k":2}],"v":1})") == "duplicate_key /x/0/k");
  CHECK(fault<nothing>(R"({"a":{"k":1,"k":2},"b":1,"b":2})") == "duplicate_key /a/k");
  CHECK(support::fault(sello::decode<one<int>>(R"({"v":1,"x":[1,{"k":{},"j":2,"k":[]}]})")) == "duplicate_key /x/1/k");
}

TEST_CASE("decode: a key twice outranks every fault of the schema, and what is no JSON outranks both") {
  CHECK(fault<one<int>>(R"({"v":"a","w":1,"w":2})") == "duplicate_key /w");
  CHECK(fault<one<int>>(R"({"w":{"k":1,"k":2}})") == "duplicate_key /w/k");
  CHECK(fault<one<int>>(R"({"w":1,"w":2,"v":1.5})") == "duplicate_key /w");
  CHECK(fault<one<int>>(R"({"w":{"k":1,"k":2},"v":1)") == "malformed_json /v");
  CHECK(fault<one<int>>(R"({"v":"a","w":{"k":1,"k":2},"x":)" + nested_arrays(64)) ==
        "too_deep /x" + repeated("/0", 63));
}

TEST_CASE("decode: many keys twice behind a long one cost what their size does") {
  // Each would have a pointer as long as half the text: 600 MB of it.
  const std::string long_key(100'000, 'k');
  std::string text = "{\"" + long_key + "\":[{}";
  for (int i = 0; i < 6'000; ++i) text += R"(,{"":0,"":0})";
  text += "]}";
  const std::size_t before = support::allocations();
  const auto read = sello::decode<nothing>(text);
  CHECK(support::allocations() - before < 1'000);
  CHECK(support::fault(read) == "duplicate_key /" + long_key + "/1/");
}

TEST_CASE("decode: a key twice, however it is written") {
  CHECK(fault<nothing>(R"({"k":1,"\u006b":2})") == "duplicate_key /k");
  CHECK(fault<nothing>(R"({"\u006B":1,"\u006b":2})") == "duplicate_key /k");
  CHECK(fault<nothing>(R"({"a":{"/":1,"\/":2}})") == "duplicate_key /a/~1");
  CHECK(fault<nothing>("{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2}") == "duplicate_key /\xF0\x9F\x98\x80");
  CHECK(fault<nothing>(R"({"\n":1,"\u000a":2})") == "duplicate_key /\n");
}

TEST_CASE("decode: the same key in two objects is no duplicate") {
  CHECK(fault<nothing>(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}],"c":{"a":3}})") == "none");
  CHECK(fault<nothing>(R"({"k":1,"K":2,"k ":3,"":4,"kk":5})") == "none");
  CHECK(fault<nothing>(R"({"ab":{"x":1},"a":{"bx":1},"b":1})") == "none");
}

TEST_CASE("decode: many keys, and one of them twice") {
  std::string text = "{";
  for (int i = 0; i < 500; ++i) text += "\"key" + std::to_string(i) + "\":{\"inner\":1},";
  CHECK(fault<nothing>(text + R"("last":0})") == "none");
  CHECK(fault<nothing>(text + R"("key250":0})") == "duplicate_key /key250");
}

TEST_CASE("decode: keys that differ only in the middle are two, and of several duplicates the first by text is told") {
  const std::string a = "beginning A the end";
  const std::string b = "beginning B the end";
  const std::string c = "beginning C the end";
  const auto object = [](const std::vector<std::string>& keys) {
    std::string text = "{\"\":0";
    for (const std::string& key : keys) text += ",\"" + key + "\":0";
    return text + "}";
  };
  CHECK(fault<nothing>(object({b, a, c})) == "none");
  CHECK(fault<nothing>(object({b, a, c, a, b})) == "duplicate_key /" + a);
  CHECK(fault<nothing>(object({c, a, b, c})) == "duplicate_key /" + c);
  CHECK(fault<nothing>(object({"z", "yy", "yy", "z", "x"})) == "duplicate_key /yy");
}

TEST_CASE("decode: members are found in whatever order they are sent") {
  CHECK(fault<order>(R"({"lines":[],"paid":true,"id":"a"})") == "none");
  CHECK(fault<order>(R"({"paid":true,"x":1,"id":"a","y":2,"lines":[{"name":"b"}]})") == "none");
  CHECK(fault<order>(R"({"lines":[],"paid":true,"i":"a"})") == "missing_field /id");
}

// --- depth -----------------------------------------------------------------------------------

TEST_CASE("decode: 64 levels, and not one more") {
  STATIC_REQUIRE(sello::max_depth == 64);
  // The struct's own object is the first level.
  const auto in_v = [](const std::string& value) { return R"({"v":)" + value + "}"; };
  for (const auto& nested : {nested_arrays, nested_objects, nested_mixed}) {
    CHECK(fault<nothing>(in_v(nested(63))) == "none");
    CHECK(fault<one<sello::raw_json>>(in_v(nested(63))) == "none");
    CHECK(fault<one<std::optional<sello::raw_json>>>(in_v(nested(63))) == "none");
  }
  CHECK(fault<nothing>(in_v(nested_arrays(64))) == "too_deep /v" + repeated("/0", 63));
  CHECK(fault<one<sello::raw_json>>(in_v(nested_arrays(64))) == "too_deep /v" + repeated("/0", 63));
  CHECK(fault<nothing>(in_v(nested_objects(64))) == "too_deep /v" + repeated("/k", 63));
  CHECK(fault<one<sello::raw_json>>(in_v(nested_objects(64))) == "too_deep /v" + repeated("/k", 63));
  CHECK(fault<nothing>(in_v(nested_mixed(64))) == "too_deep /v" + repeated("/0/k", 31) + "/0");
  CHECK(fault<nothing>(nested_arrays(65)) == "too_deep " + repeated("/0", 64));
  CHECK(fault<nothing>(nested_arrays(64)) == "wrong_type");
}

template <int N>
struct level {
  level<N - 1> k;
  static constexpr std::array fields{field<&level::k>("k")};
};
template <>
struct level<1> {
  std::vector<int> k;
  static constexpr std::array fields{field<&level::k>("k")};
};

TEST_CASE("decode: depth counts in described structs alike") {
  const auto text = [](int objects) {
    return repeated(R"({"k":)", static_cast<std::size_t>(objects)) + "[]" +
           repeated("}", static_cast<std::size_t>(objects));
  };
  CHECK(fault<level<63>>(text(63)) == "none");
  CHECK(fault<level<64>>(text(64)) == "too_deep " + repeated("/k", 64));
}

TEST_CASE("decode: depth is that of what is open, not of all that was") {
  CHECK(fault<nothing>(R"({"v":[)" + repeated(nested_arrays(62) + ",", 100) + "0]}") == "none");
  CHECK(fault<nothing>(R"({"v":[)" + repeated(nested_arrays(62) + ",", 9) + nested_arrays(63) + "]}") ==
        "too_deep /v/9" + repeated("/0", 62));
}

TEST_CASE("decode: too deep is told also where something else was wrong before") {
  CHECK(fault<one<int>>(R"({"v":"a","w":)" + nested_arrays(64) + "}") == "too_deep /w" + repeated("/0", 63));
  // What comes behind is not read.
  CHECK(fault<nothing>(R"({"w":)" + nested_arrays(64) + ",,,") == "too_deep /w" + repeated("/0", 63));
}

// --- what is no JSON -------------------------------------------------------------------------

TEST_CASE("decode: a byte order mark is refused") {
  CHECK(fault<nothing>("\xEF\xBB\xBF{}") == "malformed_json");
  CHECK(fault<nothing>(" \xEF\xBB\xBF{}") == "malformed_json");
  CHECK(fault<nothing>("{}\xEF\xBB\xBF") == "malformed_json");
  CHECK(fault<nothing>("\xFE\xFF\0{\0}"sv) == "malformed_json");
  CHECK(read<std::string>("\"\xEF\xBB\xBF\"") == "\xEF\xBB\xBF");
}

TEST_CASE("decode: nothing may follow the value") {
  for (const auto tail : {"x"sv, "{}"sv, "]"sv, "}"sv, ","sv, "0"sv, "\"\""sv, "\0"sv, " \0 "sv, "\0garbage"sv, "//"sv,
                          "/**/"sv, "#"sv, "\v"sv, "\f"sv, "\xA0"sv, "\xC2\xA0"sv, "\x1A"sv, "null"sv}) {
    CAPTURE(tail);
    CHECK(fault<nothing>(std::string{"{}"}.append(tail)) == "malformed_json");
  }
  CHECK(fault<nothing>("{}\n") == "none");
}

TEST_CASE("decode: a NUL byte is refused wherever it stands") {
  for (const auto text : {"\0{}"sv, "{\0}"sv, "{\"a\0b\":1}"sv, "{\"a\":\"b\0c\"}"sv, "{\"a\":1\0}"sv, "{}\0"sv}) {
    CHECK(fault<nothing>(text) == "malformed_json");
  }
}

TEST_CASE("decode: strings must be UTF-8") {
  for (const char* bytes :
       {"\x80", "\xBF", "\xC0\x80", "\xC0\xAF", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x80\x80", "\xE0\x9F\xBF",
        "\xE2\x82", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF0\x9F\x98",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF"}) {
    CAPTURE(bytes);
    CHECK(fault<one<std::string>>("{\"v\":\"" + std::string{bytes} + "\"}") == "malformed_json /v");
    CHECK(fault<nothing>("{\"v\":[\"" + std::string{bytes} + "\"]}").starts_with("malformed_json"));
    CHECK(fault<nothing>("{\"" + std::string{bytes} + "\":1}") == "malformed_json");
  }
  for (const char* bytes : {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                            "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CAPTURE(bytes);
    CHECK(read<std::string>("\"" + std::string{bytes} + "\"") == bytes);
  }
}

TEST_CASE("decode: a lone surrogate is no character") {
  for (const char* v : {R"("\ud800")", R"("\udbff")", R"("\udc00")", R"("\udfff")", R"("\ud800\ud800")", R"("\ud800x")",
                        R"("\ud800\n")", R"("\ude00\ud83d")", R"("\ud800\u0041")"}) {
    CAPTURE(v);
    CHECK(fault_of<std::string>(v) == "malformed_json /v");
    CHECK(fault<nothing>(std::string{"{"}.append(v).append(":1}")) == "malformed_json");
  }
}

TEST_CASE("decode: control characters stand in no string") {
  for (char c = 1; c < 0x20; ++c) {
    CAPTURE(static_cast<int>(c));
    CHECK(fault<one<std::string>>("{\"v\":\"" + std::string(1, c) + "\"}") == "malformed_json /v");
  }
}

TEST_CASE("decode: a body that is cut off anywhere is no JSON") {
  for (const std::string& body :
       {samples::body<sello::gu1::kyc_validation_approved>(), samples::body<sello::kuenta::credit_disbursed>(),
        samples::body<sello::akua::payment_capture_cleared>()}) {
    REQUIRE(fault<nothing>(body) == "none");
    for (std::size_t size = 0; size < body.size(); ++size) {
      const auto cut = sello::decode<nothing>(std::string_view{body}.substr(0, size));
      if (cut || cut.error().code != sello::errc::malformed_json)
        FAIL("accepted the first " << size << " bytes of " << body);
    }
  }
  SUCCEED("every cut was refused");
}

TEST_CASE("decode: what is no JSON is said to be that, whatever else is wrong with it") {
  CHECK(fault<one<int>>(R"({"v":"text","w":tru})") == "malformed_json /w");
  CHECK(fault<one<int>>(R"({"v":"text")") == "malformed_json /v");
  CHECK(fault<one<int>>(R"({"v":99999999999} x)") == "malformed_json");
  CHECK(fault<one<int>>(R"({"w":{"a":1,"a":2},})").starts_with("malformed_json"));
  CHECK(fault<one<int>>(R"({"w":{"a":1,"a":2}} {)") == "malformed_json");
  CHECK(fault<one<int>>("{}x") == "malformed_json");
}

TEST_CASE("decode: the place of what is no JSON is the member that was begun last, or the array") {
  CHECK(fault<nothing>(R"({"a":{"b":[1,tru]}})") == "malformed_json /a/b");
  CHECK(fault<nothing>(R"({"a":{"b":[tru]}})") == "malformed_json /a/b");
  CHECK(fault<nothing>(R"([1,[2,x]])") == "malformed_json /1");
  CHECK(fault<nothing>(R"([1 2])") == "malformed_json");
  CHECK(fault<nothing>(R"({"a":[{},{"b":"\x"}]})") == "malformed_json /a/1/b");
  CHECK(fault<nothing>(R"({"a" 1})") == "malformed_json /a");
  CHECK(fault<nothing>(R"({a:1})") == "malformed_json");
}

// --- agreement with nlohmann -----------------------------------------------------------------

namespace {

/// The verdict on a text of which nobody wants anything.
bool accepts(std::string_view text) {
  return !sello::detail::decoder{{}, &sello::detail::read_tokens<>, nullptr}.read(text);
}

/// Small texts, valid and not, after the manner of the usual JSON test suites.
const std::string_view corpus[] = {
    // structure
    "{}",
    "[]",
    "[[]]",
    "[{}]",
    "{\"a\":[]}",
    "{\"a\":{}}",
    "[1,2]",
    "{\"a\":1,\"b\":2}",
    "",
    " ",
    "\n",
    "[",
    "]",
    "{",
    "}",
    "[}",
    "{]",
    "[[]",
    "[]]",
    "{}}",
    "{{}}",
    "[1,]",
    "[,1]",
    "[,]",
    "[1,,2]",
    "[1 2]",
    "[1:2]",
    "[1;2]",
    "{\"a\"}",
    "{\"a\":}",
    "{:1}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\":1,,\"b\":2}",
    "{\"a\":1 \"b\":2}",
    "{\"a\"::1}",
    "{\"a\",1}",
    "{\"a\":1:2}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{null:1}",
    "{[]:1}",
    "{\"a\":1}}",
    "{} {}",
    "[] []",
    "1 2",
    ",",
    ":",
    "[\"a\":1]",
    "(1)",
    "<1>",
    "[1",
    "[1,",
    "{\"a",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,",
    "{\"a\":[}",
    // literals
    "true",
    "false",
    "null",
    " true ",
    "True",
    "TRUE",
    "tru",
    "truee",
    "true1",
    "nul",
    "nulll",
    "NULL",
    "nil",
    "None",
    "fals",
    "falsee",
    "undefined",
    "NaN",
    "nan",
    "Infinity",
    "-Infinity",
    "inf",
    "[true,false,null]",
    "t",
    "f",
    "n",
    "[truefalse]",
    "[nul]",
    // numbers
    "0",
    "-0",
    "1",
    "-1",
    "10",
    "123456789",
    "0.0",
    "-0.0",
    "0.5",
    "1.5",
    "1e1",
    "1E1",
    "1e+1",
    "1e-1",
    "1.5e10",
    "0e0",
    "0e1",
    "0E+1",
    "1e00",
    "1e010",
    "-1.0E-2",
    "1e-999",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "123456789012345678901234567890",
    "0.1234567890123456789012345678901234567890",
    "1.7976931348623157e308",
    "4.9e-324",
    "1e999",
    "-1e999",
    "1.8e308",
    "[1e400]",
    "01",
    "-01",
    "00",
    "0123",
    "-",
    "+1",
    "+0",
    "--1",
    "-a",
    ".5",
    "-.5",
    "5.",
    "-5.",
    "5.e1",
    "1e",
    "1e+",
    "1e-",
    "e1",
    "1e1.5",
    "1.5.5",
    "1.e1",
    "0x1",
    "0x",
    "1_0",
    "1,5",
    "1 5",
    "1a",
    "1e1e1",
    "0.1.2",
    "-Inf",
    "1d",
    "1f",
    "0b1",
    "0o7",
    "1e+-1",
    "\xEF\xBC\x91",
    "[-]",
    "[0.]",
    "[1.]",
    "[-0.e1]",
    "[2.e+3]",
    "[0e+]",
    // strings
    "\"\"",
    "\"a\"",
    "\"\\\"\"",
    "\"\\\\\"",
    "\"\\/\"",
    "\"\\b\\f\\n\\r\\t\"",
    "\"\\u0041\"",
    "\"\\u00e9\"",
    "\"\\uABCD\"",
    "\"\\uabcd\"",
    "\"\\u0000\"",
    "\"\\ud83d\\ude00\"",
    "\"\\uD83D\\uDE00\"",
    "\"/\"",
    "\"\x7F\"",
    "\"\xC3\xA9\"",
    "\"\xE2\x82\xAC\"",
    "\"\xF0\x9F\x98\x80\"",
    "\"\xE2\x80\xA8\"",
    "\"\xEF\xBF\xBE\"",
    "\"\\uFFFE\"",
    "\"\\udbff\\udfff\"",
    "\"",
    "\"a",
    "a\"",
    "'a'",
    "\"\\\"",
    "\"\\a\"",
    "\"\\x41\"",
    "\"\\'\"",
    "\"\\0\"",
    "\"\\v\"",
    "\"\\u\"",
    "\"\\u0\"",
    "\"\\u00\"",
    "\"\\u004\"",
    "\"\\u004g\"",
    "\"\\u 041\"",
    "\"\\U0041\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800\\u\"",
    "\"\\ud800\\ud800\"",
    "\"\\ud800a\"",
    "\"\\udc00\\ud800\"",
    "\"\n\"",
    "\"\t\"",
    "\"\r\"",
    "\"\x01\"",
    "\"\x1F\"",
    "\"\x80\"",
    "\"\xC0\x80\"",
    "\"\xC2\"",
    "\"\xE0\x80\x80\"",
    "\"\xED\xA0\x80\"",
    "\"\xF4\x90\x80\x80\"",
    "\"\xFF\"",
    "\"a\"b",
    "\"a\"\"b\"",
    "\"\\",
    "\"\\u00",
    "\"\\uD83D\\",
    "\"\\uD83D\\u",
    "`a`",
    "\xE2\x80\x9C"
    "a\xE2\x80\x9D",
    // white space, comments, other bytes
    " 1",
    "1 ",
    "\t1\n",
    "\r\n1\r\n",
    "[ 1 , 2 ]",
    "{ \"a\" : 1 }",
    "\v1",
    "\f1",
    "\xC2\xA0"
    "1",
    "\xE2\x80\x8B"
    "1",
    "/**/1",
    "1/**/",
    "//\n1",
    "1//",
    "#\n1",
    "[1/**/,2]",
    "\\1",
    "\x01",
    "\x80",
    "\xFF",
    "\x1B[]",
    "[1]\x1A",
    "*",
    "@",
    "$",
    "[<null>]",
    "{\"a\":/*comment*/\"b\"}",
    "[\\n]",
    "\xC3\xA9",
    "[\xC3\xA9]",
    "{\"a\":1}#",
    "{\"\":0}",
    "{\"a\\u0000b\":0}",
    "{\"x\":[{\"y\":{\"z\":[null]}}]}",
};

}  // namespace

TEST_CASE("decode: accepts what nlohmann accepts, and nothing else") {
  std::size_t valid = 0;
  for (const std::string_view text : corpus) {
    CAPTURE(text);
    const bool expected = nlohmann::json::accept(text.begin(), text.end());
    CHECK(accepts(text) == expected);
    if (!expected) continue;
    ++valid;
    const auto value = nlohmann::json::parse(text.begin(), text.end());
    const auto made = sello::raw_json::parse(text);
    REQUIRE(made);
    CHECK(made->json() == value);
    CHECK(made->json().dump() == value.dump());
    CHECK(sello::detail::json_of(text).type() == value.type());
    const auto wrapped =
        sello::decode<one<std::vector<sello::raw_json>>>(std::string{R"({"v":[)"}.append(text).append("]}"));
    REQUIRE(wrapped);
    REQUIRE(wrapped->v.size() == 1);
    CHECK(wrapped->v[0] == *made);
  }
  // A corpus that has lost one of its sides would agree about nothing.
  CHECK(valid > 75);
  CHECK(std::size(corpus) - valid > 150);
}

TEST_CASE("decode: stricter than nlohmann, as documented") {
  const std::string deep = nested_arrays(65);
  for (const std::string_view text : {"\xEF\xBB\xBF{}"sv, "{}\0"sv, "{}\0x"sv, "[1]\0"sv, R"({"a":1,"a":2})"sv,
                                      R"([{"a":1,"\u0061":2}])"sv, std::string_view{deep}}) {
    CAPTURE(text);
    CHECK(nlohmann::json::accept(text.begin(), text.end()));
    CHECK_FALSE(accepts(text));
  }
}

// --- the worst a megabyte can hold -----------------------------------------------------------

namespace {

constexpr std::size_t mebibyte = 1024 * 1024;

/// `front`, then `part(i)` for i = 0, 1, … as long as they fit in a mebibyte, then `back`.
template <class Part>
std::string filled(std::string front, Part part, std::string_view back) {
  front.reserve(mebibyte);
  for (std::size_t i = 0;; ++i) {
    const std::string next = part(i);
    if (front.size() + next.size() + back.size() > mebibyte) break;
    front += next;
  }
  return front.append(back);
}

std::string padded(std::size_t number) {
  std::string digits = std::to_string(number);
  return std::string(6 - digits.size(), '0') + digits;
}

}  // namespace

TEST_CASE("decode: a megabyte of keys", "[worst]") {
  CHECK(fault<nothing>(filled("{", [](std::size_t i) { return '"' + padded(i) + "\":0,"; }, "\"\":0}")) == "none");
  // In descending order, and all alike but for their end.
  CHECK(fault<nothing>(
            filled("{", [](std::size_t i) { return '"' + padded(999999 - i) + "\":0,"; }, "\"\":0}")) == "none");
  const std::string prefix(1000, 'x');
  CHECK(fault<nothing>(
            filled("{", [&](std::size_t i) { return '"' + prefix + padded(i) + "\":0,"; }, "\"\":0}")) == "none");
  CHECK(fault<nothing>(filled("{", [](std::size_t) { return "\"k\":0,"s; }, "\"k\":0}")) == "duplicate_key /k");
  CHECK(fault<nothing>(
            filled("{\"v\":[", [](std::size_t) { return "{\"k\":0,\"k\":0},"s; }, "0]}")) == "duplicate_key /v/0/k");
  CHECK(fault<one<sello::raw_json>>(
            filled("{\"v\":{", [](std::size_t i) { return '"' + padded(i) + "\":0,"; }, "\"\":0}}")) == "none");
}

TEST_CASE("decode: a megabyte of nesting", "[worst]") {
  for (const auto& nested : {nested_arrays, nested_objects}) {
    const std::string part = nested(62) + ",";
    const std::string text = filled("{\"v\":[", [&](std::size_t) { return part; }, "0]}");
    CHECK(fault<nothing>(text) == "none");
    CHECK(fault<one<sello::raw_json>>(text) == "none");
  }
  CHECK(fault<nothing>("{\"v\":" + std::string(mebibyte, '[')) == "too_deep /v" + repeated("/0", 63));
  CHECK(fault<nothing>(repeated("{\"v\":", mebibyte / 5)) == "too_deep " + repeated("/v", 64));
  // Each level repeats a key of its parent, so that many are open at once.
  CHECK(fault<nothing>(filled("{\"v\":[", [](std::size_t) { return "{},[],"s; }, "0]}")) == "none");
}

TEST_CASE("decode: a megabyte of one string, one number, one key", "[worst]") {
  const std::string letters(mebibyte, 'a');
  CHECK(read<std::string>('"' + letters + '"').size() == mebibyte);
  CHECK(read<std::string>('"' + repeated("\\u0041", mebibyte / 6) + '"').size() == mebibyte / 6);
  CHECK(fault<nothing>("{\"" + letters + "\":0}") == "none");
  CHECK(fault<nothing>("{\"" + letters + "\":0,\"" + letters + "\":0}") == "duplicate_key /" + letters);
  CHECK(read<decimal>("0." + std::string(mebibyte, '1')).text().size() == mebibyte + 2);
  CHECK(fault_of<decimal>(std::string(mebibyte, '1')) == "out_of_range /v");
  CHECK(fault_of<std::int64_t>("1" + std::string(mebibyte, '0')) == "out_of_range /v");
  CHECK(fault_of<decimal>("1e-" + std::string(mebibyte, '9')) == "none");
}

TEST_CASE("decode: a megabyte of array elements, of faults, of members", "[worst]") {
  CHECK(read<std::vector<int>>(filled("[", [](std::size_t) { return "7,"s; }, "7]")).size() == mebibyte / 2 - 1);
  CHECK(fault_of<std::vector<int>>(filled("[", [](std::size_t) { return "\"\","s; }, "7]")) == "wrong_type /v/0");
  CHECK(
      fault_of<std::vector<line>>(filled("[", [](std::size_t) { return "{},"s; }, "{}]")) == "missing_field /v/0/name");
  CHECK(fault_of<std::vector<std::vector<int>>>(filled("[", [](std::size_t) { return "[],"s; }, "[]]")) == "none");
  CHECK(fault_of<sello::raw_json>(filled("[", [](std::size_t) { return "0,"s; }, "0]")) == "none");
  CHECK(fault<nothing>(std::string(mebibyte, ' ') + "{}") == "none");
}
