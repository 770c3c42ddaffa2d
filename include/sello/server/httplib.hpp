// SPDX-License-Identifier: MIT
// Mounts a receiver in cpp-httplib (written against 0.11).
#pragma once

#include <httplib.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include <sello/route/receiver.hpp>
#include <sello/server/detail/refusals.hpp>

namespace sello::inline v0::server {

namespace detail {

/// `status`: what cpp-httplib makes of a body that it cannot read.
template <class Verifier>
[[nodiscard]] response take(const receiver<Verifier>& to, const httplib::Request& request,
                            const httplib::ContentReader& read, const int& status) {
  if (const int refused = refusal(header_view{request.headers}); refused != 0) return {.status = refused};
  if (request.is_multipart_form_data()) return {.status = 415};
  auto incoming = to.begin(request.headers);
  // Without a length there is no body; cpp-httplib would read on until the peer closes.
  if (!incoming.answered() && (request.has_header("Content-Length") || request.has_header("Transfer-Encoding"))) {
    const auto feed = [&](const char* bytes, std::size_t size) { return incoming.feed({bytes, size}); };
    if (!read(feed) && !incoming.answered()) return {.status = (std::max)(400, status)};
  }
  return incoming.finish();
}

inline void send(const response& answer, httplib::Response& to) {
  to.status = answer.status;
  const auto& [name, type] = answer.headers.front();
  if (!ends_connection(answer)) return to.set_content(answer.body, std::string{type}.c_str());
  to.set_header("Connection", "close");
  // Only a provider that says false, after it has written all, makes cpp-httplib end the connection.
  to.set_content_provider(answer.body.size(), std::string{type}.c_str(),
                          [body = answer.body](std::size_t, std::size_t, httplib::DataSink& sink) {
                            static_cast<void>(sink.write(body.data(), body.size()));
                            return false;
                          });
}

}  // namespace detail

/// Refuses with `status`, without reading the body, every method at `path` but GET and HEAD.
inline void refuse(httplib::Server& server, const std::string& path, int status) {
  const auto answer = [status](const httplib::Request&, httplib::Response& to, const httplib::ContentReader&) {
    detail::send({.status = status}, to);
  };
  server.Post(path, answer).Put(path, answer).Patch(path, answer).Delete(path, answer);
}

/// POST to `path` (as everywhere in cpp-httplib, a regular expression) goes to the receiver, piece by piece; other methods
/// get 405, a `Content-Encoding` or `multipart/form-data` 415, because cpp-httplib would decode both. The receiver must
/// outlive the server, whose threads all use it. Elsewhere cpp-httplib keeps chunked bodies of any size: after all the
/// server's own handlers, `refuse(server, ".*", 404)`.
template <class Verifier>
void mount(httplib::Server& server, const std::string& path, const receiver<Verifier>& to) {
  using httplib::ContentReader, httplib::Request, httplib::Response;
  server.Post(path, [&to](const Request& request, Response& answer, const ContentReader& read) {
    detail::send(detail::take(to, request, read, answer.status), answer);
  });
  server.Get(path, [](const Request&, Response& answer) { detail::send({.status = 405}, answer); });
  refuse(server, path, 405);
}
template <class Verifier>
void mount(httplib::Server&, const std::string&, const receiver<Verifier>&&) = delete;

}  // namespace sello::inline v0::server
