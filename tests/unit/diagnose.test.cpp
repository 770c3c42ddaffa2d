// SPDX-License-Identifier: MIT
#include <sello/diagnose.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sello/verify/signer.hpp>

#include "catch.hpp"
#include "support/known_answer.hpp"

using sello::cause;
using sello::signature_scheme;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view akua_secret = known_answer::secret;
constexpr std::string_view other_secret = "whsec_plJ3nmyCDGBKInavdOK15jsl";
constexpr std::string_view text_secret = "tu-secreto-webhook";

/// As JavaScript writes it.
const std::string akua_body =
    R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1","transaction_id":"trx-1","trace_id":"a/ñ <1>"}})";
const std::string kuenta_body =
    R"({"event":"credit.disbursed","data":{"id":"app_1","amount":5000.10,"term":12},"timestamp":"2024-03-20T10:00:00Z"})";

/// A delivery, the secrets that are tried on it, and what is known.
struct ticket {
  sello::header_list headers;
  std::string body;
  std::vector<std::string> secrets;
  sello::diagnose_options options{.now = known_answer::now};

  [[nodiscard]] std::string& value(std::string_view name) {
    return std::find_if(headers.begin(), headers.end(),
                        [&](const auto& line) { return sello::same_header_name(line.first, name); })
        ->second;
  }
  void rename(std::string_view from, std::string_view to) {
    for (auto& line : headers) {
      if (sello::same_header_name(line.first, from)) line.first = to;
    }
  }
};

ticket akua(std::string body = akua_body) {
  const sello::signer<sello::svix_v1> signer{akua_secret};
  auto headers = signer.sign(body, {.id = known_answer::id, .sent_at = known_answer::now});
  return {std::move(headers), std::move(body), {std::string{akua_secret}}};
}

ticket kuenta(std::string body = kuenta_body, std::string_view secret = text_secret) {
  const sello::signer<sello::hex_hmac> signer{secret};
  auto headers = signer.sign(body);
  return {std::move(headers), std::move(body), {std::string{secret}}};
}

ticket asymmetric(std::string body = akua_body) {
  const sello::signer<sello::svix_v1a> signer{known_answer::private_key};
  auto headers = signer.sign(body, {.id = known_answer::id, .sent_at = known_answer::now});
  return {std::move(headers), std::move(body), {std::string{known_answer::public_key}}};
}

/// The MAC of bytes under a key, whatever a scheme thinks of either.
sello::mac mac_of(std::string_view key, std::string_view bytes) {
  const sello::detail::hmac_sha256 keyed{{reinterpret_cast<const unsigned char*>(key.data()), key.size()}};
  return sello::detail::code_of(keyed, "", bytes);
}
std::string hex_of(std::string_view key, std::string_view bytes) { return sello::to_hex(mac_of(key, bytes)); }
std::string list_of(std::string_view key, std::string_view bytes) {
  return "v1," + sello::detail::to_base64(mac_of(key, bytes));
}
std::string svix_content(std::string_view body) {
  return std::string{known_answer::id}.append(".").append(known_answer::timestamp).append(".").append(body);
}
/// The bytes of Akua's key.
std::string akua_key() {
  const auto key = sello::svix_v1::key(akua_secret).value();
  return {reinterpret_cast<const char*>(key.bytes().data()), key.bytes().size()};
}

/// What no sentence may have in it: secrets, what is behind their prefix, and signatures.
std::vector<std::string> unspeakable(const ticket& of) {
  std::vector<std::string> texts;
  const auto add = [&](std::string_view text) {
    if (text.size() >= 12) texts.emplace_back(text);
  };
  for (const std::string& secret : of.secrets) {
    add(secret);
    add(std::string_view{secret}.substr(secret.starts_with("whsec_") ? 6 : 0));
    for (std::size_t at = 0; at + 12 <= secret.size(); at += 12) add(std::string_view{secret}.substr(at, 12));
  }
  for (const auto& [name, value] : of.headers) {
    if (name.find("ignature") == name.npos) continue;
    for (std::size_t at = 0; at + 16 <= value.size(); at += 8) add(std::string_view{value}.substr(at, 16));
  }
  return texts;
}

/// Diagnoses, and looks at what holds for every finding.
std::vector<sello::finding> diagnosed(const ticket& of) {
  auto found = sello::diagnose(of.headers, of.body, of.secrets, of.options);
  REQUIRE_FALSE(found.empty());
  for (const sello::finding& one : found) {
    INFO(one.text);
    CHECK(one.text.size() > 20);
    CHECK(one.text.find('\n') == std::string::npos);
    CHECK(one.secret <= of.secrets.size());
    CHECK((one.secret != 0 || !one.proven));
    CHECK(sello::to_string(one.cause) != "unknown");
    for (const std::string& text : unspeakable(of)) CHECK(one.text.find(text) == std::string::npos);
  }
  return found;
}

struct mistake {
  cause why;
  ticket of;
  std::string what{};  ///< a part of the sentence
};

template <class Change>
ticket changed(ticket from, Change change) {
  change(from);
  return from;
}

