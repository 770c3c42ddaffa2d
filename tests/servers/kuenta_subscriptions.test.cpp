// SPDX-License-Identifier: MIT
// Kuenta's subscriptions by cpp-httplib, over a socket and TLS, against a server that is written from Kuenta's page.
#include <catch.hpp>

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <sello/kuenta/subscriptions.hpp>
#include <sello/kuenta/subscriptions/httplib.hpp>

namespace {

namespace kuenta = sello::kuenta;
using kuenta::trouble;
using namespace std::chrono_literals;

constexpr std::string_view secret = "s3cret-of-kuenta";

/// A certificate for 127.0.0.1 that signs itself, and its key, in files.
class certificate {
 public:
  certificate() {
    char name[] = "/tmp/sello-kuenta-XXXXXX";
    folder_ = ::mkdtemp(name);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    const std::unique_ptr<X509, decltype(&X509_free)> made{X509_new(), X509_free};
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), key.get());
    auto* const subject = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("sello test"), -1,
                               -1, 0);
    X509_set_issuer_name(made.get(), subject);
    X509V3_CTX context;
    X509V3_set_ctx(&context, made.get(), made.get(), nullptr, nullptr, 0);
    auto* const names = X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(made.get(), names, -1);
    X509_EXTENSION_free(names);
    X509_sign(made.get(), key.get(), EVP_sha256());
    const auto write = [](const std::string& path, const auto& put) {
      std::FILE* const file = std::fopen(path.c_str(), "w");
      put(file);
      std::fclose(file);
    };
    write(file(), [&](std::FILE* to) { PEM_write_X509(to, made.get()); });
    write(key_file(),
          [&](std::FILE* to) { PEM_write_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  }
  certificate(const certificate&) = delete;
  certificate& operator=(const certificate&) = delete;
  ~certificate() { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string file() const { return folder_ + "/certificate.pem"; }
  [[nodiscard]] std::string key_file() const { return folder_ + "/key.pem"; }

 private:
  std::string folder_;
};

const certificate& own_certificate() {
  static const certificate made;
  return made;
}

/// Kuenta's page as a server. `instead` answers what the page does not tell of.
class api {
 public:
  explicit api(bool tls = true)
      : server_{tls ? std::make_unique<httplib::SSLServer>(own_certificate().file().c_str(),
                                                           own_certificate().key_file().c_str())
                    : std::make_unique<httplib::Server>()},
        tls_{tls} {
    const auto handler = [this](auto method) {
      return [this, method](const httplib::Request& request, httplib::Response& answer) {
        ++requests;
        if (instead) return instead(request, answer);
        if (request.get_header_value("Organization-ID") != "org_1" ||
            request.get_header_value("Config-Organization-ID") != "org_1") {
          answer.status = 401;
          return answer.set_content(R"({"error":"organización desconocida"})", "application/json");
        }
        (this->*method)(request, answer);
      };
    };
    server_->Post("/v1/webhooks", handler(&api::create));
    server_->Get("/v1/webhooks", handler(&api::list));
    server_->Put(R"(/v1/webhooks/([^/]+))", handler(&api::update));
    server_->Delete(R"(/v1/webhooks/([^/]+))", handler(&api::remove));
    port_ = server_->bind_to_any_port("127.0.0.1");
    serving_ = std::thread{[this] { server_->listen_after_bind(); }};
    while (!server_->is_running()) std::this_thread::yield();
  }
  api(const api&) = delete;
  api& operator=(const api&) = delete;
  ~api() {
    server_->stop();
    serving_.join();
  }

  [[nodiscard]] std::string url(std::string_view host = "127.0.0.1") const {
    return std::string{tls_ ? "https://" : "http://"}.append(host) + ':' + std::to_string(port_);
  }

  std::function<void(const httplib::Request&, httplib::Response&)> instead{};
  std::map<std::string, nlohmann::json> webhooks{};
  int requests = 0;

 private:
  void create(const httplib::Request& request, httplib::Response& answer) {
    const auto body = nlohmann::json::parse(request.body);
    if (request.get_header_value("Content-Type") != "application/json" || body.size() != 3) {
      answer.status = 400;
      return;
    }
    const std::string id = "wh " + std::to_string(webhooks.size() + 1);
    webhooks[id] = body;
    answer.status = 201;
    answer.set_content(nlohmann::json{{"id", id}, {"secret", body["secret"]}}.dump(), "application/json");
  }
  void list(const httplib::Request&, httplib::Response& answer) {
    answer.set_content(nlohmann::json(webhooks).dump(), "application/json");
  }
  void update(const httplib::Request& request, httplib::Response& answer) {
    const auto found = webhooks.find(request.matches[1]);
    if (found == webhooks.end()) {
      answer.status = 404;
      return answer.set_content("no hay tal webhook", "text/plain");
    }
    found->second.update(nlohmann::json::parse(request.body));
    answer.set_content("{}", "application/json");
  }
  void remove(const httplib::Request& request, httplib::Response& answer) {
    answer.status = webhooks.erase(request.matches[1]) == 0 ? 404 : 204;
  }

  std::unique_ptr<httplib::Server> server_;
  bool tls_;
  int port_ = 0;
  std::thread serving_{};
};

/// A socket that listens; what connects gets no answer.
class mute {
 public:
  mute() : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(socket_, 8) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  mute(const mute&) = delete;
  mute& operator=(const mute&) = delete;
  ~mute() { ::close(socket_); }

  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  [[nodiscard]] int accept() const { return ::accept(socket_, nullptr, nullptr); }

 private:
  int socket_;
  unsigned port_ = 0;
};

[[nodiscard]] kuenta::subscriptions of(const std::string& url, kuenta::httplib_client_options options = {},
                                       const char* organization = "org_1") {
  if (options.ca_file.empty()) options.ca_file = own_certificate().file();
  return {
      url, kuenta::organization{organization}, kuenta::httplib_client{std::move(options)}, {.allow_http_api = true}};
}

[[nodiscard]] auto create(const kuenta::subscriptions& webhooks) {
  return webhooks.create({.url = "https://shop.example/kuenta",
                          .events = {kuenta::payment_created{}, kuenta::other_event{"payment.disputed"}},
                          .secret = secret});
}

/// The trouble of an answer that `instead` gives, and its message.
struct seen {
  trouble what;
  std::string message;
  bool may_have_happened;
  int status;
};
[[nodiscard]] seen failure_of(const sello::result<kuenta::http_answer, kuenta::api_failure>& answer) {
  REQUIRE_FALSE(answer);
  const auto& failure = answer.error();
  CHECK(failure.message().find(secret) == std::string::npos);
  return {failure.what, failure.message(), failure.may_have_happened(), failure.answer ? failure.answer->status : 0};
}

[[nodiscard]] bool says(const seen& what, std::string_view words) {
  return what.message.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a webhook is made, listed, changed and removed, over TLS") {
  api server;
  const auto webhooks = of(server.url());

  const auto made = create(webhooks);
  REQUIRE(made);
  CHECK(made->status == 201);
  CHECK(made->json()->at("/id")->text() == R"("wh 1")");
  CHECK(made->redacted() == R"({"id":"wh 1","secret":"…"})");
  CHECK(server.webhooks["wh 1"] == nlohmann::json{{"url", "https://shop.example/kuenta"},
                                                  {"events", {"payment.created", "payment.disputed"}},
                                                  {"secret", secret}});

  const auto changed = webhooks.update("wh 1", {.url = "https://new.example", .events = kuenta::every_event()});
  REQUIRE(changed);
  CHECK(server.webhooks["wh 1"]["url"] == "https://new.example");
  CHECK(server.webhooks["wh 1"]["events"].size() == 15);
  CHECK(server.webhooks["wh 1"]["secret"] == secret);

  const auto listed = webhooks.list();
  REQUIRE(listed);
  CHECK(listed->json()->at("/wh 1/url")->text() == R"("https://new.example")");

  const auto removed = webhooks.remove("wh 1");
  REQUIRE(removed);
  CHECK(removed->status == 204);
  CHECK(removed->body.empty());
  CHECK(server.webhooks.empty());
}

TEST_CASE("what the server refuses is told with its reason, and has not happened") {
  api server;
  const auto unknown = failure_of(of(server.url()).remove("wh 9"));
  CHECK(unknown.what == trouble::refused);
  CHECK(unknown.status == 404);
  CHECK_FALSE(unknown.may_have_happened);
  CHECK(says(unknown, "DELETE /v1/webhooks/wh%209: 404, refused"));

  const auto stranger = failure_of(create(of(server.url(), {}, "org_2")));
  CHECK(stranger.what == trouble::refused);
  CHECK(says(stranger, R"(401, refused, nothing has changed; it says: {"error":"organización desconocida"})"));
  CHECK(server.webhooks.empty());
}

TEST_CASE("a server that fails, redirects, or answers with no JSON leaves it open whether it happened") {
  api server{false};
  const auto webhooks = of(server.url());

  server.instead = [](const httplib::Request& request, httplib::Response& answer) {
    answer.status = 503;
    answer.set_content("<html>" + request.body + "</html>", "text/html");  // with the secret
  };
  const auto failed = failure_of(create(webhooks));
  CHECK(failed.what == trouble::failed);
  CHECK(failed.may_have_happened);
  CHECK(says(failed, "503, the server failed; it may have taken effect: list the webhooks before you try again"));
  CHECK_FALSE(failure_of(webhooks.list()).may_have_happened);

  for (const int status : {301, 302, 303, 307, 308}) {
    server.instead = [&](const httplib::Request&, httplib::Response& answer) {
      answer.status = status;
      answer.set_header("Location", "/v1/webhooks/other");
    };
    server.requests = 0;
    const auto redirected = failure_of(create(webhooks));
    CHECK(redirected.what == trouble::redirected);
    CHECK(redirected.status == status);
    CHECK(redirected.may_have_happened);
    CHECK(server.requests == 1);
  }

  server.instead = [](const httplib::Request&, httplib::Response& answer) {
    answer.set_content("<html>Bienvenido</html>", "text/html");
  };
  const auto unreadable = failure_of(create(webhooks));
  CHECK(unreadable.what == trouble::unreadable);
  CHECK(unreadable.may_have_happened);
  CHECK(says(unreadable, "200, and the answer cannot be read; is the base URL that of the API? (malformed_json)"));
  CHECK(says(unreadable, "it says: <html>Bienvenido</html>"));
  CHECK(failure_of(webhooks.list()).what == trouble::unreadable);
}

TEST_CASE("an answer is kept up to the limit, and none beyond it") {
  api server{false};
  const std::string body = '"' + std::string(98, 'a') + '"';
  server.instead = [&](const httplib::Request&, httplib::Response& answer) {
    answer.set_content(body, "application/json");
  };
  CHECK(of(server.url(), {.largest_answer = 100}).list()->body == body);
  const auto large = failure_of(create(of(server.url(), {.largest_answer = 99})));
  CHECK(large.what == trouble::no_answer);
  CHECK(large.may_have_happened);
  CHECK(says(large, "no whole answer: it has more than 99 bytes"));

  const auto endless = [](const httplib::Request&, httplib::Response& answer) {
    answer.set_chunked_content_provider("application/json", [](std::size_t, httplib::DataSink& sink) {
      const std::string blanks(1024, ' ');
      return sink.write(blanks.data(), blanks.size());
    });
  };
  server.instead = endless;
  CHECK(says(failure_of(of(server.url()).list()), "it has more than 1048576 bytes"));
  const kuenta::httplib_client_options impatient{.whole = 1ms,
                                                 .largest_answer = (std::numeric_limits<std::size_t>::max)()};
  CHECK(says(failure_of(of(server.url(), impatient).list()), "it took more than 1 ms"));
}

TEST_CASE("an answer that breaks off is none") {
  api server{false};
  server.instead = [](const httplib::Request&, httplib::Response& answer) {
    answer.set_content_provider(100, "application/json", [](std::size_t, std::size_t, httplib::DataSink& sink) {
      return sink.write("[]", 2), false;
    });
  };
  const auto broken = failure_of(create(of(server.url())));
  CHECK(broken.what == trouble::no_answer);
  CHECK(broken.may_have_happened);
}

TEST_CASE("who does not answer in time may have heard; who cannot be connected to has not") {
  const mute silent;
  const auto late = failure_of(create(of("http://127.0.0.1:" + silent.port(), {.read = 20ms})));
  CHECK(late.what == trouble::no_answer);
  CHECK(late.may_have_happened);
  CHECK(says(late, "it may have taken effect: list the webhooks before you try again"));

  const auto no_tls = failure_of(create(of("https://127.0.0.1:" + silent.port(), {.connect = 20ms})));
  CHECK(no_tls.what == trouble::not_sent);

  const std::string closed = mute{}.port();
  const auto away = failure_of(create(of("http://127.0.0.1:" + closed)));
  CHECK(away.what == trouble::not_sent);
  CHECK_FALSE(away.may_have_happened);
  CHECK(says(away, "POST /v1/webhooks: not sent, nothing has changed: no connection"));
}

TEST_CASE("whose certificate is not trusted, or is another host's, gets nothing") {
  api server;
  CHECK(of(server.url()).list());
  const auto other_host = failure_of(create(of(server.url("localhost"))));
  CHECK(other_host.what == trouble::not_sent);
  CHECK(says(other_host, "the server's certificate is not trusted, or is another host's"));

  const kuenta::subscriptions of_the_system{server.url(), kuenta::organization{"org_1"}, kuenta::httplib_client{}};
  const auto untrusted = failure_of(create(of_the_system));
  CHECK(untrusted.what == trouble::not_sent);
  CHECK(says(untrusted, "the server's certificate is not trusted, or is another host's"));

  const auto no_file = failure_of(create(of(server.url(), {.ca_file = "/nowhere.pem"})));
  CHECK(no_file.what == trouble::not_sent);
  CHECK(says(no_file, "see ca_file"));
  CHECK(server.requests == 1);
  CHECK(server.webhooks.empty());
}

TEST_CASE("a connection that the server closes does not end the process") {
  std::signal(SIGPIPE, SIG_DFL);  // the servers above have had it ignored
  const mute rude;
  std::thread closing{[&] {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    SSL_CTX_use_certificate_file(context.get(), own_certificate().file().c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context.get(), own_certificate().key_file().c_str(), SSL_FILETYPE_PEM);
    const std::unique_ptr<SSL, decltype(&SSL_free)> connection{SSL_new(context.get()), SSL_free};
    const int socket = rude.accept();
    SSL_set_fd(connection.get(), socket);
    SSL_accept(connection.get());
    SSL_shutdown(connection.get());
    ::shutdown(socket, SHUT_WR);  // after this end a reset makes the next write a SIGPIPE
    char first = 0;
    static_cast<void>(::recv(socket, &first, 1, 0));
    ::close(socket);
  }};
  const auto webhooks = of("https://127.0.0.1:" + rude.port(), {.write = 2000ms, .read = 2000ms});
  const std::string long_url = "https://shop.example/" + std::string(16U << 20U, 'a');
  const auto cut = failure_of(webhooks.update("wh_1", {.url = long_url, .events = {kuenta::payment_created{}}}));
  closing.join();
  CHECK(cut.what == trouble::no_answer);
  CHECK(cut.may_have_happened);
}

TEST_CASE("a time that is none is refused") {
  CHECK_THROWS_AS(kuenta::httplib_client({.connect = 0ms}), sello::bad_result);
  CHECK_THROWS_AS(kuenta::httplib_client({.write = -1ms}), sello::bad_result);
  CHECK_THROWS_AS(kuenta::httplib_client({.read = 0ms}), sello::bad_result);
  CHECK_THROWS_AS(kuenta::httplib_client({.whole = 0ms}), sello::bad_result);
}

#ifdef SELLO_EXAMPLE
TEST_CASE("the example lists and makes webhooks, with the certificates that the system trusts") {
  api server;
  const std::string printed = own_certificate().file() + ".printed";
  const std::string command = "SSL_CERT_FILE=" + own_certificate().file() + " KUENTA_API=" + server.url() +
                              " KUENTA_ORGANIZATION=org_1 KUENTA_SECRET=" + std::string{secret} +
                              " " SELLO_EXAMPLE " https://shop.example/webhooks/kuenta >" + printed;
  CHECK(std::system(command.c_str()) == 0);
  std::stringstream text;
  text << std::ifstream{printed}.rdbuf();
  CHECK(text.str() == "200 {}\n201 {\"id\":\"wh 1\",\"secret\":\"…\"}\n");
  CHECK(server.webhooks["wh 1"]["url"] == "https://shop.example/webhooks/kuenta");
}
#endif
