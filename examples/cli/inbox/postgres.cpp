// SPDX-License-Identifier: MIT
// Inboxes in PostgreSQL.
#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>

#include <sello/inbox/postgres.hpp>

#include "owner_of.hpp"

namespace {

/// Whether a database can be asked, and has the inbox's schema: who looks makes none.
void check_schema(const std::string& conninfo) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(conninfo.c_str()), &PQfinish};
  if (PQstatus(connection.get()) != CONNECTION_OK) return;  // the inbox says why
  const std::unique_ptr<PGresult, decltype(&PQclear)> asked{
      PQexec(connection.get(), "SELECT 1 FROM pg_namespace WHERE nspname = 'sello'"), &PQclear};
  if (PQresultStatus(asked.get()) == PGRES_TUPLES_OK && PQntuples(asked.get()) == 0)
    throw cli::failure{cli::unreachable, "there is no inbox in that database; is it the right one?"};
}

/// What finds the database; nothing of it is secret.
[[nodiscard]] std::string place_of(const std::string& conninfo) {
  std::string place = "PostgreSQL";
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{PQconninfoParse(conninfo.c_str(), nullptr),
                                                                             &PQconninfoFree};
  for (const PQconninfoOption* each = options.get(); each != nullptr && each->keyword != nullptr; ++each) {
    const std::string_view name = each->keyword;
    if (each->val != nullptr && (name == "host" || name == "port" || name == "dbname"))
      place.append(" ").append(name).append("=").append(cli::shown(each->val));
  }
  return place;
}

}  // namespace

std::unique_ptr<cli::inbox_owner> cli::open_postgres(const std::string& conninfo, const inbox_settings& settings,
                                                     bool make) {
  if (!make) check_schema(conninfo);
  return open<sello::postgres::inbox>(conninfo, settings, place_of(conninfo));
}
