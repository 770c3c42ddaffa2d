// SPDX-License-Identifier: MIT
// Verified in one unit, routed by a handler from a library, judged here.
#include <cstdio>

#include "odr.hpp"

int main() {
  constexpr std::string_view body = R"({"event":"credit.application.approved","data":{"id":"app_1","amount":5000000},)"
                                    R"("timestamp":"2024-01-15T10:30:00Z"})";
  constexpr std::string_view signature = "cbad64d842f09f08ca6344a379d666118fae76db9d74c1112a8506cff9afefe6";

  std::string seen;
  const sello::router router = make_router(seen);
  const auto delivery = verify(signature, body);
  if (!delivery) return std::puts(delivery.error().message().c_str()), 1;
  const auto outcome = router.dispatch(*delivery);
  if (!outcome) return std::puts(outcome.error().message().c_str()), 1;

  const auto forged = verify(signature, "{}");
  const bool good = *outcome == sello::outcome::handled && seen == "app_1" && !forged &&
                    forged.error().code == sello::errc::signature_mismatch;
  return good ? 0 : 1;
}
