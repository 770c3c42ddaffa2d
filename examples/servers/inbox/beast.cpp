// SPDX-License-Identifier: MIT
// A durable inbox behind Boost.Beast: INBOX=. KUENTA_SECRET=… AKUA_SECRET=… GU1_SECRET=… ./server_inbox_beast 8080
// SIGTERM and SIGINT end it once the deliveries that have begun are answered. One thread serves, and waits for the disk: run
// the context on several, and what they store together is synced together.
#include <csignal>
#include <thread>

#include <sello/server/beast.hpp>

#include "stored.hpp"

int main(int argc, char** argv) try {
  const stored shop;
  const auto port = static_cast<unsigned short>(argc > 1 ? std::atoi(argv[1]) : 8080);
  boost::asio::io_context context;
  sello::server::beast_server server{context, {boost::asio::ip::make_address("127.0.0.1"), port}};
  mount(server, "/webhooks/kuenta", shop.from_kuenta);
  mount(server, "/webhooks/akua", shop.from_akua);
  mount(server, "/webhooks/gu1", shop.from_gu1);

  boost::asio::signal_set signals{context, SIGTERM, SIGINT};
  signals.async_wait([&](auto, int) { server.stop(); });
  std::cout << "listening on 127.0.0.1:" << server.port() << std::endl;
  context.run();
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
