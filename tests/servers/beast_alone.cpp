// SPDX-License-Identifier: MIT
// sello's own server by itself: what it answers to strangers that take their time, that no exception leaves it, one
// receiver a path, and its end.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sello/sello.hpp>
#include <sello/server/beast.hpp>

namespace {

namespace akua = sello::akua;
namespace asio = boost::asio;
using namespace std::chrono_literals;
using tcp = asio::ip::tcp;

/// The allocation, counted from where it is set, that fails; 0: none.
std::atomic<long> failing{0};
thread_local bool may_fail = false;

int failures = 0;
void check(bool holds, const std::string& what) {
  if (!holds) std::printf("FAILED: %s\n", what.c_str());
  if (!holds) ++failures;
}

constexpr const char* secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string body = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})";

struct house {
  explicit house(const sello::server::patience& waits)
      : server{context, {asio::ip::make_address("127.0.0.1"), 0}, waits} {
    mount(server, "/akua", receiver);
  }
  house(const house&) = delete;
  house& operator=(const house&) = delete;
  ~house() {
    if (!runs.joinable()) return;
    server.stop();
    runs.join();
  }

  /// The statuses and places of the records so far.
  std::string records() {
    const std::lock_guard lock{guard};
    return seen;
  }

  sello::router router = [] {
    sello::router made;
    made.otherwise([](const sello::unknown_event&) {});
    return made;
  }();
  std::mutex guard;
  std::string seen;
  sello::receiver<akua::verifier> receiver{
      akua::verifier{secret}, router, {.observer = [this](const sello::record& one) {
        const std::lock_guard lock{guard};
        seen.append(std::to_string(one.status)).append(" ").append(one.where).append(";");
      }}};
  asio::io_context context;
  sello::server::beast_server server;
  std::thread runs;
};

std::string signed_request(bool keep = false) {
  std::string text = "POST /akua HTTP/1.1\r\nHost: h\r\n";
  for (const auto& [name, value] : sello::signer<sello::svix_v1>{secret}.sign(body))
    text += name + ": " + value + "\r\n";
  if (!keep) text += "Connection: close\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Sends the text and gives all that comes until the server closes: its status, or "closed".
std::string ask(unsigned short port, std::string_view text) {
  asio::io_context outside;
  tcp::socket peer{outside};
  boost::system::error_code failed;
  peer.connect({asio::ip::make_address("127.0.0.1"), port}, failed);
  if (!failed) asio::write(peer, asio::buffer(text), failed);
  std::string answer;
  if (!failed) asio::read(peer, asio::dynamic_buffer(answer), failed);
  return answer.size() < 12 ? "closed" : answer.substr(9, 3);
}

void waits_for_none() {
  house at{{.head = 200ms, .body = 200ms, .draining = 200ms}};
  at.runs = std::thread{[&] { at.context.run(); }};
  const auto port = at.server.port();
  const std::string good = signed_request();
  check(ask(port, "") == "closed", "a silent connection ends");
  check(ask(port, good.substr(0, 30)) == "408", "a head that does not come whole is answered 408");
  check(ask(port, good.substr(0, good.size() - 5)) == "408", "a body that does not come whole is answered 408");
  check(ask(port, "POST /akua HTTP/1.1\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n") == "431", "a long head");
  check(ask(port, "POST /akua HTTP/1.1\r\nX : y\r\n\r\n") == "400", "a head that cannot be read");
  check(ask(port, "POST /akua HTTP/1.1\r\nX: y\r\n\tz\r\n\r\n") == "400", "a folded line");
  check(ask(port, "\r\n\r\n" + good) == "200", "after all that, a good one");
  check(at.records() == "408 head;408 body;431 head;400 a header's name;400 a header's name;200 ;", at.records());
}

/// Each allocation fails in turn, from the accepting of a connection on: the context goes on running.
void survives_bad_alloc() {
  house at{{.head = 2s, .body = 2s, .draining = 200ms}};
  bool threw = false;
  at.runs = std::thread{[&] {
    may_fail = true;
    try {
      at.context.run();
    } catch (...) {
      threw = true;
    }
  }};
  const std::string good = signed_request();
  int answered = 0;
  for (long which = 1; which <= 60; ++which) {
    failing = which;
    answered += ask(at.server.port(), good) == "200" ? 1 : 0;
    failing = 0;
  }
  const bool still = ask(at.server.port(), good) == "200";
  at.server.stop();
  at.runs.join();
  check(!threw, "no exception leaves the running of the context");
  check(still, "it serves after each allocation has failed once");
  check(answered > 0 && answered < 60, "some allocations failed and some requests came through");
}

void one_receiver_a_path() {
  house at{{}};
  const auto refuses = [&](const char* path, std::string_view why) {
    try {
      mount(at.server, path, at.receiver);
      return false;
    } catch (const std::logic_error& refused) {
      return std::string_view{refused.what()}.find(why) != std::string_view::npos;
    }
  };
  check(refuses("/akua", "already"), "a second receiver at one path");
  check(refuses("akua", "begins with a slash"), "a path without a slash");
  check(!refuses("/other", ""), "another path");
}

void stops_when_all_is_answered() {
  house at{{}};
  asio::io_context outside;
  tcp::socket idle{outside};
  idle.connect({asio::ip::make_address("127.0.0.1"), at.server.port()});
  at.runs = std::thread{[&] { at.context.run(); }};
  check(ask(at.server.port(), signed_request()) == "200", "before its end");
  const auto begun = std::chrono::steady_clock::now();
  at.server.stop();
  at.runs.join();
  check(std::chrono::steady_clock::now() - begun < 5s, "an idle connection does not hold it up");
}

}  // namespace

void* operator new(std::size_t size) {
  if (may_fail && failing.load() > 0 && failing.fetch_sub(1) == 1) throw std::bad_alloc{};
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main() {
  waits_for_none();
  survives_bad_alloc();
  one_receiver_a_path();
  stops_when_all_is_answered();
  return failures == 0 ? 0 : 1;
}
