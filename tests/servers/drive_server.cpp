// SPDX-License-Identifier: MIT
// Drives a server with good and hostile deliveries, and compares what it does with one table: drive_server <server> <program>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <sello/sello.hpp>

#include "attacks.hpp"
#include "client.hpp"
#include "deliveries.hpp"
#include "differences.hpp"
#include "talk.hpp"

namespace {

using namespace std::chrono_literals;

struct test_case {
  std::string name;
  std::string expected;  ///< alternatives are separated by '|'
  std::function<std::string(const server&)> run;
};

std::vector<test_case> cases() {
  const auto sends = [](const request& what) {
    return [text = what.text()](const server& to) { return talk(to, text); };
  };
  const auto sends_text = [](std::string text, int replies) {
    return [=](const server& to) { return talk(to, text, replies); };
  };
  const std::string stored = gzipped(cleared);
  const auto stale = [] { return akua.sign(cleared, {.sent_at = std::chrono::system_clock::now() - 301s}); };
  header_list two_signatures = akua.sign(cleared);
  two_signatures.insert(two_signatures.begin(), {"svix-signature", akua.sign("other")[2].second});
  header_list without_length = akua.sign("");
  const std::string good = from_akua().text();

  return {
      {"Kuenta, good", "200", sends(from_kuenta())},
      {"Akua, good", "200", sends(from_akua())},
      {"Gu1, good", "200", sends(from_gu1())},
      {"signed, but no JSON", "400", sends(with_length("/webhooks/akua", akua.sign("{"), "{"))},
      {"signed, empty, without a length", "400", sends({.headers = without_length})},
      {"path with a query", "200", sends(with_length("/webhooks/akua?a=b", akua.sign(cleared), cleared))},
      {"unknown path", "404", sends(with_length("/webhooks/other", akua.sign(cleared), cleared))},
      {"GET", "405", sends({.method = "GET"})},
      {"HEAD", "405 closed",
       [](const server& to) {
         connection peer{to};
         peer.send(request{.method = "HEAD"}.head());
         const auto status = next(peer, false);
         const bool ends = peer.closes();
         return status + (ends ? " closed" : peer.quiet_for(0) ? " open" : " and more");
       }},
      {"PUT with a good body", "405",
       [](const server& to) {
         request put = from_akua();
         put.method = "PUT";
         return talk(to, put.text());
       }},

      {"one chunk", "200", sends(in_chunks(1000))},
      {"chunks of one byte", "200", sends(in_chunks(1))},
      {"chunks of 7 with extensions", "200", sends(in_chunks(7, ";name=\"value\""))},
      {"chunks with trailers", "200", sends(in_chunks(16, "", "X-Trailer: 1\r\nsvix-id: other\r\n"))},
      {"chunks with a bad size", "400|closed",
       sends({.headers = {{"svix-id", "a"},
                          {"svix-timestamp", akua.sign("")[1].second},
                          {"svix-signature", akua.sign("")[2].second},
                          {"Transfer-Encoding", "chunked"}},
              .body = "zz\r\n{}\r\n0\r\n\r\n"})},
      {"chunked and a length", "400|closed|501",
       [](const server& to) {
         request both = in_chunks(1000);
         both.headers.emplace_back("Content-Length", "5");
         return talk(to, both.text());
       }},
      {"two lengths", "400|closed",
       sends(with_length("/webhooks/akua", akua.sign(cleared), cleared, {{"Content-Length", "5"}}))},

      {"gzip, the plain body signed", "415",
       sends(with_length("/webhooks/akua", akua.sign(cleared), stored, {{"Content-Encoding", "gzip"}}))},
      {"gzip, the coded body signed", "415",
       sends(with_length("/webhooks/akua", akua.sign(stored), stored, {{"Content-Encoding", "gzip"}}))},
      {"multipart/form-data, signed", "200",
       [](const server& to) {
         request form = from_akua();
         for (auto& [name, value] : form.headers) {
           if (name == "Content-Type") value = "multipart/form-data; boundary=b";
         }
         return talk(to, form.text());
       }},

      {"declares 50 MB, sends none", "413 closed",
       [](const server& to) {
         header_list headers = akua.sign(cleared);
         headers.emplace_back("Content-Length", "50000000");
         return talk_and_end(to, request{.headers = headers}.head());
       }},
      {"64 MiB in chunks, forged", "413",
       [](const server& to) { return flood_chunked(to, {.headers = akua.sign(cleared)}); }},
      {"64 MiB in chunks, unsigned", "401", [](const server& to) { return flood_chunked(to, {}); }},
      {"64 MiB in chunks, unknown path", "404", [](const server& to) { return flood_chunked(to, {.path = "/"}); }},
      {"64 MiB in chunks, PUT", "405", [](const server& to) { return flood_chunked(to, {.method = "PUT"}); }},
      {"1 MiB in chunks of a byte, forged", "401",
       [](const server& to) {
         const long peak = to.peak();
         request tiny{.headers = akua.sign(cleared)};
         tiny.headers.emplace_back("Transfer-Encoding", "chunked");
         for (std::size_t i = 0; i < mebibyte; ++i) tiny.body += "1\r\n \r\n";
         tiny.body += "0\r\n\r\n";
         const std::string status = talk(to, tiny.text());
         return status + (to.peak() - peak > allowed_growth ? ", memory grows" : "");
       }},
      {"body in pieces, slowly", "200",
       [](const server& to) {
         connection peer{to};
         request slow = from_akua();
         peer.send(slow.head());
         for (std::size_t at = 0; at < cleared.size(); at += 10) {
           if (!peer.quiet_for(20)) return "answered early: " + next(peer);
           peer.send(std::string_view{cleared}.substr(at, 10));
         }
         return next(peer);
       }},
      {"head in pieces, slowly", "200",
       [](const server& to) {
         connection peer{to};
         const std::string text = from_akua().text();
         for (std::size_t at = 0; at < text.size(); at += 40) {
           if (!peer.quiet_for(10)) return "answered early: " + next(peer);
           peer.send(std::string_view{text}.substr(at, 40));
         }
         return next(peer);
       }},
      {"Expect: 100-continue", "100 200",
       [](const server& to) {
         connection peer{to};
         const request polite = from_akua({{"Expect", "100-continue"}});
         peer.send(polite.head());
         const std::string first = peer.quiet_for(1000) ? "silence" : next(peer);
         peer.send(polite.body);
         return first + ' ' + next(peer);
       }},
      {"keep-alive, three requests", "200 200 200",
       [](const server& to) {
         connection peer{to};
         std::string statuses;
         for (const auto& each : {from_akua(), in_chunks(9), from_gu1()}) {
           peer.send(each.text());
           statuses += (statuses.empty() ? "" : " ") + next(peer);
         }
         return statuses;
       }},
      {"pipelined, three requests", "200 200 200", sends_text(good + in_chunks(9).text() + good, 3)},
      {"pipelined, the second forged", "200 401 closed", sends_text(good + forged().text() + good, 3)},
      {"a body that looks like a request", "401 closed", sends_text(with_length("/webhooks/akua", {}, good).text(), 2)},
      {"HTTP/1.0", "200 closed",
       [](const server& to) {
         request old = from_akua();
         old.version = "HTTP/1.0";
         return talk_and_end(to, old.text());
       }},

      {"header names in lower case", "200",
       sends(with_length("/webhooks/akua", renamed(akua.sign(cleared), std::tolower), cleared))},
      {"header names in upper case", "200",
       sends(with_length("/webhooks/akua", renamed(akua.sign(cleared), std::toupper), cleared))},
      {"a header twice, same value", "200", sends(from_akua({akua.sign(cleared)[0]}))},
      {"a header twice, other value", "401", sends(from_akua({{"svix-id", "msg_other"}}))},
      {"two lines of signatures, one good", "200", sends(with_length("/webhooks/akua", two_signatures, cleared))},

      {"unsigned, forged, stale, malformed", "same 401",
       [=](const server& to) {
         header_list malformed = akua.sign(cleared);
         malformed[2].second = "v1,short";
         return compare_refusals(
             to, {with_length("/webhooks/akua", {}, cleared), forged(), with_length("/webhooks/akua", stale(), cleared),
                  with_length("/webhooks/akua", malformed, cleared), with_length("/webhooks/gu1", {}, cleared)});
       }},
      {"body cut short", "400|closed",
       [](const server& to) {
         connection peer{to};
         peer.send(from_akua().head() + cleared.substr(0, 40));
         peer.end();
         return next(peer);
       }},
      {"chunks cut short", "400|closed",
       [](const server& to) {
         connection peer{to};
         const std::string text = in_chunks(7).text();
         peer.send(text.substr(0, text.size() - 20));
         peer.end();
         return next(peer);
       }},
      {"last chunk missing", "400|closed",
       [](const server& to) {
         connection peer{to};
         const std::string text = in_chunks(7).text();
         peer.send(text.substr(0, text.size() - 5));
         peer.end();
         return next(peer);
       }},
      {"64 MiB of headers", "400|413|431|closed",
       [](const server& to) {
         const long peak = to.peak();
         connection peer{to};
         peer.send("POST /webhooks/akua HTTP/1.1\r\n");
         const std::string line = "X-Filler: " + std::string(1000, 'x') + "\r\n";
         while (peer.sent() < 64 * mebibyte && peer.send(line)) {
         }
         std::string what = peer.sent() < 64 * mebibyte ? next(peer) : "all of it read";
         if (to.peak() - peak > allowed_growth) what += ", memory grows";
         return what;
       }},
  };
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) throw std::runtime_error{"usage: drive_server <server> <program>"};
  const std::string name = argv[1];
  ::setenv("KUENTA_SECRET", kuenta_secret, 1);
  ::setenv("AKUA_SECRET", akua_secret, 1);
  ::setenv("GU1_SECRET", gu1_secret, 1);
  const server driven{argv[2], "drive_server." + name + ".log"};
  const auto found = servers.find(name);
  const exceptions own = found == servers.end() ? exceptions{} : found->second;

  int failures = 0;
  const auto judge = [&](const std::string& what, const std::string& usual, const std::string& got) {
    const auto other = own.find(what);
    const std::string expected = other == own.end() ? usual : other->second.expected;
    const bool good = allows(expected, got);
    if (!good) ++failures;
    if (got == "as listed" && good) return;
    std::printf("%-36s %-22s %s%s%s\n", what.c_str(), expected.c_str(), got.c_str(), good ? "" : "   WRONG",
                other == own.end() ? "" : ("   (" + other->second.reason + ')').c_str());
    std::fflush(stdout);
  };
  const long before = driven.peak();
  std::printf("%-36s %-22s %s\n", name.c_str(), "expected", "got");
  for (const auto& each : cases()) judge(each.name, each.expected, each.run(driven));
  attack_all(driven, [&](const std::string& what, const std::string& got) { judge(what, "as listed", got); });
  judge("after all that, a good one", "200", talk(driven, from_akua().text()));
  std::printf("memory: %ld KiB at first, %ld KiB at most; %d wrong\n", before, driven.peak(), failures);
  return failures == 0 ? 0 : 1;
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
