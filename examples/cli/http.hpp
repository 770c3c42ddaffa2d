// SPDX-License-Identifier: MIT
// One POST over HTTP or HTTPS, and what came of it. TLS checks the certificate and the host's name, always.
#pragma once

#include <httplib.h>
#include <netdb.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sello/base/result.hpp>
#include <sello/kuenta/subscriptions/httplib_watch.hpp>
#include <sello/verify/headers.hpp>
#include <sello/verify/scheme.hpp>
#include <sello/version.hpp>

#include "exits.hpp"
#include "files.hpp"
#include "output.hpp"

namespace cli {

struct http_answer {
  int status = 0;
  std::string body{};
  std::chrono::milliseconds took{};
};

struct no_answer {
  std::string why{};
  bool connected = true;  ///< the other side is there, and hung up
  bool late = false;      ///< or said nothing for as long as we wait
};

/// Each call has a connection of its own; threads may share it.
class http_client {
 public:
  static constexpr std::size_t largest_answer = 65'536;
  static constexpr std::size_t most_bytes = 4'194'304;  ///< with its headers, and what comes while it is read

  /// Throws `failure` for a URL that is none.
  http_client(const std::string& url, std::string ca_file, std::chrono::seconds patience)
      : ca_file_{std::move(ca_file)}, patience_{patience} {
    const bool tls = url.starts_with("https://");
    if (!tls && !url.starts_with("http://"))
      throw failure{wrong_usage,
                    "the URL has to begin with http:// or https://, as in http://127.0.0.1:8080/webhooks/akua"};
    const std::size_t host = tls ? 8 : 7;
    const std::size_t path = std::min(url.find_first_of("/?#", host), url.size());
    const std::string_view authority = std::string_view{url}.substr(host, path - host);
    const bool plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (authority.empty() || authority.find('@') != authority.npos || !plain || url.find('#') != url.npos)
      throw failure{wrong_usage,
                    "the URL has no host, or a user, a fragment, a blank or a character that is not ASCII"};
    check_port(authority);
    check_ca_file(ca_file_);
    origin_ = url.substr(0, path);
    target_ = url.substr(path);
    if (!target_.starts_with('/')) target_.insert(0, "/");
    host_ = authority.starts_with('[') ? authority.substr(1, authority.find(']') - 1)
                                       : authority.substr(0, authority.find(':'));
  }

  /// Whether the endpoint is on this machine, and so somebody's own.
  [[nodiscard]] bool is_loopback() const {
    return host_ == "localhost" || host_ == "::1" ||
           (host_.starts_with("127.") && host_.find_first_not_of("0123456789.") == host_.npos);
  }

  /// Scheme, host and port.
  [[nodiscard]] const std::string& origin() const noexcept { return origin_; }

  /// Where `pieces` is not empty the body goes in pieces of these sizes, and the rest at the end.
  [[nodiscard]] sello::result<http_answer, no_answer> post(const sello::header_list& headers, std::string_view body,
                                                           const std::vector<std::size_t>& pieces = {}) const {
    httplib::Client client{origin_};
    if (!client.is_valid()) return no_answer{"the host and the port of the URL cannot be read", false};
    client.enable_server_certificate_verification(true);
    if (!ca_file_.empty()) client.set_ca_cert_path(ca_file_);
    client.set_follow_location(false);
    client.set_tcp_nodelay(true);
    client.set_connection_timeout(patience_);
    client.set_read_timeout(patience_);
    client.set_write_timeout(patience_);

    httplib::Request request;
    request.method = "POST";
    request.path = target_;
    for (const auto& [name, value] : headers) request.headers.emplace(name, sello::trimmed(value));
    for (const auto& [name, value] :
         {std::pair{"Content-Type", "application/json"}, std::pair{"User-Agent", "sello/" SELLO_VERSION_STRING},
          std::pair{"Accept-Encoding", "identity"}}) {
      if (!request.has_header(name)) request.headers.emplace(name, value);
    }
    if (!body.empty()) {
      request.content_length_ = body.size();
      request.content_provider_ = [&, next = std::size_t{0}](std::size_t from, std::size_t left,
                                                             httplib::DataSink& sink) mutable {
        const std::size_t size = next < pieces.size() ? std::min(pieces[next++], left) : left;
        sink.write(body.data() + from, size);
        return true;  // where that failed the client says so; false would be our own wish
      };
    } else {
      request.headers.emplace("Content-Length", "0");
    }
    const auto begun = std::chrono::steady_clock::now();  // before the watch begins: what it ends has taken its time
    sello::kuenta::detail::httplib_watch watch{patience_, most_bytes};
    client.set_socket_options([&](auto socket) { watch.watch(static_cast<int>(socket)); });
    http_answer answer;
    request.content_receiver = [&](const char* bytes, std::size_t size, auto, auto) {
      answer.body.append(bytes, std::min(size, largest_answer - answer.body.size()));
      return answer.body.size() < largest_answer;
    };
    httplib::Response head;
    auto fault = httplib::Error::Success;
    const bool whole = client.send(request, head, fault);
    answer.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
    const bool enough = answer.body.size() == largest_answer;
    if (!whole && !enough && fault == httplib::Error::Read && !watch.why().empty())
      return no_answer{"no whole answer: " + watch.why() + "; look at its log", true, answer.took >= patience_};
    if (!whole && !enough) return why(fault, answer.took);
    answer.status = head.status;
    return answer;
  }

 private:
  static void check_port(std::string_view authority) {
    const std::size_t colon = authority.rfind(':');
    if (colon == authority.npos || authority.find(']', colon) != authority.npos) return;
    const std::string_view text = authority.substr(colon + 1);
    int port = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (fault != std::errc{} || end != text.data() + text.size() || port < 1 || port > 65'535)
      throw failure{wrong_usage, "the port of the URL, " + shown(text) + ", is not one of 1 to 65535"};
  }

  [[nodiscard]] bool is_known() const {
    addrinfo* found = nullptr;
    const int fault = ::getaddrinfo(host_.c_str(), nullptr, nullptr, &found);
    if (fault == 0) ::freeaddrinfo(found);
    return fault == 0;
  }

  [[nodiscard]] no_answer why(httplib::Error fault, std::chrono::milliseconds took) const {
    using httplib::Error;
    switch (fault) {
      case Error::Connection:
        if (!is_known()) return {"no address is known of the host " + shown(host_) + "; is its name right?", false};
        return {"no connection; does the endpoint run, and is the port right?", false};
      case Error::ConnectionTimeout: return {"no connection in time; is the host right?", false};
      case Error::SSLConnection: return {"TLS could not be agreed on; is the endpoint one of https?", false};
      case Error::SSLLoadingCerts: return {"the file of --ca-file cannot be read", false};
      case Error::SSLServerVerification:
        return {"the certificate is not trusted, or is another host's; for an authority of your own give --ca-file",
                false};
      case Error::Read:
        if (took >= patience_)
          return {"it did not answer within " + std::to_string(patience_.count()) + " s; look at its log", true, true};
        return {"it hung up; look at its log", true};
      case Error::Write: return {"it hung up before all was sent; look at its log", true};
      default: return {"no answer that is HTTP (" + httplib::to_string(fault) + ")", true};
    }
  }

  std::string ca_file_;
  std::chrono::seconds patience_;
  std::string origin_;
  std::string target_;
  std::string host_;
};

}  // namespace cli
