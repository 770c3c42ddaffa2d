// SPDX-License-Identifier: MIT
// Boost.Beast, with sello's receivers or with a bare handler.
#include <utility>  // first, for Boost.Asio 1.74

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <memory>
#include <sello/server/beast.hpp>

#include "endpoints.hpp"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

/// As Beast's own examples serve: a body as a string, one answer after the other.
class session : public std::enable_shared_from_this<session> {
 public:
  session(tcp::socket&& peer, bool keeps) : stream_{std::move(peer)}, keeps_{keeps} {
    stream_.socket().set_option(tcp::no_delay{true});
  }

  void read() {
    request_ = {};
    http::async_read(stream_, buffer_, request_, [self = shared_from_this()](auto failed, std::size_t) {
      if (!failed) self->answer();
    });
  }

 private:
  void answer() {
    answer_ = {http::status::ok, request_.version()};
    answer_.keep_alive(keeps_);
    answer_.body() = bench::answer;
    answer_.prepare_payload();
    http::async_write(stream_, answer_, [self = shared_from_this()](auto failed, std::size_t) {
      if (failed) return;
      if (self->keeps_) return self->read();
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, failed);
    });
  }

  boost::beast::tcp_stream stream_;
  bool keeps_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> answer_;
};

void accept(tcp::acceptor& at, bool keeps) {
  at.async_accept([&at, keeps](auto failed, tcp::socket peer) {
    if (!failed) std::make_shared<session>(std::move(peer), keeps)->read();
    accept(at, keeps);
  });
}

}  // namespace

int main(int argc, char** argv) {
  const bench::endpoints endpoints;
  asio::io_context context{1};
  const tcp::endpoint any{asio::ip::make_address("127.0.0.1"), 0};
  if (bench::is_sello(argc, argv)) {
    sello::server::beast_server server{context, any};
    endpoints.each([&](const char* path, const auto& to) { mount(server, path, to); });
    bench::listening(server.port());
    context.run();
  } else {
    tcp::acceptor at{context, any};
    accept(at, bench::keeps(argc, argv));
    bench::listening(at.local_endpoint().port());
    context.run();
  }
}
