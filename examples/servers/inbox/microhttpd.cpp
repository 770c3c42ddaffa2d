// SPDX-License-Identifier: MIT
// A durable inbox behind GNU libmicrohttpd: INBOX=. KUENTA_SECRET=… AKUA_SECRET=… GU1_SECRET=… ./server_inbox_microhttpd 8080
// SIGTERM and SIGINT end it once the deliveries that have begun are answered.
#include <netinet/in.h>
#include <signal.h>
#include <unistd.h>

#include <sello/server/microhttpd.hpp>

#include "stored.hpp"

int main(int argc, char** argv) try {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before there are threads: they wait for none

  const stored shop;
  sello::server::microhttpd server;
  mount(server, "/webhooks/kuenta", shop.from_kuenta);
  mount(server, "/webhooks/akua", shop.from_akua);
  mount(server, "/webhooks/gu1", shop.from_gu1);

  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<in_port_t>(argc > 1 ? std::atoi(argv[1]) : 8080));
  MHD_Daemon* daemon = MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, nullptr, nullptr, &server.handle, &server, MHD_OPTION_ARRAY,
      server.options(), MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_THREAD_POOL_SIZE, 4U, MHD_OPTION_END);
  if (daemon == nullptr) throw std::runtime_error{"cannot listen"};
  std::cout << "listening on 127.0.0.1:" << MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port << std::endl;

  const timespec second{1, 0};
  while (sigtimedwait(&ends, nullptr, &second) < 0) server.end_slow();
  const MHD_socket listening = MHD_quiesce_daemon(daemon);  // it accepts no more
  server.end_idle();
  for (int waited = 0; waited < 10; ++waited) {
    if (MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections == 0) break;
    sigtimedwait(&ends, nullptr, &second);
  }
  MHD_stop_daemon(daemon);
  if (listening != MHD_INVALID_SOCKET) close(listening);
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
