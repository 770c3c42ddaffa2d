// SPDX-License-Identifier: MIT
// The function that sends for `kuenta::subscriptions`: cpp-httplib (0.11 or later) with TLS.
#pragma once

#include <httplib.h>

#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#error "sello: this needs cpp-httplib with TLS: define CPPHTTPLIB_OPENSSL_SUPPORT everywhere and link OpenSSL's libssl"
#endif

#include <pthread.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <sello/base/result.hpp>
#include <sello/kuenta/subscriptions/http.hpp>
#include <sello/kuenta/subscriptions/httplib_watch.hpp>
#include <sello/verify/secret.hpp>

namespace sello::inline v0::kuenta {

/// Set by name: `{.ca_file = "/etc/ssl/own.pem"}`.
struct httplib_client_options {
  std::string ca_file{};                    ///< PEM, of whom to trust; "": whom the system trusts
  std::chrono::milliseconds connect{5000};  ///< for the connection, and for each step of TLS
  std::chrono::milliseconds write{10000};   ///< for each part of the request
  std::chrono::milliseconds read{10000};    ///< for each part of the answer
  std::chrono::milliseconds whole{60000};   ///< for all of it
  /// The body. With its headers an answer has at most twice as much and 256 KiB more; older versions of cpp-httplib do not
  /// bound headers, so there that is done on Linux alone.
  std::size_t largest_answer = 1024 * 1024;
};

namespace detail {

/// While it lives a connection that the server has closed fails a write of this thread, and no SIGPIPE ends the process.
class no_sigpipe {
 public:
  no_sigpipe() noexcept : was_pending_{is_pending()} {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  no_sigpipe(const no_sigpipe&) = delete;
  no_sigpipe& operator=(const no_sigpipe&) = delete;
  ~no_sigpipe() {
    int signal = 0;
    if (!was_pending_ && is_pending()) sigwait(&pipe_, &signal);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  [[nodiscard]] static bool is_pending() noexcept {
    sigset_t pending{};
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
  }

  bool was_pending_;
  sigset_t pipe_{};
  sigset_t before_{};
};

/// What went wrong, and whether the request can have arrived.
[[nodiscard]] inline no_answer no_answer_of(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection: return {"no connection: is the base URL right, and is the API up?", false};
    case httplib::Error::ConnectionTimeout: return {"no connection in time", false};
    case httplib::Error::SSLConnection: return {"TLS could not be agreed on", false};
    case httplib::Error::SSLLoadingCerts:
      return {"the certificates of whom to trust cannot be read: see ca_file", false};
    case httplib::Error::SSLServerVerification:
      return {"the server's certificate is not trusted, or is another host's", false};
    case httplib::Error::Read: return {"it did not come in time, the connection broke, or it is not HTTP", true};
    case httplib::Error::Write: return {"the request could not be written to its end", true};
    default: return {"cpp-httplib: " + httplib::to_string(error), true};
  }
}

}  // namespace detail

/// Opens a connection for each request. Of https, the certificate and its host name are checked before anything is sent, and
/// that cannot be turned off. No redirect is followed, no proxy of the environment used, nothing tried again. The body
/// is sent from where it is; what TLS and the system copy of it is not wiped. Threads may share it.
class httplib_client {
 public:
  /// Throws `bad_result` with `malformed_option` if a time is not positive.
  explicit httplib_client(httplib_client_options options = {}) : options_{std::move(options)} {
    for (const auto time : {options_.connect, options_.write, options_.read, options_.whole})
      if (time <= std::chrono::milliseconds{0})
        throw bad_result{error{errc::malformed_option, "connect, write, read, whole: each has to be more than 0 ms"}};
  }

  [[nodiscard]] result<http_answer, no_answer> operator()(const http_request& request) const {
    const no_sigpipe_and_errors quiet;
    constexpr std::size_t most_headers = 256 * 1024;
    detail::httplib_watch watch{options_.whole, 2 * std::uint64_t{options_.largest_answer} + most_headers};
    const auto client = connect(request);
    client->set_socket_options([&](auto socket) { watch.watch(static_cast<int>(socket)); });
    httplib::Request sent;
    sent.method = request.method;
    sent.path = request.target;
    for (const auto& [name, value] : request.headers) sent.headers.emplace(name, value);
    sent.headers.emplace("Accept-Encoding", "identity");
    if (!request.body.empty()) {  // a member `body` would be copied, and the copies not wiped
      sent.content_length_ = request.body.size();
      sent.content_provider_ = [&](std::size_t from, std::size_t size, httplib::DataSink& to) {
        return to.write(request.body.data() + from, size);
      };
    }
    http_answer answer;
    std::string too_much;
    sent.content_receiver = [&](const char* bytes, std::size_t size, auto, auto) {
      if (size > options_.largest_answer - answer.body.size())
        too_much = "it has more than " + std::to_string(options_.largest_answer) + " bytes";
      else
        answer.body.append(bytes, size);
      return too_much.empty();
    };
    httplib::Response head;
    auto fault = httplib::Error::Success;
    if (!client->send(sent, head, fault)) {
      if (too_much.empty()) too_much = watch.why();
      auto why = detail::no_answer_of(fault);
      if (!too_much.empty() && why.sent) why.why = too_much;
      return why;
    }
    answer.status = head.status;
    return answer;
  }

 private:
  struct no_sigpipe_and_errors {
    sello::detail::error_mark errors{};
    detail::no_sigpipe pipe{};
  };

  [[nodiscard]] std::unique_ptr<httplib::ClientImpl> connect(const http_request& request) const {
    std::unique_ptr<httplib::ClientImpl> client;
    if (request.tls)
      client = std::make_unique<httplib::SSLClient>(request.host, request.port);
    else
      client = std::make_unique<httplib::ClientImpl>(request.host, request.port);
    client->enable_server_certificate_verification(true);
    if (!options_.ca_file.empty()) client->set_ca_cert_path(options_.ca_file);
    client->set_follow_location(false);
    client->set_connection_timeout(options_.connect);
    client->set_write_timeout(options_.write);
    client->set_read_timeout(options_.read);
    return client;
  }

  httplib_client_options options_;
};

}  // namespace sello::inline v0::kuenta
