// SPDX-License-Identifier: MIT
// What can happen to an inbox's file: writes that fail, a file that may not be written, pages that are damaged. What a full
// disk does is in full_disk.test.cpp.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <sello/inbox/sqlite.hpp>
#include <sello/sello.hpp>

#include "catch.hpp"
#include "inbox/sync_vfs.hpp"
#include "support/inbox.hpp"

namespace {

using namespace std::chrono_literals;
namespace akua = sello::akua;
using sello::errc;
using sello::outcome;
using sello::sqlite::inbox;
using support::deliver_akua;
using support::sync_vfs;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

/// With a table for the effects.
sello::sqlite::effects effects_at(const std::string& path) {
  sello::sqlite::detail::connection{path, 5s}.execute("CREATE TABLE IF NOT EXISTS effect(key TEXT)");
  return sello::sqlite::effects{path};
}
auto writing_keys() {
  sello::basic_router<sello::sqlite::transaction> router;
  router.on<akua::payment_capture_cleared>(
      [](const auto& event, auto& tx) { tx.execute("INSERT INTO effect VALUES (?)", event.idempotency_key); });
  return router;
}
std::int64_t ask(const std::string& path, const std::string& sql) {
  return sello::sqlite::detail::connection{path, 5s}.ask_integer(sql);
}

}  // namespace

TEST_CASE("writes that fail: 503 and why, nothing acknowledged is lost, and it goes on without a restart",
          "[inbox][sqlite][faults]") {
  const support::temporary_folder folder;
  const sync_vfs vfs;
  support::manual_clock clock;
  struct fault {
    int code;
    const char* words;
  };
  const fault how =
      GENERATE(fault{SQLITE_FULL, "the disk is full"}, fault{SQLITE_READONLY_DIRECTORY, "may not be written"},
               fault{SQLITE_IOERR_WRITE, "the disk failed"});
  const inbox opened{folder.file("inbox.db"), clock.options()};
  const sello::receiver receiver{akua::verifier{support::secret}, opened.endpoint("akua")};
  sello::worker worker{opened, effects_at(folder.file("app.db")), writing_keys(), {.claims = 8}};
  const auto akua = opened.endpoint("akua");
  REQUIRE(deliver_akua(akua, "first"));

  std::atomic<int> acknowledged{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> senders;
  for (int t = 0; t < 4; ++t)
    senders.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {  // as a sender does: again, until it is answered
        const std::string id = "msg_" + std::to_string(50 * t + i);
        while (!deliver_akua(akua, id) && !stop) std::this_thread::yield();
        ++acknowledged;
      }
    });
  for (int round = 0; round < 10; ++round) {
    const int before = acknowledged;
    while (acknowledged == before && acknowledged < 200) std::this_thread::yield();
    sync_vfs::write_code = how.code;
    const auto refused = deliver_akua(akua, "while it fails " + std::to_string(round));
    REQUIRE_FALSE(refused);
    INFO(refused.error().message());
    CHECK(refused.error().code == errc::store_unavailable);
    CHECK(contains(refused.error().where, how.words));
    const support::request<akua::verifier> sent{"{}", {.id = "status"}};
    CHECK(receiver.receive(sent.headers, sent.body).status == 503);
    static_cast<void>(worker.poll_once());
    sync_vfs::write_code = SQLITE_OK;
    static_cast<void>(worker.poll_once());
  }
  for (auto& one : senders) one.join();
  for (int i = 0; i < 100 && opened.stats()->waiting != 0; ++i) {
    clock.advance(61s);
    CHECK(worker.poll_once());
  }
  const auto made = ask(folder.file("app.db"), "SELECT count(*) FROM effect WHERE key LIKE 'msg%' OR key = 'first'");
  CHECK(made == 201);
  CHECK(ask(folder.file("app.db"), "SELECT count(*) - count(DISTINCT key) FROM effect") == 0);
  CHECK(sello::sqlite::detail::connection{folder.file("inbox.db"), 5s}.ask("PRAGMA integrity_check") == "ok");
}

