// SPDX-License-Identifier: MIT
// Values of sello's types cross between units for which nlohmann's types have different layouts and names.
#include <array>
#include <cstdio>

#include "json.hpp"

#ifndef SELLO_THIRD_UNIT
#define SELLO_THIRD_UNIT unversioned_unit
#endif

namespace {

constexpr std::string_view payload =
    R"({"validationId":"v-1","decision":{"result":"approved","scores":[1,2.50]},"extractedData":{"a":[1.5,{}]},)"
    R"("warnings":[],"metadata":null,"validationSessionId":"session-1"})";
constexpr std::string_view written =
    R"(v-1 {"result":"approved","scores":[1,2.5]}|2.50 {"a":[1.5,{}]}|none []|none - session-1)";

int faults = 0;

void check(bool holds, std::string_view what, const unit& a, const unit& b) {
  if (holds) return;
  ++faults;
  std::printf("%s: made by %s, used by %s\n", what.data(), a.name.data(), b.name.data());
}

std::string body(std::string_view type) {
  return std::string{R"({"event":")"}.append(type).append(R"(","payload":)").append(payload).append("}");
}

std::string signature(std::string_view body) {
  return sello::signer<sello::gu1_hmac>{"s3cret-of-gu1"}.sign(body).front().second;
}

}  // namespace

int main() {
  const std::array units{&plain_unit, &diagnostic_unit, &SELLO_THIRD_UNIT};
  const std::string known = body("kyc.validation_approved");
  const std::string unknown = body("kyc.validation_forgotten");
  for (const unit* a : units) {
    for (const unit* b : units) {
      check(a->size == b->size && a->size == sizeof(sello::gu1::kyc_validation), "two layouts", *a, *b);
      auto read = a->decode(payload);
      check(read && b->write(*read) == written, "a struct", *a, *b);
      if (read) {
        const auto copy = *read;
        *read = b->decode(payload).value();
        check(a->write(copy) == b->write(*read), "a copy", *a, *b);
      }

      std::string seen;
      const sello::router router = a->make_router(seen);
      auto outcome = b->dispatch(router, signature(known), known);
      check(outcome && *outcome == sello::outcome::handled && seen.starts_with(written), "an event", *a, *b);
      outcome = b->dispatch(router, signature(unknown), unknown);
      check(outcome && *outcome == sello::outcome::handled && seen.starts_with("kyc.validation_forgotten "),
            "an unknown event", *a, *b);
    }
  }
  return faults == 0 ? 0 : 1;
}
