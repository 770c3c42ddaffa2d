// SPDX-License-Identifier: MIT
// Mounts a receiver in RESTinio's express router (0.6.12 or later).
//
// RESTinio hands over whole bodies: what is to be answered must be held in memory first, on each connection. Over its
// limits, for what it cannot read and for what comes too slowly it closes the connection without an answer, and no receiver
// is told, so there is no record. It does not answer `Expect: 100-continue`; clients wait a second and then send.
#pragma once

#include <restinio/all.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/route/receiver.hpp>
#include <sello/server/detail/mounted.hpp>
#include <sello/server/detail/refusals.hpp>

namespace sello::inline v0::server {

namespace detail {

template <class Verifier>
[[nodiscard]] response take(const receiver<Verifier>& to, const std::string& path, const restinio::request_t& request) {
  if (path_of(request.header().request_target()) != path) return {.status = 404};
  std::vector<std::pair<std::string_view, std::string_view>> lines;
  for (const auto& line : request.header()) lines.emplace_back(line.name(), line.value());
  fault why = fault_of(lines);
  if (request.header().method() != restinio::http_method_post()) why = {405, request.header().method().c_str()};
  return why.status != 0 ? to.refuse(why.status, why.where, lines) : to.receive(lines, request.body());
}

/// The connection ends: RESTinio reads folded lines and bare line feeds, as a proxy before it may not.
inline restinio::request_handling_status_t send(const response& answer, restinio::request_t& request) {
  auto made = request.create_response(restinio::http_status_line_t{
      restinio::http_status_code_t{static_cast<std::uint16_t>(answer.status)}, answer.status < 400 ? "OK" : "Refused"});
  for (const auto& [name, value] : answer.headers) made.append_header(std::string{name}, std::string{value});
  made.connection_close();
  if (request.header().method() != restinio::http_method_head()) made.set_body(answer.body);
  return made.done();
}

/// RESTinio's pattern for that path, in origin-form or absolute-form.
[[nodiscard]] inline std::string route_of(std::string_view path) {
  std::string route = "([hH][tT][tT][pP][sS]?://[^/]*)?";
  for (const char c : path)
    route.append(std::string_view{":()*+.\\"}.find(c) == std::string_view::npos ? 0 : 1, '\\').append(1, c);
  return route;
}

}  // namespace detail

/// For the server's settings: `.incoming_http_msg_limits(sello::server::limits())`; there are none unless told. `body`: up to
/// this, a body that is over the receiver's limit is read, dropped, and answered with 413.
[[nodiscard]] inline restinio::incoming_http_msg_limits_t limits(std::size_t body = 4'194'304) {
  constexpr std::size_t kibibyte = 1024;
  return restinio::incoming_http_msg_limits_t{}
      .max_body_size(body)
      .max_url_size(8 * kibibyte)
      .max_field_count(100)
      .max_field_name_size(kibibyte)
      .max_field_value_size(8 * kibibyte);
}

/// POST to `path` goes to the receiver; other methods get 405, a coded body 415. The receiver must outlive the server, whose
/// threads all use it. Throws `std::logic_error` for a path that has a receiver, or is none. The settings need
/// `.max_pipelined_requests(1)`, as by default: a connection ends after each answer.
template <class Engine, class Extra, class Verifier>
void mount(restinio::router::generic_express_router_t<Engine, Extra>& router, const std::string& path,
           const receiver<Verifier>& to) {
  const auto handle = [&to, path, token = detail::take_path(&router, path)](const auto& request, auto) {
    return detail::send(detail::take(to, path, *request), *request);
  };
  const auto exact = restinio::path2regex::options_t{}.sensitive(true).strict(true);
  router.add_handler(restinio::http_method_post(), detail::route_of(path), exact, handle);
  router.add_handler(restinio::router::none_of_methods(restinio::http_method_post()), detail::route_of(path), exact,
                     handle);
}
template <class Engine, class Extra, class Verifier>
void mount(restinio::router::generic_express_router_t<Engine, Extra>&, const std::string&,
           const receiver<Verifier>&&) = delete;

}  // namespace sello::inline v0::server
