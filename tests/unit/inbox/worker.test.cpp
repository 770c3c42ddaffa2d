// SPDX-License-Identifier: MIT
// What is the same over every store is in tests/inbox/worker.test.cpp.
#include <sello/inbox/worker.hpp>

#include <optional>
#include <string>

#include <sello/inbox/sqlite.hpp>

#include "catch.hpp"
#include "support/inbox.hpp"

TEST_CASE("effects in the inbox's own file are refused, whatever the file is called", "[inbox][worker]") {
  const support::temporary_folder folder;
  const std::string path = folder.file("inbox.db");
  const sello::sqlite::inbox inbox{path};
  sello::basic_router<sello::sqlite::transaction> router;
  router.otherwise([](const auto&, auto&) {});
  for (const std::string& name : {path, folder.file("./inbox.db"), folder.file("app.db")}) {
    std::optional<sello::errc> why;
    try {
      const sello::worker worker{inbox, sello::sqlite::effects{name}, router};
    } catch (const sello::bad_result& thrown) {
      why = thrown.error().code;
    }
    CHECK(why.has_value() == !name.ends_with("app.db"));
    CHECK(why.value_or(sello::errc::malformed_option) == sello::errc::malformed_option);
  }
}
