// SPDX-License-Identifier: MIT
// Inboxes in SQLite.
#include <filesystem>
#include <system_error>

#include <sello/inbox/sqlite.hpp>

#include "owner_of.hpp"

std::unique_ptr<cli::inbox_owner> cli::open_sqlite(const std::string& path, const inbox_settings& settings, bool make) {
  std::error_code fault;
  const bool there = std::filesystem::exists(path, fault);
  if (!make && (!there || std::filesystem::file_size(path, fault) == 0))
    throw failure{unreachable,
                  "there is no inbox at " + shown(path) +
                      "; --inbox takes its file, or the connection string of PostgreSQL (host=... dbname=...)"};
  return open<sello::sqlite::inbox>(path, settings, shown(path));
}
