// SPDX-License-Identifier: MIT
// Sends trials and attacks to a server of its own, and prints and keeps what comes of them.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attacks.hpp"
#include "report.hpp"
#include "server.hpp"
#include "table.hpp"
#include "trial.hpp"

namespace demo {

class client {
 public:
  client() : server_{0, [this](const sello::record& seen, const std::string& got) { note(seen, got); }} {
    server_.start();
  }

  [[nodiscard]] section run(std::string title, const std::vector<trial>& trials) {
    print_title(title);
    section done{.title = std::move(title)};
    for (const trial& each : trials) print(done.deliveries.emplace_back(send(each)));
    return done;
  }

  [[nodiscard]] section run(std::string title, const std::vector<attacked>& endpoints) {
    print_title(title);
    section done{.title = std::move(title)};
    for (const attacked& at : endpoints)
      for (const auto& attack : at.list) print(done.deliveries.emplace_back(send(at.sender, attack)));
    return done;
  }

  /// The different texts that refused deliveries were answered with.
  [[nodiscard]] const std::set<std::string>& refusals() const noexcept { return refusals_; }

 private:
  void note(const sello::record& seen, const std::string& got) {
    const std::lock_guard lock{mutex_};
    last_ = verdict{seen, got};
  }

  [[nodiscard]] delivery send(const trial& trial) {
    const int status = post(trial.sender, {.headers = trial.headers, .body = trial.body, .chunks = trial.chunks});
    verdict seen = take_last();
    const bool should_run = trial.verdict == "handled";
    const bool good = seen.text == trial.verdict && seen.status == trial.status && status == trial.status &&
                      seen.handler_got.empty() != should_run;
    return made(trial.sender, trial.what, std::move(seen), status, good,
                std::string{trial.verdict} + ' ' + std::to_string(trial.status));
  }

  /// An attack of several requests shows the last.
  [[nodiscard]] delivery send(std::string_view sender, const sello::testing::attack& attack) {
    std::atomic<int> last = 0;
    const bool good =
        sello::testing::run({attack}, [&](const auto& request) { return last = post(sender, request); }).empty();
    std::string expected;
    for (const int status : attack.statuses) expected += (expected.empty() ? "" : " or ") + std::to_string(status);
    return made(sender, attack.name, take_last(), last, good, expected);
  }

  [[nodiscard]] static delivery made(std::string_view sender, std::string what, verdict seen, int status, bool good,
                                     const std::string& expected) {
    std::string note = good ? "" : "<== expected " + expected + ": ";
    note += seen.handler_got + seen.where;
    if (!seen.misfits.empty()) note += "; left out: " + seen.misfits;
    return {.sender = std::string{sender},
            .what = std::move(what),
            .seen = std::move(seen),
            .status = status,
            .note = sello::printable(note),
            .good = good};
  }

  /// The status. The client of cpp-httplib reads none while it sends; where the server has refused by then what is long
  /// or comes in pieces, and closed, what the observer was told counts, or 400 if it was not asked.
  [[nodiscard]] int post(std::string_view sender, const sello::testing::request& request) {
    httplib::Client http{server::host, server_.port()};
    http.set_tcp_nodelay(true);
    httplib::Headers headers;
    for (const auto& [name, value] : request.headers) headers.emplace(name, without_blanks(value));
    const std::string path = endpoint(sender);
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

  [[nodiscard]] verdict take_last() {
    const std::lock_guard lock{mutex_};
    return std::exchange(last_, {});
  }

  std::mutex mutex_;
  verdict last_;
  std::set<std::string> refusals_;
  server server_;
};

}  // namespace demo
