// SPDX-License-Identifier: MIT
// An HTTP server on loopback with one endpoint a sender.
#pragma once

#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <sello/sello.hpp>

#include "handlers.hpp"
#include "senders.hpp"

namespace demo {

inline constexpr std::size_t body_limit = 1024 * 1024;

[[nodiscard]] inline std::string endpoint(std::string_view sender) { return "/webhooks/" + std::string{sender}; }

/// The receiver behind a path. The body is read piece by piece because cpp-httplib 0.11.4 applies its own limit neither
/// to a chunked body nor to what it has unpacked from gzip. One byte over the limit is enough for the receiver to say so.
template <class Verifier>
void mount(httplib::Server& http, sello::receiver<Verifier> receiver) {
  const std::string path = endpoint(Verifier::provider_type::name);
  http.Post(path, [receiver = std::move(receiver)](const httplib::Request& request, httplib::Response& response,
                                                   const httplib::ContentReader& read) {
    std::string body;
    const auto take = [&body](const char* data, std::size_t size) {
      body.append(data, size);
      return body.size() <= body_limit;
    };
    if (!request.is_multipart_form_data()) read(take);  // of a form, cpp-httplib would hand over only the parts
    const sello::response answer = receiver.receive(request.headers, body);
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers) response.set_header(std::string{name}, std::string{value});
    response.body = answer.body;
  });
}

class server {
 public:
  /// Called once a delivery, on the thread that answers it.
  using watcher = std::function<void(const sello::record& seen, const std::string& handler_got)>;

  /// Port 0: any free one.
  server(int port, const watcher& watch) {
    const auto observer = [watch](const sello::record& seen) { watch(seen, std::exchange(handler_got, {})); };
    // Kuenta and Gu1 sign no time but the one in the body.
    const sello::receiver_options without_time{
        .body_limit = body_limit, .freshness = std::chrono::hours{24}, .observer = observer};
    const sello::receiver_options with_time{.body_limit = body_limit, .observer = observer};
    const sello::router router = make_router();
    mount(http_, sello::receiver{sello::kuenta::verifier{kuenta_secret}, router, without_time});
    mount(http_, sello::receiver{sello::akua::verifier{akua_secret}, router, with_time});
    mount(http_, sello::receiver{sello::gu1::verifier{gu1_secret}, router, without_time});

    // A connection whose body was not read to its end is of no more use, and cpp-httplib would go on with it.
    http_.set_keep_alive_max_count(1);
    port_ = port == 0 ? http_.bind_to_any_port(host) : http_.bind_to_port(host, port) ? port : -1;
    if (port_ < 0) throw std::runtime_error{"cannot listen on port " + std::to_string(port)};
  }

  ~server() {
    if (!thread_.joinable()) return;
    while (!http_.is_running()) std::this_thread::yield();
    http_.stop();
    thread_.join();
  }

  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// For endpoints of your own, before `start`.
  [[nodiscard]] httplib::Server& http() noexcept { return http_; }
  [[nodiscard]] int port() const noexcept { return port_; }

  void start() {
    thread_ = std::thread{[this] { http_.listen_after_bind(); }};
  }

  static constexpr const char* host = "127.0.0.1";

 private:
  httplib::Server http_;
  int port_ = -1;
  std::thread thread_;
};

}  // namespace demo
