// SPDX-License-Identifier: MIT
// A durable inbox behind RESTinio: INBOX=. KUENTA_SECRET=… AKUA_SECRET=… GU1_SECRET=… ./server_inbox_restinio 8080
// SIGTERM and SIGINT end it once the deliveries that have begun are answered.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <future>
#include <memory>

#include <sello/server/restinio.hpp>

#include "stored.hpp"

int main(int argc, char** argv) try {
  const stored shop;
  auto paths = std::make_unique<restinio::router::express_router_t<>>();
  sello::server::mount(*paths, "/webhooks/kuenta", shop.from_kuenta);
  sello::server::mount(*paths, "/webhooks/akua", shop.from_akua);
  sello::server::mount(*paths, "/webhooks/gu1", shop.from_gu1);
  paths->non_matched_request_handler(
      [](const auto& request) { return request->create_response(restinio::status_not_found()).done(); });
  struct traits : restinio::default_traits_t {
    using request_handler_t = restinio::router::express_router_t<>;
  };
  const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
  namespace asio = restinio::asio_ns;
  asio::io_context context;
  restinio::http_server_t<traits> server{
      restinio::external_io_context(context), [&](auto& settings) {
        settings.address("127.0.0.1")
            .port(port)
            .read_next_http_message_timelimit(std::chrono::seconds{30})
            .incoming_http_msg_limits(sello::server::limits())
            .request_handler(std::move(paths))
            .acceptor_post_bind_hook([](auto& acceptor) {
              acceptor.listen();  // RESTinio does so only after this
              std::cout << "listening on 127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;
            });
      }};

  asio::signal_set signals{context, SIGTERM, SIGINT};
  std::promise<void> stopped;
  signals.async_wait([&](auto, int) {
    server.close_sync();  // it accepts no more
    stopped.set_value();
  });
  server.open_sync();
  const auto run = [&] { context.run(); };  // returns when the last connection has ended
  auto one = std::async(std::launch::async, run);
  auto other = std::async(std::launch::async, run);
  stopped.get_future().wait();
  if (one.wait_for(std::chrono::seconds{10}) == std::future_status::timeout) context.stop();
  one.get();
  other.get();
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
