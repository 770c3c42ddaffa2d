// SPDX-License-Identifier: MIT
// `sello listen`: an endpoint that shows what comes, verified and decoded, until Ctrl-C.
#pragma once

#include <httplib.h>
#include <pthread.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "command.hpp"
#include "diagnose.hpp"
#include "files.hpp"
#include "inbox.hpp"
#include "json_text.hpp"
#include "judge.hpp"

namespace cli {

namespace detail {

/// A request as it came, and how it is refused before anybody verifies it; 0: it is not.
struct arrived {
  sello::header_list headers{};
  std::string body{};
  int status = 0;
  std::string where{};
};

/// Its raw body: neither decompressed nor taken apart. What is over the limit is read and dropped, so that the answer arrives.
[[nodiscard]] inline arrived read_request(const httplib::Request& request, const httplib::ContentReader& read,
                                          std::size_t limit) {
  constexpr std::size_t dropped = 16 * 1024 * 1024;
  arrived made;
  for (const auto& [name, value] : request.headers) {
    if (name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" || name == "LOCAL_PORT")
      continue;  // cpp-httplib's own
    if ((name + value).find_first_of(std::string_view{"\r\n\0", 3}) == value.npos) {
      made.headers.emplace_back(name, value);
    } else {  // from %0d%0a, which cpp-httplib decodes; saved, it would be a header of its own
      made.status = 400;
      made.where = name;
    }
  }
  if (made.status != 0) return made;
  const std::string coding = request.get_header_value("Content-Encoding");
  if (request.is_multipart_form_data()) made.where = "Content-Type";
  for (const char* const packed : {"gzip", "br", "deflate"}) {
    if (coding.find(packed) != coding.npos) made.where = "Content-Encoding";
  }
  if (!made.where.empty()) {
    made.status = 415;
    return made;
  }
  if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding")) return made;
  std::size_t size = 0;
  const bool whole = read([&](const char* bytes, std::size_t count) {
    size += count;
    if (made.body.size() <= limit) made.body.append(bytes, count);
    return size < dropped;
  });
  if (!whole && size < dropped) {
    made.status = 400;
    made.where = "body";
  }
  return made;
}

}  // namespace detail

class listen final : public command {
 public:
  [[nodiscard]] static words describe() {
    return {.name = "listen",
            .summary = "Show what comes to an endpoint: verified, decoded, coloured",
            .text =
                "Answers as an endpoint does, and prints each delivery with its verdict and what its body says. What "
                "nothing proves "
                "is not shown, only why it was refused. --save keeps headers and bodies as they came, for verify and "
                "diagnose. With "
                "--inbox, or SELLO_INBOX, it stores what is proven and says where, and a worker of yours, or `sello "
                "inbox`, takes it from there. It "
                "has no TLS: for a sender on the internet put a tunnel or a proxy before it.",
            .examples = {{"sello listen --sender akua", "On port 8080 of this machine:"},
                         {"sello listen --sender akua --save seen", "And keep what comes, in a folder:"},
                         {"sello listen --sender akua --inbox try.db", "And store it in an inbox:"}}};
  }

  explicit listen(CLI::App& app) {
    sender_.add_to(app, sender_arguments::role::verifies);
    app.add_option("--host", host_, "The address to listen on (default: 127.0.0.1, this machine alone)")
        ->type_name("ADDRESS");
    app.add_option("-p,--port", port_, "The port; 0 is any free one, which is printed (default: 8080)")
        ->type_name("PORT");
    app.add_option("--path", path_, "Take deliveries at this path alone (default: at any)")->type_name("PATH");
    app.add_option("--body-limit", limit_, "The largest body, in bytes (default: 1048576)")->type_name("BYTES");
    app.add_option("--count", count_, "End after so many requests")->type_name("NUMBER");
    app.add_option("--save", folder_, "A folder for N.headers and N.body of each request, which only you can read")
        ->type_name("DIRECTORY");
    app.add_flag("--quiet", quiet_, "One line a delivery, without its body");
    inbox_.add_to(app, "Store what is proven in this inbox");
    app.add_option("--endpoint", endpoint_, "The endpoint's name in the inbox (default: the sender's)")
        ->type_name("NAME");
  }

