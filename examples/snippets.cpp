// SPDX-License-Identifier: MIT
// The README's snippets, so that they compile and run.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include <sello/sello.hpp>

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;

namespace {

using namespace std::chrono_literals;

constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view key_of_the_service = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
constexpr std::string_view old_secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

void make_verifiers() {
  kuenta::verifier of_kuenta{secret, {.signature_header = "X-Kuenta-Signature"}};
  akua::verifier of_akua{{secret, old_secret}, {.tolerance = 60s}};  // during a rotation; 300s by default
  gu1::verifier of_gu1{secret};
}

void check_configuration() {
  const auto verifier = akua::verifier::create(std::getenv("AKUA_SECRET"));
  if (!verifier) std::cerr << verifier.error().message() << '\n';  // empty_secret: … is its variable set?
}

void verify_only(const std::multimap<std::string, std::string>& headers, const std::string& body) {
  const akua::verifier verifier{secret};
  const auto delivery = verifier.verify(headers, body);
  if (!delivery) {
    std::cerr << delivery.error().message() << '\n';
    return;
  }
  std::cout << delivery->message_id() << ": " << delivery->body() << '\n';
}

void receive_in_pieces(const sello::receiver<akua::verifier>& receiver,
                       const std::multimap<std::string, std::string>& headers, std::istream& body) {
  std::string chunk;
  const auto next_piece = [&body](std::string& piece) {
    piece.resize(16);
    body.read(piece.data(), 16);
    piece.resize(static_cast<std::size_t>(body.gcount()));
    return !piece.empty();
  };
  auto intake = receiver.begin(headers);
  while (next_piece(chunk) && intake.feed(chunk)) continue;  // false from feed: refused already, so read no further
  const sello::response answer = intake.finish();
  std::cout << answer.status << '\n';
}

/// Stands for a table with a unique key, in the database that the handler writes to anyway.
class bookkeeping {
 public:
  /// Whether the key is new.
  bool settle_once(const std::string& key, const std::string& payment) {
    const std::lock_guard lock{mutex_};
    if (!done_.insert(key).second) return false;
    std::cout << "settled " << payment << '\n';
    return true;
  }

 private:
  std::mutex mutex_;
  std::set<std::string> done_;
};

/// Stands for a table, or a folder, that a person looks at.
class shelf_of_bodies {
 public:
  void keep(const std::string& key, const std::string& why, std::string_view body) {
    std::cout << "kept " << key << ", " << why << ": " << body << '\n';
  }
};

void keep_unreadable(sello::router& router, shelf_of_bodies& shelf) {
  router.unreadable([&shelf](const sello::unreadable_event& event) {
    shelf.keep(event.idempotency_key, event.fault.message(), event.body);  // answered with 200: it does not come again
  });
}

void handle_once(sello::router& router, bookkeeping& books) {
  router.on<akua::payment_capture_cleared>([&books](const sello::event<akua::payment_capture_cleared>& event) {
    books.settle_once(event.idempotency_key, event.data.payment_id);  // one transaction: the key, and what it causes
  });
}

struct invoice {
  std::string invoice_id;

  static constexpr std::array fields{sello::field<&invoice::invoice_id>("invoice_id")};
};
struct invoice_paid : invoice, sello::standard_webhooks::of_type<"invoice.paid"> {};

int receive_standard_webhooks(bookkeeping& books) {
  sello::router router;
  router.on<invoice_paid>([&books](const sello::event<invoice_paid>& event) {
    books.settle_once(event.idempotency_key, event.data.invoice_id);  // the header webhook-id, which is signed
  });
  const sello::receiver shared{sello::standard_webhooks::verifier{secret}, router};
  const sello::receiver public_key{sello::standard_webhooks::public_key_verifier{key_of_the_service}, router};

  const std::string body = R"({"type":"invoice.paid","timestamp":"2026-11-26T10:00:00Z","data":{"invoice_id":"in-1"}})";
  const auto headers = sello::standard_webhooks::signer{secret}.sign(body);
  return shared.receive(headers, body).status == 200 && public_key.receive(headers, body).status == 401 ? 0 : 1;
}

void log_deliveries(const sello::router& router) {
  const auto log = [](const sello::record& seen) {
    std::string line = std::to_string(seen.status) + ' ' + std::string{seen.provider};
    for (const std::string_view each : {seen.type, seen.id}) line += ' ' + sello::printable(each);
    std::clog << line + ' ' + seen.message() + '\n';  // in one piece: several threads may
  };
  const sello::receiver receiver{kuenta::verifier{secret}, router, {.freshness = 24h, .observer = log}};
  static_cast<void>(receiver.receive(std::multimap<std::string, std::string>{}, "{}"));
}

}  // namespace

int main() {
  make_verifiers();
  check_configuration();

  const std::string body = R"({"type":"payment.capture.cleared","data":{"payment_id":"pay-1"}})";
  std::multimap<std::string, std::string> headers;
  for (const auto& [name, value] : sello::signer<sello::svix_v1>{secret}.sign(body)) headers.emplace(name, value);
  verify_only(headers, body);

  sello::router router;
  bookkeeping books;
  handle_once(router, books);
  shelf_of_bodies shelf;
  keep_unreadable(router, shelf);
  log_deliveries(router);
  const sello::receiver receiver{akua::verifier{secret}, router};
  std::istringstream stream{body};
  receive_in_pieces(receiver, headers, stream);
  const bool both = receiver.receive(headers, body).status == 200 && receiver.receive(headers, body).status == 200;
  return both ? receive_standard_webhooks(books) : 1;
}
