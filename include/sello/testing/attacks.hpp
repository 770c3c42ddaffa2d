// SPDX-License-Identifier: MIT
// What a hostile or broken sender can do to one endpoint, as a list of requests with the status that each must get.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/testing/attack.hpp>
#include <sello/testing/list_attacks.hpp>
#include <sello/verify/scheme.hpp>
#include <sello/verify/signer.hpp>

namespace sello::inline v0::testing {

namespace detail {

/// Builds the list; each member function adds one family of attacks.
template <class Scheme>
class attack_list : private attack_builder<Scheme> {
 public:
  using attack_builder<Scheme>::attack_builder;

  [[nodiscard]] std::vector<attack> build() {
    good();
    forged();
    signature_text();
    header_lines();
    if constexpr (timed_scheme<Scheme>) {
      timed();
      add_list_attacks(*this);
    }
    if constexpr (single_signature_scheme<Scheme>) hexadecimal();
    signed_nonsense();
    truncated();
    large();
    return std::move(list_);
  }

 private:
  void good() {
    add("a good delivery", 200, signed_by_us(at_.body));
    add("header names in upper case", 200, renamed(signed_by_us(at_.body), [](char c) { return upper(c); }));
    add("header names in lower case", 200, renamed(signed_by_us(at_.body), [](char c) { return lower(c); }));
    request foreign = signed_by_us(at_.body);
    foreign.headers.emplace_back("X-Other", "1");
    add("a header that nobody reads", 200, foreign);
    for (std::size_t at = 1; at < at_.body.size(); at += std::max<std::size_t>(1, at_.body.size() / 8)) {
      request cut = signed_by_us(at_.body);
      cut.chunks = {at};
      add("cut in two at byte " + std::to_string(at), 200, cut);
    }
    request bytes = signed_by_us(at_.body);
    bytes.chunks.assign(at_.body.size(), 1);
    add("byte by byte", 200, bytes);
    add_all("replayed in sequence", {200}, std::vector(3, signed_by_us(at_.body)));
    add_all("replayed at once", {200}, std::vector(4, signed_by_us(at_.body)), true);
  }

  void forged() {
    request unsigned_request{.body = at_.body};
    add("unsigned", 401, unsigned_request);
    add("unsigned, in pieces", 401, {.body = at_.body, .chunks = {1}});
    add("signed with another secret", 401, {.headers = theirs_.sign(at_.body, sent_now()), .body = at_.body});
    add("first byte changed", 401, changed(0));
    add("byte in the middle changed", 401, changed(at_.body.size() / 2));
    add("last byte changed", 401, changed(at_.body.size() - 1));
    request longer = signed_by_us(at_.body);
    longer.body += ' ';
    add("a space appended", 401, longer);
    request shorter = signed_by_us(at_.body);
    shorter.body.pop_back();
    add("last byte removed", 401, shorter);
    request empty = signed_by_us(at_.body);
    empty.body.clear();
    add("body removed", 401, empty);
    request spaced = signed_by_us(at_.body);
    spaced.body.insert(1, " ");
    add("the same JSON, written anew", 401, spaced);
    request other = signed_by_us("{}");
    other.body = at_.body;
    add("the signature of another body", 401, other);
  }

  void signature_text() {
    add("signature empty", 401, with_signature([](const std::string&) { return std::string{}; }));
    add("signature a space", 401, with_signature([](const std::string&) { return std::string{" "}; }));
    add("signature one character short", 401, with_signature([](std::string text) {
          text.pop_back();
          return text;
        }));
    add("signature one character long", 401, with_signature([](const std::string& text) { return text + "0"; }));
    add("signature with a changed character", 401, with_signature([](std::string text) {
          char& middle = text[text.size() / 2];
          middle = middle == '1' ? '2' : '1';
          return text;
        }));
    add("signature with a prefix", 401, with_signature([](const std::string& text) { return "sha256=" + text; }));
    add("signature in quotes", 401, with_signature([](const std::string& text) { return '"' + text + '"'; }));
    add("signature all zeros", 401, with_signature([](const std::string&) { return std::string(64, '0'); }));
    add("signature \"null\"", 401, with_signature([](const std::string&) { return std::string{"null"}; }));
    add_all("signature over 8 KiB", {400, 401, 431},
            {with_signature([](const std::string&) { return std::string(9000, 'a'); })});
    add_all("signature of bytes above ASCII", {400, 401},
            {with_signature([](const std::string&) { return std::string(64, '\xE9'); })});
  }

