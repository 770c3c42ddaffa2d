// SPDX-License-Identifier: MIT
#include <sello/verify/headers.hpp>

#include <array>
#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "support/verdict.hpp"

using sello::header_source;
using sello::header_view;

namespace {

/// A view of another library, which knows nothing of ranges.
struct foreign_view {
  foreign_view(const std::string& from) : text{from} {}
  operator std::string_view() const { return text; }
  [[nodiscard]] auto begin() const { return text.begin(); }
  [[nodiscard]] auto end() const { return text.end(); }
  std::string_view text;
};

/// The same, and said to be a view.
struct declared_view : foreign_view {
  using foreign_view::foreign_view;
};

}  // namespace

template <>
inline constexpr bool std::ranges::enable_borrowed_range<declared_view> = true;

namespace {

using lines = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] std::vector<std::string> all(const header_view& view, std::string_view name) {
  std::vector<std::string> values;
  view.each(name, [&](std::string_view value) { values.emplace_back(value); });
  return values;
}

/// A range that makes its pairs when they are asked for.
template <class Text>
struct made_anew {
  struct iterator {
    using value_type = std::pair<Text, Text>;
    using difference_type = std::ptrdiff_t;
    const std::pair<std::string, std::string>* at = nullptr;

    value_type operator*() const { return {at->first, at->second}; }
    iterator& operator++() {
      ++at;
      return *this;
    }
    iterator operator++(int) { return iterator{at++}; }
    friend bool operator==(const iterator&, const iterator&) = default;
  };
  [[nodiscard]] iterator begin() const { return {from.data()}; }
  [[nodiscard]] iterator end() const { return {from.data() + from.size()}; }

  lines from;
};

/// A range whose iterator keeps the line that it gives: what `std::views::istream` does, too.
struct stashing {
  struct iterator {
    using iterator_concept = std::input_iterator_tag;
    using value_type = std::pair<std::string, std::string>;
    using difference_type = std::ptrdiff_t;
    value_type line;

    const value_type& operator*() const { return line; }
    iterator& operator++() { return *this; }
    void operator++(int) {}
    [[maybe_unused]] friend bool operator==(const iterator&, std::default_sentinel_t) { return true; }
  };
  [[nodiscard]] iterator begin() const { return {}; }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }
};

/// Text that owns its characters and is no range.
struct owner {
  owner(const std::string& from) : text{from} {}
  operator std::string_view() const { return text; }
  std::string text;
};

/// The one value of `svix-id`, or the verdict.
template <header_source H>
[[nodiscard]] std::string id_in(const H& headers) {
  const auto value = header_view{headers}.one("svix-id");
  return value ? std::string{*value} : verdict(value);
}

}  // namespace

TEST_CASE("header names are compared without regard to case") {
  STATIC_REQUIRE(sello::same_header_name("svix-id", "SVIX-Id"));
  STATIC_REQUIRE(sello::same_header_name("", ""));
  STATIC_REQUIRE_FALSE(sello::same_header_name("svix-id", "svix-i"));
  STATIC_REQUIRE_FALSE(sello::same_header_name("svix-id", "svix-ie"));
  STATIC_REQUIRE_FALSE(sello::same_header_name("svix-id", "svix_id"));
}

TEST_CASE("only ASCII letters have a case in header names") {
  CHECK_FALSE(sello::same_header_name("[", "{"));
  CHECK_FALSE(sello::same_header_name("@", "`"));
  CHECK_FALSE(sello::same_header_name("-", "\r"));
  CHECK_FALSE(sello::same_header_name("\xc3\x81", "\xc3\xa1"));
}

TEST_CASE("spaces and tabs around a value are trimmed and nothing else") {
  STATIC_REQUIRE(sello::trimmed(" \t a b\t ") == "a b");
  STATIC_REQUIRE(sello::trimmed("a") == "a");
  STATIC_REQUIRE(sello::trimmed("").empty());
  STATIC_REQUIRE(sello::trimmed(" \t ").empty());
  STATIC_REQUIRE(sello::trimmed("\ra\n") == "\ra\n");
}

