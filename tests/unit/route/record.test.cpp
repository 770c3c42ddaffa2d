// SPDX-License-Identifier: MIT
#include <sello/route/record.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"

using sello::errc;
using sello::outcome;

TEST_CASE("outcome: every name") {
  CHECK(to_string(outcome::handled) == "handled");
  CHECK(to_string(outcome::ignored) == "ignored");
  CHECK(to_string(outcome::unreadable) == "unreadable");
  CHECK(to_string(outcome::duplicate) == "duplicate");
  CHECK(to_string(outcome::conflict) == "conflict");
  CHECK(to_string(outcome::queued) == "queued");
  CHECK(to_string(outcome::parked) == "parked");
  CHECK(to_string(static_cast<outcome>(7)) == "unknown");
}

TEST_CASE("record: one line for the log") {
  CHECK(sello::record{}.message().empty());
  CHECK(sello::record{.outcome = outcome::ignored}.message() == "ignored");
  CHECK(sello::record{.error = errc::missing_field, .where = "/data/id"}.message() ==
        sello::error{errc::missing_field, "/data/id"}.message());
}

TEST_CASE("record: a copy lives on its own, in a queue say") {
  std::vector<sello::record> queue;
  {
    std::string type = "a type that goes with the call of the observer";
    std::string id = "an id that goes with the call of the observer";
    std::string where = "a place that goes with the call of the observer";
    std::string name = "a name that goes with the call of the observer";
    sello::record seen{.provider = std::string_view{name},
                       .type = std::string_view{type},
                       .id = std::string_view{id},
                       .where = std::string_view{where},
                       .request_id = std::string_view{name},
                       .webhook = std::string_view{name},
                       .endpoint = std::string_view{name}};
    queue.push_back(seen);
    queue.push_back(std::move(seen));
    for (std::string* each : {&type, &id, &where, &name}) each->assign(each->size(), 'x');
  }
  for (const sello::record& kept : queue) {
    CHECK(kept.type == "a type that goes with the call of the observer");
    CHECK(kept.id == "an id that goes with the call of the observer");
    CHECK(kept.where == "a place that goes with the call of the observer");
    for (const auto* each : {&kept.provider, &kept.request_id, &kept.webhook, &kept.endpoint})
      CHECK(*each == "a name that goes with the call of the observer");
  }
}

TEST_CASE("record: the line names what did not fit, and not much of it") {
  sello::record seen{.outcome = outcome::handled, .misfits = {{errc::wrong_type, "/data/a"}}};
  CHECK(seen.message() == "handled; did not fit: wrong_type at /data/a");
  seen.misfits.push_back({errc::out_of_range, "/data/b\n"});
  CHECK(seen.message() == "handled; did not fit: wrong_type at /data/a, out_of_range at /data/b\\x0a");
  seen.misfits.assign(6, {errc::malformed_json, ""});
  CHECK(seen.message() ==
        "handled; did not fit: malformed_json, malformed_json, malformed_json, malformed_json, and 2 more");
}

TEST_CASE("log_text: the first value, printable ASCII, at most 128 bytes") {
  sello::detail::log_text text;
  const auto read = [&](const auto& value) {
    const auto headers = [&](std::string_view) -> std::optional<std::string_view> { return value; };
    text.read(sello::header_view{headers}, "X");
    return std::string{text.view()};
  };
  CHECK(text.view().empty());
  CHECK(read(std::string_view{"  a b~ "}) == "a b~");
  CHECK(read(std::string_view{"\x1f\x7f\xc3\xa9"}) == "????");
  CHECK(read(std::string(129, 'x')) == std::string(128, 'x'));
}