  [[nodiscard]] int run(output& to) override {
    if (port_ < 0 || port_ > 65'535) throw failure{wrong_usage, "--port takes 0 to 65535"};
    if (!path_.empty() && !path_.starts_with('/')) throw failure{wrong_usage, "--path begins with a slash"};
    constexpr std::int64_t most = 268'435'456;  // what a database gives back
    if (limit_ < 1 || limit_ > most)
      throw failure{wrong_usage, "--body-limit takes 1 to " + std::to_string(most) + " bytes"};
    if (count_ < 0) throw failure{wrong_usage, "--count takes a number from 1 on; 0 is no end"};
    ::umask(S_IRWXG | S_IRWXO);  // payloads are for their owner
    if (!folder_.empty()) make_folder();
    block_signals();
    const secret_list secrets = sender_.secrets(to);
    secrets_ = &secrets.texts();
    const auto inbox = inbox_.given() ? inbox_.open(to, {}, true) : nullptr;
    const std::string& name = endpoint_.empty() ? sender_.settings().name : endpoint_;
    ask_ = inbox ? inbox->storing(sender_.settings(), secrets, name, limit())
                 : make_judge(sender_.settings(), secrets, limit());
    return serve(to, inbox ? inbox->place() : "");
  }

 private:
  [[nodiscard]] std::size_t limit() const noexcept { return static_cast<std::size_t>(limit_); }

  void make_folder() const {
    std::error_code fault;
    std::filesystem::create_directories(folder_, fault);
    if (!std::filesystem::is_directory(folder_))
      throw failure{wrong_usage, "--save takes a directory, and " + shown(folder_) + " is none" +
                                     (fault ? " (" + fault.message() + ")" : "")};
  }

  /// In all threads, so that this one can wait for them.
  static void block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int each : {SIGINT, SIGTERM}) sigaddset(&signals, each);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  }

  int serve(output& to, const std::string& place) {
    httplib::Server server;
    server.set_keep_alive_max_count(1);
    server.set_tcp_nodelay(true);
    server.set_socket_options([](auto socket) {  // without SO_REUSEPORT: a second process on the port shall fail
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    const auto take = [&](const httplib::Request& request, httplib::Response& answer,
                          const httplib::ContentReader& read) {
      take_request(to, request, answer, detail::read_request(request, read, limit()));
    };
    const auto take_bare = [&](const httplib::Request& request, httplib::Response& answer) {
      take_request(to, request, answer, {});
    };
    server.Post(".*", take).Put(".*", take).Patch(".*", take).Delete(".*", take);
    server.Get(".*", take_bare).Options(".*", take_bare);

    int port = port_;
    if (port == 0) {
      port = server.bind_to_any_port(host_);
    } else if (!server.bind_to_port(host_, port)) {
      port = -1;
    }
    if (port < 0)
      throw failure{unreachable, "cannot listen on " + shown(host_) + " port " + std::to_string(port_) +
                                     "; is it taken? --port 0 takes any free one"};
    std::thread serving{[&] { server.listen_after_bind(); }};
    std::exception_ptr lost;
    try {
      const std::string host = host_.find(':') != host_.npos ? '[' + host_ + ']' : host_;
      const std::string url = "http://" + host + ':' + std::to_string(port) + path_;
      if (to.wants_json()) {
        json made{{"listening", url}};
        if (!place.empty()) made["storing"] = place;
        to.value(made, true);
      } else {
        to.line("listening on " + to.paint(colour::bold, url) + " for " + sender_.settings().name +
                (place.empty() ? "" : ", storing in " + place) + "; Ctrl-C ends it");
      }
      wait();
    } catch (...) {
      lost = std::current_exception();
    }
    while (!server.is_running()) std::this_thread::yield();
    server.stop();
    serving.join();  // when the last answer is sent
    if (lost) std::rethrow_exception(lost);
    if (broken_) std::rethrow_exception(broken_);
    return all_well;
  }

  static void wait() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int each : {SIGINT, SIGTERM}) sigaddset(&signals, each);
    int came = 0;
    sigwait(&signals, &came);
  }
  static void end() { ::kill(::getpid(), SIGTERM); }

