// SPDX-License-Identifier: MIT
// One connection of the server on Boost.Beast: reads a request piece by piece into a receiver, and answers.
#pragma once

#include <utility>  // first, for Boost.Asio 1.74

#include <array>
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>

#include <sello/server/detail/routes.hpp>

namespace sello::inline v0::server::detail {

namespace http = boost::beast::http;

/// Its handlers keep it alive, and run one at a time. After a fault there is no next one: the connection ends.
class beast_session : public std::enable_shared_from_this<beast_session> {
 public:
  beast_session(boost::asio::ip::tcp::socket socket, const routes& to) : stream_{std::move(socket)}, routes_{&to} {}

  void read_head() {
    parser_.emplace().body_limit(std::numeric_limits<std::uint64_t>::max());  // the receiver's counts
    stream_.expires_after(patience);
    http::async_read_header(stream_, buffer_, *parser_, [self = shared_from_this()](auto fault, auto) {
      if (!fault) self->begin();
    });
  }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;
  static constexpr std::chrono::seconds patience{30};  // for a head, and again for its body

  static std::string_view view(string_view text) noexcept { return {text.data(), text.size()}; }

  void begin() {
    const auto& head = parser_->get();
    header_lines lines;
    for (const auto& line : head) lines.emplace_back(view(line.name_string()), view(line.value()));
    incoming_ = routes_->begin(view(head.method_string()), view(head.target()), lines);
    stream_.expires_after(patience);
    if (incoming_->answered() || !boost::beast::iequals(head[http::field::expect], "100-continue")) return read_body();
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    boost::asio::async_write(stream_, boost::asio::buffer(go_on), [self = shared_from_this()](error_code fault, auto) {
      if (!fault) self->read_body();
    });
  }

  void read_body() {
    if (incoming_->answered() || parser_->is_done()) return write(std::exchange(incoming_, nullptr)->finish());
    parser_->get().body() = {piece_.data(), piece_.size(), true};
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code fault, auto) {
      if (fault && fault != http::error::need_buffer) return;
      const auto size = self->piece_.size() - self->parser_->get().body().size;
      static_cast<void>(self->incoming_->feed({self->piece_.data(), size}));
      self->read_body();
    });
  }

  void write(const response& given) {
    const auto& head = parser_->get();
    auto& answer = answer_.emplace(static_cast<http::status>(given.status), head.version());
    for (const auto& [name, value] : given.headers)
      answer.set(string_view{name.data(), name.size()}, string_view{value.data(), value.size()});
    if (head.method() != http::verb::head) answer.body() = given.body;
    answer.keep_alive(head.keep_alive() && !ends_connection(given));
    answer.prepare_payload();
    http::async_write(stream_, answer, [self = shared_from_this()](error_code fault, auto) {
      if (fault) return;
      if (self->answer_->keep_alive()) return self->read_head();
      self->stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, fault);
    });
  }

  boost::beast::tcp_stream stream_;
  const routes* routes_;
  boost::beast::flat_buffer buffer_{16'384};
  std::optional<http::request_parser<http::buffer_body>> parser_;
  std::unique_ptr<incoming> incoming_;
  std::array<char, 8'192> piece_{};
  std::optional<http::response<http::string_body>> answer_;
};

}  // namespace sello::inline v0::server::detail
