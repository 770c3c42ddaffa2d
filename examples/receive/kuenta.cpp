// SPDX-License-Identifier: MIT
// Receives the webhooks of Kuenta with cpp-httplib: KUENTA_SECRET=… ./receive_kuenta
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include <sello/sello.hpp>
#include <sello/server/httplib.hpp>

namespace kuenta = sello::kuenta;

void print(const std::string& line) { std::cout << line + '\n' << std::flush; }  // at once: there are threads

httplib::Server server;

int main() try {
  sello::router router;
  router
      .on<kuenta::credit_application_approved>([](const auto& event) {
        // Here goes one transaction of your database: the key, under a unique index, and what the event causes.
        const auto amount = event.data.amount ? event.data.amount->text() : "no amount";  // as it came: "5000000"
        print("approved " + event.data.id.value_or("no id") + ", " + amount + ", key " + event.idempotency_key);
      })
      .on<kuenta::payment_failed>([](const auto& event) {
        print("payment failed: " + std::string{event.body});  // Kuenta documents no data for it
      })
      .otherwise([](const sello::unknown_event& event) { print("not handled: " + std::string{event.type}); });

  const char* const header = std::getenv("KUENTA_HEADER");  // look at a delivery to learn its name
  const sello::hex_hmac options{.signature_header = header != nullptr ? header : "X-Webhook-Signature"};
  const auto log = [](const sello::record& seen) {  // in one piece: several threads may
    print(std::to_string(seen.status) + ' ' + sello::printable(seen.id) + ' ' + seen.message());
  };
  const sello::receiver receiver{kuenta::verifier{std::getenv("KUENTA_SECRET"), options}, router, {.observer = log}};

  server.set_tcp_nodelay(true);                // else a connection that is kept waits for an ACK at each answer
  server.set_socket_options([](auto socket) {  // without SO_REUSEPORT: a second process on the port shall fail
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  sello::server::mount(server, "/webhooks/kuenta", receiver);
  sello::server::refuse(server, ".*", 404);
  std::signal(SIGTERM, [](int) { server.stop(); });  // ends when the deliveries in flight are answered
  if (!server.listen("0.0.0.0", 8080)) throw std::runtime_error{"port 8080 is taken"};
} catch (const std::exception& failure) {  // also a secret that is missing or was copied wrongly
  std::cerr << failure.what() << '\n';
  return 1;
}
