// SPDX-License-Identifier: MIT
// Recibe los webhooks de Gu1 con cpp-httplib: GU1_SECRET=… ./receive_gu1
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include <sello/sello.hpp>
#include <sello/server/httplib.hpp>

namespace gu1 = sello::gu1;

void print(const std::string& line) { std::cout << line + '\n' << std::flush; }  // de una vez: hay varios hilos

/// Tu propio id del cliente. En la forma nueva del payload, `entity` viene solo en approved y rejected.
std::string customer(const gu1::kyc_validation& validation) {
  if (!validation.entity) return "desconocido";
  return validation.entity->external_id.value_or("desconocido");
}

httplib::Server server;

int main() try {
  sello::router router;
  router
      .on<gu1::kyc_validation_approved>([](const auto& event) {
        // Aquí va una transacción de tu base: guarda la clave, bajo un índice único, junto con lo que el evento causa.
        print("activar " + customer(event.data) + ", clave " + event.idempotency_key);
      })
      .on<gu1::kyc_validation_rejected>([](const auto& event) { print("bloquear " + customer(event.data)); })
      .otherwise([](const sello::unknown_event& event) { print("sin manejar: " + std::string{event.type}); });

  const auto log = [](const sello::record& seen) { print(std::to_string(seen.status) + ' ' + seen.message()); };
  const sello::receiver receiver{gu1::verifier{std::getenv("GU1_SECRET")}, router, {.observer = log}};

  server.set_tcp_nodelay(true);  // si no, una conexión que se conserva espera un ACK en cada respuesta
  sello::server::mount(server, "/webhooks/gu1", receiver);
  sello::server::refuse(server, ".*", 404);
  std::signal(SIGTERM, [](int) { server.stop(); });  // termina cuando las entregas en curso están contestadas
  if (!server.listen("0.0.0.0", 8080)) throw std::runtime_error{"el puerto 8080 está ocupado"};
} catch (const std::exception& failure) {  // también un secreto que falta
  std::cerr << failure.what() << '\n';
  return 1;
}
