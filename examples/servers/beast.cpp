// SPDX-License-Identifier: MIT
// Three senders' endpoints in Boost.Beast: KUENTA_SECRET=… AKUA_SECRET=… GU1_SECRET=… ./beast 8080
// SIGTERM and SIGINT end it once the deliveries that have begun are answered.
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

#include <sello/sello.hpp>
#include <sello/server/beast.hpp>

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

  const auto port = static_cast<unsigned short>(argc > 1 ? std::atoi(argv[1]) : 8080);
  boost::asio::io_context context;
  sello::server::beast_server server{context, {boost::asio::ip::make_address("127.0.0.1"), port}};
  mount(server, "/webhooks/kuenta", from_kuenta);
  mount(server, "/webhooks/akua", from_akua);
  mount(server, "/webhooks/gu1", from_gu1);

  boost::asio::signal_set signals{context, SIGTERM, SIGINT};
  signals.async_wait([&](auto, int) { server.stop(); });
  std::cout << "listening on 127.0.0.1:" << server.port() << std::endl;
  context.run();  // until it is stopped
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
