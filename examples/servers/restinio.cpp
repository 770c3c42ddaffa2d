// SPDX-License-Identifier: MIT
// Three senders' endpoints in RESTinio: KUENTA_SECRET=… AKUA_SECRET=… GU1_SECRET=… ./restinio 8080
// SIGTERM and SIGINT end it once the deliveries that have begun are answered.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <future>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include <sello/sello.hpp>
#include <sello/server/restinio.hpp>

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
  auto paths = std::make_unique<restinio::router::express_router_t<>>();
  sello::server::mount(*paths, "/webhooks/kuenta", from_kuenta);
  sello::server::mount(*paths, "/webhooks/akua", from_akua);
  sello::server::mount(*paths, "/webhooks/gu1", from_gu1);
  paths->non_matched_request_handler(
      [](const auto& request) { return request->create_response(restinio::status_not_found()).done(); });
  struct traits : restinio::default_traits_t {
    using request_handler_t = restinio::router::express_router_t<>;
  };
  const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
  namespace asio = restinio::asio_ns;
  asio::io_context context;
  restinio::http_server_t<traits> server{
      restinio::external_io_context(context), [&](auto& settings) {
        settings.address("127.0.0.1")
            .port(port)
            .read_next_http_message_timelimit(std::chrono::seconds{30})  // for all of it, however slowly it drips
            .incoming_http_msg_limits(sello::server::limits())
            .request_handler(std::move(paths))
            .acceptor_post_bind_hook([](auto& acceptor) {
              acceptor.listen();  // RESTinio does so only after this
              std::cout << "listening on 127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;
            });
      }};

  asio::signal_set signals{context, SIGTERM, SIGINT};
  std::promise<void> stopped;
  signals.async_wait([&](auto, int) {
    server.close_sync();  // it accepts no more
    stopped.set_value();
  });
  server.open_sync();
  const auto run = [&] { context.run(); };  // returns when the last connection has ended
  auto one = std::async(std::launch::async, run);
  auto other = std::async(std::launch::async, run);
  stopped.get_future().wait();
  if (one.wait_for(std::chrono::seconds{10}) == std::future_status::timeout) context.stop();
  one.get();
  other.get();
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
