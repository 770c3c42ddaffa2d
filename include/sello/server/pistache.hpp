// SPDX-License-Identifier: MIT
// Mounts a receiver in Pistache's router (0.0.5).
#pragma once

#include <pistache/endpoint.h>
#include <pistache/router.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/receiver.hpp>
#include <sello/server/detail/refusals.hpp>

namespace sello::inline v0::server {

namespace detail {

template <class Verifier>
[[nodiscard]] response take(const receiver<Verifier>& to, const Pistache::Rest::Request& request) {
  std::vector<std::pair<std::string_view, std::string>> lines;
  for (const auto& [name, line] : request.headers().rawList()) lines.emplace_back(name, line.value());
  if (const int refused = refusal(header_view{lines}); refused != 0) return {.status = refused};
  return to.receive(lines, request.body());
}

}  // namespace detail

/// POST to `path` goes to the receiver; other methods get 405, a `Content-Encoding` 415. The receiver must outlive the
/// endpoint, whose threads all use it. Pistache hands over whole bodies, so the limit while reading is its own, for the
/// whole request and 4 KiB unless told: `Endpoint::options().maxRequestSize(1024 * 1024)`.
template <class Verifier>
void mount(Pistache::Rest::Router& router, const std::string& path, const receiver<Verifier>& to) {
  using namespace Pistache;
  Rest::Routes::Post(router, path, [&to](const Rest::Request& request, Http::ResponseWriter writer) {
    const response answer = detail::take(to, request);
    for (const auto& [name, value] : answer.headers)
      writer.headers().addRaw(Http::Header::Raw{std::string{name}, std::string{value}});
    if (detail::ends_connection(answer)) writer.headers().add<Http::Header::Connection>(Http::ConnectionControl::Close);
    writer.send(static_cast<Http::Code>(answer.status), answer.body);
    return Rest::Route::Result::Ok;
  });
}
template <class Verifier>
void mount(Pistache::Rest::Router&, const std::string&, const receiver<Verifier>&&) = delete;

}  // namespace sello::inline v0::server
