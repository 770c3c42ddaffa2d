// SPDX-License-Identifier: MIT
// One connection of the server on Boost.Beast: reads a request piece by piece into a receiver, answers, and lingers.
#pragma once

#include <utility>  // first, for Boost.Asio 1.74

#include <array>
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include <sello/server/detail/beast_state.hpp>
#include <sello/server/detail/raw_head.hpp>
#include <sello/server/detail/routes.hpp>

namespace sello::inline v0::server::detail {

namespace http = boost::beast::http;

/// Its handlers keep it alive, and run one at a time, under its lock. None lets an exception out, the connection ends
/// instead; so there are no composed operations here, which allocate memory where nothing of ours could catch.
class beast_session final : public beast_connection {
 public:
  beast_session(boost::asio::ip::tcp::socket socket, std::shared_ptr<beast_state> server)
      : server_{std::move(server)}, socket_{std::move(socket)}, deadline_{socket_.get_executor()} {
    server_->add(this);
  }
  beast_session(const beast_session&) = delete;
  beast_session& operator=(const beast_session&) = delete;
  ~beast_session() override { server_->remove(this); }

  void start() {
    const std::lock_guard lock{guard_};
    error_code ignored;
    socket_.set_option(boost::asio::ip::tcp::no_delay{true}, ignored);
    read_head();
  }

  /// Ends the connection unless a request has begun; from any thread.
  void stop() override {
    boost::asio::post(socket_.get_executor(), [self = self()] {
      const std::lock_guard lock{self->guard_};
      if (self->idle_) self->end();
    });
  }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  [[nodiscard]] std::shared_ptr<beast_session> self() {
    return std::static_pointer_cast<beast_session>(shared_from_this());
  }

  static std::string_view view(string_view text) noexcept { return {text.data(), text.size()}; }

  [[nodiscard]] std::string_view unread() const noexcept {
    const auto bytes = buffer_.data();
    return {static_cast<const char*>(bytes.data()), bytes.size()};
  }

  template <class Next>
  auto then(Next next) {
    return [self = self(), next](error_code failed, std::size_t size) {
      const std::lock_guard lock{self->guard_};
      try {
        next(*self, failed, size);
      } catch (...) {
        self->end();
      }
    };
  }

  /// What is under way is cancelled after that time.
  void wait(std::chrono::milliseconds limit) {
    expired_ = false;
    deadline_.expires_after(limit);
    deadline_.async_wait([self = self()](error_code cancelled) {
      const std::lock_guard lock{self->guard_};
      if (cancelled || self->deadline_.expiry() > std::chrono::steady_clock::now()) return;
      self->expired_ = true;
      self->socket_.cancel(cancelled);
    });
  }

  void read_head() {
    head_ = {};
    lines_.clear();
    drain_.reset();
    parser_.emplace().body_limit(std::numeric_limits<std::uint64_t>::max());  // the receiver's counts
    parser_->header_limit(raw_head::limit);
    parser_->eager(true);
    wait(server_->waits.head);
    look_at_head();
  }

  void look_at_head() {
    while (unread().starts_with("\r\n")) buffer_.consume(2);  // before a request they are ignored (RFC 9112, 2.2)
    if (head_.complete(unread())) return head_.size() != 0 ? begin() : refuse_head(head_.why());
    idle_ = buffer_.size() == 0;
    if (idle_ && server_->stopping) return end();
    read_more([](auto& self, bool failed) {
      if (!failed) return self.look_at_head();
      self.idle_ ? self.end() : self.refuse_head({self.expired_ ? 408 : 400, "head"});
    });
  }

  void refuse_head(const fault& why) {
    idle_ = false;
    answer(server_->paths.refuse(raw_head::target(unread()), why));
  }

  void begin() {
    idle_ = false;
    error_code unreadable;
    const std::size_t size = parser_->put(boost::asio::buffer(buffer_.data(), head_.size()), unreadable);
    if (!parser_->is_header_done()) return refuse_head({unreadable == http::error::header_limit ? 431 : 400, "head"});
    const auto& head = parser_->get();
    if (head.version() < 11 && head.count(http::field::transfer_encoding) != 0)  // older readers know no chunks
      return refuse_head({400, "Transfer-Encoding"});
    buffer_.consume(size);
    target_ = view(head.target());
    for (const auto& line : head) lines_.emplace_back(view(line.name_string()), view(line.value()));
    incoming_ = server_->paths.begin(view(head.method_string()), target_, lines_);
    wait(server_->waits.body);
    const bool polite = boost::beast::iequals(head[http::field::expect], "100-continue");
    if (incoming_->answered() && (polite || parser_->content_length().value_or(0) > server_->waits.drained))
      return answer(incoming_->finish());
    if (incoming_->answered() || !polite) return read_body();
    output_ = "HTTP/1.1 100 Continue\r\n\r\n";
    write([](auto& self) { self.read_body(); });
  }

