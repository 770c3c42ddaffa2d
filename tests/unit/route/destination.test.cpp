// SPDX-License-Identifier: MIT
#include <sello/route/destination.hpp>

#include <string>
#include <utility>

#include <sello/akua.hpp>

#include "catch.hpp"
#include "support/known_answer.hpp"

namespace {

[[nodiscard]] sello::header_list asked(const sello::header_list& given) {
  const sello::akua::verifier verifier{known_answer::secret};
  return sello::detail::asked_headers(verifier, sello::header_view{given}, known_answer::now);
}

}  // namespace

TEST_CASE("asked_headers: the lines that a verifier reads, each name's as one") {
  const auto kept = asked({{"Host", "a"},
                           {"svix-id", "msg_1"},
                           {"svix-signature", "v1,one"},
                           {"svix-timestamp", "1614265330"},
                           {"Svix-Signature", "v1,two"}});
  std::string signature;
  for (const auto& [name, value] : kept) {
    CHECK(name.starts_with("svix-"));
    if (name == "svix-signature") signature = value;
  }
  CHECK(signature == "v1,one, v1,two");
}

TEST_CASE("asked_headers: what is too long for a verifier is not kept, and costs no more than it may") {
  sello::header_list many{{"svix-id", "msg_1"}, {"svix-timestamp", "1614265330"}};
  for (int i = 0; i < 20'000; ++i) many.emplace_back("svix-signature", std::string(600, 'a'));
  for (const auto& [name, value] : asked(many)) {
    CHECK(name != "svix-signature");
    CHECK(value.size() < 100);
  }
}
