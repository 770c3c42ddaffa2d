// SPDX-License-Identifier: MIT
// The stores that the common tests run over. A backend opens inboxes at one place, moves their time, and gives a place for
// effects.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <tuple>

#include <sello/inbox/sqlite.hpp>

#ifdef SELLO_TEST_POSTGRES
#include "inbox/postgres_backend.hpp"
#endif
#include "support/inbox.hpp"

namespace support {

class sqlite_backend {
 public:
  using inbox = sello::sqlite::inbox;
  using effects = sello::sqlite::effects;

  /// The same inbox each time.
  [[nodiscard]] inbox open(const sello::inbox_options& with = {}) const { return inbox{inbox_at(), options(with)}; }
  void advance(std::chrono::microseconds by) { clock_.advance(by); }
  [[nodiscard]] sello::timestamp now() const { return clock_.now(); }

  /// The same effects each time, with a table `effect(key TEXT)`.
  [[nodiscard]] effects open_effects() const {
    const sello::sqlite::detail::connection to{folder_.file("app.db"), std::chrono::seconds{5}};
    to.execute("CREATE TABLE IF NOT EXISTS effect(key TEXT)");
    return effects{folder_.file("app.db")};
  }
  /// For processes of their own.
  [[nodiscard]] std::string inbox_at() const { return file("inbox.db"); }
  [[nodiscard]] sello::inbox_options options(const sello::inbox_options& with = {}) const {
    return clock_.options(with);
  }
  [[nodiscard]] std::string effects_at() const { return file("app.db"); }
  /// Of the effects' database.
  [[nodiscard]] std::int64_t ask(const std::string& sql) const {
    return sello::sqlite::detail::connection{folder_.file("app.db"), std::chrono::seconds{5}}.ask_integer(sql);
  }
  void change_effects(const std::string& sql) const {
    sello::sqlite::detail::connection{folder_.file("app.db"), std::chrono::seconds{5}}.execute(sql);
  }
  /// Of the inbox.
  [[nodiscard]] std::int64_t ask_inbox(const std::string& sql) const {
    return sello::sqlite::detail::connection{folder_.file("inbox.db"), std::chrono::seconds{5}}.ask_integer(sql);
  }
  /// From now on nothing that is written into the marks stays.
  void drop_marks() const {
    change_effects("CREATE TRIGGER none BEFORE INSERT ON sello_mark BEGIN SELECT RAISE(IGNORE); END");
  }
  void lose_inbox() const {
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(folder_.file("inbox.db") + end);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }

 private:
  temporary_folder folder_{};
  manual_clock clock_{};
};

#ifdef SELLO_TEST_POSTGRES
using backends = std::tuple<postgres_backend>;
#else
using backends = std::tuple<sqlite_backend>;
#endif

}  // namespace support
