// SPDX-License-Identifier: MIT
#include <sello/base/passing_view.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "catch.hpp"
#include "support/allocations.hpp"

namespace {

template <class B>
concept can_be_cut = requires(B body, std::string_view other) { body.remove_prefix(1U); } || requires(B body) {
  body.remove_suffix(1U);
} || requires(B body, std::string_view other) { body.swap(other); };

}  // namespace

TEST_CASE("passing_view: cannot be cut, or exchanged for what nobody keeps") {
  STATIC_REQUIRE(can_be_cut<std::string_view>);
  STATIC_REQUIRE_FALSE(can_be_cut<sello::passing_view>);
  sello::passing_view one{std::string{"the first text, which is its own"}};
  sello::passing_view other{std::string{"the second text, which is its own"}};
  std::swap(one, other);
  CHECK(one == "the second text, which is its own");
  CHECK(other == "the first text, which is its own");
}

TEST_CASE("passing_view: borrows a view, and a copy of it keeps the text") {
  std::string text = "as it was sent, and longer than any small buffer";
  const std::string sent = text;
  const sello::passing_view borrowed{std::string_view{text}};
  CHECK(borrowed.data() == text.data());
  const sello::passing_view copy{borrowed};
  sello::passing_view assigned;
  assigned = borrowed;
  sello::passing_view moved_from{std::string_view{text}};
  const sello::passing_view moved = std::move(moved_from);
  text.assign(text.size(), 'x');
  CHECK(copy == sent);
  CHECK(assigned == sent);
  CHECK(moved == sent);
  CHECK(borrowed == text);

  const sello::passing_view shared{copy};
  CHECK(shared.data() == copy.data());
  const sello::passing_view owned{std::string{"a temporary, which would be gone by now"}};
  CHECK(owned == "a temporary, which would be gone by now");
  assigned = *&assigned;
  CHECK(assigned == sent);
  CHECK(sello::passing_view{}.empty());
  CHECK(sello::passing_view{sello::passing_view{}}.empty());
}

TEST_CASE("passing_view: a string is kept, as one that may go") {
  std::string text = "a string that its owner changes, longer than a small one";
  const sello::passing_view kept{text};
  text.assign(text.size(), 'x');
  CHECK(kept == "a string that its owner changes, longer than a small one");
}

TEST_CASE("passing_view: borrows again, and allocates nothing for it") {
  const std::string text = "longer than any small string would have room for";
  sello::passing_view view{std::string{"its own text, longer than any small string"}};
  const std::size_t before = support::allocations();
  view.borrow(text);
  const sello::passing_view nothing;
  const sello::passing_view copy_of_nothing{nothing};
  const std::size_t after = support::allocations();
  CHECK(after == before);
  CHECK(view.data() == text.data());
  CHECK(copy_of_nothing.empty());
}
