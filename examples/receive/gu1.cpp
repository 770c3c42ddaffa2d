// SPDX-License-Identifier: MIT
// Receives the webhooks of Gu1 with cpp-httplib: GU1_SECRET=… ./receive_gu1
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include <sello/sello.hpp>
#include <sello/server/httplib.hpp>

namespace gu1 = sello::gu1;

void print(const std::string& line) { std::cout << line + '\n' << std::flush; }  // at once: there are threads

/// Your own id of the customer. In the newer form of the payload, `entity` comes only on approved and rejected.
std::string customer(const gu1::kyc_validation& validation) {
  if (!validation.entity) return "unknown";
  return validation.entity->external_id.value_or("unknown");
}

httplib::Server server;

int main() try {
  sello::router router;
  router
      .on<gu1::kyc_validation_approved>([](const auto& event) {
        // Here goes one transaction of your database: the key, under a unique index, and what the event causes.
        print("activate " + customer(event.data) + ", key " + event.idempotency_key);
      })
      .on<gu1::kyc_validation_rejected>([](const auto& event) { print("block " + customer(event.data)); })
      .otherwise([](const sello::unknown_event& event) { print("not handled: " + std::string{event.type}); });

  const auto log = [](const sello::record& seen) {  // in one piece: several threads may
    print(std::to_string(seen.status) + ' ' + sello::printable(seen.id) + ' ' + seen.message());
  };
  const sello::receiver receiver{gu1::verifier{std::getenv("GU1_SECRET")}, router, {.observer = log}};

  server.set_tcp_nodelay(true);                // else a connection that is kept waits for an ACK at each answer
  server.set_socket_options([](auto socket) {  // without SO_REUSEPORT: a second process on the port shall fail
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  sello::server::mount(server, "/webhooks/gu1", receiver);
  sello::server::refuse(server, ".*", 404);
  std::signal(SIGTERM, [](int) { server.stop(); });  // ends when the deliveries in flight are answered
  if (!server.listen("0.0.0.0", 8080)) throw std::runtime_error{"port 8080 is taken"};
} catch (const std::exception& failure) {  // also a secret that is missing or was copied wrongly
  std::cerr << failure.what() << '\n';
  return 1;
}
