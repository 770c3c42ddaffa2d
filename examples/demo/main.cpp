// SPDX-License-Identifier: MIT
// Receives what three senders, and strangers, send over HTTP. `demo --help` says how to use it.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attacks.hpp"
#include "deliveries.hpp"
#include "durable.hpp"
#include "server.hpp"
#include "table.hpp"

namespace {

constexpr std::string_view usage =
    "demo                 sends every known event, and hostile deliveries, to a server on loopback;\n"
    "                     fails if any verdict is not the expected one; then kills a process with a durable inbox in\n"
    "                     the middle of its work, and counts what is left\n"
    "demo --serve [port]  keeps the server up (default: any free port), prints a curl line for each sender,\n"
    "                     and logs each delivery until SIGINT or SIGTERM\n"
    "demo --help          prints this\n";

/// Sends trials and attacks, and prints and counts what comes of them.
class client {
 public:
  client() : server_{0, [this](const sello::record& seen, const std::string& got) { note(seen, got); }} {
    server_.start();
  }

  /// How many went as expected.
  std::size_t run(std::string_view title, const std::vector<demo::trial>& trials) {
    demo::print_title(title);
    std::size_t good = 0;
    for (const demo::trial& trial : trials) good += send(trial) ? 1U : 0U;
    return good;
  }

  /// How many were answered as they must be. An attack of several requests shows the last.
  std::size_t run(const demo::attacked& at) {
    std::size_t good = 0;
    for (const auto& attack : at.list) {
      std::atomic<int> last = 0;
      const auto findings =
          sello::testing::run({attack}, [&](const auto& request) { return last = post(at.sender, request); });
      const demo::verdict seen = take_last();
      std::string note = seen.handler_got + seen.where;
      for (const auto& found : findings) note = "<== not " + std::to_string(found.status) + ": " + note;
      demo::print_line(at.sender, attack.name, seen.text, std::to_string(last), demo::microseconds(seen.took), note);
      good += findings.empty() ? 1U : 0U;
    }
    return good;
  }

  /// The different texts that refused deliveries were answered with.
  [[nodiscard]] const std::set<std::string>& refusals() const noexcept { return refusals_; }

 private:
  void note(const sello::record& seen, const std::string& handler_got) {
    const std::lock_guard lock{mutex_};
    last_ = demo::verdict{seen, handler_got};
  }

  [[nodiscard]] bool send(const demo::trial& trial) {
    const int status = post(trial.sender, {.headers = trial.headers, .body = trial.body, .chunks = trial.chunks});
    const demo::verdict seen = take_last();
    const bool should_run = trial.verdict == "handled";
    const bool good = seen.text == trial.verdict && seen.status == trial.status && status == trial.status &&
                      seen.handler_got.empty() != should_run;
    std::string note = should_run ? seen.handler_got : seen.where;
    if (!good) note = "<== expected " + std::string{trial.verdict} + ' ' + std::to_string(trial.status) + ": " + note;
    demo::print_line(trial.sender, trial.what, seen.text, std::to_string(status), demo::microseconds(seen.took), note);
    return good;
  }

  /// The status. The client of cpp-httplib reads none while it sends; where the server has refused by then what is long
  /// or comes in pieces, and closed, what the observer was told counts, or 400 if it was not asked.
  [[nodiscard]] int post(std::string_view sender, const sello::testing::request& request) {
    httplib::Client http{demo::server::host, server_.port()};
    http.set_tcp_nodelay(true);
    httplib::Headers headers;
    for (const auto& [name, value] : request.headers) headers.emplace(name, without_blanks(value));
    const std::string path = demo::endpoint(sender);
    const auto pieces = [&, i = std::size_t{0}](std::size_t offset, httplib::DataSink& sink) mutable {
      const std::size_t left = request.body.size() - offset;
      const std::size_t size = i < request.chunks.size() ? std::min(request.chunks[i++], left) : left;
      sink.write(request.body.data() + offset, size);
      if (size == left) sink.done();
      return true;
    };
    const httplib::Result answer = request.chunks.empty() ? http.Post(path, headers, request.body, "application/json")
                                                          : http.Post(path, headers, pieces, "application/json");
    const std::lock_guard lock{mutex_};
    if (answer && answer->status != 200 && last_.status != 0) refusals_.insert(answer->body);
    if (answer) return answer->status;
    std::size_t size = request.body.size();
    for (const auto& [name, value] : request.headers) size += value.size();
    if (size <= 8 * 1024 && request.chunks.empty()) return 0;
    return last_.status != 0 ? last_.status : 400;
  }

  /// Blanks around a value are no part of it (RFC 9110, 5.5), and newer versions of this client do not send them.
  [[nodiscard]] static std::string without_blanks(const std::string& value) {
    const std::size_t first = value.find_first_not_of(" \t");
    return first == value.npos ? "" : value.substr(first, value.find_last_not_of(" \t") - first + 1);
  }

  [[nodiscard]] demo::verdict take_last() {
    const std::lock_guard lock{mutex_};
    return std::exchange(last_, {});
  }

