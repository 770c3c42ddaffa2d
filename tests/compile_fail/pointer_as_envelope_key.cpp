// SPDX-License-Identifier: MIT
// error: an envelope.s keys are names at the top level
// A JSON Pointer is no key: every event would be without a type.
#include <string>
#include <string_view>

#include <sello/sello.hpp>

struct shop {
  static constexpr std::string_view name = "shop";
#ifdef SELLO_COMPILE_FAIL
  static constexpr sello::envelope_keys keys{.type = "/meta/type", .data = "data"};
#else
  static constexpr sello::envelope_keys keys{.type = "type", .data = "data"};
#endif
  using catalog = sello::catalog_of<>;
  static std::string idempotency_key(const sello::signed_facts& facts, const auto&) { return facts.body_digest(); }
};

struct sold : sello::named<"sold"> {
  using provider = shop;
  std::string id{};
  static constexpr std::array fields{sello::field<&sold::id>("id")};
};

void add(sello::router& router) {
  router.on<sold>([](const auto&) {});
}
