// SPDX-License-Identifier: MIT
// Mounts a receiver in cpp-httplib (0.11 or later).
//
// It has a thread for each connection and reads a head byte by byte, as long as one comes: only a proxy before it can bound
// how many heads come at once, how slowly, and (in 0.11) how long they are. What it refuses by itself (an unreadable
// head, TRACE, a malformed Range) reaches no receiver, and makes no record.
#pragma once

#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <sello/route/receiver.hpp>
#include <sello/server/detail/httplib_body.hpp>
#include <sello/server/detail/mounted.hpp>
#include <sello/server/detail/refusals.hpp>
#include <sello/server/patience.hpp>

namespace sello::inline v0::server {

/// Set by name: `{.chunked = true}`.
struct httplib_options {
  patience waits{};  ///< but for its `head`

  /// Take bodies in chunks too, and not answer them with 411. Within an extension of a chunk cpp-httplib reads on without
  /// a limit: for behind a proxy that bounds it, or that buffers requests and so gives each a length.
  bool chunked = false;
};

namespace detail {

template <class Verifier>
[[nodiscard]] response take(const receiver<Verifier>& to, const std::string& path, const httplib_options& options,
                            const httplib::Request& request, const httplib::ContentReader& read) {
  fault why = fault_of(request.headers);
  if (path_of(request.target) != path) why = {404, {}};
  if (why.status == 0 && request.method != "POST") why = {405, request.method};
  if (why.status == 0 && !options.chunked && request.has_header("Transfer-Encoding")) why = {411, "Transfer-Encoding"};
  if (why.status != 0) {
    drop_body(request, read, options.waits);
    return why.status == 404 ? response{.status = 404} : to.refuse(why.status, why.where, request.headers);
  }
  auto incoming = to.begin(request.headers);
  if (!has_body(request) || (incoming.answered() && !fits(request, options.waits.drained))) return incoming.finish();
  const auto until = std::chrono::steady_clock::now() + options.waits.body;
  std::optional<drain> refused;
  const bool whole = read_raw(request, read, [&](const char* bytes, std::size_t size) {
    if (incoming.feed(std::string_view{bytes, size})) return std::chrono::steady_clock::now() < until;
    return (refused ? *refused : refused.emplace(options.waits)).goes_on(size);
  });
  if (whole || incoming.answered()) return incoming.finish();
  return to.refuse(std::chrono::steady_clock::now() < until ? 400 : 408, "body", request.headers);
}

}  // namespace detail

/// Refuses with `status` every method at `path`, a regular expression, but GET, HEAD and OPTIONS.
inline void refuse(httplib::Server& server, const std::string& path, int status, const patience& waits = {}) {
  const auto answer = [=](const httplib::Request& request, httplib::Response& to, const httplib::ContentReader& read) {
    detail::drop_body(request, read, waits);
    detail::send({.status = status}, to);
  };
  server.Post(path, answer).Put(path, answer).Patch(path, answer).Delete(path, answer);
}

/// POST to `path` goes to the receiver, piece by piece; other methods get 405, a coded body 415, one in chunks 411, one
/// that takes too long 408. The receiver must outlive the server, whose threads all use it. Throws `std::logic_error` for
/// a path that has a receiver, or is none. Elsewhere cpp-httplib keeps chunked bodies of any size: after all the server's
/// own handlers, `refuse(server, ".*", 404)`.
///
/// From then on a connection of this server ends after each answer (`set_keep_alive_max_count(1)`): cpp-httplib leaves
/// out lines of a head that it cannot read, and bodies of HEAD, OPTIONS and TRACE, which would be the next request.
template <class Verifier>
void mount(httplib::Server& server, const std::string& path, const receiver<Verifier>& to,
           const httplib_options& options = {}) {
  using httplib::ContentReader, httplib::Request, httplib::Response;
  const auto token = detail::take_path(&server, path);
  const std::string pattern = detail::pattern_of(path);
  const auto answer = [&to, token, path, options](const Request& request, Response& made, const ContentReader& read) {
    detail::send(detail::take(to, path, options, request, read), made);
  };
  const auto no_body = [&to, path](const Request& request, Response& made) {
    const bool here = detail::path_of(request.target) == path;
    detail::send(here ? to.refuse(405, request.method, request.headers) : response{.status = 404}, made);
  };
  server.set_keep_alive_max_count(1);
  server.Post(pattern, answer).Put(pattern, answer).Patch(pattern, answer).Delete(pattern, answer);
  server.Get(pattern, no_body).Options(pattern, no_body);
}
template <class Verifier>
void mount(httplib::Server&, const std::string&, const receiver<Verifier>&&, const httplib_options& = {}) = delete;

}  // namespace sello::inline v0::server
