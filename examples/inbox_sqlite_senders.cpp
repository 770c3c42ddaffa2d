// SPDX-License-Identifier: MIT
// The inbox of inbox_sqlite.cpp for Gu1 and Kuenta, without a server: each delivers to it twice, and takes effect once.
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>

#include <sello/inbox/sqlite.hpp>
#include <sello/sello.hpp>

namespace gu1 = sello::gu1;
namespace kuenta = sello::kuenta;

const std::string gu1_secret = "8c1f0b6a5d3e4927";
const std::string kuenta_secret = "tu-secreto-webhook";

/// The program's own tables, made with whatever it uses for SQLite.
void make_tables(const char* file) {
  sqlite3* app = nullptr;
  const int opened = sqlite3_open(file, &app);
  const int made = sqlite3_exec(app,
                                "CREATE TABLE IF NOT EXISTS approved(validation TEXT, customer TEXT);"
                                "CREATE TABLE IF NOT EXISTS disbursed(credit TEXT, amount TEXT)",
                                nullptr, nullptr, nullptr);
  sqlite3_close(app);
  if (opened != SQLITE_OK || made != SQLITE_OK) throw std::runtime_error{"app.db: no tables"};
}

int main() try {
  const auto home = std::filesystem::temp_directory_path() / ("inbox_senders-" + std::to_string(std::rand()));
  std::filesystem::create_directory(home);
  std::filesystem::current_path(home);
  make_tables("app.db");
  const auto log = [](const sello::record& seen) { std::cout << seen.endpoint << ' ' << seen.message() << '\n'; };

  sello::sqlite::inbox inbox{"inbox.db"};
  const sello::receiver from_gu1{gu1::verifier{gu1_secret}, inbox.endpoint("gu1", {.observer = log})};
  const auto credit_and_type = [](const sello::signed_facts& facts) {
    const auto id = facts.raw("/data/id");
    return std::string{facts.type} + ' ' + (id ? std::string{id->text()} : facts.body_digest());
  };
  const sello::receiver from_kuenta{kuenta::verifier{kuenta_secret},
                                    inbox.endpoint("kuenta", {.identify = credit_and_type, .observer = log})};

  sello::basic_router<sello::sqlite::transaction> router;
  router.on<gu1::kyc_validation_approved>([](const auto& event, auto& tx) {
    const auto& entity = event.data.entity;
    tx.execute("INSERT INTO approved VALUES (?, ?)", event.data.validation_id,
               entity ? entity->external_id.value_or("") : "");  // commits with the mark that this is done
  });
  router.on<kuenta::credit_disbursed>([](const auto& event, auto& tx) {
    tx.execute("INSERT INTO disbursed VALUES (?, ?)", event.data.id.value(), event.data.amount.value().text());
  });
  sello::worker worker{inbox, sello::sqlite::effects{"app.db"}, router, {.observer = log}};

  const std::string approved = R"({"event":"kyc.validation_approved","payload":{"validationId":"val_1"}})";
  const std::string disbursed = R"({"event":"credit.disbursed","data":{"id":"app_1","amount":5000000}})";
  const auto by_gu1 = sello::signer<sello::gu1_hmac>{gu1_secret}.sign(approved);
  const auto by_kuenta = sello::signer<sello::hex_hmac>{kuenta_secret}.sign(disbursed);
  for (int i = 0; i < 2; ++i) {  // queued, then duplicate
    if (from_gu1.receive(by_gu1, approved).status != 200) return 1;
    if (from_kuenta.receive(by_kuenta, disbursed).status != 200) return 1;
  }
  worker.start();
  while (inbox.stats().value().waiting != 0) continue;
  worker.stop();

  const auto stats = inbox.stats().value();
  std::cout << stats.stored << " stored, " << stats.duplicates << " duplicates, " << stats.done
            << " done\n";  // 2, 2, 2
  std::filesystem::current_path("..");
  std::filesystem::remove_all(home);
  return stats.stored == 2 && stats.duplicates == 2 && stats.done == 2 ? 0 : 1;
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
