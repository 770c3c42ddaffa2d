// SPDX-License-Identifier: MIT
// Bodies that were signed, to handlers.
#include <string>

#include "dispatch.hpp"

namespace {

template <class Provider>
void check(fuzz::request given) {
  using kit = fuzz::kit<Provider>;
  if (given.secrets.front().empty()) return;
  // The input's own headers stay, so that a hint can contradict the body; the signature is always right.
  const std::string name = kit::about.name == "akua" ? "svix-signature" : "X-Webhook-Signature";
  std::erase_if(given.headers, [&](const auto& line) {
    return reference::same_name(line.first, name) || line.first.starts_with("svix-") || line.first.starts_with("Svix-");
  });
  if (kit::about.name == "akua") {
    given.headers.emplace_back("svix-id", "msg_1");
    given.headers.emplace_back("svix-timestamp", std::to_string(given.now));
  }
  given.headers.emplace_back(name, kit::about.name == "akua" ? "v1,{mac}" : "{mac}");
  kit::fill_in(given);

  const auto verifier = kit::verifier::create(given.secrets.front());
  if (!verifier) return;
  const auto proven = verifier->verify(given.headers, given.body, fuzz::time_of(given.now));
  if (kit::verify(given).error.empty()) fuzz::require(proven.has_value(), "what is signed is proven");
  if (!proven) return;

  const std::string_view routes = given.directive("routes");
  const auto expected = fuzz::expect<Provider>(given, routes, std::nullopt);
  fuzz::handling::now() = {};
  fuzz::handling::now().order = given.directive("handler");
  const auto answer = fuzz::router_of(routes).dispatch(*proven);
  fuzz::check_handling(expected);
  fuzz::check_outcome(answer ? std::optional{*answer} : std::nullopt,
                      answer ? std::nullopt : std::optional{answer.error().code}, expected);
  const bool of_body = !answer && expected.judged.empty() && !expected.values && expected.how.empty();
  if (of_body) fuzz::check_place(answer.error(), reference::json::parse(given.body));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text_of(data, size);
  fuzz::request given = fuzz::parse_request(input, fuzz::svix_secret);
  const std::string_view provider = given.directive("provider", "kuenta");
  if (provider == "akua") check<sello::akua::provider>(given);
  if (provider == "gu1") check<sello::gu1::provider>(given);
  if (provider == "kuenta") check<sello::kuenta::provider>(given);
  return 0;
}
