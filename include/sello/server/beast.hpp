// SPDX-License-Identifier: MIT
// A small asynchronous server on Boost.Beast in which receivers are mounted (Boost 1.74 or later).
#pragma once

#include <boost/asio.hpp>
#include <boost/beast.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sello/server/detail.hpp>

namespace sello::inline v0::server {

/// Accepts connections on any number of threads that run the `io_context`; handlers run on them. Refused with the answer
/// are other methods (405), other paths (404) and a `Content-Encoding` (415). Must outlive the running of the context.
class beast_server {
  using tcp = boost::asio::ip::tcp;

 public:
  beast_server(boost::asio::io_context& context, const tcp::endpoint& at) : acceptor_{context, at} { accept(); }
  [[nodiscard]] unsigned short port() const { return acceptor_.local_endpoint().port(); }
  detail::routes routes;

 private:
  class session;
  inline void accept();
  tcp::acceptor acceptor_;
};

/// POST to `path` goes to the receiver, piece by piece. Before the context runs. The receiver must outlive the server.
template <class Verifier>
void mount(beast_server& server, std::string path, const receiver<Verifier>& to) {
  server.routes.add(std::move(path), to);
}
template <class Verifier>
void mount(beast_server&, std::string, const receiver<Verifier>&&) = delete;