TEST_CASE("headers come from any container of pairs") {
  const std::multimap<std::string, std::string> multimap{{"Svix-Id", "m"}, {"other", "x"}};
  const std::unordered_multimap<std::string, std::string> unordered{{"Svix-Id", "m"}, {"other", "x"}};
  const std::map<std::string, std::string, std::less<>> map{{"Svix-Id", "m"}, {"other", "x"}};
  const lines vector{{"Svix-Id", "m"}, {"other", "x"}};
  const std::list<std::pair<std::string_view, std::string_view>> views{{"Svix-Id", "m"}, {"other", "x"}};
  const std::array<std::pair<const char*, const char*>, 2> pointers{{{"Svix-Id", "m"}, {"other", "x"}}};
  const std::vector<std::tuple<std::string, std::string>> tuples{{"Svix-Id", "m"}, {"other", "x"}};
  const std::pair<const char*, const char*> plain[]{{"Svix-Id", "m"}, {"other", "x"}};

  CHECK(id_in(multimap) == "m");
  CHECK(id_in(unordered) == "m");
  CHECK(id_in(map) == "m");
  CHECK(id_in(vector) == "m");
  CHECK(id_in(views) == "m");
  CHECK(id_in(pointers) == "m");
  CHECK(id_in(tuples) == "m");
  CHECK(id_in(plain) == "m");
  CHECK(id_in(made_anew<std::string_view>{vector}) == "m");
  CHECK(id_in(lines{}) == "missing_header at svix-id");
}

TEST_CASE("headers come from a callable") {
  const std::map<std::string, std::string, std::less<>> stored{{"svix-id", "m"}};
  const auto lookup = [&](std::string_view name) -> std::optional<std::string_view> {
    const auto found = stored.find(name);
    if (found == stored.end()) return std::nullopt;
    return found->second;
  };
  CHECK(id_in(lookup) == "m");
  CHECK(verdict(header_view{lookup}.one("svix-timestamp")) == "missing_header at svix-timestamp");
}

TEST_CASE("what could dangle or is no header is refused as a source") {
  STATIC_REQUIRE_FALSE(header_source<made_anew<std::string>>);  // strings that expire
  STATIC_REQUIRE_FALSE(header_source<made_anew<owner>>);
  STATIC_REQUIRE(header_source<made_anew<std::string_view>>);
  STATIC_REQUIRE(header_source<made_anew<const char*>>);
  STATIC_REQUIRE_FALSE(header_source<made_anew<foreign_view>>);
  STATIC_REQUIRE(header_source<made_anew<declared_view>>);
  STATIC_REQUIRE_FALSE(header_source<stashing>);
  STATIC_REQUIRE_FALSE(header_source<std::vector<std::string>>);
  STATIC_REQUIRE_FALSE(header_source<std::map<std::string, int>>);
  STATIC_REQUIRE_FALSE(header_source<std::map<int, std::string>>);
  STATIC_REQUIRE_FALSE(header_source<int>);

  const auto gives_string = [](std::string_view) -> std::optional<std::string> { return "m"; };
  STATIC_REQUIRE_FALSE(header_source<decltype(gives_string)>);
  auto counts = [n = 0](std::string_view) mutable -> std::optional<std::string_view> { return ++n > 1 ? "m" : "n"; };
  STATIC_REQUIRE_FALSE(header_source<decltype(counts)>);
  STATIC_REQUIRE_FALSE(header_source<std::optional<std::string_view>(std::string_view)>);
  STATIC_REQUIRE(header_source<std::optional<std::string_view> (*)(std::string_view)>);
}

TEST_CASE("each visits every line of a name in order") {
  const lines headers{{"a", "1"}, {"B", "2"}, {"A", "3"}, {"a", ""}};
  CHECK(all(header_view{headers}, "a") == std::vector<std::string>{"1", "3", ""});
  CHECK(all(header_view{headers}, "b") == std::vector<std::string>{"2"});
  CHECK(all(header_view{headers}, "c").empty());
}

TEST_CASE("an absent or empty header is missing") {
  CHECK(id_in(lines{{"svix-id", ""}}) == "missing_header at svix-id");
  CHECK(id_in(lines{{"svix-id", ""}, {"Svix-Id", ""}}) == "missing_header at svix-id");
}

TEST_CASE("a header may be repeated with the same value") {
  CHECK(id_in(lines{{"svix-id", "m"}, {"SVIX-ID", "m"}}) == "m");
}

