// SPDX-License-Identifier: MIT
// A small asynchronous server on Boost.Beast in which receivers are mounted (Boost 1.74 or later).
//
// It bounds by itself, without a proxy: a head (32 KiB, 30 s, and nothing in it that two readers may read differently), a
// body (the receiver's limit, 30 s), what is read of a request that it has refused (16 MiB, 5 s). The number of
// connections is bounded by the process's file descriptors alone, and a connection takes up to 100 KiB.
#pragma once

#include <utility>  // first, for Boost.Asio 1.74

#include <boost/asio.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <sello/server/detail/beast_session.hpp>
#include <sello/server/detail/routes.hpp>
#include <sello/server/patience.hpp>

namespace sello::inline v0::server {

/// Accepts connections on the threads that run the context; handlers run there too, and block one while they run. Other
/// paths get 404, other methods 405, a coded body 415, a head that is too long 431 or cannot be read 400, what comes too
/// slowly 408. No exception, `std::bad_alloc` included, leaves the running of the context.
class beast_server {
  using tcp = boost::asio::ip::tcp;

 public:
  /// Must outlive the running of the context. Throws `boost::system::system_error` where it cannot listen.
  beast_server(boost::asio::io_context& context, const tcp::endpoint& at, const patience& waits = {})
      : context_{&context}, acceptor_{context, at}, pause_{context} {
    state_->waits = waits;
    acceptor_.non_blocking(true);
    accept();
  }

  /// Where it listens: the port that was found free, if 0 was asked for.
  [[nodiscard]] unsigned short port() const { return acceptor_.local_endpoint().port(); }

  /// To be added to by `mount`, before the context runs.
  [[nodiscard]] detail::routes& routes() noexcept { return state_->paths; }

  /// From any thread. No connection is accepted any more, and idle ones end; each request that has begun is answered, and
  /// then the context has no more to run.
  void stop() {
    {
      const std::lock_guard lock{guard_};
      boost::system::error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel();
    }
    state_->stop();
  }

 private:
  void accept() {
    acceptor_.async_wait(tcp::acceptor::wait_read, [this](boost::system::error_code failed) {
      if (failed == boost::asio::error::operation_aborted) return;  // stopped, or gone
      const std::lock_guard lock{guard_};
      if (acceptor_.is_open()) take_all();
    });
  }

  void take_all() noexcept {
    try {
      for (;;) {
        boost::system::error_code failed;
        tcp::socket peer{*context_};
        acceptor_.accept(peer, failed);
        if (failed == boost::asio::error::would_block) return accept();
        if (failed) return accept_later();
        std::make_shared<detail::beast_session>(std::move(peer), state_)->start();
      }
    } catch (...) {
      accept_later();
    }
  }

  /// Where no file descriptor or memory is left, trying at once would fail at once, for ever.
  void accept_later() noexcept {
    constexpr std::chrono::milliseconds a_while{100};
    for (;;) {
      try {
        pause_.expires_after(a_while);
        return pause_.async_wait([this](boost::system::error_code failed) {
          if (failed) return;
          const std::lock_guard lock{guard_};
          if (acceptor_.is_open()) take_all();
        });
      } catch (...) {
        std::this_thread::sleep_for(a_while);
      }
    }
  }

  std::mutex guard_;
  boost::asio::io_context* context_;
  std::shared_ptr<detail::beast_state> state_ = std::make_shared<detail::beast_state>();
  tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
};

/// POST to `path` goes to the receiver, piece by piece. The receiver must outlive the server, whose threads all use it.
/// Throws `std::logic_error` for a path that has a receiver, or is none.
template <class Verifier>
void mount(beast_server& server, std::string path, const receiver<Verifier>& to) {
  server.routes().add(std::move(path), to);
}
template <class Verifier>
void mount(beast_server&, std::string, const receiver<Verifier>&&) = delete;

}  // namespace sello::inline v0::server
