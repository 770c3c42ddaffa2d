// SPDX-License-Identifier: MIT
// What every catalog must do: each of its events decodes its sample and reaches its own handler.
#pragma once

#include <concepts>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include <sello/route/router.hpp>

#include "catch.hpp"
#include "support/samples.hpp"
#include "support/sender.hpp"

namespace support {

/// `payment.account-status.rejected` is the struct `payment_account_status_rejected`.
[[nodiscard]] inline std::string struct_name(std::string_view type) {
  std::string name{type};
  for (char& c : name) {
    if (c == '.' || c == '-') c = '_';
  }
  return name;
}

/// The struct's name without its namespace, from what the compiler calls this function.
template <class E>
[[nodiscard]] std::string spelled_name() {
  std::string_view signature = __PRETTY_FUNCTION__;
  signature.remove_prefix(signature.find("E = ") + 4);
  signature = signature.substr(0, signature.find_first_of(";]"));
  return std::string{signature.substr(signature.rfind(':') + 1)};
}

template <class Catalog, class Verifier>
void check_catalog() {
  std::set<std::string_view> seen;
  Catalog::for_each([&]<class E>() {
    CAPTURE(E::type);
    STATIC_REQUIRE(std::same_as<typename E::provider, typename Verifier::provider_type>);
    CHECK(spelled_name<E>() == struct_name(E::type));
    CHECK(seen.insert(E::type).second);

    int handled = 0;
    sello::router router;
    router
        .on<E>([&](const sello::event<E>& event) {
          ++handled;
          CHECK(event.type == E::type);
          CHECK_FALSE(event.idempotency_key.empty());
          CHECK(event.json().contains(Verifier::provider_type::keys.data));
        })
        .otherwise([](const sello::unknown_event& event) { FAIL("not its handler: " << event.type); });
    const auto outcome = dispatch<Verifier>(router, samples::body<E>(), {.id = "msg_1", .type = E::type});
    REQUIRE(outcome);
    CHECK(*outcome == sello::outcome::handled);
    CHECK(handled == 1);
  });
  CHECK(seen.size() == Catalog::size);
}

/// All handlers of a catalog in one router: each event reaches its own, and no other.
template <class Catalog, class Verifier>
void check_all_handlers() {
  std::string reached;
  sello::router router;
  Catalog::for_each([&]<class E>() { router.on<E>([&](const sello::event<E>&) { reached += E::type; }); });
  Catalog::for_each([&]<class E>() {
    reached.clear();
    CHECK(dispatch<Verifier>(router, samples::body<E>()).value() == sello::outcome::handled);
    CHECK(reached == E::type);
  });
}

}  // namespace support
