// SPDX-License-Identifier: MIT
// Drives a server with good and hostile deliveries, and compares what it does with one table: drive_server <server> <program>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <sello/sello.hpp>

#include "client.hpp"

namespace {

using namespace std::chrono_literals;
using sello::header_list;

constexpr const char* kuenta_secret = "kuenta-secret";
constexpr const char* akua_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* gu1_secret = "gu1-secret";

const sello::signer<sello::hex_hmac> kuenta{kuenta_secret};
const sello::signer<sello::svix_v1> akua{akua_secret};
const sello::signer<sello::gu1_hmac> gu1{gu1_secret};

const std::string disbursed =
    R"({"event":"credit.disbursed","data":{"id":"app_1","amount":5000.10},"timestamp":"2025-01-15T10:30:00Z"})";
const std::string cleared = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-d07u8e218e1elk12b92g"}})";
const std::string rejected =
    R"({"event":"kyc.validation_rejected","timestamp":"2025-01-15T10:30:00Z","payload":{"validationId":"v-1","status":"rejected"}})";

constexpr std::size_t mebibyte = 1024 * 1024;
constexpr long allowed_growth = 8 * 1024;  // KiB: the limit of 1 MiB, some buffers, some threads

struct request {
  std::string method = "POST";
  std::string path = "/webhooks/akua";
  header_list headers{};
  std::string body{};  ///< as on the wire
  std::string version = "HTTP/1.1";

  [[nodiscard]] std::string head() const {
    std::string text = method + ' ' + path + ' ' + version + "\r\nHost: 127.0.0.1\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    return text + "\r\n";
  }
  [[nodiscard]] std::string text() const { return head() + body; }
};

/// A delivery with its length; `more` are further headers.
request with_length(std::string path, header_list headers, std::string body, const header_list& more = {}) {
  headers.emplace_back("Content-Type", "application/json");
  headers.emplace_back("Content-Length", std::to_string(body.size()));
  headers.insert(headers.end(), more.begin(), more.end());
  return {.path = std::move(path), .headers = std::move(headers), .body = std::move(body)};
}

request from_akua(const header_list& more = {}) {
  return with_length("/webhooks/akua", akua.sign(cleared), cleared, more);
}
request from_kuenta() { return with_length("/webhooks/kuenta", kuenta.sign(disbursed), disbursed); }
request from_gu1() {
  return with_length("/webhooks/gu1", gu1.sign(rejected, {.type = "kyc.validation_rejected"}), rejected);
}
request forged() { return with_length("/webhooks/akua", akua.sign(cleared), cleared + ' '); }

std::string chunk(std::string_view bytes, std::string_view extension = "") {
  char size[17];
  *std::to_chars(size, size + 16, bytes.size(), 16).ptr = '\0';
  return size + std::string{extension} + "\r\n" + std::string{bytes} + "\r\n";
}

/// Akua's delivery, in chunks of that size.
request in_chunks(std::size_t size, std::string_view extension = "", std::string_view trailers = "") {
  request made{.headers = akua.sign(cleared)};
  made.headers.emplace_back("Transfer-Encoding", "chunked");
  for (std::size_t at = 0; at < cleared.size(); at += size)
    made.body += chunk(std::string_view{cleared}.substr(at, size), extension);
  made.body += "0\r\n" + std::string{trailers} + "\r\n";
  return made;
}

/// A gzip file that stores the text as it is.
std::string gzipped(std::string_view text) {
  std::uint32_t crc = ~0U;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  std::string file{"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01", 11};
  const auto put = [&](std::size_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) file += static_cast<char>(number >> (8 * i) & 0xFFU);
  };
  put(text.size(), 2);
  put(~text.size(), 2);
  file += text;
  put(~crc, 4);
  put(text.size(), 4);
  return file;
}

/// The status of the next reply, or "closed", or "silence".
std::string next(connection& from, bool with_body = true) {
  const auto got = from.receive(with_body);
  return got ? std::to_string(got->status) : from.closed() ? "closed" : "silence";
}

/// Sends the text and gives the statuses of that many replies, and "closed" for what does not come.
std::string talk(const server& to, const std::string& text, int replies = 1) {
  connection peer{to};
  peer.send(text);
  std::string statuses;
  for (int i = 0; i < replies; ++i) {
    statuses += (i == 0 ? "" : " ") + next(peer);
    if (statuses.back() > '9') break;
  }
  return statuses;
}

/// The same for one request, and whether the connection ends then.
std::string talk_and_end(const server& to, const std::string& text) {
  connection peer{to};
  peer.send(text);
  const std::string status = next(peer);
  if (status == "closed") return status;
  return status + (peer.closes() ? " closed" : " open");
}

