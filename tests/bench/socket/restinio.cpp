// SPDX-License-Identifier: MIT
// RESTinio, with sello's receivers or with a bare handler.
#include <memory>
#include <sello/server/restinio.hpp>

#include "endpoints.hpp"

namespace {

struct traits : restinio::default_single_thread_traits_t {
  using request_handler_t = restinio::router::express_router_t<>;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::endpoints endpoints;
  auto paths = std::make_unique<restinio::router::express_router_t<>>();
  if (bench::is_sello(argc, argv)) {
    endpoints.each([&](const char* path, const auto& to) { sello::server::mount(*paths, path, to); });
  } else {
    paths->http_post("/:any(.*)", [keeps = bench::keeps(argc, argv)](const auto& request, auto) {
      auto made = request->create_response();
      if (!keeps) made.connection_close();
      return made.set_body(std::string{bench::answer}).done();
    });
  }
  restinio::run(
      restinio::on_this_thread<traits>()
          .address("127.0.0.1")
          .port(0)
          .socket_options_setter([](auto& options) { options.set_option(restinio::asio_ns::ip::tcp::no_delay{true}); })
          .incoming_http_msg_limits(sello::server::limits())
          .request_handler(std::move(paths))
          .acceptor_post_bind_hook([](auto& acceptor) {
            acceptor.listen();
            bench::listening(acceptor.local_endpoint().port());
          }));
}
