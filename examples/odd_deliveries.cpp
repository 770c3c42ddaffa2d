// SPDX-License-Identifier: MIT
// Deliveries as real senders make them, that do not quite fit: what is noted, what is kept, and what no struct describes.
// The pages "Errors" and those on each sender show parts of this.
#include <array>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <sello/sello.hpp>

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;

namespace {

constexpr std::string_view secret = "a long random text";
constexpr std::string_view akua_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

bool all_as_expected = true;
void expect(std::string_view what, bool as_expected) {
  std::cout << what << ": " << (as_expected ? "as expected" : "not as expected") << '\n';
  all_as_expected = all_as_expected && as_expected;
}

/// Stands for a table of yours.
using kept_bodies = std::map<std::string, std::string>;

void want_no_misfit() {
  std::string booked;
  const auto book = [&booked](const std::string& id) { booked = id; };
  sello::router router;
  router.on<kuenta::credit_disbursed>([&](const auto& event) -> sello::result<void> {
    if (!event.misfits.empty()) return sello::retry(event.misfits.front().message());
    book(event.data.id.value());  // no id: it throws, which is handler_failed
    return {};
  });
  const sello::receiver receiver{kuenta::verifier{secret}, router};
  const auto deliver = [&](const std::string& body) {
    return receiver.receive(sello::signer<sello::hex_hmac>{secret}.sign(body), body).status;
  };
  expect("a member that does not fit",
         deliver(R"({"event":"credit.disbursed","data":{"id":"app_1","createdAt":"2018-03-07 19:52:55"}})") == 500 &&
             booked.empty());
  expect("an amount as text, a term as 12.0",
         deliver(R"({"event":"credit.disbursed","data":{"id":"app_1","amount":"5000000.10","term":12.0}})") == 200 &&
             booked == "app_1");
}

void keep_what_is_unreadable() {
  kept_bodies kept;
  sello::router router;
  router.unreadable([&kept](const sello::unreadable_event& event) {
    std::cout << event.provider << ": " << event.fault.message() << '\n';
    kept.emplace(event.idempotency_key, event.body);  // a table of yours; then the answer is 200
  });
  const sello::receiver receiver{akua::verifier{akua_secret}, router};
  const std::string body =
      R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1","merchant":"Café \ud83d"}})";
  const auto headers = sello::signer<sello::svix_v1>{akua_secret}.sign(body, {.id = "msg_1"});
  expect("half an emoji", receiver.receive(headers, body).status == 200 && kept["msg_1"] == body);
}

/// What your own deliveries have in `extractedData`; Gu1 documents no key of it.
struct person {
  std::optional<std::string> first_name;
  std::optional<std::string> document_number;

  static constexpr std::array fields{sello::field<&person::first_name>("firstName"),
                                     sello::field<&person::document_number>("documentNumber")};
};

void read_what_no_struct_describes() {
  std::string sent, score, name;
  sello::router router;
  router.on<gu1::kyc_validation_approved>([&](const sello::event<gu1::kyc_validation_approved>& event) {
    if (const auto& extracted = event.data.extracted_data) {  // std::optional<sello::raw_json>
      sent = extracted->text();                               // exactly as it was sent
      if (const auto found = extracted->at("/score")) score = found->text();
      if (const auto known = extracted->as<person>()) name = known->first_name.value_or("");
    }
  });
  const sello::receiver receiver{gu1::verifier{secret}, router};
  const std::string body =
      R"({"event":"kyc.validation_approved","payload":{"validationId":"v-1","extractedData":{"firstName":"Ana","score":0.10}}})";
  expect("what Gu1 does not document",
         receiver.receive(sello::signer<sello::gu1_hmac>{secret}.sign(body), body).status == 200 &&
             sent == R"({"firstName":"Ana","score":0.10})" && score == "0.10" && name == "Ana");
}

void read_any_part() {
  std::string reason;
  sello::router router;
  router.on<kuenta::payment_failed>([&](const auto& event) {
    if (const auto found = event.raw("/data/reason")) reason = found->text();  // Kuenta documents no data of this event
  });
  const sello::receiver receiver{kuenta::verifier{secret}, router};
  const std::string body = R"({"event":"payment.failed","data":{"reason":"no_funds"}})";
  expect("any part of a body",
         receiver.receive(sello::signer<sello::hex_hmac>{secret}.sign(body), body).status == 200 &&
             reason == R"("no_funds")");
}

void identify_by_the_credit() {
  std::string key;
  sello::router router;
  router.identify<kuenta::provider>([](const sello::signed_facts& facts) {
    const auto id = facts.raw("/data/id");
    return std::string{facts.type} + ' ' + (id ? std::string{id->text()} : facts.body_digest());
  });
  router.on<kuenta::credit_disbursed>([&](const auto& event) { key = event.idempotency_key; });
  const sello::receiver receiver{kuenta::verifier{secret}, router};
  const std::string body = R"({"event":"credit.disbursed","data":{"id":"app_1"}})";
  expect("a key of your own", receiver.receive(sello::signer<sello::hex_hmac>{secret}.sign(body), body).status == 200 &&
                                  key == R"(credit.disbursed "app_1")");
}

}  // namespace

int main() {
  want_no_misfit();
  keep_what_is_unreadable();
  read_what_no_struct_describes();
  read_any_part();
  identify_by_the_credit();
  return all_as_expected ? 0 : 1;
}