TEST_CASE("a header that is repeated with another value is malformed") {
  CHECK(id_in(lines{{"svix-id", "m"}, {"SVIX-ID", "n"}}) == "malformed_header at svix-id");
  CHECK(id_in(lines{{"svix-id", "m"}, {"SVIX-ID", ""}}) == "malformed_header at svix-id");
  CHECK(id_in(lines{{"svix-id", ""}, {"SVIX-ID", "m"}}) == "malformed_header at svix-id");
  CHECK(id_in(lines{{"svix-id", "m"}, {"svix-id", "m"}, {"svix-id", "M"}}) == "malformed_header at svix-id");
}

TEST_CASE("a header of more than 8 KiB, all its lines together, is malformed") {
  CHECK(id_in(lines{{"svix-id", std::string(8192, 'm')}}) == std::string(8192, 'm'));
  CHECK(id_in(lines{{"svix-id", std::string(8193, 'm')}}) == "malformed_header at svix-id");
  CHECK(id_in(lines(2, {"svix-id", std::string(4096, 'm')})) == std::string(4096, 'm'));
  CHECK(id_in(lines(2, {"svix-id", std::string(4097, 'm')})) == "malformed_header at svix-id");
  CHECK(id_in(lines(10'001, {"svix-id", std::string(64, 'm')})) == "malformed_header at svix-id");
  CHECK(id_in(lines{{"svix-id", std::string(9000, ' ') + "m"}}) == "m");
}

TEST_CASE("a header of more than 64 lines is malformed, however short they are") {
  CHECK(id_in(lines(64, {"svix-id", "m"})) == "m");
  CHECK(id_in(lines(65, {"svix-id", "m"})) == "malformed_header at svix-id");
  CHECK(id_in(lines(65, {"svix-id", ""})) == "malformed_header at svix-id");
}

TEST_CASE("lines beyond the bound are not looked at") {
  const lines headers(1000, {"a", "1"});
  int seen = 0;
  CHECK_FALSE(header_view{headers}.each_bounded("a", [&](std::string_view) { ++seen; }));
  CHECK(seen == 64);
  CHECK(header_view{headers}.each_bounded("b", [&](std::string_view) { ++seen; }));
  CHECK(seen == 64);
}

TEST_CASE("blanks around a value are no part of it") {
  CHECK(id_in(lines{{"svix-id", " m\t"}, {"svix-id", "m"}}) == "m");
  CHECK(id_in(lines{{"svix-id", " \t"}}) == "missing_header at svix-id");
  CHECK(all(header_view{lines{{"a", "\t1 "}, {"a", " "}}}, "a") == std::vector<std::string>{"1", ""});
  const auto lookup = [](std::string_view) -> std::optional<std::string_view> { return " m "; };
  CHECK(id_in(lookup) == "m");
}

TEST_CASE("equal values that were joined by a comma are one value") {
  CHECK(id_in(lines{{"svix-id", "m, m"}}) == "m");
  CHECK(id_in(lines{{"svix-id", "m,m"}}) == "m");
  CHECK(id_in(lines{{"svix-id", "m\t, m ,m"}, {"svix-id", "m"}}) == "m");
  CHECK(id_in(lines{{"svix-id", "m, n"}}) == "m, n");
  CHECK(id_in(lines{{"svix-id", "m, m, n"}}) == "m, m, n");
  CHECK(id_in(lines{{"svix-id", "m,"}}) == "m,");
  CHECK(id_in(lines{{"svix-id", ",m"}}) == ",m");
  CHECK(id_in(lines{{"svix-id", "m, m"}, {"svix-id", "n"}}) == "malformed_header at svix-id");
  CHECK(id_in(lines{{"svix-id", " , "}}) == "missing_header at svix-id");
  STATIC_REQUIRE(sello::single_value(" a b , a b ") == "a b");
  STATIC_REQUIRE(sello::single_value("").empty());
}

TEST_CASE("a null pointer is an empty text") {
  const char* const none = nullptr;
  CHECK(id_in(std::vector<std::pair<const char*, const char*>>{{"svix-id", none}}) == "missing_header at svix-id");
  CHECK(id_in(std::vector<std::pair<const char*, const char*>>{{none, "m"}, {"svix-id", "n"}}) == "n");
}

TEST_CASE("a value may hold any bytes") {
  const std::string odd{"a\0b\xff", 4};
  CHECK(id_in(lines{{"svix-id", odd}}) == odd);
}
