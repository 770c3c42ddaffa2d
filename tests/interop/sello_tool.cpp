// SPDX-License-Identifier: MIT
// sello as a process that other languages can talk to: a JSON object a line in, a JSON object a line out.
//
//   {"op": "verify", "scheme": "svix_v1", "secret": "…", "headers": [["name", "value"]], "body_b64": "…", "now": 0}
//     -> {"verdict": "ok"}, or {"verdict": "missing_header", "where": "svix-id"}
//   {"op": "sign", "scheme": "svix_v1", "secret": "…", "id": "…", "sent_at": 0, "body_b64": "…"}
//     -> {"headers": [["name", "value"]]}
#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <sello/verify/gu1_hmac.hpp>
#include <sello/verify/hex_hmac.hpp>
#include <sello/verify/signer.hpp>
#include <sello/verify/svix_v1.hpp>
#include <sello/verify/svix_v1a.hpp>
#include <sello/verify/verifier.hpp>

#include "support/base64.hpp"

using nlohmann::json;

namespace {

[[nodiscard]] std::chrono::system_clock::time_point time_in(const json& question, const char* key) {
  return std::chrono::system_clock::time_point{std::chrono::seconds{question.value(key, std::int64_t{0})}};
}

template <class Scheme>
[[nodiscard]] json verify(const json& question, std::string_view body) {
  const auto verifier = sello::verifier<Scheme>::create(question.at("secret").get_ref<const std::string&>());
  if (!verifier) return {{"verdict", to_string(verifier.error().code)}, {"where", verifier.error().where}};
  const auto headers = question.at("headers").get<sello::header_list>();
  const auto delivery = verifier->verify(headers, body, time_in(question, "now"));
  if (!delivery) return {{"verdict", to_string(delivery.error().code)}, {"where", delivery.error().where}};
  return {{"verdict", "ok"}};
}

template <class Scheme>
[[nodiscard]] json sign(const json& question, std::string_view body) {
  const sello::signer<Scheme> signer{question.at("secret").get_ref<const std::string&>()};
  const std::string id = question.value("id", "");
  return {{"headers", signer.sign(body, {.id = id, .sent_at = time_in(question, "sent_at")})}};
}

template <class Scheme>
[[nodiscard]] json answer(const json& question) {
  const std::string body = read_base64(question.at("body_b64").get_ref<const std::string&>());
  return question.at("op") == "sign" ? sign<Scheme>(question, body) : verify<Scheme>(question, body);
}

[[nodiscard]] json answer_to(const std::string& line) {
  try {
    const json question = json::parse(line);
    const std::string scheme = question.at("scheme");
    if (scheme == "svix_v1") return answer<sello::svix_v1>(question);
    if (scheme == "svix_v1a") return answer<sello::svix_v1a>(question);
    if (scheme == "gu1_hmac") return answer<sello::gu1_hmac>(question);
    if (scheme == "hex_hmac") return answer<sello::hex_hmac>(question);
    return {{"failed", "unknown scheme"}};
  } catch (const std::exception& thrown) {
    return {{"failed", thrown.what()}};
  }
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) std::cout << answer_to(line).dump() << '\n';
}