template <class Change>
mistake in_body(cause why, ticket from, Change change) {
  from.body = change(from.body);
  return {why, std::move(from)};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

using json = nlohmann::ordered_json;

/// Mistakes that a signature proves: each made on a delivery that its sender has signed.
std::vector<mistake> proven_mistakes() {
  const std::string latin = R"({"event":"credit.disbursed","data":{"id":"Mu)"
                            "\xc3\xb1"
                            R"(oz"}})";
  const std::string lines = "{\n  \"event\": \"credit.disbursed\",\n  \"data\": {\n    \"amount\": 5000.10\n  }\n}";
  std::vector<mistake> list;
  const auto add = [&](cause why, const ticket& from, auto change, std::string what = {}) {
    list.push_back({why, changed(from, change), std::move(what)});
  };
  const auto body = [&](cause why, const ticket& from, auto change, std::string what = {}) {
    add(why, from, [&](ticket& t) { t.body = change(t.body); }, std::move(what));
  };

  // Nothing, or nothing but the clock, the scheme, the secret.
  add(cause::verified, akua(), [](ticket&) {}, "secret 1 of 1");
  add(cause::verified, kuenta(), [](ticket&) {}, "Kuenta");
  add(cause::verified, asymmetric(), [](ticket&) {}, "v1a");
  add(
      cause::another_scheme, kuenta(), [](ticket& t) { t.options.expected = signature_scheme::svix_v1; },
      "not as Svix");
  add(
      cause::another_scheme, akua(), [](ticket& t) { t.options.expected = signature_scheme::hex_hmac; },
      "not as the hexadecimal MAC");
  add(
      cause::another_secret, akua(),
      [](ticket& t) {
        t.secrets.insert(t.secrets.begin(), std::string{other_secret});
        t.options.in_use = 1;
      },
      "secret 2 of 2");
  add(cause::sent_too_long_ago, akua(), [](ticket& t) { t.options.now += 301s; }, "sent 301 s before");
  add(cause::sent_in_the_future, akua(), [](ticket& t) { t.options.now -= 3600s; }, "sent 3600 s after");
  add(cause::sent_too_long_ago, akua(), [](ticket& t) { t.options.now += 27h; }, "sent 97200 s (27 hours) before");
  add(cause::sent_in_the_future, akua(), [](ticket& t) { t.options.now -= 49h; }, "sent 176400 s (2 days) after");

  // The body.
  body(cause::newline_added, akua(), [](const auto& b) { return b + "\n"; });
  body(cause::newline_added, kuenta(), [](const auto& b) { return b + "\r\n"; });
  body(cause::newline_added, kuenta(), [](const auto& b) { return "  " + b + " \n"; }, "white space");
  body(cause::newline_cut, akua(akua_body + "\n"), [](const auto& b) { return b.substr(0, b.size() - 1); });
  body(cause::newline_cut, akua(akua_body + "\r\n"), [](const auto& b) { return b.substr(0, b.size() - 2); });
  body(
      cause::line_endings_changed, kuenta(lines), [](const auto& b) { return replaced(b, "\n", "\r\n"); },
      "from LF to CRLF");
  body(
      cause::line_endings_changed, kuenta(replaced(lines, "\n", "\r\n")),
      [](const auto& b) { return replaced(b, "\r\n", "\n"); }, "from CRLF to LF");
  body(cause::byte_order_mark_added, akua(), [](const auto& b) { return "\xef\xbb\xbf" + b; });
  body(cause::byte_order_mark_cut, akua("\xef\xbb\xbf" + akua_body), [](const auto& b) { return b.substr(3); });
  body(cause::json_rewritten, akua(), [](const auto& b) { return json::parse(b).dump(2); }, "compact");
  body(
      cause::json_rewritten, akua(), [](const auto& b) { return json::parse(b).dump(-1, ' ', true); },
      "nothing but what must");
  body(
      cause::json_rewritten, akua(replaced(replaced(akua_body, "\":", "\": "), ",\"", ", \"")),
      [](const auto& b) { return json::parse(b).dump(); }, "with a blank behind");
  body(
      cause::json_rewritten, kuenta(replaced(lines, "5000.10", "7")),
      [](const auto& b) { return json::parse(b).dump(); }, "indented by 2 blanks");
  body(
      cause::json_rewritten, kuenta(json::parse(akua_body).dump(4)),
      [](const auto& b) { return json::parse(b).dump(); }, "indented by 4 blanks");
  body(
      cause::json_rewritten, kuenta(json::parse(akua_body).dump(1, '\t')),
      [](const auto& b) { return json::parse(b).dump(); }, "indented by tabs");
  body(
      cause::json_rewritten, kuenta(json::parse(akua_body).dump(-1, ' ', true)),
      [](const auto& b) { return json::parse(b).dump(); }, "not ASCII escaped");
  body(
      cause::json_rewritten, kuenta(replaced(json::parse(akua_body).dump(-1, ' ', true), "/", "\\/")),
      [](const auto& b) { return json::parse(b).dump(); }, "slashes escaped");
  body(
      cause::json_rewritten, kuenta(replaced(replaced(akua_body, "<", "\\u003c"), ">", "\\u003e")),
      [](const auto& b) { return json::parse(b).dump(); }, "HTML");
  body(cause::json_rewritten, kuenta(), [](const auto& b) { return json::parse(b).dump(); }, "two decimals");
  body(
      cause::json_rewritten, kuenta(replaced(kuenta_body, "app_1", "\xc3\xb1")),
      [](const auto& b) { return json::parse(b).dump(-1, ' ', true); }, "two decimals");
  body(cause::json_rewritten, asymmetric(), [](const auto& b) { return json::parse(b).dump(2); }, "compact");
  body(cause::keys_reordered, akua(), [](const auto& b) { return nlohmann::json::parse(b).dump(); }, "another order");
  body(cause::keys_reordered, kuenta(replaced(kuenta_body, "5000.10", "7")),
       [](const auto& b) { return nlohmann::json::parse(b).dump(4); });
  for (
      const std::string_view sent :
      {R"({"event":"kyc.validation_approved","timestamp":"2025-01-15T10:30:00Z","organizationId":"o","payload":)"
       R"({"validationId":"v","entityId":"e","entity":{"id":"e","externalId":"x","name":"n","type":"person"},"status":"approved"}})",
       R"({"event":"kyc.validation_created","timestamp":"2025-01-15T10:30:00Z","organizationId":"o","payload":)"
       R"({"id":"v","entityId":"e","organizationId":"o","status":"pending","decision":null}})"})
    body(
        cause::keys_reordered, kuenta(std::string{sent}), [](const auto& b) { return nlohmann::json::parse(b).dump(); },
        "than the sender documents");
  body(cause::keys_reordered, akua(R"({"type":"a.b","timestamp":"2025-01-15T10:30:00Z","data":{"a":1}})"),
       [](const auto& b) { return nlohmann::json::parse(b).dump(); });
  body(cause::body_in_event, akua(), [](const auto& b) {
    return json{{"body", b}, {"isBase64Encoded", false}, {"headers", {{"body", "x"}}}}.dump();
  });
  body(cause::body_in_event, kuenta(), [](const auto& b) {
    return json{{"isBase64Encoded", true}, {"body", sello::detail::diagnosis::base64_text(b)}, {"more", {1}}}.dump(2);
  });
  const std::string plane = "{\"event\":\"credit.disbursed\",\"data\":\"\xf0\x9f\x98\x80\xc3\xb1\"}";
  for (const bool big : {false, true}) {
    for (const bool marked : {false, true}) {
      body(
          cause::character_set_changed, kuenta(plane),
          [&](const auto& b) {
            std::u16string units = marked ? u"\ufeff" : u"";
            units.append(b.begin(), std::find(b.begin(), b.end(), '\xf0')).append(u"\U0001f600\u00f1\"}");
            std::string bytes;
            for (const char16_t unit : units) {
              bytes += static_cast<char>(big ? unit >> 8U : unit & 0xffU);
              bytes += static_cast<char>(big ? unit & 0xffU : unit >> 8U);
            }
            return bytes;
          },
          "UTF-16");
    }
  }
  body(cause::body_quoted, akua(), [](const auto& b) { return json(b).dump(); });
  body(cause::body_form_encoded, kuenta(), [](const auto& b) { return sello::detail::diagnosis::form_encode(b); });
  body(
      cause::body_form_encoded, kuenta(),
      [](const auto& b) { return "payload=" + sello::detail::diagnosis::form_encode(b); }, "value");
  body(
      cause::body_form_encoded, kuenta(), [](const auto& b) { return sello::detail::diagnosis::form_encode(b) + "="; },
      "form");
  body(cause::body_form_decoded, kuenta("payload=" + sello::detail::diagnosis::form_encode(kuenta_body)),
       [](const auto&) { return kuenta_body; });
  body(cause::body_in_base64, akua(), [](const auto& b) { return sello::detail::diagnosis::base64_text(b); });
  body(cause::body_out_of_base64, kuenta(sello::detail::diagnosis::base64_text(kuenta_body)),
       [](const auto&) { return kuenta_body; });
  body(
      cause::character_set_changed, kuenta(latin),
      [](const auto& b) { return replaced(b, "\xc3\xb1", "\xc3\x83\xc2\xb1"); }, "made UTF-8");
  body(
      cause::character_set_changed, kuenta(latin), [](const auto& b) { return replaced(b, "\xc3\xb1", "\xf1"); },
      "made Latin-1");

  body(
      cause::newline_added, kuenta(kuenta_body + " "), [](const auto& b) { return b + "\r\n"; },
      "a line break was added");
  body(cause::line_endings_changed, kuenta("a\rb\nc"), [](const auto& b) { return replaced(b, "\n", "\r\n"); });
  body(cause::json_rewritten,
       kuenta(R"({"name":")"
              "\xf0\x9f\x98\x80"
              R"("})"),
       [](const auto& b) { return json::parse(b).dump(-1, ' ', true); });
  body(cause::json_rewritten, kuenta("{\n  \"a\": {},\n  \"b\": []\n}"),
       [](const auto& b) { return json::parse(b).dump(); });
  body(cause::json_rewritten, kuenta(), [](const auto& b) { return "\xef\xbb\xbf" + replaced(b, ",", ", "); });

  // The secret.
  add(cause::secret_untrimmed, kuenta(), [](ticket& t) { t.secrets = {std::string{text_secret} + "\n"}; });
  add(cause::secret_untrimmed, akua(), [](ticket& t) { t.secrets = {'"' + std::string{akua_secret} + '"'}; });
  add(cause::secret_untrimmed, akua(), [](ticket& t) { t.secrets = {replaced(std::string{akua_secret}, "_", "\\_")}; });
  for (const std::string_view before : {"whsec_", "v1,"})
    add(cause::secret_untrimmed, akua(), [&](ticket& t) { t.secrets = {std::string{before}.append(akua_secret)}; });
  add(cause::secret_line_break, kuenta(),
      [](ticket& t) { t.value("X-Webhook-Signature") = hex_of(std::string{text_secret} + "\n", t.body); });
  add(cause::secret_prefix, kuenta(kuenta_body, "whsec_tu-secreto"), [](ticket& t) { t.secrets = {"tu-secreto"}; });
  add(cause::secret_prefix, kuenta(kuenta_body, "tu-secreto"), [](ticket& t) { t.secrets = {"whsec_tu-secreto"}; });
  add(cause::secret_as_text, akua(),
      [](ticket& t) { t.value("svix-signature") = list_of(akua_secret, svix_content(t.body)); });
  add(
      cause::secret_as_text, akua(),
      [](ticket& t) { t.value("svix-signature") = list_of(akua_secret.substr(6), svix_content(t.body)); }, "behind");
  add(
      cause::secret_prefix, akua(),
      [](ticket& t) {
        const auto key = sello::detail::diagnosis::base64_bytes(akua_secret).value();
        t.value("svix-signature") = list_of(key, svix_content(t.body));
      },
      "decoded with");
  add(cause::secret_as_base64, kuenta(kuenta_body, "c2VjcmV0by1kZS1rdWVudGE="),
      [](ticket& t) { t.value("X-Webhook-Signature") = hex_of("secreto-de-kuenta", t.body); });
  add(cause::secret_as_hex, kuenta(kuenta_body, "7365637265746f2d6465"),
      [](ticket& t) { t.value("X-Webhook-Signature") = hex_of("secreto-de", t.body); });
  add(cause::secret_encoded, kuenta(kuenta_body, "c2VjcmV0by1kZS1rdWVudGE="),
      [](ticket& t) { t.secrets = {"secreto-de-kuenta"}; });
  add(cause::secrets_joined, kuenta(), [](ticket& t) { t.secrets = {"otro-secreto," + std::string{text_secret}}; });
  add(cause::secrets_joined, akua(),
      [](ticket& t) { t.secrets = {std::string{other_secret} + ' ' + std::string{akua_secret}}; });
  add(
      cause::secret_refused, kuenta(),
      [](ticket& t) {
        t.secrets = {"corto"};
        t.value("X-Webhook-Signature") = hex_of("corto", t.body);
      },
      "5 bytes");

  // The headers.
  add(cause::headers_renamed, akua(), [](ticket& t) {
    for (auto& line : t.headers) line.first = "HTTP_" + replaced(line.first, "-", "_");
  });
  add(cause::headers_renamed, akua(), [](ticket& t) {
    for (auto& line : t.headers) line.first = "X-Original-" + line.first;
  });
  add(cause::headers_renamed, akua(), [](ticket& t) {
    for (auto& line : t.headers) line.first = replaced(line.first, "-", "_");
  });
  add(cause::headers_renamed, kuenta(), [](ticket& t) { t.rename("X-Webhook-Signature", "x_webhook_signature"); });
  add(cause::headers_renamed, kuenta(), [](ticket& t) { t.rename("X-Webhook-Signature", "http_x_webhook_signature"); });
  add(cause::time_in_milliseconds, akua(), [](ticket& t) { t.value("svix-timestamp") += "000"; }, "has milliseconds");
  add(
      cause::time_in_milliseconds, akua(),
      [](ticket& t) {
        t.value("svix-timestamp") += "123";
        t.value("svix-signature") = list_of(akua_key(), t.headers[0].second + '.' + t.headers[1].second + '.' + t.body);
      },
      "is right");
  add(
      cause::time_in_milliseconds, akua(),
      [](ticket& t) {
        t.value("svix-signature") =
            list_of(akua_key(), t.headers[0].second + '.' + t.headers[1].second + "000." + t.body);
      },
      "has seconds");
  add(
      cause::time_changed, akua(),
      [](ticket& t) {
        t.headers.emplace_back("X-Original-Svix-Timestamp", t.value("svix-timestamp"));
        t.value("svix-timestamp") = "1614265999";
      },
      "X-Original-Svix-Timestamp");
  add(cause::time_changed, akua(), [](ticket& t) { t.value("svix-timestamp") = "1614265340"; }, "10 s earlier");
  add(cause::time_changed, akua(), [](ticket& t) { t.value("svix-timestamp") = "1614254530"; }, "10800 s later");
  add(
      cause::time_elsewhere, akua(), [](ticket& t) { t.rename("svix-timestamp", "X-Sent"); },
      "X-Sent, and svix-timestamp is missing");
  add(
      cause::id_changed, akua(),
      [](ticket& t) {
        t.headers.emplace_back("X-Original-Svix-Id", t.value("svix-id"));
        t.value("svix-id") = "req_1";
      },
      "X-Original-Svix-Id, not in svix-id");
  add(cause::id_changed, akua(), [](ticket& t) { t.value("svix-id") = t.value("svix-id").substr(4); }, "msg_");
  add(cause::id_changed, akua(), [](ticket& t) { t.value("svix-id") = '"' + t.value("svix-id") + '"'; }, "quotes");
  add(cause::id_elsewhere, akua(), [](ticket& t) { t.rename("svix-id", "X-Request-Id"); });
  add(
      cause::id_elsewhere, akua(),
      [](ticket& t) {
        t.rename("svix-id", "X-Message");
        t.rename("svix-timestamp", "X-Message-Time");
      },
      "X-Message, and svix-id is missing, and the time");
  add(cause::header_repeated, akua(), [](ticket& t) { t.headers.emplace_back("Svix-Id", "msg_other"); });
  add(cause::header_repeated, akua(), [](ticket& t) { t.value("svix-timestamp").insert(0, "1614265331, "); });
  add(cause::families_mixed, akua(), [](ticket& t) { t.rename("svix-id", "webhook-id"); });
  add(
      cause::signed_otherwise, akua(), [](ticket& t) { t.value("svix-signature") = list_of(akua_key(), t.body); },
      "alone");
  add(
      cause::signed_otherwise, kuenta(),
      [](ticket& t) {
        t.headers.emplace_back("X-Webhook-Timestamp", "1614265330");
        t.value("X-Webhook-Signature") = hex_of(text_secret, "1614265330." + t.body);
      },
      "a time was signed");
  add(
      cause::header_refused, akua(),
      [](ticket& t) {
        t.value("svix-id") = "msg.1";
        t.value("svix-signature") = list_of(akua_key(), "msg.1." + t.headers[1].second + '.' + t.body);
      },
      "svix-id");

  // The signature.
  add(cause::signature_prefixed, kuenta(), [](ticket& t) { t.value("X-Webhook-Signature").insert(0, "sha256="); });
  add(cause::signature_hex, akua(),
      [](ticket& t) { t.value("svix-signature") = "v1," + hex_of(akua_key(), svix_content(t.body)); });
  add(cause::signature_base64, kuenta(),
      [](ticket& t) { t.value("X-Webhook-Signature") = sello::detail::to_base64(mac_of(text_secret, t.body)); });
  add(cause::signature_altered, akua(), [](ticket& t) { t.value("svix-signature").pop_back(); });
  add(cause::signature_altered, akua(), [](ticket& t) {
    t.value("svix-signature") = replaced(replaced(t.value("svix-signature"), "+", "-"), "/", "_");
    t.value("svix-signature").pop_back();
  });
  add(cause::signature_altered, akua(), [](ticket& t) {
    t.value("svix-signature") = replaced(replaced(t.value("svix-signature"), "+", "%2B"), "=", "%3D");
  });
  add(cause::signature_altered, akua(std::string{known_answer::body}),
      [](ticket& t) { t.value("svix-signature") = replaced(t.value("svix-signature"), "+", " "); });
  add(cause::signature_altered, kuenta(), [](ticket& t) {
    t.value("X-Webhook-Signature") = sello::detail::diagnosis::base64_text(t.value("X-Webhook-Signature"));
  });
  add(cause::signature_cut, kuenta(), [](ticket& t) { t.value("X-Webhook-Signature").resize(40); });
  add(cause::signature_cut, akua(), [](ticket& t) { t.value("svix-signature").resize(31); });
  add(cause::signature_version, akua(), [](ticket& t) { t.value("svix-signature").erase(0, 3); });
  add(cause::signature_version, akua(), [](ticket& t) { t.value("svix-signature")[0] = 'V'; });
  add(cause::signature_elsewhere, kuenta(), [](ticket& t) { t.rename("X-Webhook-Signature", "X-Firma"); }, "X-Firma");
  add(
      cause::signature_elsewhere, kuenta(), [](ticket& t) { t.rename("X-Webhook-Signature", "X-Firma"); },
      "set the verifier's signature_header");
  add(
      cause::signature_elsewhere, akua(), [](ticket& t) { t.rename("svix-signature", "webhook-signature"); },
      "under their names, which are fixed");
  return list;
}

