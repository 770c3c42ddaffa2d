// SPDX-License-Identifier: MIT
// Three senders' endpoints in GNU libmicrohttpd: KUENTA_SECRET=… AKUA_SECRET=… GU1_SECRET=… ./microhttpd 8080
// SIGTERM and SIGINT end it once the deliveries that have begun are answered.
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

#include <sello/sello.hpp>
#include <sello/server/microhttpd.hpp>

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;

const char* secret(const std::string& name) {
  if (const char* value = std::getenv(name.c_str())) return value;
  throw std::runtime_error{name + " is not set"};
}

void say(const std::string& line) { std::clog << line + '\n'; }  // in one piece: several threads may

void note(const sello::record& seen) {
  std::string line = std::string{seen.provider} + ' ' + std::to_string(seen.status) + ' ';
  line.append(seen.error ? to_string(*seen.error) : to_string(*seen.outcome)).append(" ");
  say(line + sello::printable(seen.error ? seen.where : seen.type));
}

int main(int argc, char** argv) try {
  sello::router router;
  router.on<akua::payment_capture_cleared>([](const auto& event) { say("settle " + event.data.payment_id); })
      .on<kuenta::credit_disbursed>([](const auto& event) { say("book " + event.data.id.value_or("?")); })
      .on<gu1::kyc_validation_rejected>([](const auto& event) { say("block " + event.data.validation_id); })
      .on<akua::merchant_created>([](const auto&) { return sello::permanent("no merchants here"); });

  const sello::receiver from_kuenta{kuenta::verifier{secret("KUENTA_SECRET")}, router, {.observer = note}};
  const sello::receiver from_akua{akua::verifier{secret("AKUA_SECRET")}, router, {.observer = note}};
  const sello::receiver from_gu1{gu1::verifier{secret("GU1_SECRET")}, router, {.observer = note}};

  sello::server::microhttpd server;
  mount(server, "/webhooks/kuenta", from_kuenta);
  mount(server, "/webhooks/akua", from_akua);
  mount(server, "/webhooks/gu1", from_gu1);

  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before there are threads: they wait for none

  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<in_port_t>(argc > 1 ? std::atoi(argv[1]) : 8080));
  // Behind a proxy every connection comes from the proxy's address: no fewer for one address than it opens.
  MHD_Daemon* daemon = MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, nullptr, nullptr, &server.handle, &server, MHD_OPTION_ARRAY,
      server.options(), MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_THREAD_POOL_SIZE, 4U, MHD_OPTION_CONNECTION_LIMIT,
      8192U, MHD_OPTION_PER_IP_CONNECTION_LIMIT, 2048U, MHD_OPTION_END);
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
