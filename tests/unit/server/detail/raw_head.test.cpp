// SPDX-License-Identifier: MIT
#include <sello/server/detail/raw_head.hpp>

#include <string>
#include <string_view>

#include "catch.hpp"

namespace {

using namespace std::string_view_literals;
using sello::server::detail::raw_head;

struct look {
  std::size_t size;
  int status;
};

/// What becomes of a head that comes at once, which must be the same when it comes byte by byte.
look look_at(std::string_view bytes) {
  raw_head at_once;
  static_cast<void>(at_once.complete(bytes));
  raw_head piecewise;
  for (std::size_t size = 0; size <= bytes.size() && !piecewise.complete(bytes.substr(0, size)); ++size) {
  }
  CHECK(piecewise.size() == at_once.size());
  CHECK(piecewise.why().status == at_once.why().status);
  CHECK(piecewise.why().where == at_once.why().where);
  return {at_once.size(), at_once.why().status};
}

}  // namespace

TEST_CASE("raw_head: ends at the empty line, and what follows is no part of it") {
  const std::string_view head = "POST / HTTP/1.1\r\nHost: h\r\n\r\n";
  CHECK(look_at(head).size == head.size());
  CHECK(look_at(std::string{head} + "body\n").size == head.size());
  CHECK(look_at("GET / HTTP/1.0\r\n\r\n").size == 18);
}

TEST_CASE("raw_head: more must come until then") {
  for (const auto part :
       {""sv, "P"sv, "POST / HTTP/1.1\r"sv, "POST / HTTP/1.1\r\nHost: h\r\n"sv, "POST / HTTP/1.1\r\nHost: h\r\n\r"sv}) {
    raw_head head;
    CAPTURE(part);
    CHECK_FALSE(head.complete(part));
    CHECK(head.size() == 0);
    CHECK(head.why().status == 0);
  }
}

TEST_CASE("raw_head: what two readers may read differently is a 400") {
  const std::string line = "POST / HTTP/1.1\r\n";
  for (const auto odd : {"Host : h\r\n"sv, "Host\t: h\r\n"sv, " Host: h\r\n"sv, "\tHost: h\r\n"sv, "X: a\r\n b\r\n"sv,
                         "Host: h\n"sv, "X: a\rb\r\n"sv, "X: a\0b\r\n"sv, "Host\r\n"sv, ": h\r\n"sv, "X(Y): h\r\n"sv}) {
    CAPTURE(odd);
    CHECK(look_at(line + std::string{odd} + "\r\n").status == 400);
  }
  CHECK(look_at("POST / HTTP/1.1\nHost: h\r\n\r\n").status == 400);
  CHECK(look_at("POST / HTTP/1.1\r\nHost: h\r\n\n").status == 400);
}

TEST_CASE("raw_head: 32 KiB are read, and no more") {
  const auto of_size = [](std::size_t size) {
    std::string head = "POST / HTTP/1.1\r\nX: ";
    head.append(size - head.size() - 4, 'x');
    return head + "\r\n\r\n";
  };
  CHECK(look_at(of_size(raw_head::limit)).size == raw_head::limit);
  CHECK(look_at(of_size(raw_head::limit + 1)).status == 431);
  CHECK(look_at(of_size(3 * raw_head::limit)).status == 431);
  CHECK(look_at(std::string(raw_head::limit, 'x')).status == 431);
}

TEST_CASE("raw_head: the target stands in the first line") {
  CHECK(raw_head::target("POST /a?b HTTP/1.1\r\nX") == "/a?b");
  CHECK(raw_head::target("POST /a b HTTP/1.1\r\n") == "/a b");
  for (const auto none : {""sv, "POST"sv, "POST /a"sv, "POST HTTP/1.1\r\n"sv, "hello\r\nPOST /a HTTP/1.1\r\n"sv}) {
    CAPTURE(none);
    CHECK(raw_head::target(none).empty());
  }
}
