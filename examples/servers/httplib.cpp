// SPDX-License-Identifier: MIT
// Three senders' endpoints in cpp-httplib: KUENTA_SECRET=… AKUA_SECRET=… GU1_SECRET=… ./httplib 8080
// SIGTERM and SIGINT end it once the deliveries that have begun are answered. With SECRETS_FILE=… the secrets come from the
// lines NAME=value of that file, and SIGHUP reads them again.
#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

#include <sello/sello.hpp>
#include <sello/server/httplib.hpp>

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;

std::string secret(const std::string& name) {
  if (const char* file = std::getenv("SECRETS_FILE")) {
    std::ifstream lines{file};
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(name + '=')) return line.substr(name.size() + 1);
    }
  } else if (const char* value = std::getenv(name.c_str())) {
    return value;
  }
  throw std::runtime_error{name + " is not set"};
}

void say(const std::string& line) { std::clog << line + '\n'; }  // in one piece: several threads may

void note(const sello::record& seen) {
  std::string line = std::string{seen.provider} + ' ' + std::to_string(seen.status) + ' ';
  line.append(seen.error ? to_string(*seen.error) : to_string(*seen.outcome)).append(" ");
  say(line + sello::printable(seen.error ? seen.where : seen.type));
}

/// Deliveries that have begun keep the verifier that they have; a secret that cannot be read changes nothing.
template <class Verifier>
void renew(sello::receiver<Verifier>& at, const std::string& name) try {
  if (auto made = Verifier::create(secret(name))) {
    at.replace(*std::move(made));
    say(name + " is read again");
  } else {
    say(name + " stays as it was: " + made.error().message());
  }
} catch (const std::exception& failure) {
  say(name + " stays as it was: " + failure.what());
}

int main(int argc, char** argv) try {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, each);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before there are threads: they wait for none

  sello::router router;
  router.on<akua::payment_capture_cleared>([](const auto& event) { say("settle " + event.data.payment_id); })
      .on<kuenta::credit_disbursed>([](const auto& event) { say("book " + event.data.id.value_or("?")); })
      .on<gu1::kyc_validation_rejected>([](const auto& event) { say("block " + event.data.validation_id); })
      .on<akua::merchant_created>([](const auto&) { return sello::permanent("no merchants here"); });

  sello::receiver from_kuenta{kuenta::verifier{secret("KUENTA_SECRET")}, router, {.observer = note}};
  sello::receiver from_akua{akua::verifier{secret("AKUA_SECRET")}, router, {.observer = note}};
  sello::receiver from_gu1{gu1::verifier{secret("GU1_SECRET")}, router, {.observer = note}};

  httplib::Server server;
  server.set_tcp_nodelay(true);  // head and body are two writes: a kept connection would wait for an ACK between them
  server.new_task_queue = [] { return new httplib::ThreadPool(64); };  // a connection has a thread; 8 by default
  server.set_socket_options([](auto socket) {  // without SO_REUSEPORT: a second process on the port shall fail
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  sello::server::mount(server, "/webhooks/kuenta", from_kuenta);
  sello::server::mount(server, "/webhooks/akua", from_akua);
  sello::server::mount(server, "/webhooks/gu1", from_gu1);
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
  for (int signal = 0; sigwait(&signals, &signal) == 0 && signal == SIGHUP;) {
    renew(from_kuenta, "KUENTA_SECRET");
    renew(from_akua, "AKUA_SECRET");
    renew(from_gu1, "GU1_SECRET");
  }
  server.stop();
  serving.join();  // when the last answer is sent
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
