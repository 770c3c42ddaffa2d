// SPDX-License-Identifier: MIT
// An HTTP server on loopback with one endpoint a sender.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <sello/sello.hpp>
#include <sello/server/httplib.hpp>

#include "handlers.hpp"
#include "senders.hpp"

namespace demo {

inline constexpr std::size_t body_limit = 1024 * 1024;

[[nodiscard]] inline std::string endpoint(std::string_view sender) { return "/webhooks/" + std::string{sender}; }

class server {
 public:
  /// Called once a delivery, on the thread that answers it.
  using watcher = std::function<void(const sello::record& seen, const std::string& handler_got)>;

  /// Port 0: any free one.
  server(int port, const watcher& watch)
      : observer_{[watch](const sello::record& seen) { watch(seen, std::exchange(handler_got, {})); }} {
    http_.set_tcp_nodelay(true);  // head and body are two writes: a kept connection would wait for an ACK between them
    sello::server::mount(http_, endpoint("kuenta"), kuenta_, {.chunked = true});
    sello::server::mount(http_, endpoint("akua"), akua_, {.chunked = true});
    sello::server::mount(http_, endpoint("gu1"), gu1_, {.chunked = true});
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
    sello::server::refuse(http_, ".*", 404);
    thread_ = std::thread{[this] { http_.listen_after_bind(); }};
  }

  static constexpr const char* host = "127.0.0.1";

 private:
  std::function<void(const sello::record&)> observer_;
  sello::router router_ = make_router();
  sello::receiver_options with_time_{.body_limit = body_limit, .observer = observer_};
  // Kuenta and Gu1 sign no time but the one in the body.
  sello::receiver_options without_time_{
      .body_limit = body_limit, .freshness = std::chrono::hours{24}, .observer = observer_};
  sello::receiver<sello::kuenta::verifier> kuenta_{sello::kuenta::verifier{kuenta_secret}, router_, without_time_};
  sello::receiver<sello::akua::verifier> akua_{sello::akua::verifier{akua_secret}, router_, with_time_};
  sello::receiver<sello::gu1::verifier> gu1_{sello::gu1::verifier{gu1_secret}, router_, without_time_};
  httplib::Server http_;
  int port_ = -1;
  std::thread thread_;
};

}  // namespace demo
