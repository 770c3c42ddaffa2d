// SPDX-License-Identifier: MIT
// Drives a server with good and hostile deliveries, and compares what it does with one table:
// drive_server <server> <program> [<program that prints its version>]
// drive_server --inbox <server> <program>: some of the table, and what is different behind a durable inbox
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <set>
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

/// A request whose body, if it is not read, is another one.
std::function<std::string(const server&)> followed(const std::string& method) {
  return [=](const server& to) {
    request first = with_length("/webhooks/akua", {}, from_akua().text());
    first.method = method;
    connection peer{to};
    peer.send(first.text());
    const std::string status = next(peer, method != "HEAD");
    return status == "closed" || peer.closes() ? status + (status == "closed" ? "" : " closed") : status + " and more";
  };
}

/// A good delivery with more lines in its head, and another right behind it, which must not be answered otherwise.
std::function<std::string(const server&)> odd(const std::string& lines) {
  return [=](const server& to) {
    std::string text = from_akua().text();
    text.insert(text.find("\r\n") + 2, lines);
    return talk_and_end(to, text);
  };
}

header_list filler(int kibibytes) {
  return header_list(static_cast<std::size_t>(kibibytes), {"X-Filler", std::string(1012, 'x')});
}

/// The status of each, one after the other, and how many records it makes.
std::string records(const server& to, const std::vector<request>& refused) {
  std::string seen;
  for (const auto& each : refused) {
    const int before = to.logged("bad_request");
    seen += (seen.empty() ? "" : ", ") + talk(to, each.text());
    seen += ": " + std::to_string(to.logged("bad_request") - before);
  }
  return seen;
}

/// Refused by the adapter, before a receiver is asked.
std::string records_of_requests(const server& to) {
  std::vector<request> refused{from_akua(), from_akua(), from_akua(), from_akua({{"Content-Encoding", "br"}})};
  refused[0].method = "GET";
  refused[1].method = "PUT";
  refused[2].method = "DELETE";
  return records(to, refused);
}

