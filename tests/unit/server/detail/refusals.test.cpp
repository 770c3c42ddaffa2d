// SPDX-License-Identifier: MIT
#include <sello/server/detail/refusals.hpp>

#include <string>

#include "catch.hpp"

namespace {

using lines = sello::header_list;
using sello::server::detail::ends_connection;

int refusal(const lines& headers) { return sello::server::detail::fault_of(headers).status; }
std::string where(const lines& headers) { return std::string{sello::server::detail::fault_of(headers).where}; }

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

TEST_CASE("refusals: a coding that changes bytes is a 415, unless it is not plain where the body ends") {
  for (const char* coding : {"gzip", "GZIP", " x-gzip ", "deflate", "compress", "x-compress", "br", "zstd",
                             "identity, gzip", "gzip,identity", "utf-8 ,\tbr"}) {
    CAPTURE(coding);
    CHECK(refusal({{"Content-Encoding", coding}}) == 415);
  }
  CHECK(refusal({{"Content-Encoding", "identity"}, {"Content-Encoding", "gzip"}}) == 415);
  CHECK(refusal({{"Content-Encoding", "gzip"}, {"Content-Encoding", "identity"}}) == 415);
  CHECK(refusal({{"Content-Encoding", "gzip"}, {"Content-Length", "x"}}) == 400);
}

TEST_CASE("refusals: a coding that changes none is left to the MAC") {
  for (const char* coding :
       {"identity", " Identity ", "utf-8", "UTF-8", "none", "", ",", "binary", "8bit", "gzipped"}) {
    CAPTURE(coding);
    CHECK(refusal({{"Content-Encoding", coding}}) == 0);
  }
}

TEST_CASE("refusals: a name that is no token is a 400, for two readers may take it for another") {
  for (const char* name : {"Content-Length ", "Content-Length\t", " X", "", "X Y", "X\r", "X\n", "X(", "caf\xc3\xa9"}) {
    CAPTURE(name);
    CHECK(refusal({{name, "0"}}) == 400);
    CHECK(where({{name, "0"}}) == name);
  }
  CHECK(refusal({{"!#$%&'*+-.^_`|~09azAZ", "0"}}) == 0);
}

TEST_CASE("refusals: the header at fault is named") {
  CHECK(where({{"Content-Length", "x"}}) == "Content-Length");
  CHECK(where({{"Transfer-Encoding", "gzip"}}) == "Transfer-Encoding");
  CHECK(where({{"Content-Encoding", "br"}}) == "Content-Encoding");
  CHECK(where({}).empty());
}

TEST_CASE("refusals: a length is a number, anything else is more than any limit") {
  using sello::server::detail::length_of;
  CHECK(length_of(" 12 ") == 12);
  CHECK(length_of("18446744073709551615") == 18446744073709551615U);
  for (const char* text : {"", "x", "-1", "18446744073709551616"}) CHECK(length_of(text) == 18446744073709551615U);
}

TEST_CASE("refusals: the path is what was sent, up to the query, also in absolute-form") {
  using sello::server::detail::path_of;
  CHECK(path_of("/a/b") == "/a/b");
  CHECK(path_of("/a?b=http://c/d") == "/a");
  CHECK(path_of("/a/?b") == "/a/");
  CHECK(path_of("/%61#c") == "/%61#c");
  CHECK(path_of("http://h/a?b") == "/a");
  CHECK(path_of("HTTPS://h:8443/a/b") == "/a/b");
  CHECK(path_of("http://h") == "/");
  CHECK(path_of("http://h?a=/b") == "/");
  CHECK(path_of("ftp://h/a") == "ftp://h/a");
  CHECK(path_of("/http://h/a") == "/http://h/a");
  CHECK(path_of("*") == "*");
  CHECK(path_of("").empty());
}

TEST_CASE("refusals: the connection ends after every refusal, and goes on after a success") {
  CHECK_FALSE(ends_connection({.status = 200}));
  for (const int status : {400, 401, 404, 405, 413, 415, 500, 503}) CHECK(ends_connection({.status = status}));
}
