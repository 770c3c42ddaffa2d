// SPDX-License-Identifier: MIT
// Connection strings that libpq cannot read: its words about them quote what may be a password.
#pragma once

#include <libpq-fe.h>

#include <algorithm>
#include <string>
#include <string_view>

#include <sello/inbox/detail/postgres_values.hpp>

namespace sello::inline v0::postgres::detail {

/// Throws `bad_result` where it is neither `key=value ...`, nor a URI, nor the name of a database.
inline void require_readable(const std::string& conninfo) {
  const bool is_name = conninfo.find_first_of("=@") == conninfo.npos && conninfo.find("://") == conninfo.npos;
  if (is_name) return;
  char* why = nullptr;
  PQconninfoOption* const options = PQconninfoParse(conninfo.c_str(), &why);
  const bool readable = options != nullptr;
  PQconninfoFree(options);
  PQfreemem(why);
  if (!readable)
    fail(
        "the connection string cannot be read; it is host=... dbname=..., where a value with blanks stands in quotes "
        "(''), or postgresql://user@host/database, where other characters than letters and digits are written as %NN");
}

/// Whether libpq has understood where to connect to: what it says before quotes parts of the string, and a password that
/// has an `@` or a slash in it is taken for other parts.
[[nodiscard]] inline bool may_be_told(std::string_view why, std::string_view conninfo) {
  return why.starts_with("connection to server") ||
         (why.starts_with("could not translate host name") && std::count(conninfo.begin(), conninfo.end(), '@') < 2);
}

}  // namespace sello::inline v0::postgres::detail
