// SPDX-License-Identifier: MIT
// The unit whose compilation is measured: one handler and one receiver a sender.
#include <sello/sello.hpp>

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;

int receive(const sello::header_list& headers, const std::string& body) {
  sello::router router;
  router.on<akua::payment_capture_cleared>([](const auto&) {})
      .on<gu1::kyc_validation_approved>([](const auto&) {})
      .on<kuenta::credit_application_approved>([](const auto&) {});
  const sello::receiver from_akua{akua::verifier{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, router};
  const sello::receiver from_gu1{gu1::verifier{"a-secret-of-gu1"}, router};
  const sello::receiver from_kuenta{kuenta::verifier{"a-secret-of-kuenta"}, router};
  return from_akua.receive(headers, body).status + from_gu1.receive(headers, body).status +
         from_kuenta.receive(headers, body).status;
}