  void header_lines() {
    request twice = signed_by_us(at_.body);
    twice.headers.push_back(signature(twice));
    add("signature header twice, the same", 200, twice);
    request padded = signed_by_us(at_.body);
    for (int i = 0; i < 50; ++i) padded.headers.emplace_back("X-Filler-" + std::to_string(i), std::string(40, 'x'));
    add_all("fifty headers more", {200, 400, 431}, {padded});
  }

  void hexadecimal() {
    add("hex in upper case", 200, with_signature([](std::string text) {
          for (char& c : text) c = upper(c);
          return text;
        }));
    add("hex joined with itself", 200, with_signature([](const std::string& text) { return text + ", " + text; }));
    add("hex with 0x before it", 401, with_signature([](const std::string& text) { return "0x" + text; }));
    add("hex with colons", 401,
        with_signature([](const std::string& text) { return text.substr(0, 2) + ':' + text.substr(2); }));
    request two = signed_by_us(at_.body);
    two.headers.emplace_back(signature(two).first, std::string(64, '0'));
    add("signature header twice, good and bad", 401, two);
    std::rotate(two.headers.begin(), two.headers.end() - 1, two.headers.end());
    add("signature header twice, bad and good", 401, two);
    const request marked{.headers = ours_.sign(at_.body, {.sent_at = sent_now().sent_at, .type = "some.other.event"}),
                         .body = at_.body};
    if (marked.headers.size() > 1) add("an event header that contradicts the body", 200, marked);
  }

  void timed() {
    using std::chrono::hours;
    add("sent yesterday", 401, sent(-hours{24}));
    add("sent tomorrow", 401, sent(hours{24}));
    add("sent in 1970", 401, sent(-(sent_now().sent_at.time_since_epoch())));
    for (const char* time : {"+1", " 1", "01", "1.0", "1e9", "0x1", "-1", "1_0", "9223372036854775808", "now", ""}) {
      request odd = signed_by_us(at_.body);
      line(odd, "timestamp").second = time;
      add_all(std::string{"time written \""} + time + '"', {400, 401}, {odd});
    }
    request moved = signed_by_us(at_.body);
    line(moved, "timestamp").second.back() ^= 1;
    add("another time than was signed", 401, moved);
    request renamed_id = signed_by_us(at_.body);
    line(renamed_id, "-id").second += "x";
    add("another id than was signed", 401, renamed_id);
    // The signed bytes stay "<id>.<time>.<body>", but the boundaries move: a time from the body's front goes to the id.
    const message at{.id = "msg_attack", .sent_at = sent_now().sent_at};
    request shifted{.headers = ours_.sign("", at), .body = at_.body};
    const std::string time = line(shifted, "timestamp").second;
    shifted.headers = ours_.sign(time + '.' + at_.body, at);
    line(shifted, "-id").second += '.' + time;
    add("the boundary between id, time and body moved", 401, shifted);
    for (const char* name : {"timestamp", "-id", "signature"}) {
      request without = signed_by_us(at_.body);
      std::erase_if(without.headers, [&](const auto& header) { return header.first.ends_with(name); });
      add(std::string{"without its header …"} + name, 401, without);
      request doubled = signed_by_us(at_.body);
      doubled.headers.emplace_back(line(doubled, name).first, "1");
      add(std::string{"header …"} + name + " twice", std::string_view{name} == "signature" ? 200 : 401, doubled);
    }
    for (const char* name : {"timestamp", "-id"}) {
      request joined = signed_by_us(at_.body);
      auto& value = line(joined, name).second;
      value += ", " + value;
      add(std::string{"header …"} + name + " joined with itself", 200, joined);
      request blank = signed_by_us(at_.body);
      line(blank, name).second.insert(0, " \t");
      add(std::string{"blanks around header …"} + name, 200, blank);
      request other = signed_by_us(at_.body);
      line(other, name).second += ", 1";
      add(std::string{"header …"} + name + " joined with another", 401, other);
    }
  }

