// SPDX-License-Identifier: MIT
// A server that answers when a delivery is stored, and a worker in which each takes effect once, for many machines that share
// one PostgreSQL: AKUA_SECRET=… ./inbox_postgres "host=… dbname=…" 8080, until SIGTERM. Without a port it is two machines that
// get the same delivery three times, and ends.
#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <sello/inbox/postgres.hpp>
#include <sello/sello.hpp>
#include <sello/server/httplib.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace akua = sello::akua;

void say(const std::string& line) { std::cout << line + '\n' << std::flush; }  // in one piece: several threads may

/// The program's own table, and what is in it, with whatever it uses for PostgreSQL.
std::string ask(const std::string& database, const char* sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> app{PQconnectdb(database.c_str()), &PQfinish};
  const std::unique_ptr<PGresult, decltype(&PQclear)> given{PQexec(app.get(), sql), &PQclear};
  const auto status = PQresultStatus(given.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error{PQerrorMessage(app.get())};
  return PQntuples(given.get()) == 0 ? "" : PQgetvalue(given.get(), 0, 0);
}

/// One machine: a server and a worker.
class machine {
  static void log(const sello::record& seen) { say(std::string{seen.id} + ' ' + seen.message()); }

  static sello::basic_router<sello::postgres::transaction> handlers() {
    sello::basic_router<sello::postgres::transaction> router;
    router.on<akua::payment_capture_cleared>([](const auto& event, auto& tx) {
      tx.execute("INSERT INTO settled VALUES ($1)", event.data.payment_id);  // commits with the mark that this is done
    });
    return router;
  }

 public:
  machine(const std::string& database, const char* secret)
      : inbox_{database},
        receiver_{akua::verifier{secret}, inbox_.endpoint("akua", {.observer = log})},
        worker_{inbox_, sello::postgres::effects{database}, handlers(), {.threads = 2, .observer = log}} {
    server.set_tcp_nodelay(true);
    server.new_task_queue = [] { return new httplib::ThreadPool(64); };
    server.set_socket_options([](auto socket) {  // without SO_REUSEPORT: a second process on the port shall fail
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    sello::server::mount(server, "/webhooks/akua", receiver_);
    sello::server::refuse(server, ".*", 404);
    worker_.start();
  }

  [[nodiscard]] sello::inbox_stats stats() const { return inbox_.stats().value(); }

  httplib::Server server;

 private:
  sello::postgres::inbox inbox_;
  sello::receiver<akua::verifier> receiver_;
  decltype(sello::worker{inbox_, std::declval<sello::postgres::effects>(), handlers()}) worker_;
};

/// As Akua does when it got no answer, or a slow one.
void deliver(int port, const std::string& secret) {
  const std::string body = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-d07u8e218e1elk12b92g"}})";
  httplib::Headers headers;
  for (const auto& [name, value] : sello::signer<sello::svix_v1>{secret}.sign(body, {.id = "msg_1"}))
    headers.emplace(name, value);
  const auto answer = httplib::Client{"127.0.0.1", port}.Post("/webhooks/akua", headers, body, "application/json");
  say("answered " + std::to_string(answer ? answer->status : 0));
}

int main(int argc, char** argv) try {
  if (argc < 2) throw std::runtime_error{"usage: inbox_postgres \"host=... dbname=...\" [port]"};
  const std::string database = argv[1];
  const char* const secret = argc > 2 ? std::getenv("AKUA_SECRET") : "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  ask(database, "CREATE TABLE IF NOT EXISTS settled(payment text)");

  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGTERM, SIGINT}) sigaddset(&signals, each);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before there are threads

  machine one{database, secret};
  if (argc > 2) {
    if (!one.server.bind_to_port("0.0.0.0", std::stoi(argv[2]))) throw std::runtime_error{"cannot listen"};
    std::thread listening{[&] { one.server.listen_after_bind(); }};
    int signal = 0;
    sigwait(&signals, &signal);
    one.server.stop();  // what has begun is answered; then the worker's handlers end
    listening.join();
    return 0;
  }

  machine other{database, secret};
  const int one_port = one.server.bind_to_any_port("127.0.0.1");
  const int other_port = other.server.bind_to_any_port("127.0.0.1");
  std::thread one_listens{[&] { one.server.listen_after_bind(); }};
  std::thread other_listens{[&] { other.server.listen_after_bind(); }};
  for (const int port : {one_port, other_port, one_port}) deliver(port, secret);  // queued, duplicate, duplicate
  while (one.stats().waiting != 0) std::this_thread::yield();
  one.server.stop();
  other.server.stop();
  one_listens.join();
  other_listens.join();

  const auto stats = one.stats();
  const std::string settled = ask(database, "SELECT count(*) FROM settled");
  say(std::to_string(stats.stored) + " stored, " + std::to_string(stats.done) + " done, " + settled + " settled");
  return stats.stored == 1 && stats.done == 1 && settled == "1" ? 0 : 1;  // 1 stored, 1 done, 1 settled
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
