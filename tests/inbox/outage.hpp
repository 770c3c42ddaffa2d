// SPDX-License-Identifier: MIT
// The database goes away under an inbox that is open, with the effects' database beside it, and comes back.
#pragma once

#include <string>

#include "inbox/backends.hpp"
#include "inbox/sync_vfs.hpp"

namespace support {

/// Made before the inbox is opened.
template <class Backend>
class outage;

/// A disk on which no sync succeeds.
template <>
class outage<sqlite_backend> {
 public:
  explicit outage(const sqlite_backend&) {}
  void begin() { sync_vfs::good = 0; }
  void end() { sync_vfs::good = -1; }

 private:
  sync_vfs vfs_{};
};

#ifdef SELLO_TEST_POSTGRES
/// A server that cuts all connections, and takes no new ones.
template <>
class outage<postgres_backend> {
 public:
  explicit outage(const postgres_backend& of) : of_{&of}, name_{of.line().ask("SELECT current_database()")} {}
  void begin() {
    server_.ask("ALTER DATABASE " + name_ + " ALLOW_CONNECTIONS false");
    of_->line().ask("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '" + name_ +
                    "' AND pid <> pg_backend_pid()");
  }
  void end() { server_.ask("ALTER DATABASE " + name_ + " ALLOW_CONNECTIONS true"); }

 private:
  const postgres_backend* of_;
  std::string name_;
  postgres_line server_{postgres_address()};
};
#endif

}  // namespace support