/// Faults that are seen where nothing is proven.
std::vector<mistake> seen_mistakes() {
  std::vector<mistake> list;
  const auto add = [&](cause why, const ticket& from, auto change, std::string what = {}) {
    list.push_back({why, changed(from, change), std::move(what)});
  };
  add(
      cause::another_scheme, kuenta(),
      [](ticket& t) {
        t.options.expected = signature_scheme::svix_v1;
        t.secrets = {"otro-secreto"};
      },
      "look like those of the hexadecimal MAC");
  add(cause::body_empty, akua(), [](ticket& t) { t.body.clear(); });
  add(
      cause::body_of_another_size, akua(),
      [](ticket& t) {
        t.headers.emplace_back("Content-Length", std::to_string(t.body.size()));
        t.body.resize(50);
      },
      "the body has 50 bytes");
  add(cause::body_compressed, akua(), [](ticket& t) { t.body = "\x1f\x8b\x08" + t.body; });
  add(cause::header_missing, akua(), [](ticket& t) { t.headers.erase(t.headers.begin()); }, "svix-id is missing");
  add(cause::signature_asymmetric, asymmetric(), [](ticket& t) { t.secrets = {std::string{akua_secret}}; });
  add(cause::signature_missing, kuenta(), [](ticket& t) { t.headers = {{"Content-Type", "application/json"}}; });
  add(cause::secret_refused, akua(), [](ticket& t) { t.secrets = {"${AKUA_SECRET}"}; }, "secret 1 of 1 is refused");
  add(cause::secret_refused, akua(), [](ticket& t) { t.secrets.clear(); }, "no secret was given");
  add(
      cause::headers_renamed, akua(),
      [](ticket& t) {
        for (auto& line : t.headers) line.first = replaced(line.first, "-", "_");
        t.body[10] ^= 1;
      },
      "the names of the headers were changed");
  add(cause::nothing_fits, akua(), [](ticket& t) { t.body[10] ^= 1; }, "combinations");
  add(cause::nothing_fits, akua(), [](ticket& t) { t.body[10] ^= 1; }, "most often it was signed with a secret");
  add(cause::nothing_fits, kuenta(), [](ticket& t) { t.secrets = {"otro-secreto"}; });
  add(cause::nothing_fits, kuenta(R"({"a":1})"), [](ticket& t) { t.body = R"({"a": 1} x)"; });
  add(cause::nothing_fits, asymmetric(), [](ticket& t) { t.body[10] ^= 1; });
  return list;
}

}  // namespace

