// SPDX-License-Identifier: MIT
#include <sello/route/response.hpp>

#include "catch.hpp"

using sello::errc;

TEST_CASE("http_status: of every error") {
  for (const errc code :
       {errc::missing_header, errc::malformed_header, errc::malformed_timestamp, errc::timestamp_too_old,
        errc::timestamp_too_new, errc::malformed_signature, errc::signature_mismatch}) {
    CHECK(sello::http_status(code) == 401);
  }
  for (const errc code : {errc::malformed_json, errc::duplicate_key, errc::too_deep, errc::missing_field,
                          errc::wrong_type, errc::out_of_range, errc::header_body_mismatch}) {
    CHECK(sello::http_status(code) == 400);
  }
  CHECK(sello::http_status(errc::body_too_large) == 413);
  CHECK(sello::http_status(errc::bad_request) == 400);
  CHECK(sello::http_status(errc::permanent_failure) == 422);
  CHECK(sello::http_status(errc::malformed_option) == 500);
  CHECK(sello::http_status(errc::handler_failed) == 500);
  CHECK(sello::http_status(errc::internal_error) == 500);
  CHECK(sello::http_status(errc::empty_secret) == 500);
  CHECK(sello::http_status(errc::malformed_secret) == 500);
  CHECK(sello::http_status(errc::store_unavailable) == 503);
}

TEST_CASE("response: refuses unless told otherwise") {
  const sello::response made;
  CHECK(made.status == 500);
  CHECK(made.body == "refused\n");
  REQUIRE(made.headers.size() == 1);
  CHECK(made.headers.begin() + 1 == made.headers.end());
  CHECK(made.headers.front() == made.headers[0]);
  CHECK(made.headers[0].first == "Content-Type");
  CHECK(made.headers[0].second == "text/plain; charset=utf-8");
}

TEST_CASE("response: equal means the same status, headers and body") {
  const sello::response made;
  CHECK(made == sello::response{});
  CHECK(made != sello::response{.status = 501});
  CHECK(made != sello::response{.headers = {{"Content-Type", "text/html"}}});
  CHECK(made != sello::response{.body = "ok\n"});
}

TEST_CASE("response: has room for two header lines") {
  const sello::response_headers two{{"a", "1"}, {"b", "2"}};
  REQUIRE(two.size() == 2);
  CHECK(two[1].second == "2");
  CHECK(sello::response_headers{{"a", "1"}, {"b", "2"}, {"c", "3"}}.size() == 2);
  CHECK(two != sello::response_headers{{"a", "1"}});
}
