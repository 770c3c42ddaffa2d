// SPDX-License-Identifier: MIT
// A durable inbox behind cpp-httplib: INBOX=. KUENTA_SECRET=… AKUA_SECRET=… GU1_SECRET=… ./server_inbox_httplib 8080
// SIGTERM and SIGINT end it once the deliveries that have begun are answered.
#include <signal.h>

#include <chrono>
#include <thread>

#include <sello/server/httplib.hpp>

#include "stored.hpp"

int main(int argc, char** argv) try {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGTERM, SIGINT}) sigaddset(&signals, each);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before there are threads: they wait for none

  const stored shop;
  httplib::Server server;
  server.set_tcp_nodelay(true);
  server.new_task_queue = [] { return new httplib::ThreadPool(64); };
  server.set_socket_options([](auto socket) {  // without SO_REUSEPORT: a second process on the port shall fail
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  sello::server::mount(server, "/webhooks/kuenta", shop.from_kuenta);
  sello::server::mount(server, "/webhooks/akua", shop.from_akua);
  sello::server::mount(server, "/webhooks/gu1", shop.from_gu1);
  sello::server::refuse(server, ".*", 404);

  int port = argc > 1 ? std::atoi(argv[1]) : 8080;
  if (port == 0) {
    port = server.bind_to_any_port("127.0.0.1");
  } else if (!server.bind_to_port("127.0.0.1", port)) {
    port = -1;
  }
  if (port < 0) throw std::runtime_error{"cannot listen"};
  std::thread serving{[&] { server.listen_after_bind(); }};
  while (!server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  std::cout << "listening on 127.0.0.1:" << port << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  server.stop();
  serving.join();
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
