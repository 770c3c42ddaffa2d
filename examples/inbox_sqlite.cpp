// SPDX-License-Identifier: MIT
// A server that answers when a delivery is stored, and a worker in which each takes effect once:
// AKUA_SECRET=… ./inbox_sqlite 8080, until SIGTERM. Without a port it delivers to itself, three times the same, and ends.
#include <signal.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

#include <sello/inbox/sqlite.hpp>
#include <sello/sello.hpp>
#include <sello/server/httplib.hpp>

namespace akua = sello::akua;

void say(const std::string& line) { std::cout << line + '\n' << std::flush; }  // in one piece: several threads may

/// The program's own tables, made with whatever it uses for SQLite.
void make_tables(const char* file) {
  sqlite3* app = nullptr;
  const int opened = sqlite3_open(file, &app);
  const int made = sqlite3_exec(app, "CREATE TABLE IF NOT EXISTS settled(payment TEXT)", nullptr, nullptr, nullptr);
  sqlite3_close(app);
  if (opened != SQLITE_OK || made != SQLITE_OK) throw std::runtime_error{"app.db: no table"};
}

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
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGTERM, SIGINT}) sigaddset(&signals, each);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before there are threads

  const char* const secret = argc > 1 ? std::getenv("AKUA_SECRET") : "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const auto home = std::filesystem::temp_directory_path() / ("inbox_sqlite-" + std::to_string(std::rand()));
  if (argc < 2) {
    std::filesystem::create_directory(home);
    std::filesystem::current_path(home);
  }
  make_tables("app.db");
  const auto log = [](const sello::record& seen) { say(std::string{seen.id} + ' ' + seen.message()); };

  sello::sqlite::inbox inbox{"inbox.db"};
  const sello::receiver receiver{akua::verifier{secret}, inbox.endpoint("akua", {.observer = log})};

  sello::basic_router<sello::sqlite::transaction> router;
  router.on<akua::payment_capture_cleared>([](const auto& event, auto& tx) {
    tx.execute("INSERT INTO settled VALUES (?)", event.data.payment_id);  // commits with the mark that this is done
  });
  sello::worker worker{inbox, sello::sqlite::effects{"app.db"}, router, {.threads = 2, .observer = log}};
  worker.start();

  httplib::Server server;
  server.set_tcp_nodelay(true);
  server.new_task_queue = [] { return new httplib::ThreadPool(64); };
  server.set_socket_options([](auto socket) {  // without SO_REUSEPORT: a second process on the port shall fail
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  sello::server::mount(server, "/webhooks/akua", receiver);
  sello::server::refuse(server, ".*", 404);

  const bool bound = argc < 2 || server.bind_to_port("0.0.0.0", std::stoi(argv[1]));
  if (!bound) throw std::runtime_error{"cannot listen"};
  const int port = argc < 2 ? server.bind_to_any_port("127.0.0.1") : 0;
  std::thread listening{[&] { server.listen_after_bind(); }};
  while (!server.is_running()) std::this_thread::yield();
  if (argc > 1) {
    int signal = 0;
    sigwait(&signals, &signal);
  } else {
    for (int i = 0; i < 3; ++i) deliver(port, secret);  // queued, duplicate, duplicate
    while (inbox.stats().value().waiting != 0) std::this_thread::yield();
  }
  server.stop();  // what has begun is answered
  listening.join();
  worker.stop();  // the handlers that run end
  if (argc > 1) return 0;

  const auto stats = inbox.stats().value();
  say(std::to_string(stats.stored) + " stored, " + std::to_string(stats.duplicates) + " duplicates, " +
      std::to_string(stats.done) + " done");  // 1 stored, 2 duplicates, 1 done
  std::filesystem::current_path("..");
  std::filesystem::remove_all(home);
  return stats.stored == 1 && stats.duplicates == 2 && stats.done == 1 ? 0 : 1;
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
