// SPDX-License-Identifier: MIT
// A small asynchronous server on Boost.Beast in which receivers are mounted (Boost 1.74 or later).
#pragma once

#include <utility>  // first, for Boost.Asio 1.74

#include <boost/asio.hpp>
#include <chrono>
#include <memory>
#include <string>

#include <sello/server/detail/beast_session.hpp>
#include <sello/server/detail/routes.hpp>

namespace sello::inline v0::server {

/// Accepts connections on the threads that run the context; handlers run there too, and block one while they run. Other
/// paths get 404, other methods 405, a `Content-Encoding` 415; a connection that is silent for 30 s ends.
class beast_server {
  using tcp = boost::asio::ip::tcp;

 public:
  /// Must outlive the running of the context. Throws `boost::system::system_error` where it cannot listen.
  beast_server(boost::asio::io_context& context, const tcp::endpoint& at)
      : context_{&context}, acceptor_{context, at}, pause_{context} {
    accept();
  }

  /// Where it listens: the port that was found free, if 0 was asked for.
  [[nodiscard]] unsigned short port() const { return acceptor_.local_endpoint().port(); }

  /// To be added to by `mount`, before the context runs.
  [[nodiscard]] detail::routes& routes() noexcept { return routes_; }

 private:
  void accept() {
    acceptor_.async_accept(boost::asio::make_strand(*context_),
                           [this](boost::system::error_code fault, tcp::socket peer) {
                             if (fault == boost::asio::error::operation_aborted) return;  // this is gone
                             if (fault) return accept_later();
                             std::make_shared<detail::beast_session>(std::move(peer), routes_)->read_head();
                             accept();
                           });
  }

  /// Where no file descriptor is left, trying at once would fail at once, for ever.
  void accept_later() {
    pause_.expires_after(std::chrono::milliseconds{100});
    pause_.async_wait([this](boost::system::error_code fault) {
      if (!fault) accept();
    });
  }

  boost::asio::io_context* context_;
  tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  detail::routes routes_;
};

/// POST to `path` goes to the receiver, piece by piece. The receiver must outlive the server, whose threads all use it.
template <class Verifier>
void mount(beast_server& server, std::string path, const receiver<Verifier>& to) {
  server.routes().add(std::move(path), to);
}
template <class Verifier>
void mount(beast_server&, std::string, const receiver<Verifier>&&) = delete;

}  // namespace sello::inline v0::server
