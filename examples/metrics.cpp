// SPDX-License-Identifier: MIT
// Counts what becomes of deliveries, for Prometheus: ./metrics 9464, then curl http://127.0.0.1:9464/metrics. Without a port
// it prints what a scrape would get, and ends.
#include <iostream>
#include <memory>
#include <string>

#include <prometheus/exposer.h>
#include <prometheus/text_serializer.h>

#include <sello/observe/prometheus.hpp>
#include <sello/sello.hpp>

namespace akua = sello::akua;

int main(int argc, char** argv) try {
  const std::string port = argc > 1 ? argv[1] : "0";
  auto registry = std::make_shared<prometheus::Registry>();
  prometheus::Exposer exposer{"127.0.0.1:" + port};
  exposer.RegisterCollectable(registry);
  const sello::observe::prometheus metrics{registry};

  sello::router router;
  router.on<akua::payment_capture_cleared>([](const auto&) {});
  const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const sello::receiver receiver{akua::verifier{secret}, router, {.observer = metrics}};

  const std::string body = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-d07u8e218e1elk12b92g"}})";
  const auto headers = sello::signer<sello::svix_v1>{secret}.sign(body);
  const int good = receiver.receive(headers, body).status;
  const int forged = receiver.receive(headers, body + " ").status;

  const std::string text = prometheus::TextSerializer{}.Serialize(registry->Collect());
  std::cout << text;  // sello_deliveries_total{errc="none",outcome="handled",provider="akua"} 1 …
  if (argc > 1) std::cin.get();
  return good == 200 && forged == 401 && text.find("signature_mismatch") != text.npos ? 0 : 1;
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
