// SPDX-License-Identifier: MIT
// Mounts receivers in GNU libmicrohttpd (0.9.71 or later).
#pragma once

#include <microhttpd.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <sello/server/detail/routes.hpp>

namespace sello::inline v0::server {

/// What a daemon needs: `handle` as its access handler and `completed` for `MHD_OPTION_NOTIFY_COMPLETED`, both with a
/// pointer to this, which must outlive the daemon. Other paths get 404, other methods 405, a `Content-Encoding` 415. A
/// body that passes the limit undeclared cannot be answered: libmicrohttpd closes the connection.
class microhttpd {
 public:
  /// To be added to by `mount`, before the daemon starts.
  [[nodiscard]] detail::routes& routes() noexcept { return routes_; }

  /// The access handler; on any of the daemon's threads.
  static MHD_Result handle(void* self, MHD_Connection* connection, const char* path, const char* method, const char*,
                           const char* bytes, std::size_t* size, void** request) noexcept try {
    auto* incoming = static_cast<detail::incoming*>(*request);
    if (incoming == nullptr) {  // the head alone
      detail::header_lines lines;
      MHD_get_connection_values_n(connection, MHD_HEADER_KIND, &add_line, &lines);
      auto begun = static_cast<microhttpd*>(self)->routes_.begin(method, path, lines);
      *request = incoming = begun.release();
      return incoming->answered() ? answer(connection, *incoming->answered()) : MHD_YES;
    }
    if (*size == 0) return answer(connection, incoming->finish());
    const bool taken = incoming->feed({bytes, *size});
    *size = 0;
    return taken ? MHD_YES : MHD_NO;
  } catch (...) {
    return MHD_NO;
  }

  static void completed(void*, MHD_Connection*, void** request, MHD_RequestTerminationCode) noexcept {
    delete static_cast<detail::incoming*>(std::exchange(*request, nullptr));
  }

 private:
  static MHD_Result add_line(void* lines, MHD_ValueKind, const char* name, std::size_t name_size, const char* value,
                             std::size_t value_size) {
    static_cast<detail::header_lines*>(lines)->emplace_back(std::string_view{name, name_size},
                                                            std::string_view{value, value_size});
    return MHD_YES;
  }

  static MHD_Result answer(MHD_Connection* connection, const response& given) {
    std::string body = given.body;
    MHD_Response* made = MHD_create_response_from_buffer(body.size(), body.data(), MHD_RESPMEM_MUST_COPY);
    for (const auto& [name, value] : given.headers)
      MHD_add_response_header(made, std::string{name}.c_str(), std::string{value}.c_str());
    if (detail::ends_connection(given)) MHD_add_response_header(made, "Connection", "close");
    const MHD_Result queued = MHD_queue_response(connection, static_cast<unsigned>(given.status), made);
    MHD_destroy_response(made);
    return queued;
  }

  detail::routes routes_;
};

/// POST to `path` goes to the receiver, piece by piece. The receiver must outlive the daemon, whose threads all use it.
template <class Verifier>
void mount(microhttpd& server, std::string path, const receiver<Verifier>& to) {
  server.routes().add(std::move(path), to);
}
template <class Verifier>
void mount(microhttpd&, std::string, const receiver<Verifier>&&) = delete;

}  // namespace sello::inline v0::server
