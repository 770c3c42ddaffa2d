// SPDX-License-Identifier: MIT
// Lists an organisation's webhooks at Kuenta, and makes one for the URL that it is given:
// KUENTA_API=https://… KUENTA_ORGANIZATION=… KUENTA_SECRET=… ./kuenta_subscriptions https://shop.example/webhooks/kuenta
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include <sello/kuenta/subscriptions.hpp>
#include <sello/kuenta/subscriptions/httplib.hpp>

namespace kuenta = sello::kuenta;

void print(const sello::result<kuenta::http_answer, kuenta::api_failure>& answer) {
  if (!answer)
    throw std::runtime_error{answer.error().message()};  // what happened, and whether it may have taken effect
  std::cout << answer->status << ' ' << answer->redacted() << '\n';  // its form is not documented; without the secrets
}

int main(int argc, char** argv) try {
  const kuenta::organization organization{std::getenv("KUENTA_ORGANIZATION")};
  const kuenta::subscriptions webhooks{std::getenv("KUENTA_API"), organization, kuenta::httplib_client{}};

  print(webhooks.list());
  if (argc > 1) {
    print(webhooks.create({.url = argv[1],
                           .events = {kuenta::credit_application_approved{}, kuenta::payment_failed{}},
                           .secret = std::getenv("KUENTA_SECRET")}));
  }
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