  std::mutex mutex_;
  demo::verdict last_;
  std::set<std::string> refusals_;
  demo::server server_;
};

int run_all() {
  const auto known = demo::known_events();
  const auto unusual = demo::unusual_deliveries();
  const auto hostile = demo::hostile_deliveries();
  constexpr std::size_t events = sello::kuenta::catalog::size + sello::akua::catalog::size + sello::gu1::catalog::size;

  client http;
  const std::size_t known_good = http.run("Every known event, as its sender signs it", known);
  const std::size_t unusual_good = http.run("Unusual, and good", unusual);
  const std::size_t hostile_good = http.run("Hostile", hostile);

  demo::print_title("The attacks of sello/testing/attacks.hpp on each endpoint");
  std::size_t attacks = 0;
  std::size_t attacks_good = 0;
  for (const auto& each : demo::attacks_on_all(demo::body_limit)) {
    attacks += each.list.size();
    attacks_good += http.run(each);
  }
  const bool one_answer = http.refusals().size() == 1;

  std::cout << "\nEvery refusal had the same body: " << (one_answer ? "yes" : "NO") << '\n'
            << known_good << " of " << known.size() << " deliveries of the " << events << " known events handled, "
            << unusual_good << " of " << unusual.size() << " unusual ones handled, " << hostile_good << " of "
            << hostile.size() << " hostile ones refused as expected, " << attacks_good << " of " << attacks
            << " attacks answered as they must be\n";
  const bool all = known_good == known.size() && unusual_good == unusual.size() && hostile_good == hostile.size() &&
                   attacks_good == attacks;
  const bool durable = demo::show_durable();
  return all && one_answer && durable ? 0 : 1;
}

/// In single quotes for a shell.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return out + '\'';
}

std::string curl(int port, std::string_view sender, const sello::header_list& headers, std::string_view body) {
  std::string line = "curl -i -H 'Content-Type: application/json'";
  for (const auto& [name, value] : headers) line += " -H " + shell_quoted(name + ": " + value);
  return line + " --data-binary " + shell_quoted(body) + " http://" + demo::server::host + ':' + std::to_string(port) +
         demo::endpoint(sender) + '\n';
}

/// One signed event of each sender, made now.
std::string curl_lines(int port) {
  const std::string now = demo::rfc3339(std::chrono::system_clock::now());
  const std::string kuenta = demo::kuenta_body("credit.application.created", now);
  const std::string akua =
      demo::akua_body("payment.capture.cleared", demo::akua_data<sello::akua::payment_capture_cleared>());
  const std::string_view type = "kyc.validation_approved";
  const std::string gu1 = demo::gu1_body(type, demo::gu1_older_validation("approved"), now);
  return curl(port, "kuenta", demo::sign_as_kuenta(kuenta), kuenta) + '\n' +
         curl(port, "akua", demo::sign_as_akua(akua), akua) + '\n' +
         curl(port, "gu1", demo::sign_as_gu1(gu1, type), gu1);
}

/// One line a delivery: the cause of a refusal is said here, and never to the peer.
void log(const sello::record& seen) {
  std::cout << demo::rfc3339(std::chrono::system_clock::now()) << ' ' << seen.provider << ' ' << seen.status << ' ';
  if (seen.error) std::cout << seen.message();
  if (seen.outcome) std::cout << to_string(*seen.outcome);
  if (!seen.type.empty()) std::cout << " type=" << seen.type;
  if (!seen.id.empty()) std::cout << " id=" << seen.id;
  std::cout << " bytes=" << seen.body_size << std::endl;
}

int serve(int port) {
  // Blocked in every thread, so that this one can wait for them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  std::mutex mutex;
  demo::server server{port, [&](const sello::record& seen, const std::string&) {
                        const std::lock_guard lock{mutex};
                        log(seen);
                      }};
  server.http().Get("/", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content(curl_lines(server.port()), "text/plain");
  });
  server.start();
  std::cout << "Send one of these. What Akua signs is good for five minutes; GET / makes new ones. Ctrl-C ends.\n\n"
            << curl_lines(server.port()) << std::endl;
  int received = 0;
  return sigwait(&signals, &received);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  try {
    if (arguments.empty()) return run_all();
    if (arguments[0] == "--durable" && arguments.size() == 3)
      return demo::run_durable(std::string{arguments[1]}, std::atoi(argv[3]));
    if (arguments[0] == "--help" && arguments.size() == 1) return std::cout << usage, 0;
    if (arguments[0] == "--serve" && arguments.size() <= 2) {
      const std::string_view text = arguments.size() == 2 ? arguments[1] : "0";
      int port = -1;
      const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
      if (read.ec == std::errc{} && read.ptr == text.data() + text.size() && port >= 0 && port <= 65535)
        return serve(port);
    }
  } catch (const std::exception& thrown) {
    std::cerr << thrown.what() << '\n';
    return 1;
  }
  std::cerr << usage;
  return 2;
}
