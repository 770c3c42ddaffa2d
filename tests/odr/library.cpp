// SPDX-License-Identifier: MIT
#include "odr.hpp"

sello::router make_router(std::string& seen) {
  sello::router router;
  router.on<sello::kuenta::credit_application_approved>([&seen](const auto& event) { seen = *event.data.id; });
  return router;
}
