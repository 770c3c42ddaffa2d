// SPDX-License-Identifier: MIT
// A server that has no file descriptor left for a connection waits before it tries again, and then serves it.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <string_view>
#include <vector>

#include <sello/server/beast.hpp>

namespace {

namespace asio = boost::asio;

bool check(bool holds, const char* what) {
  if (!holds) std::printf("FAILED: %s\n", what);
  return holds;
}

}  // namespace

int main() {
  constexpr rlim_t few = 64;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = few;
  setrlimit(RLIMIT_NOFILE, &limit);

  asio::io_context context;
  sello::server::beast_server server{context, {asio::ip::make_address("127.0.0.1"), 0}};
  asio::io_context outside;
  asio::ip::tcp::socket peer{outside};
  peer.open(asio::ip::tcp::v4());
  std::vector<asio::ip::tcp::socket> taken;
  for (boost::system::error_code full; !full;) {
    asio::ip::tcp::socket& one = taken.emplace_back(outside);
    one.open(asio::ip::tcp::v4(), full);
  }
  peer.connect({asio::ip::make_address("127.0.0.1"), server.port()});

  int steps = 0;
  while (steps < 100 && context.poll_one() != 0) ++steps;
  const bool waits = check(steps < 100, "it does not try again at once");

  taken.clear();
  asio::write(peer, asio::buffer(std::string_view{"GET / HTTP/1.1\r\n\r\n"}));
  context.restart();
  while (peer.available() == 0 && context.run_one_for(std::chrono::seconds{10}) != 0) {
  }
  return waits && check(peer.available() != 0, "it answers when there are files again") ? 0 : 1;
}