TEST_CASE("each usual mistake is found, first of all and alone") {
  for (const mistake& made : proven_mistakes()) {
    const auto found = diagnosed(made.of);
    INFO(to_string(made.why) << " expected; found " << to_string(found[0].cause) << ": " << found[0].text);
    CHECK(found[0].cause == made.why);
    CHECK(found[0].proven);
    CHECK(found[0].also.empty());
    CHECK(found[0].text.find(made.what) != std::string::npos);
  }
}

TEST_CASE("faults that no signature proves are said where they are seen") {
  for (const mistake& made : seen_mistakes()) {
    const auto found = diagnosed(made.of);
    INFO(to_string(made.why) << " expected; found " << to_string(found[0].cause) << ": " << found[0].text);
    CHECK(found[0].cause == made.why);
    CHECK_FALSE(found[0].proven);
    CHECK(found[0].text.find(made.what) != std::string::npos);
  }
}

TEST_CASE("no cause is without a mistake that makes it") {
  std::vector<cause> all;
  for (const mistake& made : proven_mistakes()) all.push_back(made.why);
  for (const mistake& made : seen_mistakes()) all.push_back(made.why);
  for (unsigned i = 0; i <= static_cast<unsigned>(cause::nothing_fits); ++i) {
    const auto why = static_cast<cause>(i);
    INFO(to_string(why));
    CHECK(std::find(all.begin(), all.end(), why) != all.end());
  }
  CHECK(to_string(static_cast<cause>(255)) == "unknown");
}

