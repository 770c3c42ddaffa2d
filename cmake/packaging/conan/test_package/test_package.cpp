// SPDX-License-Identifier: MIT
// Uses both wings: OpenSSL to sign and to verify, JSON to decode.
#include <string>

#include <sello/sello.hpp>

int main() {
  namespace akua = sello::akua;
  const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const std::string body = R"({"type":"merchant.created","data":{"merchant_id":"mer-1"}})";

  std::string merchant;
  sello::router router;
  router.on<akua::merchant_created>([&merchant](const auto& event) { merchant = event.data.merchant_id; });
  const sello::receiver receiver{akua::verifier{secret}, router};

  const auto headers = sello::signer<sello::svix_v1>{secret}.sign(body);
  const bool received = receiver.receive(headers, body).status == 200 && merchant == "mer-1";
  const bool refused = receiver.receive(headers, body + " ").status == 401;
  return received && refused ? 0 : 1;
}
