// SPDX-License-Identifier: MIT
// Recibe los webhooks de Akua con cpp-httplib: AKUA_SECRET=whsec_… ./receive_akua
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include <sello/sello.hpp>
#include <sello/server/httplib.hpp>

namespace akua = sello::akua;

void print(const std::string& line) { std::cout << line + '\n' << std::flush; }  // de una vez: hay varios hilos

httplib::Server server;

int main() try {
  sello::router router;
  router
      .on<akua::payment_capture_cleared>([](const auto& event) {
        // Aquí va una transacción de tu base: guarda la clave, bajo un índice único, junto con lo que el evento causa.
        print("liquidar " + event.data.payment_id + ", clave " + event.idempotency_key);
      })
      .on_prefix<akua::provider>(  // los demás eventos "payment.…", también los que Akua agregue
          "payment", [](const sello::unknown_event& event) { print("pago: " + std::string{event.type}); })
      .otherwise([](const sello::unknown_event& event) { print("sin manejar: " + std::string{event.type}); });

  const auto log = [](const sello::record& seen) { print(std::to_string(seen.status) + ' ' + seen.message()); };
  const sello::receiver receiver{akua::verifier{std::getenv("AKUA_SECRET")}, router, {.observer = log}};

  server.set_tcp_nodelay(true);  // si no, una conexión que se conserva espera un ACK en cada respuesta
  sello::server::mount(server, "/webhooks/akua", receiver);
  sello::server::refuse(server, ".*", 404);
  std::signal(SIGTERM, [](int) { server.stop(); });  // termina cuando las entregas en curso están contestadas
  if (!server.listen("0.0.0.0", 8080)) throw std::runtime_error{"el puerto 8080 está ocupado"};
} catch (const std::exception& failure) {  // también un secreto que falta o está mal copiado
  std::cerr << failure.what() << '\n';
  return 1;
}
