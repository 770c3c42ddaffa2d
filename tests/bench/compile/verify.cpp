// SPDX-License-Identifier: MIT
// The unit with the verify wing alone, and one scheme.
#include <sello/verify.hpp>

bool verified(const sello::header_list& headers, const std::string& body) {
  return sello::verifier<sello::svix_v1>{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}.verify(headers, body).has_value();
}
