// SPDX-License-Identifier: MIT
// Mounts receivers in GNU libmicrohttpd (0.9.71 or later).
//
// It cannot answer amid a body, so a refusal is answered at the body's end: one that is over the limits of `patience` is cut
// off without an answer. It reads folded lines and bare line feeds, so a connection ends after each answer. What it refuses
// by itself (a head that is over its memory for a connection, or cannot be read) reaches no receiver, and makes no record.
#pragma once

#include <microhttpd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <sello/server/detail/microhttpd_request.hpp>
#include <sello/server/detail/routes.hpp>
#include <sello/server/patience.hpp>

namespace sello::inline v0::server {

/// What a daemon needs: `handle` as its access handler, with a pointer to this, and `options()` for `MHD_OPTION_ARRAY`. It
/// must outlive the daemon. Other paths get 404, other methods 405, a coded body 415.
class microhttpd {
 public:
  explicit microhttpd(const patience& waits = {}) : waits_{waits} {}
  microhttpd(const microhttpd&) = delete;
  microhttpd& operator=(const microhttpd&) = delete;

  /// To be added to by `mount`, before the daemon starts.
  [[nodiscard]] detail::routes& routes() noexcept { return routes_; }

  /// Calls `completed` and `connected`, leaves paths as they were sent, ends silent connections.
  [[nodiscard]] MHD_OptionItem* options() noexcept { return options_.data(); }

  /// Ends connections on which no whole request has come in its time, however slowly it drips. To be called each second or so,
  /// from any thread, while the daemon runs; without it such a connection lives as long as its peer wants.
  void end_slow() { deadlines_.end_slow(waits_.head + waits_.body); }

  /// Ends the connections on which no request has begun: for a clean end of the program.
  void end_idle() { deadlines_.end_idle(); }

  /// The access handler; on any of the daemon's threads.
  static MHD_Result handle(void* self, MHD_Connection* connection, const char* path, const char* method, const char*,
                           const char* bytes, std::size_t* size, void** request) noexcept try {
    auto& server = *static_cast<microhttpd*>(self);
    if (*request == nullptr) return server.begin(connection, path, method, request);
    auto& now = *static_cast<detail::microhttpd_request*>(*request);
    if (*size == 0) return server.finish(connection, now);
    const std::string_view piece{bytes, std::exchange(*size, 0)};
    if (now.body->feed(piece)) return std::chrono::steady_clock::now() < now.until ? MHD_YES : MHD_NO;
    if (!now.refused) now.refused.emplace(server.waits_);
    return now.refused->goes_on(piece.size()) ? MHD_YES : MHD_NO;
  } catch (...) {
    return MHD_NO;
  }

  /// For `MHD_OPTION_NOTIFY_COMPLETED`.
  static void completed(void* self, MHD_Connection*, void** request, MHD_RequestTerminationCode) noexcept try {
    const std::unique_ptr<detail::microhttpd_request> done{
        static_cast<detail::microhttpd_request*>(std::exchange(*request, nullptr))};
    if (!done || done->recorded || done->body->answered()) return;
    const bool late = std::chrono::steady_clock::now() >= done->until;  // no answer can be sent; the record is made
    static_cast<void>(static_cast<microhttpd*>(self)->routes_.refuse(done->target, {late ? 408 : 400, "body"}));
  } catch (...) {  // NOLINT(bugprone-empty-catch)
  }

  /// For `MHD_OPTION_NOTIFY_CONNECTION`.
  static void connected(void* self, MHD_Connection* connection, void** own,
                        MHD_ConnectionNotificationCode code) noexcept try {
    auto& deadlines = static_cast<microhttpd*>(self)->deadlines_;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) return deadlines.remove(static_cast<detail::deadlines::entry*>(*own));
    *own = deadlines.add(MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
  } catch (...) {  // NOLINT(bugprone-empty-catch): without a deadline, then
  }

 private:
  MHD_Result begin(MHD_Connection* connection, const char* path, const char* method, void** request) {
    detail::header_lines lines;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, &add_line, &lines);
    auto made = std::make_unique<detail::microhttpd_request>(
        detail::microhttpd_request{.target = path,
                                   .body = routes_.begin(method, path, lines),
                                   .until = std::chrono::steady_clock::now() + waits_.body});
    auto& now = *made;
    *request = made.release();
    deadlines_.begun(entry_of(connection));
    return now.body->answered() && !worth_reading(lines) ? finish(connection, now) : MHD_YES;
  }

  /// Whether a peer that is refused sends a body which can be read to its end.
  [[nodiscard]] bool worth_reading(const detail::header_lines& lines) const {
    const header_view headers{lines};
    bool comes = false;
    headers.each("Transfer-Encoding", [&](std::string_view) { comes = true; });
    headers.each("Content-Length",
                 [&](std::string_view length) { comes = detail::length_of(length) <= waits_.drained; });
    headers.each("Expect", [&](std::string_view) { comes = false; });  // it waits for the answer
    return comes;
  }

  static detail::deadlines::entry* entry_of(MHD_Connection* connection) {
    const auto* own = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return own == nullptr ? nullptr : static_cast<detail::deadlines::entry*>(own->socket_context);
  }

  MHD_Result finish(MHD_Connection* connection, detail::microhttpd_request& request) {
    deadlines_.whole(entry_of(connection));
    request.recorded = true;
    const response given = request.body->finish();
    std::string body = given.body;
    MHD_Response* made = MHD_create_response_from_buffer(body.size(), body.data(), MHD_RESPMEM_MUST_COPY);
    for (const auto& [name, value] : given.headers)
      MHD_add_response_header(made, std::string{name}.c_str(), std::string{value}.c_str());
    MHD_add_response_header(made, "Connection", "close");
    const MHD_Result queued = MHD_queue_response(connection, static_cast<unsigned>(given.status), made);
    MHD_destroy_response(made);
    return queued;
  }

  static MHD_Result add_line(void* lines, MHD_ValueKind, const char* name, std::size_t name_size, const char* value,
                             std::size_t value_size) {
    static_cast<detail::header_lines*>(lines)->emplace_back(std::string_view{name, name_size},
                                                            std::string_view{value, value_size});
    return MHD_YES;
  }

  static std::size_t leave_escaped(void*, MHD_Connection*, char* text) { return std::strlen(text); }

  template <class Function>
  static std::intptr_t address(Function* function) noexcept {
    return reinterpret_cast<std::intptr_t>(function);
  }

  patience waits_;
  detail::routes routes_{};
  detail::deadlines deadlines_{};
  std::array<MHD_OptionItem, 5> options_{{
      {MHD_OPTION_NOTIFY_COMPLETED, address(&completed), this},
      {MHD_OPTION_NOTIFY_CONNECTION, address(&connected), this},
      {MHD_OPTION_UNESCAPE_CALLBACK, address(&leave_escaped), nullptr},
      {MHD_OPTION_CONNECTION_TIMEOUT, static_cast<std::intptr_t>(waits_.head / std::chrono::seconds{1}), nullptr},
      {MHD_OPTION_END, 0, nullptr},
  }};
};

/// POST to `path` goes to the receiver, piece by piece. The receiver must outlive the daemon, whose threads all use it.
/// Throws `std::logic_error` for a path that has a receiver, or is none.
template <class Verifier>
void mount(microhttpd& server, std::string path, const receiver<Verifier>& to) {
  server.routes().add(std::move(path), to);
}
template <class Verifier>
void mount(microhttpd&, std::string, const receiver<Verifier>&&) = delete;

}  // namespace sello::inline v0::server
