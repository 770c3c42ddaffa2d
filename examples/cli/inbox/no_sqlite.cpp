// SPDX-License-Identifier: MIT
// In place of inboxes in SQLite, where libsqlite3 is not there.
#include "owner.hpp"

std::unique_ptr<cli::inbox_owner> cli::open_sqlite(const std::string&, const inbox_settings&, bool) {
  throw failure{wrong_usage, "this program was built without SQLite (libsqlite3-dev); it opens no inbox in a file"};
}
