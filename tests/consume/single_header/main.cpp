// SPDX-License-Identifier: MIT
#include <map>
#include <string>

#include "sello.hpp"

int main() {
  const sello::akua::verifier verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
  const auto delivery = verifier.verify(std::multimap<std::string, std::string>{}, "{}");
  return delivery.has_value() ? 1 : 0;
}