/// Sends 64 MiB in pieces, or as much as is taken.
std::string flood(const server& to, const request& head, std::string_view before, std::string_view piece) {
  const long peak = to.peak();
  connection peer{to};
  peer.send(head.head() + std::string{before});
  while (peer.sent() < 64 * mebibyte && peer.send(piece)) {
  }
  std::string what = "no answer";
  if (peer.sent() < 64 * mebibyte || !peer.quiet_for(100)) what = next(peer);
  if (peer.sent() >= 64 * mebibyte) what += ", all of it read";
  if (to.peak() - peak > allowed_growth) what += ", memory grows";
  return what;
}

std::string flood_chunked(const server& to, request head) {
  head.headers.emplace_back("Transfer-Encoding", "chunked");
  return flood(to, head, "", chunk(std::string(64 * 1024, ' ')));
}

/// All that a stranger can see of these refusals: "same 401", or that they differ.
std::string compare_refusals(const server& to, const std::vector<request>& refused) {
  std::optional<reply> first;
  for (const auto& each : refused) {
    connection peer{to};
    peer.send(each.text());
    auto got = peer.receive();
    if (!got) return std::string{"closed"};
    if (const auto date = got->head.find("\r\nDate: "); date != got->head.npos)
      got->head.erase(date, got->head.find("\r\n", date + 2) - date);
    if (first && (first->head != got->head || first->body != got->body))
      return "different: " + first->head + first->body + " / " + got->head + got->body;
    first = got;
  }
  return "same " + std::to_string(first->status);
}

header_list renamed(header_list headers, int (*letter)(int)) {
  for (auto& [name, value] : headers) {
    for (char& c : name) c = static_cast<char>(letter(static_cast<unsigned char>(c)));
  }
  return headers;
}

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
      {"after all that, a good one", "200", sends(from_akua())},
  };
}

/// Where a server cannot do what the others do: what it does instead, and why.
struct exception {
  std::string expected;
  std::string reason;
};
using exceptions = std::map<std::string, exception>;

const std::map<std::string, exceptions> servers{
    {"httplib",
     {
         {"chunks with trailers", {"400", "cpp-httplib 0.11 does not read trailers"}},
         {"multipart/form-data, signed", {"415", "cpp-httplib parses such a body itself"}},
         {"pipelined, three requests", {"200 closed", "cpp-httplib 0.11 drops what it has read ahead"}},
         {"pipelined, the second forged", {"200 closed", "cpp-httplib 0.11 drops what it has read ahead"}},
         {"64 MiB of headers", {"all of it read, memory grows", "cpp-httplib 0.11 bounds a line, not their number"}},
     }},
    {"microhttpd",
     {
         {"64 MiB in chunks, forged", {"closed", "libmicrohttpd cannot answer amid a body"}},
         {"body cut short", {"closed|silence", "libmicrohttpd may see it only after its timeout"}},
         {"chunks cut short", {"closed|silence", "libmicrohttpd may see it only after its timeout"}},
         {"last chunk missing", {"closed|silence", "libmicrohttpd may see it only after its timeout"}},
     }},
    {"restinio",
     {
         {"declares 50 MB, sends none", {"closed", "RESTinio closes where its limits are passed"}},
         {"64 MiB in chunks, forged", {"closed", "RESTinio closes where its limits are passed"}},
         {"64 MiB in chunks, unsigned", {"closed", "RESTinio calls no handler before the end of the body"}},
         {"64 MiB in chunks, unknown path", {"closed", "RESTinio calls no handler before the end of the body"}},
         {"64 MiB in chunks, PUT", {"closed", "RESTinio calls no handler before the end of the body"}},
         {"1 MiB in chunks of a byte, forged", {"401, memory grows", "RESTinio keeps a note of each chunk"}},
         {"Expect: 100-continue", {"silence 200", "RESTinio leaves it to a handler, which comes too late"}},
     }},
};

bool allows(std::string_view alternatives, std::string_view got) {
  for (;;) {
    const auto end = alternatives.find('|');
    if (alternatives.substr(0, end) == got) return true;
    if (end == alternatives.npos) return false;
    alternatives.remove_prefix(end + 1);
  }
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
  const long before = driven.peak();
  std::printf("%-36s %-22s %s\n", name.c_str(), "expected", "got");
  for (const auto& each : cases()) {
    const auto other = own.find(each.name);
    const std::string expected = other == own.end() ? each.expected : other->second.expected;
    const std::string got = each.run(driven);
    const bool good = allows(expected, got);
    if (!good) ++failures;
    std::printf("%-36s %-22s %s%s%s\n", each.name.c_str(), expected.c_str(), got.c_str(), good ? "" : "   WRONG",
                other == own.end() ? "" : ("   (" + other->second.reason + ')').c_str());
    std::fflush(stdout);
  }
  std::printf("memory: %ld KiB at first, %ld KiB at most; %d wrong\n", before, driven.peak(), failures);
  return failures == 0 ? 0 : 1;
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
