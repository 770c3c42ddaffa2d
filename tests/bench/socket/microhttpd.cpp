// SPDX-License-Identifier: MIT
// GNU libmicrohttpd, with sello's receivers or with a bare handler.
#include <netinet/in.h>
#include <unistd.h>

#include <sello/server/microhttpd.hpp>

#include "endpoints.hpp"

namespace {

struct bare {
  bool keeps;
  int begun = 0;

  static MHD_Result handle(void* self, MHD_Connection* connection, const char*, const char*, const char*, const char*,
                           std::size_t* size, void** request) {
    auto& from = *static_cast<bare*>(self);
    if (*request == nullptr) {
      *request = &from.begun;
      return MHD_YES;
    }
    if (*size != 0) {
      *size = 0;
      return MHD_YES;
    }
    std::string body{bench::answer};
    MHD_Response* made = MHD_create_response_from_buffer(body.size(), body.data(), MHD_RESPMEM_MUST_COPY);
    if (!from.keeps) MHD_add_response_header(made, "Connection", "close");
    const MHD_Result queued = MHD_queue_response(connection, MHD_HTTP_OK, made);
    MHD_destroy_response(made);
    return queued;
  }
};

}  // namespace

int main(int argc, char** argv) {
  const bench::endpoints endpoints;
  sello::server::microhttpd server;
  endpoints.each([&](const char* path, const auto& to) { mount(server, path, to); });
  bare handler{.keeps = bench::keeps(argc, argv)};
  const bool is_sello = bench::is_sello(argc, argv);
  MHD_OptionItem none{MHD_OPTION_END, 0, nullptr};

  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  MHD_Daemon* daemon =
      MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, nullptr, nullptr, is_sello ? &server.handle : &bare::handle,
                       is_sello ? static_cast<void*>(&server) : &handler, MHD_OPTION_ARRAY,
                       is_sello ? server.options() : &none, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
  if (daemon == nullptr) return 1;
  bench::listening(MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
  for (;;) pause();
}
