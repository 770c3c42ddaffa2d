// SPDX-License-Identifier: MIT
// Deliveries of the three senders as requests, as they stand on the wire.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <sello/sello.hpp>

using sello::header_list;

inline constexpr const char* kuenta_secret = "kuenta-secret";
inline constexpr const char* akua_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
inline constexpr const char* gu1_secret = "gu1-secret";

inline const sello::signer<sello::hex_hmac> kuenta{kuenta_secret};
inline const sello::signer<sello::svix_v1> akua{akua_secret};
inline const sello::signer<sello::gu1_hmac> gu1{gu1_secret};

inline const std::string disbursed =
    R"({"event":"credit.disbursed","data":{"id":"app_1","amount":5000.10},"timestamp":"2025-01-15T10:30:00Z"})";
inline const std::string cleared =
    R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-d07u8e218e1elk12b92g"}})";
inline const std::string rejected =
    R"({"event":"kyc.validation_rejected","timestamp":"2025-01-15T10:30:00Z","payload":{"validationId":"v-1","status":"rejected"}})";

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
inline request with_length(std::string path, header_list headers, std::string body, const header_list& more = {}) {
  headers.emplace_back("Content-Type", "application/json");
  headers.emplace_back("Content-Length", std::to_string(body.size()));
  headers.insert(headers.end(), more.begin(), more.end());
  return {.path = std::move(path), .headers = std::move(headers), .body = std::move(body)};
}

inline request from_akua(const header_list& more = {}) {
  return with_length("/webhooks/akua", akua.sign(cleared), cleared, more);
}
inline request from_kuenta() { return with_length("/webhooks/kuenta", kuenta.sign(disbursed), disbursed); }
inline request from_gu1() {
  return with_length("/webhooks/gu1", gu1.sign(rejected, {.type = "kyc.validation_rejected"}), rejected);
}
inline request from_akua_as(const std::string& id) {
  return with_length("/webhooks/akua", akua.sign(cleared, {.id = id}), cleared);
}
/// What the examples answer with 422: no retry mends it.
inline request never_wanted() {
  const std::string body = R"({"type":"merchant.created","data":{"merchant_id":"mer-1"}})";
  return with_length("/webhooks/akua", akua.sign(body), body);
}
inline request forged() { return with_length("/webhooks/akua", akua.sign(cleared), cleared + ' '); }

inline header_list renamed(header_list headers, int (*letter)(int)) {
  for (auto& [name, value] : headers) {
    for (char& c : name) c = static_cast<char>(letter(static_cast<unsigned char>(c)));
  }
  return headers;
}

inline std::string chunk(std::string_view bytes, std::string_view extension = "") {
  char size[17];
  *std::to_chars(size, size + 16, bytes.size(), 16).ptr = '\0';
  return size + std::string{extension} + "\r\n" + std::string{bytes} + "\r\n";
}

/// Akua's delivery, in chunks of that size.
inline request in_chunks(std::size_t size, std::string_view extension = "", std::string_view trailers = "") {
  request made{.headers = akua.sign(cleared)};
  made.headers.emplace_back("Transfer-Encoding", "chunked");
  for (std::size_t at = 0; at < cleared.size(); at += size)
    made.body += chunk(std::string_view{cleared}.substr(at, size), extension);
  made.body += "0\r\n" + std::string{trailers} + "\r\n";
  return made;
}

/// A gzip file that stores the text as it is.
inline std::string gzipped(std::string_view text) {
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
