// SPDX-License-Identifier: MIT
// What is the same whatever the server is: an inbox, an endpoint for each sender, and a worker.
#pragma once

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>

#include <sello/inbox/sqlite.hpp>
#include <sello/sello.hpp>

namespace akua = sello::akua;
namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;

inline std::string setting(const std::string& name) {
  if (const char* value = std::getenv(name.c_str())) return value;
  throw std::runtime_error{name + " is not set"};
}

/// Of the secret that a variable has; what is wrong with it names the variable.
template <class Verifier>
Verifier verifier_of(const std::string& name) {
  auto made = Verifier::create(setting(name));
  if (made) return *std::move(made);
  throw std::runtime_error{name + ": " + made.error().message()};
}

inline void say(const std::string& line) { std::clog << line + '\n'; }  // in one piece: several threads may

inline void note(const sello::record& seen) {
  std::string line = std::string{seen.provider} + ' ' + std::to_string(seen.status) + ' ';
  line.append(seen.error ? to_string(*seen.error) : to_string(*seen.outcome)).append(" ");
  say(line + sello::printable(seen.error ? seen.where : seen.type));
}

/// In the folder that INBOX names: the inbox, and beside it a database for what the handlers write.
class stored {
 public:
  sello::sqlite::inbox inbox{setting("INBOX") + "/inbox.db"};
  sello::receiver<kuenta::verifier> from_kuenta{verifier_of<kuenta::verifier>("KUENTA_SECRET"),
                                                inbox.endpoint("kuenta", {.observer = note})};
  sello::receiver<akua::verifier> from_akua{verifier_of<akua::verifier>("AKUA_SECRET"),
                                            inbox.endpoint("akua", {.observer = note})};
  sello::receiver<gu1::verifier> from_gu1{verifier_of<gu1::verifier>("GU1_SECRET"),
                                          inbox.endpoint("gu1", {.observer = note})};

  /// The worker's threads are its own: the server may be of any kind.
  stored() {
    worker_.start();
    say("for deliveries to /webhooks/kuenta, /webhooks/akua and /webhooks/gu1");
  }

 private:
  static sello::basic_router<sello::sqlite::transaction> handlers() {
    sello::basic_router<sello::sqlite::transaction> router;
    router
        .on<akua::payment_capture_cleared>([](const auto& event, auto& tx) {
          tx.execute("CREATE TABLE IF NOT EXISTS settled(payment TEXT)");
          tx.execute("INSERT INTO settled VALUES (?)",
                     event.data.payment_id);  // commits with the mark that this is done
          say("settle " + event.data.payment_id);
        })
        .on<kuenta::credit_disbursed>([](const auto& event, auto&) { say("book " + event.data.id.value_or("?")); })
        .on<gu1::kyc_validation_rejected>([](const auto& event, auto&) { say("block " + event.data.validation_id); });
    return router;
  }

  sello::sqlite::effects effects_{setting("INBOX") + "/app.db"};
  decltype(sello::worker{inbox, effects_, handlers()}) worker_{inbox, effects_, handlers()};
};
