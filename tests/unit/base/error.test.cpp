// SPDX-License-Identifier: MIT
#include <sello/base/error.hpp>

#include <set>
#include <string>
#include <string_view>
#include <type_traits>

#include "catch.hpp"

using sello::errc;

namespace {

constexpr errc every_code[] = {
    errc::missing_header,     errc::malformed_header,     errc::malformed_timestamp,
    errc::timestamp_too_old,  errc::timestamp_too_new,    errc::malformed_signature,
    errc::signature_mismatch, errc::malformed_json,       errc::duplicate_key,
    errc::too_deep,           errc::missing_field,        errc::wrong_type,
    errc::out_of_range,       errc::header_body_mismatch, errc::body_too_large,
    errc::bad_request,        errc::empty_secret,         errc::malformed_secret,
    errc::malformed_option,   errc::permanent_failure,    errc::handler_failed,
    errc::store_unavailable,  errc::internal_error,
};

}  // namespace

TEST_CASE("every error code is named as its enumerator") {
  CHECK(to_string(errc::missing_header) == "missing_header");
  CHECK(to_string(errc::malformed_header) == "malformed_header");
  CHECK(to_string(errc::malformed_timestamp) == "malformed_timestamp");
  CHECK(to_string(errc::timestamp_too_old) == "timestamp_too_old");
  CHECK(to_string(errc::timestamp_too_new) == "timestamp_too_new");
  CHECK(to_string(errc::malformed_signature) == "malformed_signature");
  CHECK(to_string(errc::signature_mismatch) == "signature_mismatch");
  CHECK(to_string(errc::malformed_json) == "malformed_json");
  CHECK(to_string(errc::duplicate_key) == "duplicate_key");
  CHECK(to_string(errc::too_deep) == "too_deep");
  CHECK(to_string(errc::missing_field) == "missing_field");
  CHECK(to_string(errc::wrong_type) == "wrong_type");
  CHECK(to_string(errc::out_of_range) == "out_of_range");
  CHECK(to_string(errc::header_body_mismatch) == "header_body_mismatch");
  CHECK(to_string(errc::body_too_large) == "body_too_large");
  CHECK(to_string(errc::bad_request) == "bad_request");
  CHECK(to_string(errc::empty_secret) == "empty_secret");
  CHECK(to_string(errc::malformed_secret) == "malformed_secret");
  CHECK(to_string(errc::malformed_option) == "malformed_option");
  CHECK(to_string(errc::permanent_failure) == "permanent_failure");
  CHECK(to_string(errc::handler_failed) == "handler_failed");
  CHECK(to_string(errc::store_unavailable) == "store_unavailable");
  CHECK(to_string(errc::internal_error) == "internal_error");
}

TEST_CASE("the list of codes is complete and each code has its own name and explanation") {
  std::set<std::string_view> names;
  std::set<std::string_view> explanations;
  int value = 0;
  for (const errc code : every_code) {
    CHECK(static_cast<int>(code) == value++);
    CHECK(names.insert(to_string(code)).second);
    CHECK_FALSE(explain(code).empty());
    CHECK(explanations.insert(explain(code)).second);
  }
  CHECK(to_string(static_cast<errc>(value)) == "unknown");
  CHECK(explain(static_cast<errc>(value)).empty());
}

TEST_CASE("names and explanations are known at compile time") {
  STATIC_REQUIRE(to_string(errc::signature_mismatch) == "signature_mismatch");
  STATIC_REQUIRE(!explain(errc::signature_mismatch).empty());
}

TEST_CASE("a message has the code and its meaning and the place") {
  const sello::error fault{errc::missing_header, "svix-id"};
  CHECK(fault.message() == "missing_header: a header that the signature needs is absent or empty (svix-id)");
}

TEST_CASE("a message is one line of bounded length, whatever the place is") {
  CHECK(sello::error{errc::duplicate_key, "/a\r\n2026 INFO ok\x1b[2J\x7f"}.message() ==
        "duplicate_key: the same key stands twice in one object (/a\\x0d\\x0a2026 INFO ok\\x1b[2J\\x7f)");
  CHECK(sello::printable(std::string_view{"\0", 1}) == "\\x00");
  CHECK(sello::printable("/ñandú/~1 \"x\"") == "/ñandú/~1 \"x\"");
  CHECK(sello::printable(std::string(256, 'a')) == std::string(256, 'a'));
  CHECK(sello::printable(std::string(257, 'a')) == std::string(256, 'a') + "...");
  CHECK(sello::error{errc::duplicate_key, std::string(1'000'000, '\n')}.message().size() < 1200);
}

TEST_CASE("a message without a place has no empty parentheses") {
  const sello::error fault{errc::empty_secret, ""};
  CHECK(fault.message() == "empty_secret: the secret is empty; is its variable set?");
}

TEST_CASE("errors are equal when code and place are") {
  const sello::error fault{errc::wrong_type, "/data/id"};
  CHECK(fault == sello::error{errc::wrong_type, "/data/id"});
  CHECK(fault != sello::error{errc::wrong_type, "/data"});
  CHECK(fault != sello::error{errc::missing_field, "/data/id"});
}

TEST_CASE("a refusal becomes an error with the same code and place") {
  const sello::error fault = sello::refusal{errc::malformed_header, "webhook-id"};
  CHECK(fault == sello::error{errc::malformed_header, "webhook-id"});
}

TEST_CASE("a refusal owns nothing") {
  STATIC_REQUIRE(std::is_trivially_copyable_v<sello::refusal>);
  STATIC_REQUIRE(std::is_trivially_destructible_v<sello::refusal>);
  STATIC_REQUIRE(std::is_nothrow_convertible_v<sello::refusal, sello::error>);
}
