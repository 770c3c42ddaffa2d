// SPDX-License-Identifier: MIT
#include <sello/server/detail/refusals.hpp>

#include <string>

#include "catch.hpp"

namespace {

using lines = sello::header_list;
using sello::server::detail::ends_connection;

int refusal(const lines& headers) { return sello::server::detail::refusal(sello::header_view{headers}); }

}  // namespace

TEST_CASE("refusals: one length, or chunks, or neither, is plain") {
  CHECK(refusal({}) == 0);
  CHECK(refusal({{"Content-Length", "12"}}) == 0);
  CHECK(refusal({{"content-length", " 12\t"}}) == 0);
  CHECK(refusal({{"Content-Length", "12"}, {"Content-Length", "12"}}) == 0);
  CHECK(refusal({{"Transfer-Encoding", "chunked"}}) == 0);
  CHECK(refusal({{"transfer-encoding", " Chunked "}}) == 0);
}

TEST_CASE("refusals: a length that is no plain number, or two of them, is a 400") {
  for (const char* length : {"", " ", "+12", "-1", "0x10", "12,12", "1 2", "12.0", "1e2", "many"}) {
    CAPTURE(length);
    CHECK(refusal({{"Content-Length", length}}) == 400);
  }
  CHECK(refusal({{"Content-Length", "12"}, {"Content-Length", "13"}}) == 400);
  CHECK(refusal({{"Content-Length", "12"}, {"Content-Length", "012"}}) == 400);
  CHECK(refusal({{"Content-Length", "12"}, {"Content-Length", ""}}) == 400);
  CHECK(refusal({{"Content-Length", "x"}, {"Content-Length", "12"}}) == 400);
}

TEST_CASE("refusals: any other coding of the transfer, or chunks twice, or with a length, is a 400") {
  for (const char* coding : {"", "gzip", "gzip, chunked", "chunked, chunked", "identity", "xchunked", "chunked;a=b"}) {
    CAPTURE(coding);
    CHECK(refusal({{"Transfer-Encoding", coding}}) == 400);
  }
  CHECK(refusal({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}) == 400);
  CHECK(refusal({{"Transfer-Encoding", "gzip"}, {"Transfer-Encoding", "chunked"}}) == 400);
  CHECK(refusal({{"Transfer-Encoding", "chunked"}, {"Content-Length", "12"}}) == 400);
  CHECK(refusal({{"Content-Length", "12"}, {"Transfer-Encoding", "chunked"}}) == 400);
}

TEST_CASE("refusals: a coded body is a 415, unless it is not plain where it ends") {
  CHECK(refusal({{"Content-Encoding", "identity"}}) == 0);
  CHECK(refusal({{"Content-Encoding", " Identity "}}) == 0);
  for (const char* coding : {"gzip", "br", "", "identity, gzip"}) {
    CAPTURE(coding);
    CHECK(refusal({{"Content-Encoding", coding}}) == 415);
  }
  CHECK(refusal({{"Content-Encoding", "identity"}, {"Content-Encoding", "gzip"}}) == 415);
  CHECK(refusal({{"Content-Encoding", "gzip"}, {"Content-Encoding", "identity"}}) == 415);
  CHECK(refusal({{"Content-Encoding", "gzip"}, {"Content-Length", "x"}}) == 400);
}

TEST_CASE("refusals: the connection ends after every refusal, and goes on after a success") {
  CHECK_FALSE(ends_connection({.status = 200}));
  for (const int status : {400, 401, 404, 405, 413, 415, 500, 503}) CHECK(ends_connection({.status = status}));
}
