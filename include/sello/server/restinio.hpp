// SPDX-License-Identifier: MIT
// Mounts a receiver in RESTinio's express router (0.6.12 or later).
#pragma once

#include <restinio/all.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/route/receiver.hpp>
#include <sello/server/detail/refusals.hpp>

namespace sello::inline v0::server {

namespace detail {

template <class Verifier>
[[nodiscard]] response take(const receiver<Verifier>& to, const restinio::request_t& request) {
  std::vector<std::pair<std::string_view, std::string_view>> lines;
  for (const auto& line : request.header()) lines.emplace_back(line.name(), line.value());
  if (const int refused = refusal(header_view{lines}); refused != 0) return {.status = refused};
  return to.receive(lines, request.body());
}

inline restinio::request_handling_status_t send(const response& answer, restinio::request_t& request) {
  auto made = request.create_response(restinio::http_status_line_t{
      restinio::http_status_code_t{static_cast<std::uint16_t>(answer.status)}, answer.status < 400 ? "OK" : "Refused"});
  for (const auto& [name, value] : answer.headers) made.append_header(std::string{name}, std::string{value});
  if (ends_connection(answer)) made.connection_close();
  if (request.header().method() != restinio::http_method_head()) made.set_body(answer.body);
  return made.done();
}

}  // namespace detail

/// For the server's settings: `.incoming_http_msg_limits(sello::server::limits())`. RESTinio hands over whole bodies, so
/// the limit while reading is its own, and there is none unless told. Over it, it closes the connection unanswered.
[[nodiscard]] inline restinio::incoming_http_msg_limits_t limits(std::size_t body = receiver_options{}.body_limit) {
  constexpr std::size_t kibibyte = 1024;
  return restinio::incoming_http_msg_limits_t{}
      .max_body_size(body)
      .max_url_size(8 * kibibyte)
      .max_field_count(100)
      .max_field_name_size(kibibyte)
      .max_field_value_size(8 * kibibyte);
}

/// POST to `path` goes to the receiver; other methods get 405, a `Content-Encoding` 415. The receiver must outlive the
/// server, whose threads all use it.
template <class Engine, class Extra, class Verifier>
void mount(restinio::router::generic_express_router_t<Engine, Extra>& router, const std::string& path,
           const receiver<Verifier>& to) {
  router.http_post(path,
                   [&to](const auto& request, auto) { return detail::send(detail::take(to, *request), *request); });
  router.add_handler(restinio::router::none_of_methods(restinio::http_method_post()), path,
                     [](const auto& request, auto) { return detail::send({.status = 405}, *request); });
}
template <class Engine, class Extra, class Verifier>
void mount(restinio::router::generic_express_router_t<Engine, Extra>&, const std::string&,
           const receiver<Verifier>&&) = delete;

}  // namespace sello::inline v0::server