TEST_CASE("a delivery that verifies is said to with each secret that did, by its name") {
  ticket rotated = akua();
  rotated.secrets = {std::string{other_secret}, std::string{akua_secret}};
  rotated.value("svix-signature")
      .append(" ")
      .append(list_of(std::string{"\xa6\x52\x77\x9e\x6c\x82\x0c\x60\x4a\x22\x76\xaf\x74\xe2\xb5\xe6\x3b\x25", 18},
                      svix_content(rotated.body)));
  const auto both = diagnosed(rotated);
  REQUIRE(both.size() == 2);
  CHECK(both[0].secret == 1);
  CHECK(both[1].secret == 2);
  CHECK(both[1].text.find("secret 2 of 2") != std::string::npos);

  const ticket one = akua();
  const auto named = sello::diagnose(one.headers, one.body, {{akua_secret, sello::called{"previous"}}}, one.options);
  CHECK(named[0].text.find("(secret 1 of 1, \"previous\")") != std::string::npos);
}

TEST_CASE("the window is the endpoint's, both ways and inclusive") {
  ticket one = akua();
  for (const auto age : {300s, -300s}) {
    one.options.now = known_answer::now + age;
    CHECK(diagnosed(one)[0].cause == cause::verified);
  }
  one.options.now = known_answer::now - 301s;
  CHECK(diagnosed(one)[0].cause == cause::sent_in_the_future);
  one.options.tolerance = 400s;
  CHECK(diagnosed(one)[0].cause == cause::verified);
}

