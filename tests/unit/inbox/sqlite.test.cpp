// SPDX-License-Identifier: MIT
#include <sello/inbox/sqlite.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "catch.hpp"
#include "inbox/sync_vfs.hpp"
#include "support/inbox.hpp"

namespace {

using namespace std::chrono_literals;
using sello::errc;
using sello::outcome;
using sello::sqlite::inbox;
using support::deliver_akua;

/// What opening says.
std::string refusal(const std::string& path, const sello::inbox_options& options = {.patience = 20ms}) {
  const auto opened = inbox::create(path, options);
  return opened ? "" : opened.error().message();
}

void execute(const std::string& path, const char* sql) {
  const sello::sqlite::detail::connection to{path, 1s};
  to.execute_all(sql);
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("an inbox that could not keep its promise is not opened", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const std::string path = folder.file("inbox.db");

  SECTION("a newer schema") {
    {
      const inbox made{path};
    }
    execute(path, "UPDATE schema SET version = 2");
    CHECK(contains(refusal(path), "schema 2, this program knows 1; install the newer program"));
  }
  SECTION("another program's database") {
    execute(path, "CREATE TABLE theirs(x)");
    CHECK(contains(refusal(path), "a file of its own"));
    CHECK(sello::sqlite::detail::connection{path, 20ms}.ask("PRAGMA journal_mode") == "delete");
  }
  SECTION("no database") {
    std::ofstream{path} << std::string(5000, 'x');
    CHECK(contains(refusal(path), "no SQLite database"));
  }
  SECTION("no such folder") { CHECK(contains(refusal(folder.file("none/inbox.db")), "does its folder exist")); }
  SECTION("in memory") { CHECK(contains(refusal(":memory:"), "WAL mode")); }
  SECTION("used by a program in another mode") {
    const sello::sqlite::detail::connection other{path, 20ms};
    other.execute("CREATE TABLE schema(version)");
    other.execute("BEGIN IMMEDIATE");
    CHECK(contains(refusal(path), "find it, and let it commit sooner"));
    other.execute("ROLLBACK");
  }
  SECTION("read-only") {
    {
      const inbox made{path};
    }
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
    if (::access(path.c_str(), W_OK) != 0) CHECK(contains(refusal(path), "may not be written"));  // root may
  }
  SECTION("options that cannot be meant") {
    CHECK(inbox::create(path, {.waiting_limit = 0}).error().code == errc::malformed_option);
    CHECK(inbox::create(path, {.body_retention = -1s}).error().code == errc::malformed_option);
    CHECK_THROWS_AS((inbox{path}.endpoint("")), sello::bad_result);
  }
  SECTION("opening throws what create returns") { CHECK_THROWS_AS(inbox{":memory:"}, sello::bad_result); }
}

TEST_CASE("network file systems are known by their number", "[inbox][sqlite]") {
  using sello::sqlite::detail::is_remote_file_system;
  CHECK(is_remote_file_system(0x6969));            // NFS
  CHECK(is_remote_file_system(0xff534d42));        // CIFS
  CHECK(is_remote_file_system(0x65735546));        // FUSE
  CHECK_FALSE(is_remote_file_system(0xef53));      // ext4
  CHECK_FALSE(is_remote_file_system(0x58465342));  // XFS
  CHECK_FALSE(is_remote_file_system(0x9123683e));  // Btrfs
  CHECK_FALSE(is_remote_file_system(0x01021994));  // tmpfs
}

TEST_CASE("a process that was forked does not go on with the inbox, nor harms it when it ends", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const inbox ours{folder.file("inbox.db")};
  const auto akua = ours.endpoint("akua");
  REQUIRE(deliver_akua(akua, "msg_1"));
  const pid_t child = ::fork();
  if (child == 0) {
    int status = 0;
    {
      const inbox theirs = ours;
      const auto given = deliver_akua(akua, "msg_2");
      const auto stats = theirs.stats();
      if (given || given.error().code != errc::store_unavailable || !contains(given.error().where, "forked"))
        status = 1;
      if (stats || stats.error().code != errc::store_unavailable) status = 2;
    }
    ::_exit(status);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::queued);
}

TEST_CASE("a forked process that destroys its copy leaves the file as it is", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const std::string path = folder.file("inbox.db");
  auto ours = std::make_unique<inbox>(path);
  REQUIRE(deliver_akua(ours->endpoint("akua"), "msg_1"));
  const pid_t child = ::fork();
  if (child == 0) {
    ours.reset();
    ::_exit(std::filesystem::exists(path + "-wal") ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(ours->list()->size() == 1);
}

TEST_CASE("a forked process may not open what its parent has open, for it has the parent's locks in memory",
          "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const std::string path = folder.file("inbox.db");
  const std::string app = folder.file("app.db");
  const std::string closed = folder.file("closed.db");
  const inbox ours{path};
  const sello::sqlite::effects effects{app};
  static_cast<void>(inbox{closed});
  std::filesystem::create_symlink(path, folder.file("another_name.db"));
  const pid_t child = ::fork();
  if (child == 0) {
    const auto refused = [](const auto& opened) {
      return !opened && opened.error().code == errc::store_unavailable && contains(opened.error().where, "forked");
    };
    int status = refused(inbox::create(path)) && refused(inbox::create(folder.file("another_name.db"))) ? 0 : 1;
    if (!refused(sello::sqlite::effects::create(app))) status = 2;
    if (!inbox::create(closed) || !inbox::create(folder.file("new.db"))) status = 3;
    ::_exit(status);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(inbox::create(path));  // and the process itself may, again and again
  CHECK(deliver_akua(ours.endpoint("akua"), "msg_1")->outcome() == outcome::queued);
}

TEST_CASE("nothing is acknowledged into a file that lost its name", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const inbox ours{folder.file("inbox.db")};
  const auto akua = ours.endpoint("akua");
  REQUIRE(deliver_akua(akua, "msg_1"));
  const std::string file = folder.file("inbox.db") + GENERATE("", "-wal", "-shm");
  const auto refused = [&](const std::string& id) {
    const auto given = deliver_akua(akua, id);
    return !given && given.error().code == errc::store_unavailable &&
           contains(given.error().where, "was moved, removed or replaced");
  };
  std::filesystem::rename(file, file + ".moved");
  CHECK(refused("msg_1"));
  CHECK(refused("msg_2"));
  CHECK(ours.park(1).error().code == errc::store_unavailable);
  std::filesystem::copy_file(file + ".moved", file);  // another file with the same bytes
  CHECK(refused("msg_2"));
  std::filesystem::rename(file + ".moved", file);
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::queued);
}

TEST_CASE("a link to the file is watched where it leads to, and a second name is refused", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const std::string path = folder.file("inbox.db");
  std::filesystem::create_directory(folder.file("real"));
  std::filesystem::create_symlink(folder.file("real/inbox.db"), path);
  const inbox ours{path};
  REQUIRE(deliver_akua(ours.endpoint("akua"), "msg_1"));
  const std::string log = folder.file("real/inbox.db-wal");
  std::filesystem::rename(log, log + ".moved");
  CHECK(deliver_akua(ours.endpoint("akua"), "msg_2").error().code == errc::store_unavailable);
  std::filesystem::rename(log + ".moved", log);
  CHECK(deliver_akua(ours.endpoint("akua"), "msg_2"));
  std::filesystem::create_hard_link(folder.file("real/inbox.db"), folder.file("second.db"));
  CHECK(contains(refusal(folder.file("second.db")), "a hard link"));
  CHECK(contains(refusal(folder.file("real")), "a folder or a device"));
  CHECK(contains(refusal("/dev/null"), "a folder or a device"));
  CHECK(contains(refusal("file:" + folder.file("second.db")), "give the path"));
  CHECK(deliver_akua(ours.endpoint("akua"), "msg_3"));
}

TEST_CASE("a folder that may no longer be read is not taken for a file that was moved", "[inbox][sqlite]") {
  if (::geteuid() != 0) return;  // nobody else can give its rights away
  const support::temporary_folder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    const inbox ours{folder.file("inbox.db")};
    const bool dropped = ::seteuid(65'534) == 0;
    const auto given = deliver_akua(ours.endpoint("akua"), "msg_1");
    ::_exit(dropped && !given && contains(given.error().where, "can no longer be read by this user") ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("an inbox, an endpoint and effects that were moved from are still what they were", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  inbox ours{folder.file("inbox.db")};
  const inbox theirs = std::move(ours);
  auto akua = ours.endpoint("akua");  // NOLINT(bugprone-use-after-move): that is what is asked
  const auto other = std::move(akua);
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::queued);  // NOLINT(bugprone-use-after-move)
  CHECK(deliver_akua(other, "msg_1")->outcome() == outcome::duplicate);
  CHECK(theirs.list()->size() == 1);
  sello::sqlite::effects effects{folder.file("app.db")};
  const auto moved = std::move(effects);
  CHECK(effects.connect());  // NOLINT(bugprone-use-after-move)
  CHECK(moved.connect());
}

TEST_CASE("what is stored is counted with its own commit", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const support::manual_clock clock;  // stands: nothing else is due
  const inbox ours{folder.file("inbox.db"), clock.options()};
  const inbox theirs{folder.file("inbox.db"), clock.options()};
  for (const std::uint64_t count : {1U, 2U, 3U}) {
    CHECK(deliver_akua(ours.endpoint("akua"), std::to_string(count))->outcome() == outcome::queued);
    CHECK(theirs.stats()->stored == count);
  }
}

TEST_CASE("a retention that is negative is refused", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const inbox ours{folder.file("inbox.db")};
  CHECK_NOTHROW(ours.endpoint("akua", {.key_retention = 0s}));
  CHECK_THROWS_AS(ours.endpoint("akua", {.key_retention = -1s}), sello::bad_result);
  CHECK_FALSE(inbox::create(folder.file("other.db"), {.body_retention = -1s}));
}

TEST_CASE("an acknowledgement costs one sync, a duplicate none, a claim none", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const support::sync_vfs vfs;
  using support::sync_vfs;
  const inbox opened{folder.file("inbox.db")};
  const auto akua = opened.endpoint("akua");
  REQUIRE(deliver_akua(akua, "first"));  // the log begins anew
  const auto counted = [&] { return static_cast<int>(opened.stats()->syncs); };
  const int ours = counted();
  int before = sync_vfs::syncs;
  for (int i = 0; i < 100; ++i) REQUIRE(deliver_akua(akua, "msg_" + std::to_string(i)));
  CHECK(sync_vfs::syncs - before == 100);
  CHECK(counted() - ours == 100);
  before = sync_vfs::syncs;
  for (int i = 0; i < 100; ++i) REQUIRE(deliver_akua(akua, "msg_" + std::to_string(i)));
  const auto claimed = opened.store()->claim({.token = 1, .limit = 50});
  REQUIRE(claimed->size() == 50);
  for (const auto& row : *claimed) {
    const sello::detail::settlement done{.held = sello::detail::ticket_of(row),
                                         .what = sello::detail::settlement::kind::handled};
    REQUIRE(opened.store()->start(done.held, 60s, std::nullopt).value());
    REQUIRE(opened.store()->settle(std::span{&done, 1}));
  }
  CHECK(sync_vfs::syncs == before);
}

TEST_CASE("the log is written back and over, and does not grow without end", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const support::sync_vfs vfs;
  const std::string path = folder.file("inbox.db");
  const inbox opened{path};
  const auto akua = opened.endpoint("akua");
  const int others = support::sync_vfs::syncs - static_cast<int>(opened.stats()->syncs);  // making the file took them
  const std::string body(20'000, 'x');
  for (int i = 0; i < 2'000; ++i) REQUIRE(deliver_akua(akua, "msg_" + std::to_string(i), body));
  CHECK(std::filesystem::file_size(path + "-wal") < 20'000'000);
  CHECK(std::filesystem::file_size(path) > 30'000'000);
  CHECK(static_cast<int>(opened.stats()->syncs) == support::sync_vfs::syncs - others);
}

TEST_CASE("a sync that fails acknowledges nothing, and nothing is acknowledged until one succeeded",
          "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const support::sync_vfs vfs;
  using support::sync_vfs;
  const std::string path = folder.file("inbox.db");
  const inbox opened{path};
  const auto akua = opened.endpoint("akua");
  REQUIRE(deliver_akua(akua, "msg_1"));

  sync_vfs::good = 0;
  const auto refused = deliver_akua(akua, "msg_2");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::store_unavailable);
  CHECK(contains(refused.error().where, "the disk failed"));
  // Not even a duplicate: its row may be lost with the sync.
  CHECK_FALSE(deliver_akua(akua, "msg_1"));

  sync_vfs::good = -1;
  int before = sync_vfs::syncs;
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
  CHECK(sync_vfs::syncs - before == 2);  // the log, then the file
  before = sync_vfs::syncs;
  CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
  CHECK(sync_vfs::syncs == before);
  CHECK(deliver_akua(akua, "msg_2")->outcome() == outcome::queued);
}

TEST_CASE("what a dead process left unsynced is synced before the first answer", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const support::sync_vfs vfs;
  const std::string path = folder.file("inbox.db");
  // A process that dies between its write and its sync: here, one that does not sync.
  const pid_t child = ::fork();
  if (child == 0) {
    const inbox theirs{path};
    if (!deliver_akua(theirs.endpoint("akua"), "synced")) ::_exit(1);
    const sello::sqlite::detail::connection careless{path, 1s};
    careless.execute("PRAGMA synchronous=OFF");
    careless.execute("PRAGMA wal_autocheckpoint=0");
    careless.execute("UPDATE source SET late_marks = 5");
    ::_exit(0);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  const int before = support::sync_vfs::syncs;
  const inbox ours{path};
  CHECK(support::sync_vfs::syncs - before >= 2);
  support::sync_vfs::good = 0;
  CHECK(deliver_akua(ours.endpoint("akua"), "synced")->outcome() == outcome::duplicate);  // needs no other sync
}

TEST_CASE("an inbox whose first sync fails is not opened", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const support::sync_vfs vfs;
  support::sync_vfs::good = 0;
  CHECK(contains(refusal(folder.file("inbox.db")), "the disk failed"));
}

TEST_CASE("a lock that another program keeps is waited for, and then said", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const std::string path = folder.file("inbox.db");
  const inbox opened{path, {.patience = 30ms}};
  const sello::sqlite::detail::connection other{path, 1s};
  other.execute("BEGIN IMMEDIATE");
  const auto refused = deliver_akua(opened.endpoint("akua"), "msg_1");
  REQUIRE_FALSE(refused);
  CHECK(contains(refused.error().where, "another program holds the file's write lock"));
  other.execute("ROLLBACK");
  CHECK(deliver_akua(opened.endpoint("akua"), "msg_1")->outcome() == outcome::queued);
}

TEST_CASE("a checkpoint that cannot have the write lock copies nothing and is no sync", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const support::sync_vfs vfs;
  using support::sync_vfs;
  const std::string path = folder.file("inbox.db");
  const inbox opened{path, {.patience = 30ms}};
  const auto akua = opened.endpoint("akua");
  REQUIRE(deliver_akua(akua, "msg_1"));
  const auto bytes = [&] {
    std::ifstream from{path, std::ios::binary};
    return std::string{std::istreambuf_iterator<char>{from}, {}};
  };
  const std::string before = bytes();
  const sello::sqlite::detail::connection other{path, 1s};
  other.execute("BEGIN IMMEDIATE");

  SECTION("a connection's") {
    const sello::sqlite::detail::connection to{path, 30ms};
    CHECK_THROWS_AS(to.checkpoint(SQLITE_CHECKPOINT_FULL), sello::bad_result);  // it has not seen the log yet
    CHECK(to.ask("PRAGMA journal_mode") == "wal");
    CHECK(to.ask_integer("SELECT count(*) FROM delivery") == 1);
    try {
      to.checkpoint(SQLITE_CHECKPOINT_FULL);
      FAIL("no fault");
    } catch (const sello::sqlite::detail::fault& thrown) {
      CHECK(thrown.is_busy());
    }
    CHECK(bytes() == before);
    other.execute("ROLLBACK");
    to.checkpoint(SQLITE_CHECKPOINT_FULL);
    CHECK(bytes() != before);
  }
  SECTION("the one behind a fault of the disk: nothing is answered 2xx until it synced") {
    other.execute("ROLLBACK");
    sync_vfs::good = 0;
    REQUIRE_FALSE(deliver_akua(akua, "msg_2"));
    sync_vfs::good = -1;
    other.execute("BEGIN IMMEDIATE");
    const auto refused = deliver_akua(akua, "msg_1");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::store_unavailable);
    CHECK(contains(refused.error().where, "another program holds the file's write lock"));
    CHECK(bytes() == before);
    other.execute("ROLLBACK");
    const int synced = sync_vfs::syncs;
    CHECK(deliver_akua(akua, "msg_1")->outcome() == outcome::duplicate);
    CHECK(sync_vfs::syncs - synced == 2);
    CHECK(bytes() != before);
  }
}

TEST_CASE("a reader that stays does not stop the intake", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  const std::string path = folder.file("inbox.db");
  const inbox opened{path, {.patience = 30ms}};
  REQUIRE(deliver_akua(opened.endpoint("akua"), "msg_0"));
  const sello::sqlite::detail::connection reader{path, 1s};
  reader.execute("BEGIN");
  CHECK(reader.ask_integer("SELECT count(*) FROM delivery") == 1);
  const std::string body(200'000, 'x');
  for (int i = 1; i < 400; ++i) REQUIRE(deliver_akua(opened.endpoint("akua"), "msg_" + std::to_string(i), body));
  reader.execute("COMMIT");
  const auto size = std::filesystem::file_size(path + "-wal");
  for (int i = 400; i < 600; ++i) REQUIRE(deliver_akua(opened.endpoint("akua"), "msg_" + std::to_string(i), body));
  CHECK(std::filesystem::file_size(path + "-wal") <= 2 * size);
}

TEST_CASE("two processes make the same inbox at once", "[inbox][sqlite]") {
  const support::temporary_folder folder;
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto opened = inbox::create(folder.file("inbox.db"));
      if (!opened) std::puts(opened.error().message().c_str());
      std::fflush(stdout);
      ::_exit(opened && deliver_akua(opened->endpoint("akua"), "msg_" + std::to_string(i)) ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(inbox{folder.file("inbox.db")}.list()->size() == 4);
}