  void read_body() {
    while (!parser_->is_done()) {
      parser_->get().body() = {piece_.data(), piece_.size(), true};
      error_code failed;
      buffer_.consume(parser_->put(buffer_.data(), failed));
      const std::size_t size = piece_.size() - parser_->get().body().size;
      if (!incoming_->feed(std::string_view{piece_.data(), size}) && !drops(size)) break;
      if (failed == http::error::need_buffer) continue;
      if (failed && failed != http::error::need_more) return refuse_body();
      if (!parser_->is_done())
        return read_more([](auto& self, bool lost) { lost ? self.refuse_body() : self.read_body(); });
    }
    deadline_.cancel();  // a handler takes the time that it needs
    answer(incoming_->finish());
  }

  /// Of a request that is refused: whether its body is read on. Many a peer reads no answer before it has sent all (curl
  /// with HTTP/2 through a proxy that does not buffer loses it); one that pauses gets it then.
  bool drops(std::size_t size) {
    if (!drain_) drain_.emplace(server_->waits);
    wait(std::chrono::milliseconds{200});
    return drain_->goes_on(size);
  }

  void refuse_body() {
    if (incoming_->answered()) return answer(incoming_->finish());
    answer(server_->paths.refuse(target_, {expired_ ? 408 : 400, "body"}, lines_));
  }

  void answer(const response& given) {
    const bool read = parser_->is_header_done();
    const auto& head = parser_->get();
    keep_alive_ = read && head.keep_alive() && !ends_connection(given) && !server_->stopping;
    http::response<http::empty_body> made{static_cast<http::status>(given.status), read ? head.version() : 11U};
    for (const auto& [name, value] : given.headers)
      made.set(string_view{name.data(), name.size()}, string_view{value.data(), value.size()});
    made.content_length(given.body.size());
    made.keep_alive(keep_alive_);
    std::ostringstream text;
    text.exceptions(std::ios::badbit);
    text << made.base() << (head.method() == http::verb::head ? "" : given.body);
    output_ = text.str();
    wait(server_->waits.body);
    write([](auto& self) { self.keep_alive_ ? self.read_head() : self.linger(); });
  }

  template <class Next>
  void read_more(Next next) {
    socket_.async_read_some(buffer_.prepare(piece_.size()),
                            then([next](auto& self, error_code failed, std::size_t size) {
                              self.buffer_.commit(size);
                              next(self, static_cast<bool>(failed));
                            }));
  }

  template <class Next>
  void write(Next next) {
    socket_.async_write_some(boost::asio::buffer(output_),
                             then([next](auto& self, error_code failed, std::size_t size) {
                               self.output_.erase(0, size);
                               if (failed) return self.end();
                               self.output_.empty() ? next(self) : self.write(next);
                             }));
  }

  /// A close with unread bytes would be a reset, which can overtake the answer (RFC 9112, 9.6).
  void linger() {
    error_code ignored;
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    wait(server_->waits.draining);
    drain_.emplace(server_->waits);
    drop();
  }

  void drop() {
    socket_.async_read_some(boost::asio::buffer(piece_), then([](auto& self, error_code failed, std::size_t size) {
                              failed || !self.drain_->goes_on(size) ? self.end() : self.drop();
                            }));
  }

  void end() noexcept {
    error_code ignored;
    socket_.close(ignored);
    try {
      deadline_.cancel();
    } catch (...) {  // NOLINT(bugprone-empty-catch): it expires, then
    }
  }

  std::mutex guard_{};
  std::shared_ptr<beast_state> server_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  bool expired_ = false;
  bool idle_ = true;  ///< nothing of a request has come
  bool keep_alive_ = false;
  boost::beast::flat_buffer buffer_{2 * raw_head::limit};
  raw_head head_{};
  std::optional<http::request_parser<http::buffer_body>> parser_{};
  std::string_view target_{};
  header_lines lines_{};
  std::unique_ptr<incoming> incoming_{};
  std::array<char, 8'192> piece_{};
  std::string output_{};
  std::optional<drain> drain_{};
};

}  // namespace sello::inline v0::server::detail