TEST_CASE("a clock is said beside another scheme, another secret and other names") {
  ticket one = akua();
  one.options.now += 1h;
  one.options.expected = signature_scheme::hex_hmac;
  CHECK(diagnosed(one)[0].also == std::vector{cause::sent_too_long_ago});
  CHECK(diagnosed(one)[0].text.find("besides, it was sent 3600 s before it came") != std::string::npos);
  one.options.expected = signature_scheme::svix_v1;
  one.options.in_use = 0;
  CHECK(diagnosed(one)[0].also == std::vector{cause::sent_too_long_ago});
  one.options.in_use = 1;
  for (auto& line : one.headers) line.first.insert(0, "X-");
  const auto renamed = diagnosed(one);
  CHECK(renamed[0].cause == cause::headers_renamed);
  CHECK(renamed[0].also == std::vector{cause::sent_too_long_ago});
}

TEST_CASE("secrets come as one text, a list, or any range, and headers in every form") {
  const ticket one = akua();
  const auto is_verified = [](const std::vector<sello::finding>& found) { return found[0].cause == cause::verified; };
  CHECK(is_verified(sello::diagnose(one.headers, one.body, akua_secret, one.options)));
  CHECK(is_verified(sello::diagnose(one.headers, one.body, {akua_secret, other_secret}, one.options)));
  const std::vector<sello::named_secret> named{{akua_secret, sello::called{"current"}}};
  CHECK(is_verified(sello::diagnose(one.headers, one.body, named, one.options)));
  const std::multimap<std::string, std::string> map{one.headers.begin(), one.headers.end()};
  CHECK(is_verified(sello::diagnose(map, one.body, one.secrets, one.options)));
  const auto lookup = [&](std::string_view name) -> std::optional<std::string_view> {
    const auto at = map.find(std::string{name});
    if (at == map.end()) return std::nullopt;
    return at->second;
  };
  CHECK(is_verified(sello::diagnose(lookup, one.body, one.secrets, one.options)));

  ticket two = kuenta();
  two.rename("X-Webhook-Signature", "X-Firma");
  two.options.signature_header = "X-Firma";
  CHECK(diagnosed(two)[0].cause == cause::verified);
  const auto ask = [&](std::string_view name) -> std::optional<std::string_view> {
    if (name == "X-Firma") return two.headers[0].second;
    return std::nullopt;
  };
  CHECK(is_verified(sello::diagnose(ask, two.body, two.secrets, two.options)));
}

