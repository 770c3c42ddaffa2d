// SPDX-License-Identifier: MIT
// Receives what three senders, and strangers, send over HTTP. `demo --help` says how to use it.
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "attacks.hpp"
#include "client.hpp"
#include "deliveries.hpp"
#include "durable.hpp"
#include "page.hpp"
#include "server.hpp"

namespace {

constexpr std::string_view usage =
    "demo                 sends every known event, and hostile deliveries, to a server on loopback;\n"
    "                     fails if any verdict is not the expected one; then kills a process with a durable inbox in\n"
    "                     the middle of its work, and counts what is left\n"
    "demo --html <file>   the same, and writes what came of it all as one page for a browser\n"
    "demo --serve [port]  keeps the server up (default: any free port), prints a curl line for each sender,\n"
    "                     and logs each delivery until SIGINT or SIGTERM\n"
    "demo --help          prints this\n";

int run_all(const std::string& html) {
  // Opened first: a file that cannot be written is said before all the work.
  std::ofstream page;
  if (!html.empty()) page.open(html, std::ios::binary);
  if (!page) throw std::system_error{errno, std::generic_category(), "cannot write " + html};

  demo::client http;
  demo::report found{
      .known = http.run("Every known event, as its sender signs it", demo::known_events()),
      .unusual = http.run("Unusual, and good", demo::unusual_deliveries()),
      .hostile = http.run("Hostile", demo::hostile_deliveries()),
      .attacks =
          http.run("The attacks of sello/testing/attacks.hpp on each endpoint", demo::attacks_on_all(demo::body_limit)),
  };
  found.refusals = http.refusals();
  constexpr std::size_t events = sello::kuenta::catalog::size + sello::akua::catalog::size + sello::gu1::catalog::size;

  std::cout << "\nEvery refusal had the same body: " << (found.one_answer() ? "yes" : "NO") << '\n'
            << found.known.good() << " of " << found.known.deliveries.size() << " deliveries of the " << events
            << " known events handled, " << found.unusual.good() << " of " << found.unusual.deliveries.size()
            << " unusual ones handled, " << found.hostile.good() << " of " << found.hostile.deliveries.size()
            << " hostile ones refused as expected, " << found.attacks.good() << " of "
            << found.attacks.deliveries.size() << " attacks answered as they must be\n";
  try {
    found.durable = demo::show_durable();
  } catch (const std::exception& thrown) {
    found.durable.failed = thrown.what();
    std::cerr << "The durable part: " << found.durable.failed << '\n';
  }
  if (!html.empty()) {
    page << demo::page(found, demo::rfc3339(std::chrono::system_clock::now())) << std::flush;
    if (!page) throw std::system_error{errno, std::generic_category(), "cannot write " + html};
    std::cout << "\nThe page for a browser: " << html << '\n';
  }
  return found.good() ? 0 : 1;
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

/// What is wrong with the command line, and how it is used.
int misused(const std::string& why) {
  std::cerr << "demo: " << why << "\n\n" << usage;
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    if (arguments.empty()) return run_all({});
    const std::string& verb = arguments[0];
    if (verb == "--durable" && arguments.size() == 3) return demo::run_durable(arguments[1], std::atoi(argv[3]));
    if (verb == "--help" && arguments.size() == 1) return std::cout << usage, 0;
    if (verb == "--html") {
      if (arguments.size() != 2 || arguments[1].empty() || arguments[1].starts_with("--"))
        return misused("--html takes one file to write, such as report.html");
      return run_all(arguments[1]);
    }
    if (verb == "--serve" && arguments.size() <= 2) {
      const std::string_view text = arguments.size() == 2 ? std::string_view{arguments[1]} : "0";
      int port = -1;
      const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
      if (read.ec == std::errc{} && read.ptr == text.data() + text.size() && port >= 0 && port <= 65535)
        return serve(port);
      return misused("--serve takes a port, 0 to 65535, and not " + sello::printable(text));
    }
    const bool known = verb == "--help" || verb == "--serve" || verb == "--durable";
    return misused(known ? verb + " does not go with these arguments" : "no option is named " + sello::printable(verb));
  } catch (const std::exception& thrown) {
    std::cerr << thrown.what() << '\n';
    return 1;
  }
}