TEST_CASE("a file, and a folder, that this user may not write: not opened, and why is said",
          "[inbox][sqlite][faults]") {
  const support::temporary_folder folder;
  const std::string path = folder.file("inbox.db");
  REQUIRE(deliver_akua(inbox{path}.endpoint("akua"), "msg_1"));
  const bool whole_folder = GENERATE(false, true);
  const auto parent = std::filesystem::path{path}.parent_path();
  using std::filesystem::perms;
  std::filesystem::permissions(parent, perms::owner_all | perms::group_all | perms::others_all);
  std::filesystem::permissions(path, perms::owner_read | perms::group_read | perms::others_read);
  if (whole_folder) {
    std::filesystem::permissions(parent,
                                 perms::owner_read | perms::owner_exec | perms::others_read | perms::others_exec);
    std::filesystem::permissions(path, perms::owner_all | perms::group_all | perms::others_all);
  }
  const pid_t child = ::fork();  // root may write all: so as nobody
  if (child == 0) {
    if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(9);
    const auto refused = inbox::create(path, {.patience = 20ms});
    if (refused) ::_exit(1);
    const std::string words = refused.error().message();
    if (refused.error().code != errc::store_unavailable) ::_exit(2);
    ::_exit(contains(words, "may not be written") || contains(words, "may this user write there?") ? 0 : 3);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  std::filesystem::permissions(parent, perms::owner_all);
  std::filesystem::permissions(path, perms::owner_all);
  CHECK(deliver_akua(inbox{path}.endpoint("akua"), "msg_1")->outcome() == outcome::duplicate);
}

TEST_CASE("a damaged file: every page in turn, and it is said, never a crash and never a 2xx for what is not there",
          "[inbox][sqlite][faults]") {
  const support::temporary_folder folder;
  const std::string path = folder.file("inbox.db");
  const std::string backup = folder.file("backup.db");
  constexpr int count = 60;
  {
    const inbox made{path};
    for (int i = 0; i < count; ++i)
      REQUIRE(deliver_akua(made.endpoint("akua"), "msg_" + std::to_string(i), std::string(2'000, 'x')));
  }
  // Closed: all of it is in the file itself.
  std::filesystem::copy_file(path, backup);
  const auto pages = std::filesystem::file_size(path) / 4096;
  REQUIRE(pages > 20);
  std::map<std::string, int> said;
  int unharmed = 0;
  for (std::uintmax_t page = 0; page < pages; ++page) {
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
    std::filesystem::copy_file(backup, path);
    {
      std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
      file.seekp(static_cast<std::streamoff>(page * 4096));
      const std::string garbage(4096, page % 2 == 0 ? '\0' : '\xa5');
      file.write(garbage.data(), 4096);
    }
    const auto opened = inbox::create(path, {.patience = 20ms});
    if (!opened) {
      CHECK(opened.error().code == errc::store_unavailable);
      ++said[opened.error().where];
      continue;
    }
    const auto akua = opened->endpoint("akua");
    bool faultless = true;
    const auto look = [&](const auto& given) {
      if (given) return;
      faultless = false;
      CHECK(given.error().code == errc::store_unavailable);
      ++said[given.error().where];
    };
    for (int i = 0; i < count; i += 7) {
      const auto again = deliver_akua(akua, "msg_" + std::to_string(i), std::string(2'000, 'x'));
      if (again) CHECK(again->outcome() != outcome::conflict);
      look(again);
    }
    const auto fresh = deliver_akua(akua, "new");
    if (fresh) CHECK(fresh->outcome() == outcome::queued);
    look(fresh);
    look(opened->list());
    look(opened->stats());
    look(opened->store()->claim({.token = 7, .limit = 100}));
    if (faultless) ++unharmed;
  }
  for (const auto& [words, times] : said) {
    INFO(words << " (" << times << " times)");
    CHECK((contains(words, "the file is damaged; keep a copy of it and of its -wal, and restore a backup") ||
           contains(words, "the file is no SQLite database")));
  }
  CHECK(unharmed < static_cast<int>(pages) / 2);
  // A backup that is restored is an inbox again.
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  std::filesystem::copy_file(backup, path);
  CHECK(deliver_akua(inbox{path}.endpoint("akua"), "msg_1", std::string(2'000, 'x'))->outcome() == outcome::duplicate);
}
