// SPDX-License-Identifier: MIT
// Recibe los webhooks de Kuenta con cpp-httplib: KUENTA_SECRET=… ./receive_kuenta
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include <sello/sello.hpp>
#include <sello/server/httplib.hpp>

namespace kuenta = sello::kuenta;

void print(const std::string& line) { std::cout << line + '\n' << std::flush; }  // de una vez: hay varios hilos

httplib::Server server;

int main() try {
  sello::router router;
  router
      .on<kuenta::credit_application_approved>([](const auto& event) {
        // Aquí va una transacción de tu base: guarda la clave, bajo un índice único, junto con lo que el evento causa.
        const auto amount = event.data.amount ? event.data.amount->text() : "sin monto";  // tal como llegó: "5000000"
        print("aprobada " + event.data.id.value_or("sin id") + ", " + amount + ", clave " + event.idempotency_key);
      })
      .on<kuenta::payment_failed>([](const auto& event) {
        print("pago fallido: " + event.json().dump());  // lo que Kuenta no documenta está en json()
      })
      .otherwise([](const sello::unknown_event& event) { print("sin manejar: " + std::string{event.type}); });

  const char* const header = std::getenv("KUENTA_HEADER");  // mira una entrega para saber cómo se llama
  const sello::hex_hmac options{.signature_header = header != nullptr ? header : "X-Webhook-Signature"};
  const auto log = [](const sello::record& seen) { print(std::to_string(seen.status) + ' ' + seen.message()); };
  const sello::receiver receiver{kuenta::verifier{std::getenv("KUENTA_SECRET"), options}, router, {.observer = log}};

  server.set_tcp_nodelay(true);  // si no, una conexión que se conserva espera un ACK en cada respuesta
  sello::server::mount(server, "/webhooks/kuenta", receiver);
  sello::server::refuse(server, ".*", 404);
  std::signal(SIGTERM, [](int) { server.stop(); });  // termina cuando las entregas en curso están contestadas
  if (!server.listen("0.0.0.0", 8080)) throw std::runtime_error{"el puerto 8080 está ocupado"};
} catch (const std::exception& failure) {  // también un secreto que falta
  std::cerr << failure.what() << '\n';
  return 1;
}