/// The status of a permanent failure, and the header with which Svix is told to send no more.
std::string abort_message(const server& to) {
  connection peer{to};
  peer.send(never_wanted().text());
  const auto got = peer.receive();
  if (!got) return "closed";
  const std::string type = got->header("Content-Type").value_or("none");
  return std::to_string(got->status) + ' ' + got->header("webhook-delivery").value_or("none") + ", " + type;
}

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
      {"for good: Svix is told to stop", "422 abort-message, text/plain; charset=utf-8", abort_message},
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
      {"PUT with a good body", "405 closed",
       [](const server& to) {
         request put = from_akua();
         put.method = "PUT";
         return talk_and_end(to, put.text());
       }},
      {"HEAD with a body that looks like a request", "405 closed", followed("HEAD")},
      {"OPTIONS with a body that looks like a request", "405 closed", followed("OPTIONS")},
      {"TRACE with a body that looks like a request", "400 closed|405 closed|501 closed|closed", followed("TRACE")},

      {"absolute-form", "200",
       sends(with_length("http://hooks.example.com/webhooks/akua", akua.sign(cleared), cleared))},
      {"absolute-form with a query", "200",
       sends(with_length("HTTPS://h:8443/webhooks/akua?a=/b", akua.sign(cleared), cleared))},
      {"absolute-form, another path", "404", sends(with_length("http://h/webhooks", akua.sign(cleared), cleared))},
      {"a slash at the path's end", "404", sends(with_length("/webhooks/akua/", akua.sign(cleared), cleared))},
      {"a path in other letters", "404", sends(with_length("/Webhooks/akua", akua.sign(cleared), cleared))},
      {"a path with an escape", "404", sends(with_length("/webhooks/%61kua", akua.sign(cleared), cleared))},
      {"more before the path", "404", sends(with_length("/x/webhooks/akua", akua.sign(cleared), cleared))},

      {"an empty line before the request", "200", sends_text("\r\n" + good, 1)},
      {"a blank before a colon", "400 closed|closed", odd("Content-Length : 5\r\n")},
      {"a folded line", "400 closed|200 closed", odd("X-Folded: a\r\n b\r\n")},
      {"a folded line that looks like a length", "400 closed|200 closed|closed",
       odd("X-Folded: a\r\n Content-Length: 5\r\n")},
      {"a bare line feed", "400 closed|200 closed|closed", odd("X-Line: a\nContent-Length: 5\r\n")},
      {"a line without a colon", "400 closed|200 closed|closed", odd("X-Line\r\n")},
      {"a length of another", "400 closed|closed", odd("Content-Length: 5\r\n")},
      {"a head of 20 KiB", "200|400|413|431|closed", sends(from_akua(filler(20)))},
      {"a head of 40 KiB", "431|413|400|closed|200", sends(from_akua(filler(40)))},
      {"a head that is no HTTP", "400 closed|closed",
       [](const server& to) { return talk_and_end(to, "hello\r\n\r\n"); }},
      {"one record for each refusal", "405: 1, 405: 1, 405: 1, 415: 1", records_of_requests},
      {"a second length, and its record", "400: 1|closed: 0",
       [](const server& to) { return records(to, {from_akua({{"Content-Length", "5"}})}); }},
      {"a name with a blank, and its record", "400: 1|closed: 0",
       [](const server& to) { return records(to, {from_akua({{"X Y", "z"}})}); }},

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
      {"Content-Encoding: utf-8, the plain body", "200", sends(from_akua({{"Content-Encoding", "utf-8"}}))},
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
         return peer.quiet_for(2000) ? std::string{"silence"} : next(peer);
       }},
      {"chunks cut short", "400|closed",
       [](const server& to) {
         connection peer{to};
         const std::string text = in_chunks(7).text();
         peer.send(text.substr(0, text.size() - 20));
         peer.end();
         return peer.quiet_for(2000) ? std::string{"silence"} : next(peer);
       }},
      {"last chunk missing", "400|closed",
       [](const server& to) {
         connection peer{to};
         const std::string text = in_chunks(7).text();
         peer.send(text.substr(0, text.size() - 5));
         peer.end();
         return peer.quiet_for(2000) ? std::string{"silence"} : next(peer);
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

/// Half a delivery, SIGTERM, the other half: it is answered, and then the server ends.
std::string terminate(server& to) {
  connection peer{to};
  const request sent = from_akua();
  peer.send(sent.head() + sent.body.substr(0, 20));
  static_cast<void>(peer.quiet_for(200));
  to.terminate();
  static_cast<void>(peer.quiet_for(200));
  peer.send(std::string_view{sent.body}.substr(20));
  const std::string status = next(peer);
  return status + (to.exit_status() == 0 ? ", ends well" : ", does not end well");
}

/// Waits until the log has that text so many times more.
bool says(const server& to, std::string_view text, int before, int more) {
  for (int waited = 0; to.logged(text) < before + more; waited += 5) {
    if (waited > patience_ms) return false;
    ::poll(nullptr, 0, 5);
  }
  return to.logged(text) == before + more;
}

/// How many of each the log has got, once it has that many duplicates and one effect: a record may come behind its answer.
std::string got_since(const server& to, const std::array<int, 3>& before, int duplicates) {
  static_cast<void>(says(to, "200 duplicate", before[1], duplicates) && says(to, "settle", before[2], 1));
  const auto more = [&](std::string_view what, int old) {
    return std::to_string(to.logged(what) - old) + ' ' + std::string{what};
  };
  return more("200 queued", before[0]) + ", " + more("200 duplicate", before[1]) + ", " + more("settle", before[2]);
}
std::array<int, 3> seen_by(const server& of) {
  return {of.logged("200 queued"), of.logged("200 duplicate"), of.logged("settle")};
}

std::vector<test_case> inbox_cases() {
  static const std::set<std::string> shared{"Kuenta, good",
                                            "Akua, good",
                                            "Gu1, good",
                                            "one record for each refusal",
                                            "chunks of 7 with extensions",
                                            "declares 50 MB, sends none",
                                            "body in pieces, slowly",
                                            "keep-alive, three requests",
                                            "HTTP/1.0",
                                            "unsigned, forged, stale, malformed",
                                            "body cut short"};
  std::vector<test_case> all = cases();
  std::erase_if(all, [](const test_case& each) { return !shared.contains(each.name); });
  all.push_back({"signed, but no JSON: kept", "200",
                 [](const server& to) { return talk(to, with_length("/webhooks/akua", akua.sign("{"), "{").text()); }});
  all.push_back({"the same three times", "200 200 200: 1 200 queued, 2 200 duplicate, 1 settle", [](const server& to) {
                   const auto before = seen_by(to);
                   std::string statuses;
                   for (int i = 0; i < 3; ++i)
                     statuses += (i == 0 ? "" : " ") + talk(to, from_akua_as("thrice").text());
                   return statuses + ": " + got_since(to, before, 2);
                 }});
  all.push_back({"the sender hears no answer, and comes again", "200: 1 200 queued, 1 200 duplicate, 1 settle",
                 [](const server& to) {
                   const auto before = seen_by(to);
                   {
                     connection peer{to};
                     peer.send(from_akua_as("unheard").text());
                   }
                   if (!says(to, "200 queued", before[0], 1)) return std::string{"not stored"};
                   const std::string status = talk(to, from_akua_as("unheard").text());
                   return status + ": " + got_since(to, before, 1);
                 }});
  return all;
}

/// Behind an inbox: the table above; then SIGTERM, and what another process knows of it.
int drive_inbox(const std::string& name, const char* program) {
  std::string folder = "drive_inbox.XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error{"no folder"};
  ::setenv("INBOX", folder.c_str(), 1);
  const auto found = servers.find(name);
  const exceptions own = found == servers.end() ? exceptions{} : found->second;
  int failures = 0;
  const auto judge = [&](const std::string& what, const std::string& usual, const std::string& got) {
    const auto chunked = what.find("chunk") != what.npos ? own.find("every delivery in chunks") : own.end();
    const auto other = own.contains(what) ? own.find(what) : chunked;
    const bool good = allows(other == own.end() ? usual : usual + '|' + other->second.expected, got);
    if (!good) ++failures;
    std::printf("%-44s %s%s\n", what.c_str(), got.c_str(), good ? "" : ("   WRONG: " + usual).c_str());
    std::fflush(stdout);
  };
  {
    server driven{program, "drive_server.inbox." + name + ".log"};
    for (const auto& each : inbox_cases()) judge(each.name, each.expected, each.run(driven));
    judge("SIGTERM amid a delivery", "200, ends well", terminate(driven));
  }
  {
    server again{program, "drive_server.inbox." + name + ".log"};
    const std::string status = talk(again, from_akua_as("thrice").text());
    judge("started again: it is known", "200 duplicate",
          status + (says(again, "200 duplicate", 0, 1) ? " duplicate" : " and no duplicate"));
  }
  std::filesystem::remove_all(folder);
  std::printf("%d wrong\n", failures);
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) throw std::runtime_error{"usage: drive_server <server> <program> [<program that prints its version>]"};
  const std::string name = argv[1];
  ::setenv("KUENTA_SECRET", kuenta_secret, 1);
  ::setenv("AKUA_SECRET", akua_secret, 1);
  ::setenv("GU1_SECRET", gu1_secret, 1);
  if (name == "--inbox" && argc == 4) return drive_inbox(argv[2], argv[3]);
  if (argc > 3 && std::system(argv[3]) != 0) throw std::runtime_error{"it does not print its version"};
  server driven{argv[2], "drive_server." + name + ".log"};
  const auto found = servers.find(name);
  const exceptions own = found == servers.end() ? exceptions{} : found->second;

  int failures = 0;
  const auto judge = [&](const std::string& what, const std::string& usual, bool chunked, const std::string& got) {
    auto other = own.find(what);
    if (other == own.end() && chunked) other = own.find("every delivery in chunks");
    const std::string expected = other == own.end() ? usual : usual + '|' + other->second.expected;
    const bool good = allows(expected, got);
    if (!good) ++failures;
    if (got == "as listed" && good) return;
    std::printf("%-36s %-22s %s%s%s\n", what.c_str(), expected.c_str(), got.c_str(), good ? "" : "   WRONG",
                other == own.end() ? "" : ("   (" + other->second.reason + ')').c_str());
    std::fflush(stdout);
  };
  const long before = driven.peak();
  std::printf("%-36s %-22s %s\n", name.c_str(), "expected", "got");
  for (const auto& each : cases())
    judge(each.name, each.expected, each.name.find("chunk") != each.name.npos, each.run(driven));
  attack_all(driven, [&](const std::string& what, bool chunked, const std::string& got) {
    judge(what, "as listed", chunked, got);
  });
  judge("after all that, a good one", "200", false, talk(driven, from_akua().text()));
  const long most = driven.peak();
  judge("SIGTERM amid a delivery", "200, ends well", false, terminate(driven));
  std::printf("memory: %ld KiB at first, %ld KiB at most; %d wrong\n", before, most, failures);
  return failures == 0 ? 0 : 1;
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