  /// Signed by the sender, and yet not what the sender documents: proven, and refused for what it is.
  void signed_nonsense() {
    const std::string type = '"' + at_.type_key + "\":\"" + at_.type + '"';
    const std::string rest = at_.body.substr(1);
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    add_signed("byte order mark", "\xEF\xBB\xBF" + at_.body);
    add_signed("not JSON", "hello");
    add_signed("empty body", "");
    add_signed("an array", '[' + at_.body + ']');
    add_signed("a number", "5");
    add_signed("null", "null");
    add_signed("two values", at_.body + at_.body);
    add_signed("a NUL behind it", at_.body + '\0' + "garbage");
    add_signed("invalid UTF-8", "{\"x\":\"\xC0\xAF\"," + rest);
    add_signed("a lone surrogate", "{\"x\":\"\\ud800\"," + rest);
    add_signed("a comment", "/* */" + at_.body);
    add_signed("a trailing comma", at_.body.substr(0, at_.body.size() - 1) + ",}");
    add_signed("single quotes", "{'x':1}");
    add_signed("NaN", "{\"x\":NaN," + rest);
    add_signed("the type twice", '{' + type + ',' + rest);
    add_signed("a key twice that nobody reads", "{\"x\":{\"a\":1,\"b\":2,\"a\":3}," + rest);
    add_signed("a key twice, once escaped", "{\"x\":{\"a\":1,\"\\u0061\":2}," + rest);
    add_signed("nesting of 65 levels", "{\"x\":" + nested(64) + ',' + rest);
    add_all("signed: nesting of 100000 levels", {400, 413}, {signed_by_us("{\"x\":" + nested(100'000) + ',' + rest)});
    add_signed("a number beyond every double", "{\"x\":1e999," + rest);
    add_all("signed: no type", {200, 400}, {signed_by_us("{}")});  // 400 where `freshness` wants a time
    add_signed("a type of null", "{\"" + at_.type_key + "\":null}");
    add_signed("a type that is a number", "{\"" + at_.type_key + "\":5}");
    add_signed("nesting of 64 levels", "{\"x\":" + nested(63) + ',' + rest, 200);
    add_signed("a number of 1000 digits", "{\"x\":0." + std::string(1000, '7') + ',' + rest, 200);
    add_signed("a key that nobody reads", "{\"x\":null," + rest, 200);
    add_signed("white space around it", " \r\n\t" + at_.body + "\n", 200);
  }

  /// At every byte, since a parser that stops early would find its type in the front.
  void truncated() {
    attack cut{.name = "truncated at each byte, and signed so", .statuses = {400}};
    for (std::size_t size = 0; size < at_.body.size(); ++size)
      cut.requests.push_back(signed_by_us(at_.body.substr(0, size)));
    list_.push_back(std::move(cut));
  }

  void large() {
    const std::string front = at_.body.substr(0, at_.body.size() - 1) + ",\"x\":\"";
    const auto sized = [&](std::size_t size) { return front + std::string(size - front.size() - 2, 'x') + "\"}"; };
    add_signed("a body of exactly the limit", sized(at_.body_limit), 200);
    add_signed("a body one byte over the limit", sized(at_.body_limit + 1), 413);
    request pieces = signed_by_us(sized(at_.body_limit + 1));
    pieces.chunks.assign(16, at_.body_limit / 16);
    add("a body one byte over the limit, in pieces", 413, pieces);
    add_signed("a body of ten times the limit", sized(at_.body_limit * 10), 413);
  }

  using base = attack_builder<Scheme>;
  using base::add;
  using base::add_all;
  using base::add_signed;
  using base::at_;
  using base::changed;
  using base::line;
  using base::list_;
  using base::lower;
  using base::ours_;
  using base::renamed;
  using base::sent;
  using base::sent_now;
  using base::signature;
  using base::signed_by_us;
  using base::theirs_;
  using base::upper;
  using base::with_signature;
};

}  // namespace detail

/// The attacks on one endpoint, about a hundred, signed for now. Throws `bad_result` on a bad secret.
template <signing_scheme Scheme>
[[nodiscard]] std::vector<attack> attacks(const target<Scheme>& at) {
  return detail::attack_list<Scheme>{at}.build();
}

}  // namespace sello::inline v0::testing
