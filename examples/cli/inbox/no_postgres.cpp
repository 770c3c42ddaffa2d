// SPDX-License-Identifier: MIT
// In place of inboxes in PostgreSQL, where libpq is not there.
#include "owner.hpp"

std::unique_ptr<cli::inbox_owner> cli::open_postgres(const std::string&, const inbox_settings&, bool) {
  throw failure{wrong_usage, "this program was built without PostgreSQL (libpq-dev); it opens inboxes in a file alone"};
}