TEST_CASE("two mistakes together are found, and both are said") {
  const auto causes = [](const ticket& of) {
    const auto found = diagnosed(of);
    CHECK(found[0].proven);
    auto all = found[0].also;
    all.insert(all.begin(), found[0].cause);
    return all;
  };
  const auto with = [&](ticket of, auto change) { return causes(changed(std::move(of), change)); };
  CHECK(with(kuenta(), [](ticket& t) {
          t.secrets = {std::string{text_secret} + "\n"};
          t.body += "\n";
        }) == std::vector{cause::secret_untrimmed, cause::newline_added});
  CHECK(with(akua(), [](ticket& t) {
          t.rename("svix-id", "X-Request-Id");
          t.body = json::parse(t.body).dump(2);
        }) == std::vector{cause::id_elsewhere, cause::json_rewritten});
  CHECK(with(akua(), [](ticket& t) {
          t.rename("svix-id", "X-Request-Id");
          t.value("svix-timestamp") += "000";
        }) == std::vector{cause::id_elsewhere, cause::time_in_milliseconds});
  CHECK(with(akua(akua_body + "\n"), [](ticket& t) { t.body = json::parse(t.body).dump(2); }) ==
        std::vector{cause::newline_cut, cause::json_rewritten});
  CHECK(with(akua(), [](ticket& t) { t.body = sello::detail::diagnosis::base64_text(t.body + "\n"); }) ==
        std::vector{cause::newline_added, cause::body_in_base64});
  CHECK(with(kuenta(), [](ticket& t) {
          t.rename("X-Webhook-Signature", "X-Hub-Signature-256");
          t.value("X-Hub-Signature-256").insert(0, "sha256=");
        }) == std::vector{cause::signature_elsewhere, cause::signature_prefixed});
  CHECK(with(akua(), [](ticket& t) {
          for (auto& line : t.headers) line.first.insert(0, "X-Original-");
          t.body += "\n";
        }) == std::vector{cause::headers_renamed, cause::newline_added});
  CHECK(with(akua(replaced(json::parse(akua_body).dump(2), "\n", "\r\n")), [](ticket& t) {
          t.body = json::parse(t.body).dump();
        }) == std::vector{cause::line_endings_changed, cause::json_rewritten});
  CHECK(with(kuenta(), [](ticket& t) {
          t.options.expected = signature_scheme::svix_v1;
          t.body += "\n";
        }) == std::vector{cause::another_scheme, cause::newline_added});
  CHECK(with(akua(), [](ticket& t) {
          t.options.expected = signature_scheme::hex_hmac;
          t.body += "\n";
        }) == std::vector{cause::another_scheme, cause::newline_added});
}

TEST_CASE("a clock that is off is said beside what the search has found") {
  ticket one = akua();
  one.body += "\n";
  one.options.now += 1h;
  const auto late = diagnosed(one);
  CHECK(late[0].cause == cause::newline_added);
  CHECK(late[0].also == std::vector{cause::sent_too_long_ago});
  CHECK(late[0].text.find("sent 3600 s before") != std::string::npos);
  one.options.now -= 2h;
  const auto early = diagnosed(one);
  CHECK(early[0].also == std::vector{cause::sent_in_the_future});
  CHECK(early[0].text.find("sent 3600 s after") != std::string::npos);
  one = kuenta();
  one.headers.emplace_back("svix-timestamp", "1");
  one.body += "\n";
  CHECK(diagnosed(one)[0].also.empty());
}

TEST_CASE("with several secrets the right one is named, and the others do not hide the mistake") {
  ticket one = akua();
  one.body += "\n";
  one.secrets = {std::string{other_secret}, std::string{text_secret}, std::string{akua_secret}};
  const auto found = diagnosed(one);
  REQUIRE(found.size() == 1);
  CHECK(found[0].cause == cause::newline_added);
  CHECK(found[0].secret == 3);
  CHECK(found[0].text.find("(secret 3 of 3)") != std::string::npos);

  ticket two = kuenta();
  two.body += "\n";
  two.secrets = {"otro-secreto," + std::string{text_secret}, std::string{text_secret}};
  const auto second = diagnosed(two);
  CHECK(second[0].cause == cause::newline_added);
  CHECK(second[0].also.empty());
  CHECK(second[0].secret == 2);
}

TEST_CASE("of several schemes the one that needs the fewest mistakes explains it") {
  ticket one = akua();
  one.headers.emplace_back("X-Webhook-Signature", std::string(64, '0'));
  one.body += "\n";
  const auto found = diagnosed(one);
  CHECK(found[0].cause == cause::newline_added);
  CHECK(found[0].also.empty());
}

TEST_CASE("what else is wrong with a header is said with the verifier's words") {
  ticket one = akua();
  one.value("svix-timestamp") = "01614265330";
  one.value("svix-signature") = list_of(akua_key(), one.headers[0].second + ".01614265330." + one.body);
  CHECK(diagnosed(one)[0].cause == cause::time_in_milliseconds);
}

TEST_CASE("of Gu1 the names that only end as a family's are left alone") {
  ticket one = kuenta();
  one.headers.emplace_back("X-Webhook-ID", "550e8400-e29b-41d4-a716-446655440000");
  one.headers.emplace_back("X-Webhook-Timestamp", "2025-01-15T10:30:00.000Z");
  one.headers.emplace_back("X-Webhook-Event", "kyc.validation_approved");
  CHECK(diagnosed(one)[0].cause == cause::verified);
  one.body += "\n";
  one.headers.emplace_back("webhook-attempt", "1");
  const auto found = diagnosed(one);
  CHECK(found[0].cause == cause::newline_added);
  CHECK(found[0].also.empty());
}