  void take_request(output& to, const httplib::Request& request, httplib::Response& answer, detail::arrived came) {
    if (!path_.empty() && request.path != path_) came.status = 404;
    if (came.status == 0 && request.method != "POST") came = {std::move(came.headers), {}, 405, request.method};
    judgement made;
    if (came.status != 0) {
      made.answer.status = came.status;
      made.seen.error = sello::errc::bad_request;
      made.seen.status = came.status;
      made.seen.where = came.where;
    } else {
      made = ask_(came.headers, came.body, std::chrono::system_clock::now());
    }
    const std::string causes = made.seen.error && !made.proven() && !to.wants_json() ? causes_of(to, came) : "";
    const std::lock_guard lock{guard_};  // what is printed of one request stands together
    answer.status = made.answer.status;
    answer.set_content(made.answer.status == 200 ? "ok\n" : "refused\n", "text/plain");
    ++seen_;
    try {
      if (!folder_.empty()) save(came);
      print(to, came, made, causes);
    } catch (...) {
      broken_ = std::current_exception();
      end();
    }
    if (seen_ == static_cast<std::size_t>(count_)) end();
  }

  void save(const detail::arrived& came) const {
    std::string lines;
    for (const auto& [name, value] : came.headers) lines.append(name).append(": ").append(value).append("\n");
    const std::string file = folder_ + '/' + std::to_string(seen_);
    write_file(file + ".headers", lines);
    write_file(file + ".body", came.body);
  }

  void print(output& to, const detail::arrived& came, const judgement& made, const std::string& causes) const {
    const sello::record& seen = made.seen;
    if (to.wants_json()) {
      json all = told(made);
      all["number"] = seen_;
      if (made.proven() && !quiet_) all["body"] = came.body;
      to.value(all, true);
      return;
    }
    const bool good = made.answer.status == 200;
    std::string lines =
        to.paint(colour::grey,
                 written(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()))) +
        "  " + to.paint(good ? colour::green : colour::red, std::to_string(made.answer.status)) + "  ";
    if (made.proven()) lines += to.paint(colour::cyan, seen.type.empty() ? "no type" : shown(seen.type)) + "  ";
    lines += seen.error ? to.paint(colour::red, shown(seen.message())) : std::string{to_string(*seen.outcome)};
    if (!seen.id.empty()) lines += "  " + to.paint(colour::grey, "key " + shown(seen.id));
    lines += "  " + to.paint(colour::grey, std::to_string(came.body.size()) + " bytes") + '\n';
    if (!seen.error && !seen.misfits.empty())
      lines += to.paint(colour::yellow, "    did not fit: " + misfits_of(seen)) + '\n';
    lines += causes;
    if (made.proven() && !quiet_) lines += body_of(to, came.body, good);
    to.text(lines);
  }

  /// What `sello diagnose` would say first.
  [[nodiscard]] std::string causes_of(const output& to, const detail::arrived& came) const {
    if (came.status != 0 || came.body.size() > limit()) return {};
    std::string lines;
    constexpr std::size_t budget = std::size_t{48} << 20U;  // what anybody sends is looked at
    const auto found = findings_of(sender_.settings(), *secrets_, secrets_->size(), came.headers, came.body,
                                   std::chrono::system_clock::now(), budget);
    for (const sello::finding& each : found) {
      if (!each.proven && !lines.empty()) break;
      lines += "    " + to.paint(colour::yellow, shown(each.text)) + '\n';
    }
    return lines;
  }

  [[nodiscard]] static std::string body_of(const output& to, std::string_view body, bool is_json) {
    constexpr std::size_t enough = 65'536;
    std::string lines =
        is_json ? json_text{body.substr(0, enough), to}.indented("    ") : "    " + shown(body.substr(0, 4096)) + '\n';
    if (body.size() > (is_json ? enough : 4096)) lines += "    ... and more; --save keeps it whole\n";
    return lines;
  }

  sender_arguments sender_;
  inbox_arguments inbox_;
  std::string host_ = "127.0.0.1";
  int port_ = 8080;
  std::string path_;
  std::int64_t limit_ = 1'048'576;
  std::int64_t count_ = 0;
  std::string folder_;
  std::string endpoint_;
  bool quiet_ = false;

  judge ask_;
  const std::vector<std::string>* secrets_ = nullptr;
  std::mutex guard_;
  std::size_t seen_ = 0;
  std::exception_ptr broken_;
};

}  // namespace cli
