// SPDX-License-Identifier: MIT
// cpp-httplib, with sello's receivers or with a bare handler.
#include <httplib.h>

#include <sello/server/httplib.hpp>

#include "endpoints.hpp"

int main(int argc, char** argv) {
  const bench::endpoints endpoints;
  httplib::Server server;
  server.set_tcp_nodelay(true);
  if (bench::is_sello(argc, argv)) {
    endpoints.each([&](const char* path, const auto& to) { sello::server::mount(server, path, to); });
  } else {
    server.set_keep_alive_max_count(bench::keeps(argc, argv) ? 1'000'000'000 : 1);
    server.Post(".*", [](const httplib::Request&, httplib::Response& to) {
      to.set_content(std::string{bench::answer}, "text/plain");
    });
  }
  bench::listening(server.bind_to_any_port("127.0.0.1"));
  server.listen_after_bind();
}
