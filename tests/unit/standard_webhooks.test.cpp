// SPDX-License-Identifier: MIT
// Services that follow the specification, from signed headers to the handler.
#include <sello/standard_webhooks.hpp>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <sello/route/receiver.hpp>
#include <sello/route/router.hpp>

#include "catch.hpp"
#include "support/known_answer.hpp"

namespace standard = sello::standard_webhooks;

namespace {

struct contact {
  std::string id{};
  static constexpr std::array fields{sello::field<&contact::id>("id")};
};
struct contact_created : contact, standard::of_type<"contact.created"> {};

/// The specification's example.
constexpr std::string_view paid_body =
    R"({"type":"contact.created","timestamp":"2022-11-03T20:26:10.344522Z","data":{"id":"1f81eb52-5198-4599-803e-771906343485"}})";

/// Another service, whose types have the same names.
struct other_provider : standard::provider {
  static constexpr std::string_view name = "other";
};
struct other_contact_created : contact, sello::named<"contact.created"> {
  using provider = other_provider;
};

}  // namespace

TEST_CASE("standard_webhooks: the specification's example reaches its handler under either kind of key") {
  std::vector<std::string> heard;
  sello::router router;
  router.on<contact_created>([&](const auto& event) {
    heard.push_back(event.data.id + ' ' + event.idempotency_key);
    CHECK(event.envelope.timestamp->time_since_epoch() == std::chrono::microseconds{1'667'507'170'344'522});
    CHECK(event.misfits.empty());
  });
  const sello::receiver shared{standard::verifier{known_answer::secret}, router};
  const sello::receiver public_key{standard::public_key_verifier{known_answer::public_key}, router};
  const auto mac = standard::signer{known_answer::secret}.sign(paid_body, {.id = "msg_1"});
  const auto public_key_signed =
      standard::private_key_signer{known_answer::private_key}.sign(paid_body, {.id = "msg_2"});
  CHECK(shared.receive(mac, paid_body).status == 200);
  CHECK(public_key.receive(public_key_signed, paid_body).status == 200);
  CHECK(heard == std::vector<std::string>{"1f81eb52-5198-4599-803e-771906343485 msg_1",
                                          "1f81eb52-5198-4599-803e-771906343485 msg_2"});
  CHECK(shared.receive(public_key_signed, paid_body).status == 401);
  CHECK(public_key.receive(mac, paid_body).status == 401);

  auto pieces = public_key.begin(public_key_signed);
  for (const char byte : paid_body) CHECK(pieces.feed(std::string_view{&byte, 1}));
  CHECK(pieces.finish().status == 200);
  CHECK(heard.size() == 3);
}

TEST_CASE("standard_webhooks: the headers of Svix are taken as well") {
  sello::router router;
  router.otherwise([](const auto&) {});
  const sello::receiver receiver{standard::verifier{known_answer::secret}, router};
  CHECK(receiver.receive(sello::signer<sello::svix_v1>{known_answer::secret}.sign(paid_body), paid_body).status == 200);
}

TEST_CASE("standard_webhooks: two services are two senders") {
  std::string heard;
  sello::router router;
  router.on<contact_created>([&](const auto&) { heard += "one "; }).on<other_contact_created>([&](const auto&) {
    heard += "other ";
  });
  using other_verifier = sello::verifier<sello::svix_v1, other_provider>;
  STATIC_REQUIRE(sello::provider_for<other_provider, sello::svix_v1>);
  const auto headers = standard::signer{known_answer::secret}.sign(paid_body);
  CHECK(sello::receiver{other_verifier{known_answer::secret}, router}.receive(headers, paid_body).status == 200);
  CHECK(sello::receiver{standard::verifier{known_answer::secret}, router}.receive(headers, paid_body).status == 200);
  CHECK(heard == "other one ");
}
