// SPDX-License-Identifier: MIT
// What Prometheus gets when it asks: of a receiver, of an inbox's endpoint and of its worker.
#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <prometheus/exposer.h>

#include <sello/inbox/sqlite.hpp>
#include <sello/observe/prometheus.hpp>
#include <sello/sello.hpp>

#include "catch.hpp"
#include "support/inbox.hpp"

namespace {

namespace akua = sello::akua;

/// The answer to one GET, whole.
std::string scrape(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket < 0 || ::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error{"nobody listens"};
  const std::string_view request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) < 0) throw std::runtime_error{"nobody reads"};
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t size = 0; (size = ::recv(socket, piece.data(), piece.size(), 0)) > 0;)
    text.append(piece.data(), static_cast<std::size_t>(size));
  ::close(socket);
  return text;
}

template <class Verifier>
int deliver(const sello::receiver<Verifier>& to, const std::string& body, const std::string& id) {
  const support::request<Verifier> sent{body, {.id = id}};
  return to.receive(sent.headers, sent.body).status;
}

}  // namespace

TEST_CASE("a scrape has what became of each delivery, and nothing of one", "[observe]") {
  const auto registry = std::make_shared<prometheus::Registry>();
  prometheus::Exposer exposer{"127.0.0.1:0"};
  exposer.RegisterCollectable(registry);
  const sello::observe::prometheus metrics{registry};

  // At once, in the request.
  sello::router router;
  router.on<akua::payment_capture_cleared>([](const auto&) {});
  const sello::receiver direct{akua::verifier{support::secret}, router, {.observer = metrics}};
  const std::string payment = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-secret-1"}})";
  CHECK(deliver(direct, payment, "msg_1") == 200);
  CHECK(deliver(direct, R"({"type":"made.up.by.a.stranger"})", "msg_2") == 200);
  CHECK(direct.receive(std::array<std::pair<std::string, std::string>, 0>{}, payment).status == 401);
  CHECK(direct.refuse(405, "GET").status == 405);

  // Stored, and by a worker.
  const support::temporary_folder folder;
  const sello::sqlite::inbox inbox{folder.file("inbox.db")};
  const sello::receiver stored{akua::verifier{support::secret}, inbox.endpoint("payments", {.observer = metrics})};
  CHECK(deliver(stored, payment, "msg_3") == 200);
  CHECK(deliver(stored, payment, "msg_3") == 200);
  sello::basic_router<sello::sqlite::transaction> durable;
  durable.on<akua::payment_capture_cleared>([](const auto&, auto&) {});
  sello::worker worker{inbox, sello::sqlite::effects{folder.file("app.db")}, durable, {.observer = metrics}};
  CHECK(worker.poll_once().value() == 1);

  const std::string text = scrape(exposer.GetListeningPorts().at(0));
  INFO(text);
  const auto has = [&](const std::string& line) { return text.find('\n' + line + '\n') != text.npos; };
  const auto counted = [&](const std::string& labels) { return has("sello_deliveries_total{" + labels + "} 1"); };
  CHECK(text.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(counted(R"(errc="none",outcome="handled",provider="akua")"));
  CHECK(counted(R"(errc="none",outcome="ignored",provider="akua")"));
  CHECK(counted(R"(errc="missing_header",outcome="error",provider="akua")"));
  CHECK(counted(R"(errc="bad_request",outcome="error",provider="akua")"));
  CHECK(counted(R"(endpoint="payments",errc="none",outcome="queued",provider="akua")"));
  CHECK(counted(R"(endpoint="payments",errc="none",outcome="duplicate",provider="akua")"));
  CHECK(counted(R"(endpoint="payments",errc="none",outcome="handled",provider="akua")"));
  CHECK(has(R"(sello_stage_seconds_count{provider="akua",stage="verifying"} 3)"));
  CHECK(has(R"(sello_stage_seconds_count{endpoint="payments",provider="akua",stage="verifying"} 2)"));
  CHECK(has(R"(sello_stage_seconds_count{endpoint="payments",provider="akua",stage="storing"} 2)"));
  for (const char* word : {"pay-secret", "msg_", "stranger", "payment.capture", "svix"}) {
    INFO(word);
    CHECK(text.find(word) == text.npos);
  }
}
