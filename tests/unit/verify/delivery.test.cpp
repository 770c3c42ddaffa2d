// SPDX-License-Identifier: MIT
#include <sello/verify/delivery.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/signer.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/verifier.hpp>

#include "catch.hpp"
#include "support/known_answer.hpp"

namespace {

struct acme {
  static constexpr std::string_view name = "acme";
};

template <class D>
concept has_message_id = requires(const D& delivery) { delivery.message_id(); };
template <class D>
concept has_sent_at = requires(const D& delivery) { delivery.sent_at(); };

using hex_delivery = sello::delivery<sello::hex_hmac>;
using gu1_delivery = sello::delivery<sello::gu1_hmac>;
using svix_delivery = sello::delivery<sello::svix_v1>;

}  // namespace

TEST_CASE("a delivery cannot be made but by a verifier") {
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<svix_delivery>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<svix_delivery, std::string_view>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<svix_delivery, std::string_view, sello::claim>);
  STATIC_REQUIRE_FALSE(std::is_aggregate_v<svix_delivery>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<sello::delivery<sello::svix_v1>, sello::delivery<sello::svix_v1, acme>>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<sello::delivery<sello::svix_v1, acme>, sello::delivery<sello::svix_v1>>);
}

TEST_CASE("a delivery has an id and a time only where they are signed") {
  STATIC_REQUIRE(has_message_id<svix_delivery>);
  STATIC_REQUIRE(has_sent_at<svix_delivery>);
  STATIC_REQUIRE_FALSE(has_message_id<hex_delivery>);
  STATIC_REQUIRE_FALSE(has_sent_at<hex_delivery>);
  STATIC_REQUIRE_FALSE(has_message_id<gu1_delivery>);
  STATIC_REQUIRE_FALSE(has_sent_at<gu1_delivery>);
}

TEST_CASE("a delivery names its provider") {
  STATIC_REQUIRE(svix_delivery::provider() == "any");
  STATIC_REQUIRE(sello::delivery<sello::svix_v1, acme>::provider() == "acme");
  STATIC_REQUIRE(
      std::is_same_v<sello::verifier<sello::svix_v1, acme>::delivery_type, sello::delivery<sello::svix_v1, acme>>);
}

TEST_CASE("a delivery borrows the body and owns the rest") {
  const std::string body{known_answer::body};
  auto headers = known_answer::headers();
  const sello::verifier<sello::svix_v1> verifier{known_answer::secret};
  const auto delivery = verifier.verify(headers, body, known_answer::now);
  REQUIRE(delivery);
  for (auto& [name, value] : headers) value.assign(value.size(), 'x');
  headers.clear();
  CHECK(delivery->body().data() == body.data());
  CHECK(delivery->body().size() == body.size());
  CHECK(delivery->message_id() == known_answer::id);
  CHECK(delivery->sent_at() == known_answer::now);
  CHECK_FALSE(delivery->type_hint());
}

TEST_CASE("a delivery that was moved from or copied is whole") {
  const std::string body{known_answer::body};
  const sello::verifier<sello::svix_v1> verifier{known_answer::secret};
  auto first = verifier.verify(known_answer::headers(), body, known_answer::now).value();
  const auto copy = first;
  const auto moved = std::move(first);
  auto assigned = copy;
  assigned = std::move(first);  // NOLINT(bugprone-use-after-move)
  for (const auto* each : {&copy, &moved, &std::as_const(first), &std::as_const(assigned)}) {
    CHECK(each->message_id() == known_answer::id);
    CHECK(each->sent_at() == known_answer::now);
    CHECK(each->body() == known_answer::body);
  }
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<svix_delivery>);
  STATIC_REQUIRE(std::is_nothrow_move_assignable_v<svix_delivery>);
}

TEST_CASE("a delivery may own its body") {
  std::string body{known_answer::body};
  const sello::verifier<sello::svix_v1> verifier{known_answer::secret};
  std::optional<svix_delivery> kept;
  {
    const auto borrowed = verifier.verify(known_answer::headers(), body, known_answer::now);
    REQUIRE(borrowed);
    kept = borrowed->owned();
    CHECK(kept->owned().body_digest() == borrowed->body_digest());
  }
  body.assign(body.size(), 'x');
  CHECK(kept->body() == known_answer::body);
  CHECK(kept->message_id() == known_answer::id);
  const svix_delivery again = kept->owned();
  CHECK(again.body().data() == kept->body().data());  // what is owned is shared
  kept.reset();
  CHECK(again.body() == known_answer::body);
}

TEST_CASE("a copy of a delivery owns its body, and a moved one borrows as before") {
  std::string body{known_answer::body};
  const sello::verifier<sello::svix_v1> verifier{known_answer::secret};
  auto borrowed = verifier.verify(known_answer::headers(), body, known_answer::now).value();
  const svix_delivery moved = std::move(borrowed);
  CHECK(moved.body().data() == body.data());
  std::vector<svix_delivery> queue;
  queue.push_back(moved);
  svix_delivery assigned = verifier.verify(known_answer::headers(), body, known_answer::now).value();
  CHECK(assigned.body().data() == body.data());
  assigned = moved;
  body.assign(body.size(), 'x');
  CHECK(queue.front().body() == known_answer::body);
  CHECK(assigned.body() == known_answer::body);
}

namespace {

template <class D>
concept gives_views = requires(D&& delivery) { std::forward<D>(delivery).body(); } || requires(D&& delivery) {
  std::forward<D>(delivery).message_id();
} || requires(D&& delivery) { std::forward<D>(delivery).type_hint(); };

}  // namespace

TEST_CASE("a temporary delivery gives no views") {
  STATIC_REQUIRE(gives_views<svix_delivery&>);
  STATIC_REQUIRE(gives_views<const svix_delivery&>);
  STATIC_REQUIRE_FALSE(gives_views<svix_delivery>);
  STATIC_REQUIRE_FALSE(gives_views<const svix_delivery>);
}

TEST_CASE("the digest of a body is its SHA-256") {
  const sello::signer<sello::hex_hmac> signer{"s3cret-of-it"};
  const sello::verifier<sello::hex_hmac> verifier{"s3cret-of-it"};
  const auto digest = [&](std::string_view body) {
    return verifier.verify(signer.sign(body), body).value().body_digest();
  };
  CHECK(digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