TEST_CASE("no sentence has a secret in it, whatever a secret or a header is called") {
  ticket one = akua();
  one.body += "\n";
  const auto found = sello::diagnose(one.headers, one.body, {{akua_secret, sello::called{akua_secret}}}, one.options);
  CHECK(found[0].text.find(akua_secret) == std::string::npos);
  CHECK(found[0].text.find("(secret 1 of 1)") != std::string::npos);
  const auto behind =
      sello::diagnose(one.headers, one.body, {{akua_secret, sello::called{akua_secret.substr(6)}}}, one.options);
  CHECK(behind[0].text.find(akua_secret.substr(6)) == std::string::npos);
  const auto part = sello::diagnose(one.headers, one.body, {{"corto", sello::called{"es corto"}}}, one.options);
  for (const auto& each : part) CHECK(each.text.find("corto") == std::string::npos);

  const auto among = sello::diagnose(
      one.headers, one.body, {{akua_secret, sello::called{std::string{"my "}.append(akua_secret.substr(20, 8))}}},
      one.options);
  CHECK(among[0].text.find(akua_secret.substr(20, 8)) == std::string::npos);

  ticket usual = kuenta();  // its secret has the "-webhook" of the header's name in it
  usual.rename("X-Webhook-Signature", "x-firma");
  usual.options.signature_header = "x-webhook-signature";
  CHECK(diagnosed(usual)[0].text.find("not in x-webhook-signature") != std::string::npos);

  ticket two = kuenta();
  const std::string mac = two.value("X-Webhook-Signature");
  two.rename("X-Webhook-Signature", mac);
  const auto strange = diagnosed(two);
  CHECK(strange[0].cause == cause::signature_elsewhere);
  CHECK(strange[0].text.find(mac.substr(0, 16)) == std::string::npos);
  two.rename(mac, "X-\x1b[31m\n");
  CHECK(diagnosed(two)[0].text.find("X-\\x1b[31m\\x0a") != std::string::npos);
}

TEST_CASE("the budget bounds what is tried, and what is left out is said") {
  ticket one = akua();
  one.body[10] ^= 1;
  const auto whole = diagnosed(one);
  CHECK(whole.back().text.find("left out") == std::string::npos);
  one.options.budget = 20'000;
  CHECK(diagnosed(one).back().text.find("more were left out by the budget") != std::string::npos);
  one.options.budget = 200'000;  // enough for all bodies, not for all that is tried on them
  CHECK(diagnosed(one).back().text.find("more were left out by the budget") != std::string::npos);
  one.options.budget = 0;
  const std::string none = diagnosed(one).back().text;
  CHECK(none.find("; 0 combinations") != std::string::npos);
  CHECK(none.find("and 1 of the body") != std::string::npos);
}

TEST_CASE("the budget bounds what it takes to make the bodies, too") {
  const auto made_of = [](std::string_view character) {
    ticket one = akua();
    one.body = "{\"a\":\"";
    while (one.body.size() < 200'000) one.body += character;
    one.body += "\"}";
    one.options.budget = std::size_t{64} << 20U;
    const std::string text = diagnosed(one).back().text;
    const std::size_t end = text.find(" of the body were tried");
    REQUIRE(end != std::string::npos);
    return std::stoi(text.substr(text.rfind(' ', end - 1)));
  };
  CHECK(made_of("\\n") + 5 < made_of("xx"));  // escapes are read one by one
}

TEST_CASE("hostile input is diagnosed like any other") {
  const std::vector<std::string> parts{"{",
                                       "}",
                                       "[",
                                       "]",
                                       "\"",
                                       "\\",
                                       "\\u",
                                       "\\ud83d",
                                       ":",
                                       ",",
                                       "1e999",
                                       "null",
                                       "\xff",
                                       "\xc3",
                                       "%",
                                       "%7",
                                       "%7B",
                                       "=",
                                       "\n",
                                       "\r",
                                       "v1,",
                                       "sha256=",
                                       "t=1",
                                       "whsec_",
                                       std::string(1, '\0'),
                                       "svix-id",
                                       "1614265330",
                                       "2024-03-20T10:00:00Z",
                                       "99999999999999999999",
                                       "msg_1",
                                       std::string(70, '['),
                                       std::string(64, 'a'),
                                       std::string(43, 'A') + "=",
                                       std::string(40, '9'),
                                       "\xef\xbb\xbf"};
  const std::vector<std::string> names{
      "svix-id",      "svix-timestamp",      "svix-signature", "webhook-id", "webhook-timestamp",
      "X-Request-Id", "X-Webhook-Signature", "X-Time",         "",           "Content-Length"};
  std::mt19937 random{14};
  const auto pick = [&](const auto& from) -> const std::string& { return from[random() % from.size()]; };
  const auto text = [&](std::size_t most) {
    std::string made;
    for (std::size_t count = random() % (most + 1); count > 0; --count) made += pick(parts);
    return made;
  };
  for (int round = 0; round < 300; ++round) {
    ticket one{{}, text(12), {}};
    for (std::size_t count = random() % 8; count > 0; --count) one.headers.emplace_back(pick(names), text(4));
    for (std::size_t count = random() % 3; count > 0; --count) one.secrets.push_back(text(3));
    one.options.budget = 100'000;
    diagnosed(one);
  }
}

TEST_CASE("headers without end and bodies of the worst form are bounded") {
  ticket one = akua();
  one.body = '{' + one.body;
  one.headers.insert(one.headers.begin(), 100'000, {"X-Request-Id", std::string(100, 'i')});
  one.options.budget = std::size_t{1} << 22U;
  CHECK(diagnosed(one)[0].cause == cause::signature_missing);
  ticket deep = kuenta();
  deep.body = std::string(100'000, '[');
  CHECK(diagnosed(deep).back().cause == cause::nothing_fits);
  deep.body = std::string(64, '[') + '1' + std::string(64, ']');
  CHECK(diagnosed(deep).back().cause == cause::nothing_fits);
  deep.body += ']';
  CHECK(diagnosed(deep).back().cause == cause::nothing_fits);
  deep.body = std::string(200'000, '[') + std::string(200'000, ']');
  deep.options.budget = std::size_t{1} << 26U;
  CHECK(diagnosed(deep).back().cause == cause::nothing_fits);

  ticket wide = kuenta();
  wide.body = std::string(60, '[') + "0";
  for (int i = 0; i < 500; ++i) wide.body += ",0";
  wide.body += std::string(60, ']');
  CHECK(diagnosed(wide).back().text.find("more were left out") != std::string::npos);
}
